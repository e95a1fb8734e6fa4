"""One training run: its settings, its numbers, and where it stands."""

import logging
from collections import deque
from collections.abc import Hashable, Sequence

import torch
from torch import Tensor

from app.errors import N_, Conflict, Invalid
from app.protocol.data import Values
from app.protocol.events import Event, EventLog
from app.protocol.lines import MAX_LINES, LineRan, ParameterEdit
from app.protocol.runs import FinishReason, ParameterInfo, RunConfig, RunState, Status
from app.protocol.topics.endings import SET_ASIDE
from app.training.checkpoint import (
    CHECKPOINT_BYTES,
    MAX_CHECKPOINTS,
    Damaged,
    can_be_saved,
    load,
    parts,
    save,
)
from app.training.data import Points, make_data
from app.training.diagnosis import NOTHING, Ending, Finding, diagnose
from app.training.lines import run_line
from app.training.loop import LINES, Loop
from app.training.status import ENDED, STATUS_OF, TRANSITIONS, refuse_if_ended, set_aside
from app.training.trace import Trace
from app.training.trial import Sliced, has_diverged

FLOAT = 4
MAX_ERROR = 500
"""Most characters that are shown of an error of this program."""

logger = logging.getLogger(__name__)


class Run:
    """One run's settings and numbers.

    loop: the tensors and the lines of the loop. While the run trains in a `Cohort` the tensors are those from
    before it joined; they are brought up to date when the cohort is disbanded.
    trace, losses: parameters and losses of past steps; the loss of step k is at k - 1.
    log: the changes made to the run since step 0. checkpoints: some of its steps, and what was saved of them.
    source: the trace of the run that this one repeats, while it does.
    lines_ran: the last lines that ran one at a time. n_lines: how many ever have.
    comparison: the name of the comparison that it is a member of, if any.
    generation: grows when the run begins anew. data_version: grows when it goes on with other points.
    version: grows with every change of settings or status.

    values: the values of the formula in its data, where there is one. Raises: Invalid: points that nobody can
    learn from.
    """

    def __init__(
        self,
        run_id: str,
        config: RunConfig,
        device: torch.device,
        values: Values | None = None,
        comparison: str | None = None,
    ) -> None:
        self.id = run_id
        self.device = device
        self.comparison = comparison
        self.generation = 0
        self.data_version = 0
        self.version = 0
        self.lines_ran: deque[LineRan] = deque(maxlen=MAX_LINES)
        self.n_lines = 0
        self._begin(config, values)

    def _begin(self, config: RunConfig, values: Values | None) -> None:
        data = self._make_data(config, values)
        self.config = config
        self.values = values
        self.loop = Loop(config, data)
        self.trace = Trace(self.loop, config.max_steps)
        self.losses = self.trace.losses
        self.source: Trace | None = None
        self.log = EventLog(config)
        self.checkpoints: list[tuple[int, bytes]] = []
        self.status: Status = "ready"
        self.reason: FinishReason | None = None
        self.error: str | None = None
        self._warning: str | None = None
        self.steps_per_second: float | None = None
        self._ending: Ending | None = None
        self._finding: Finding | None = None
        self._stop_at = config.max_steps

    def _make_data(self, config: RunConfig, values: Values | None) -> Points:
        data = make_data(config.data, config.seed, self.device, values, config.y_form)
        config.check_batch(len(data.x))
        return data

    @property
    def data(self) -> Points:
        """The points that the run learns from."""
        return self.loop.data

    @property
    def parameters(self) -> list[ParameterInfo]:
        """Names and shapes of the model's parameters."""
        return self.loop.parameters

    @property
    def weights(self) -> Tensor:
        """All parameters, in `state_dict` order: (P,), float32. A copy."""
        return self.loop.layout.values(self.loop.theta)

    @property
    def grads(self) -> Tensor | None:
        """The parameters' `.grad`, (P,), float32; None where the script's are None. A copy."""
        return self.loop.layout.values(self.loop.grad) if self.loop.has_grads else None

    @property
    def step(self) -> int:
        """Number of steps taken since the initial weights."""
        return len(self.losses)

    @property
    def state(self) -> RunState:
        """The run's state as a record; without the reason of its end until that `is_undiagnosed` no more."""
        finding = self._finding or NOTHING
        return RunState(
            id=self.id,
            config=self.config,
            step=self.step,
            status=self.status,
            steps_per_second=self.steps_per_second,
            reason=self.reason,
            error=self.error,
            warning=self.loop.warning,
            line=self.loop.line,
            topic=finding.topic,
            params=finding.params or None,
            suggestion=None if finding.suggestion is None else dict(finding.suggestion),
        )

    @property
    def is_undiagnosed(self) -> bool:
        """Whether the run has ended and `diagnosis` has not been carried out yet."""
        return self.reason is not None and self._finding is None

    def diagnosis(self) -> Sliced[None]:
        """Find out why the run ended; its loop must be up to date. Dropped if the run does not stay ended."""
        if self.reason is None:
            return
        ending = self._ending = Ending(self.reason, self.error, self.loop, self.losses, self.log.events)
        finding = yield from diagnose(ending)
        if self._ending is ending:
            self._finding = finding
            self.version += 1

    @property
    def finding(self) -> Finding:
        """Why the run ended; found out at once if it is not known yet."""
        if self.is_undiagnosed:
            for _ in self.diagnosis():
                pass
        return self._finding or NOTHING

    @property
    def cohort_key(self) -> Hashable:
        """Runs with equal keys can be stepped together."""
        config, lines = self.config, self.config.loop
        if not (lines.forward and lines.loss):
            # Only a run alone goes on with the result of a line that is switched off now.
            return self.id
        if not (config.data.unsqueeze_x and config.data.unsqueeze_y):
            # Only a run alone lets shapes that do not fit meet as they do in a script.
            return self.id
        if config.y_form not in (None, config.wanted_form) or config.model.dropout:
            # What dropout draws is the run's own.
            return self.id
        return (
            config.sizes,
            config.model.activation,
            config.data.classes,
            config.loss,
            config.reduction,
            config.l1,
            config.optimizer.name,
            config.batch_size,
            lines,
            # Without backward() nothing creates a missing .grad, and the optimizer skips it.
            not (self.loop.has_grads or lines.backward),
            # Shorter rows of points are padded to the longest: to less than twice their length.
            self.data.x.shape[0].bit_length(),
            self.data.test_x.shape[0].bit_length(),
        )

    @property
    def has_ended(self) -> bool:
        """Whether the run has finished, diverged or failed."""
        return self.status in ENDED

    @property
    def steps_left(self) -> int:
        """Number of steps until max_steps."""
        return max(0, self.config.max_steps - self.step)

    @property
    def work(self) -> int:
        """Approximate number of multiplications in one forward pass."""
        return self.loop.layout.size * (self.config.batch_size or self.data.x.shape[0])

    def play(self, steps_per_second: float | None) -> None:
        """Begin to play, or change the pace. A step that has begun is finished at once.

        Raises: Conflict: the run has ended.
        """
        self._refuse_if_ended()
        self._play(steps_per_second, self.config.max_steps)

    def play_steps(self, count: int) -> None:
        """Begin to play exactly `count` steps, at full speed. A step that has begun is the first of them.

        Raises: Conflict: the run has ended. Invalid: fewer steps are left.
        """
        self._refuse_if_ended()
        left = self.steps_left
        if count > left:
            raise Invalid(
                "count",
                N_(
                    "{count} {count:step is|steps are} more than the {left} left until"
                    " max_steps = {max_steps}."
                ),
                count=count, left=left, max_steps=self.config.max_steps,
            )  # fmt: skip
        self._play(None, self.step + count)

    def _play(self, steps_per_second: float | None, stop_at: int) -> None:
        if self.status != "playing":
            self._become("playing")
        self.steps_per_second = steps_per_second
        self._stop_at = stop_at
        self.version += 1
        if self.loop.is_in_step:
            self._finish_step()

    def _finish_step(self) -> None:
        try:
            self.end_step(self.loop.step())
        except (RuntimeError, NameError) as error:
            self.fail(str(error))

    def run_lines(self, count: int) -> list[LineRan]:
        """Run the next `count` lines of the loop, or fewer if the run ends.

        Raises: Conflict: the run plays, has ended, or no line is switched on.
        """
        self._refuse_if_ended()
        if self.status == "playing":
            raise Conflict(N_("The run is playing. Pause it to run one line at a time."))
        if not any(getattr(self.config.loop, line) for line in LINES):
            raise Conflict(N_("All lines of the loop are switched off."))
        before = self.n_lines
        try:
            while self.n_lines < before + count and self.status in ("ready", "paused"):
                self._run_line()
        except (RuntimeError, NameError) as error:
            self.fail(str(error))
        self.version += 1
        return list(self.lines_ran)[len(self.lines_ran) - (self.n_lines - before) :]

    def _run_line(self) -> None:
        if self.loop.left:
            self.lines_ran.append(run_line(self.loop, self.step + 1))
            self.n_lines += 1
        if not self.loop.left:
            self.end_step(self.loop.end_step())

    def edit(self, edit: ParameterEdit) -> Event:
        """Set one element of a parameter. Returns the event of the log.

        Raises: Conflict: the run cannot go on. Invalid: there is no such element.
        """
        if self.status != "finished":
            self._refuse_if_ended()
        self.log.refuse_if_full()
        event = Event(step=self.step, line=self.loop.line, edit=edit)
        self.loop.edit(edit.name, edit.index, edit.value)
        self._note(event)
        return event

    def pause(self) -> None:
        """Stop playing. A run that stands still stays as it is."""
        if self.status == "playing":
            self._become("paused" if self.step else "ready")

    def reset(self) -> None:
        """Go back to step 0 with the same initial weights."""
        self.begin(self.config)

    def begin(self, config: RunConfig, values: Values | None = None) -> None:
        """Begin anew with these settings. values: the values of the formula, where it is another one."""
        self._begin(config, values or self.values)
        self.generation += 1
        self.version += 1

    @property
    def can_be_saved(self) -> bool:
        """Whether a checkpoint holds all that the run is. Its loop must be up to date."""
        events = self.log.changes
        changed = bool(events) and events[-1].step >= self.step
        return self.status != "failed" and self.step > 0 and not changed and can_be_saved(self.loop)

    def save(self) -> bytes:
        """A checkpoint of the run, which is kept for look-back too."""
        checkpoint = save(self.loop, self.step, len(self.log.events), self.reason)
        self.checkpoints.append((self.step, checkpoint))
        if len(self.checkpoints) > max(1, min(MAX_CHECKPOINTS, CHECKPOINT_BYTES // len(checkpoint))):
            # Of those that are left the older ones lie ever farther apart.
            del self.checkpoints[:-1:2]
        return checkpoint

    def resume(self, checkpoint: bytes, events: Sequence[Event], losses: bytes) -> None:
        """Go on from a checkpoint. The run must be as it began. Raises: Damaged: then it still is.

        events: of the whole log. losses: float32, of all steps until then at least.
        """
        header, tensors = parts(checkpoint)
        if header.cursor > len(events) or FLOAT * header.step > len(losses):
            raise Damaged("there are fewer events or losses than it needs")
        log = EventLog(self.config)
        log.events += events[: header.cursor]
        config = log.config
        data = self._make_data(config, self.values) if config.data != self.config.data else self.data
        loop = Loop(config, data) if log.changes else self.loop
        try:
            load(loop, header, tensors)
        except Damaged:
            self._begin(self.config, self.values)
            raise
        self.config, self.log, self.loop = config, log, loop
        self.trace = Trace(loop, config.max_steps, losses[: FLOAT * header.step])
        self.losses = self.trace.losses
        self.checkpoints = [(header.step, checkpoint)]
        self._warning = loop.warning
        self._stop_at = config.max_steps
        self.reason = header.reason
        self.status = STATUS_OF[header.reason]

    def update(self, config: RunConfig, values: Values | None = None) -> Event | None:
        """Change the settings; the run begins anew if they define its initial state, and returns None.

        Otherwise weights and optimizer state are kept, and a run that had finished may become able to go on.
        Returns the event of the log.

        values: the values of the formula, where it is another one than before. Raises: Conflict: the run was
        changed too often. Invalid: points that nobody can learn from.
        """
        old = self.config
        if not config.goes_on_from(old):
            self.begin(config, values)
            return None
        self.log.refuse_if_full()
        data = self._make_data(config, self.values) if config.data != old.data else None
        config.check_batch(len((data or self.data).x))
        event = Event(step=self.step, line=self.loop.line, config=config)
        self.config = config
        self.trace.max_steps = config.max_steps
        self.loop.configure(config, data)
        self.data_version += data is not None
        self._note(event)
        if self.status == "playing":
            to_the_end = self._stop_at == old.max_steps
            self._stop_at = config.max_steps if to_the_end else min(self._stop_at, config.max_steps)
        if self.status in ("playing", "paused") and self.step >= config.max_steps:
            self._become("finished", "max_steps")
        elif self.status == "finished" and self._may_go_on(with_others=data is not None):
            self._become("paused")
        return event

    def _note(self, event: Event) -> None:
        self.log.add(event)
        if event.line is None:
            self.trace.keep(self.loop)
        self.version += 1

    def end_step(self, loss: float) -> bool:
        """Record the step that the run's own loop just took. Returns whether the run still plays."""
        if self.source is not None:
            loss = self.source.restore(self.loop, self.step + 1)
        plays = self.record(loss)
        self.trace.keep(self.loop)
        return plays

    def record(self, loss: float) -> bool:
        """Record the loss of the step just taken. Returns whether the run still plays."""
        self.losses.append(loss)
        if self.loop.warning is not self._warning:
            self._warning = self.loop.warning
            self.version += 1
        step = len(self.losses)
        if has_diverged(loss, self.losses[0]):
            self._become("diverged", "diverged")
        elif self.config.stop_loss is not None and loss <= self.config.stop_loss:
            self._become("finished", "stop_loss")
        elif step >= self.config.max_steps:
            self._become("finished", "max_steps")
        elif self.status == "ready" or (self.status == "playing" and step >= self._stop_at):
            self._become("paused")
        return self.status == "playing"

    def fail(self, error: str) -> None:
        """End the run because torch refused a step. error: torch's own words."""
        self.error = error
        self._become("failed", "failed")

    def break_down(self, error: Exception) -> None:
        """End the run because of a mistake in this program."""
        logger.error("run %s is ended by a mistake of the server", self.id, exc_info=error)
        self.set_aside("broken_down", f"{type(error).__name__}: {error}"[:MAX_ERROR])

    def set_aside(self, topic: str, error: str) -> None:
        """End the run, whatever its state, because the server cannot go on with it. A reset begins it anew.

        topic: one of SET_ASIDE.
        """
        self.status, self.reason, self.error = "failed", "failed", error
        self.steps_per_second = None
        self._ending = None
        self._finding = Finding(topic, {"error": error})
        self.version += 1

    def end(self, event: Event) -> None:
        """End here as this event says, if the run has not done so by itself."""
        if event.ended is not None and not self.has_ended:
            self._become(STATUS_OF[event.ended], event.ended)
        elif self.log.events[-1:] != [event]:
            self.log.add(event)

    def end_as(self, state: RunState) -> None:
        """End as the same run did in an engine process that is gone."""
        self.status, self.reason, self.error = state.status, state.reason, state.error
        self.steps_per_second = None
        self._ending = None
        self._finding = Finding(state.topic, state.params or {}, state.suggestion) if state.topic else None
        self.version += 1

    @property
    def is_set_aside(self) -> bool:
        """Whether the server had to end the run."""
        return self._finding is not None and self._finding.topic in SET_ASIDE

    def _may_go_on(self, *, with_others: bool) -> bool:
        """Whether `max_steps` and `stop_loss` allow further steps.

        with_others: whether the points are others than those of the last loss.
        """
        stop_loss = self.config.stop_loss
        not_reached = stop_loss is None or with_others or self.losses[-1] > stop_loss
        return self.step < self.config.max_steps and not_reached

    def _refuse_if_ended(self) -> None:
        if self.is_set_aside:
            raise set_aside(self.error)
        refuse_if_ended(self.status, self.step, self.error)

    def _become(self, status: Status, reason: FinishReason | None = None) -> None:
        if status not in TRANSITIONS[self.status]:
            raise AssertionError(f"a run cannot go from {self.status} to {status}")
        self.status = status
        self.reason = reason
        if reason is not None:
            self.log.add(Event(step=self.step, line=self.loop.line, ended=reason))
        self._ending = self._finding = None
        self.version += 1
        if status != "playing":
            self.steps_per_second = None

"""One training run: its settings, its numbers, and where it stands."""

from array import array
from collections import deque
from collections.abc import Hashable, Mapping
from math import isfinite

import torch
from torch import Tensor

from app.errors import N_, Conflict, Invalid
from app.protocol.events import Event, EventLog
from app.protocol.lines import MAX_LINES, LineRan, ParameterEdit
from app.protocol.runs import (
    DIVERGENCE_FACTOR,
    FinishReason,
    ParameterInfo,
    RunConfig,
    RunState,
    Status,
)
from app.training.data import Data, make_data
from app.training.lines import run_line
from app.training.loop import LINES, Loop

TRANSITIONS: Mapping[Status, frozenset[Status]] = {
    "ready": frozenset({"playing", "paused", "finished", "diverged", "failed"}),
    "playing": frozenset({"ready", "paused", "finished", "diverged", "failed"}),
    "paused": frozenset({"playing", "finished", "diverged", "failed"}),
    "finished": frozenset({"paused"}),
    "diverged": frozenset(),
    "failed": frozenset(),
}
"""Where a run may go from each status; beginning anew makes any run "ready" again.

"ready" is a run that stands still at step 0, "paused" one that stands still later.
"""


class Run:
    """One run's settings and numbers.

    loop: the arithmetic, and the tensors. While the run trains in a `Cohort` they are those from before it
    joined; they are brought up to date when the cohort is disbanded.
    losses: the loss of every step taken; step k's is at k - 1.
    log: what was done to the run on its way.
    lines_ran: the last lines that ran one at a time. n_lines: how many ever have.
    generation: grows when the run begins anew.
    version: grows with every change of settings or status.
    """

    def __init__(self, run_id: str, config: RunConfig, device: torch.device) -> None:
        self.id = run_id
        self.device = device
        self.generation = 0
        self.version = 0
        self.lines_ran: deque[LineRan] = deque(maxlen=MAX_LINES)
        self.n_lines = 0
        self._begin(config)

    def _begin(self, config: RunConfig) -> None:
        self.config = config
        self.loop = Loop(config, make_data(config.data, config.seed, self.device))
        self.losses = array("f")
        self.log = EventLog(config)
        self.status: Status = "ready"
        self.reason: FinishReason | None = None
        self.error: str | None = None
        self.steps_per_second: float | None = None
        self._stop_at = config.max_steps

    @property
    def data(self) -> Data:
        """The points it learns from."""
        return self.loop.data

    @property
    def parameters(self) -> list[ParameterInfo]:
        """Names and shapes of its parameters."""
        return self.loop.parameters

    @property
    def weights(self) -> Tensor:
        """All parameters, in `state_dict` order: (P,), float32. A copy."""
        return self.loop.layout.values(self.loop.theta)

    @property
    def grads(self) -> Tensor | None:
        """Their `.grad`, likewise; None where torch has none."""
        return self.loop.layout.values(self.loop.grad) if self.loop.has_grads else None

    @property
    def step(self) -> int:
        """Steps taken since the initial weights."""
        return len(self.losses)

    @property
    def state(self) -> RunState:
        """The run as others are told."""
        return RunState(
            id=self.id,
            config=self.config,
            step=self.step,
            status=self.status,
            steps_per_second=self.steps_per_second,
            reason=self.reason,
            error=self.error,
            line=self.loop.line,
        )

    @property
    def cohort_key(self) -> Hashable:
        """Runs with equal keys can be stepped together."""
        config, lines = self.config, self.config.loop
        if not (lines.forward and lines.loss):
            # Only a loop of its own goes on with what a line made that is switched off now.
            return self.id
        return (
            config.model.hidden,
            config.model.activation,
            config.loss,
            config.optimizer.name,
            config.batch_size,
            lines,
            # Without backward() nothing creates a missing .grad, and the optimizer skips it.
            not (self.loop.has_grads or lines.backward),
            # Shorter ones are filled up to the longest: to less than twice their length.
            self.data.x.shape[0].bit_length(),
        )

    @property
    def work(self) -> int:
        """Multiplications of a parameter and a point in one forward pass, about."""
        return self.loop.layout.size * (self.config.batch_size or self.data.x.shape[0])

    def play(self, steps_per_second: float | None) -> None:
        """Begin to play, or change the pace. A step in hand is finished at once.

        Raises: Conflict: the run has ended.
        """
        self._refuse_if_ended()
        self._play(steps_per_second, self.config.max_steps)

    def play_steps(self, count: int) -> None:
        """Begin to play exactly `count` steps, at full speed. A step in hand is the first of them.

        Raises: Conflict: the run has ended. Invalid: fewer steps are left.
        """
        self._refuse_if_ended()
        left = self.config.max_steps - self.step
        if count > left:
            raise Invalid(
                "count",
                N_("{count} steps are more than the {left} left until max_steps = {max_steps}."),
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
            self.record(self.loop.step())
        except (RuntimeError, NameError) as error:
            self.fail(str(error))

    def run_lines(self, count: int) -> list[LineRan]:
        """Run the next lines of the loop, as many as that, or until the run ends.

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
            self.record(self.loop.end_step())

    def edit(self, edit: ParameterEdit) -> None:
        """Set one element of a parameter.

        Raises: Conflict: the run cannot go on. Invalid: there is no such element.
        """
        if self.status != "finished":
            self._refuse_if_ended()
        self.log.refuse_if_full()
        event = Event(step=self.step, line=self.loop.line, edit=edit)
        self.loop.edit(edit.name, edit.index, edit.value)
        self.log.add(event)
        self.version += 1

    def pause(self) -> None:
        """Stand still. A run that does so already stays as it is."""
        if self.status == "playing":
            self._become("paused" if self.step else "ready")

    def reset(self) -> None:
        """Back to step 0 with the same initial weights."""
        self._begin(self.config)
        self._anew()

    def update(self, config: RunConfig) -> None:
        """Change the settings; the run begins anew if they define its initial state.

        Otherwise weights and optimizer state are kept, and a run that had finished may become able to go on.

        Raises: Conflict: it was changed too often.
        """
        old = self.config
        if not config.begins_like(old):
            self._begin(config)
            self._anew()
            return
        self.log.refuse_if_full()
        self.log.add(Event(step=self.step, line=self.loop.line, config=config))
        self.config = config
        self.loop.configure(config)
        self.version += 1
        if self.status == "playing":
            to_the_end = self._stop_at == old.max_steps
            self._stop_at = config.max_steps if to_the_end else min(self._stop_at, config.max_steps)
        if self.status in ("playing", "paused") and self.step >= config.max_steps:
            self._become("finished", "max_steps")
        elif self.status == "finished" and self._may_go_on():
            self._become("paused")

    def record(self, loss: float) -> bool:
        """Note the loss of the step just taken. Returns whether the run still plays."""
        self.losses.append(loss)
        step = len(self.losses)
        if not isfinite(loss) or loss > DIVERGENCE_FACTOR * max(1.0, self.losses[0]):
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

    def _anew(self) -> None:
        self.generation += 1
        self.version += 1

    def _may_go_on(self) -> bool:
        stop_loss = self.config.stop_loss
        return self.step < self.config.max_steps and (stop_loss is None or self.losses[-1] > stop_loss)

    def _refuse_if_ended(self) -> None:
        if self.status == "finished":
            raise Conflict(
                N_("The run finished at step {step}. Reset it, or raise max_steps to train on."),
                step=self.step,
            )
        if self.status == "diverged":
            raise Conflict(
                N_("The run diverged at step {step}. Lower the learning rate and reset it."), step=self.step
            )
        if self.status == "failed":
            raise Conflict(N_("torch refused step {step}: {error}"), step=self.step + 1, error=self.error)

    def _become(self, status: Status, reason: FinishReason | None = None) -> None:
        if status not in TRANSITIONS[self.status]:
            raise RuntimeError(f"a run cannot go from {self.status} to {status}")
        self.status = status
        self.reason = reason
        self.version += 1
        if status != "playing":
            self.steps_per_second = None

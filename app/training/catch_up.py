"""Training a run to where another one stood, by repeating what was done to that one."""

import logging
from collections import deque
from collections.abc import Generator, Iterable, Sequence

from app.errors import PlaygroundError
from app.protocol.events import Event
from app.protocol.runs import LineName, RunState
from app.training.alone import Alone
from app.training.checkpoint import Damaged
from app.training.run import Run

logger = logging.getLogger(__name__)


class Strayed(Exception):
    """A run that repeats another one came out differently."""


class CatchUp:
    """Repeats a list of events on a run that stands where the first of them, or a step before it, found it.

    The caller trains the run between the events: it calls `go_on`, steps the run while that plays, and calls
    `go_on` again.

    events: of the run's log, its ends among them. step: where the run is to stand in the end.
    line: its next line there, if that step has begun. last: a state in which the other run was at that step
    or before; `go_on` sees to it that this one ended likewise, if it did.
    """

    def __init__(
        self,
        run: Run,
        events: Iterable[Event],
        step: int,
        line: LineName | None = None,
        last: RunState | None = None,
    ) -> None:
        self.run = run
        self._events = deque(events)
        self._step = step
        self._line = line
        self._last = last

    def go_on(self) -> bool:
        """Repeat the events that are due while the run stands still.

        Returns whether the run plays now; False once it has arrived. Raises: Strayed.
        """
        while self._events:
            event = self._events[0]
            if not self._arrives(event.step, event.line):
                return True
            if self.run.step != event.step:
                raise Strayed(f"it ended at step {self.run.step}, before it was changed at {event.step}")
            self._events.popleft()
            try:
                self._repeat(event)
            except PlaygroundError as error:
                raise Strayed(f"what was done at step {event.step} cannot be repeated: {error}") from error
            if self.run.status == "playing":
                return True
        if not self._arrives(self._step, self._line):
            return True
        self._end()
        return False

    def _arrives(self, step: int, line: LineName | None) -> bool:
        """Whether the run stands at that step, or cannot go on. Missing steps it begins to play."""
        run = self.run
        while not run.has_ended and (left := min(step, run.config.max_steps) - run.step) > 0:
            run.play_steps(left)
            if run.status == "playing":
                return False
        while line is not None and run.loop.line != line and run.step == step and not run.has_ended:
            run.run_lines(1)
        return True

    def _repeat(self, event: Event) -> None:
        if event.config is not None:
            self.run.update(event.config)
        elif event.edit is not None:
            self.run.edit(event.edit)
        elif event.ended == "failed" and not self.run.has_ended:
            self.run.play_steps(1)
        else:
            self.run.end(event)

    def _end(self) -> None:
        run, last = self.run, self._last
        if last is None:
            return
        went_on = last.status in ("playing", "paused") and run.step == last.step
        if run.step < last.step or (went_on and run.status in ("finished", "diverged")):
            raise Strayed(f"it ended at step {run.step}, where it did not end before")
        if last.reason is not None:
            run.end_as(last)


def resumed(run: Run, checkpoint: bytes, events: Sequence[Event], losses: bytes) -> Sequence[Event]:
    """Have a run that stands at its beginning go on from a checkpoint. Returns the events that are left.

    A checkpoint that does not fit is left out: the run then has all of its steps before it.
    """
    try:
        run.resume(checkpoint, events, losses)
    except Damaged as error:
        logger.warning("a checkpoint of run %s is of no use: %s", run.id, error)
    return events[len(run.log.events) :]


def bring(run: Run, source: Run, step: int) -> Generator[None]:
    """Bring `run` alone to a step that `source` has taken; pauses after each step. Raises: Strayed.

    The run begins as the source began. It goes on from the source's nearest checkpoint before that step.

    Losses come from the source's trace, and parameters and gradients where it has them. Where that run
    trained alone they are the same bits anyway; where it trained in a cohort, this keeps differences in the
    last bits from growing.
    """
    trace, events = source.trace, source.log.until(step).events
    nearest = [checkpoint for at, checkpoint in source.checkpoints if at <= step]
    if nearest:
        events = [*resumed(run, nearest[-1], events, trace.losses.tobytes())]
        run.trace.adopt(trace)
    run.source = trace
    catch_up = CatchUp(run, events, step)
    alone = Alone(run)
    while catch_up.go_on():
        while run.status == "playing":
            try:
                alone.step()
            except (RuntimeError, NameError) as error:
                run.fail(str(error))
            yield
    run.source = None

"""Training a run to where another one stood, by repeating what was done to that one."""

from collections import deque
from collections.abc import Generator, Iterable

from app.errors import PlaygroundError
from app.protocol.events import Event, EventLog
from app.protocol.runs import LineName, RunState
from app.training.alone import Alone
from app.training.run import Run
from app.training.trace import Trace


class Strayed(Exception):
    """A run that repeats another one came out differently."""


class CatchUp:
    """Repeats a list of events on a run that stands at step 0 with the settings they began with.

    The caller trains the run between the events: it calls `go_on`, steps the run while that plays, and calls
    `go_on` again.

    events: one without a change says that torch refused the step. step: where the run is to stand in the end.
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
        else:
            self.run.play_steps(1)

    def _end(self) -> None:
        run, last = self.run, self._last
        if last is None:
            return
        went_on = last.status in ("playing", "paused") and run.step == last.step
        if run.step < last.step or (went_on and run.status in ("finished", "diverged")):
            raise Strayed(f"it ended at step {run.step}, where it did not end before")
        if last.reason is not None:
            run.end_as(last)


def retrace(run: Run, source: Trace, log: EventLog, step: int) -> Generator[None]:
    """Train `run` alone from step 0 to `step`, as the run that `source` traces did; pauses after each step.

    log: the events of that run until then. Raises: Strayed.

    Losses come from `source`, and parameters and gradients where it has them. Where that run trained alone
    they are the same bits anyway; where it trained in a cohort, this keeps differences in the last bits from
    growing.
    """
    run.source = source
    catch_up = CatchUp(run, log.events, step)
    alone = Alone(run)
    while catch_up.go_on():
        while run.status == "playing":
            try:
                alone.step()
            except (RuntimeError, NameError) as error:
                run.fail(str(error))
            yield
    run.source = None

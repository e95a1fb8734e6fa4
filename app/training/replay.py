"""Training a run to where another one was, by doing again what was done to that one."""

from collections import deque
from collections.abc import Iterable

from app.protocol.events import Event
from app.protocol.runs import LineName
from app.training.run import Run


class Replay:
    """Repeats events on a run that stands at step 0 with the settings they began with.

    The steps between them are left to whoever trains the run: call `go_on`, train while it plays, and call
    again.

    step, line: where to stop in the end.
    """

    def __init__(self, run: Run, events: Iterable[Event], step: int, line: LineName | None) -> None:
        self.run = run
        self._events = deque(events)
        self._step = step
        self._line = line

    @property
    def has_ended(self) -> bool:
        """Whether the run cannot go on as it is."""
        return self.run.status not in ("ready", "paused")

    def go_on(self) -> bool:
        """To be called while the run stands still. Returns whether it plays now; if not, it has arrived."""
        while self._events:
            if not self._arrives(self._events[0].step, self._events[0].line):
                return True
            self._repeat(self._events.popleft())
        return not self._arrives(self._step, self._line)

    def _arrives(self, step: int, line: LineName | None) -> bool:
        """Whether the run stands there, or has ended. If steps are missing, it begins to play them."""
        run = self.run
        while not self.has_ended and (left := min(step, run.config.max_steps) - run.step) > 0:
            run.play_steps(left)
            if run.status == "playing":
                return False
        while line is not None and run.loop.line != line and run.step == step and not self.has_ended:
            run.run_lines(1)
        return True

    def _repeat(self, event: Event) -> None:
        if event.config is not None:
            self.run.update(event.config)
        if event.edit is not None:
            self.run.edit(event.edit)

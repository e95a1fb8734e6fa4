"""Work that takes more than a moment and is not training, done in slices so that nobody waits for it."""

from collections import deque
from collections.abc import Callable, Generator
from dataclasses import dataclass

from app.engine.reports import Refusal, Reply, no_such_run
from app.errors import PlaygroundError

SLICE = 0.004
"""Seconds of background work between two looks at the commands."""

Answer = tuple[Reply, bytes]
Work = Generator[None, None, Answer | None]
"""Pauses often; returns the answer to its request, if it has one."""


@dataclass(frozen=True, slots=True)
class WorkItem:
    """One piece of work. run_id: the run it is done for. number: its request; None if that was answered."""

    run_id: str
    number: int | None
    work: Work


class BackgroundWork:
    """A queue of work items that take turns.

    send: called with their answers. on_error: called with an item in which there is a mistake.
    """

    def __init__(
        self,
        clock: Callable[[], float],
        send: Callable[[Reply, bytes], None],
        on_error: Callable[[WorkItem, Exception], None],
    ) -> None:
        self._clock = clock
        self._send = send
        self._on_error = on_error
        self._waiting: deque[WorkItem] = deque()

    def __len__(self) -> int:
        return len(self._waiting)

    def add(self, item: WorkItem) -> None:
        """Queue an item."""
        self._waiting.append(item)

    def cancel(self, run_id: str) -> None:
        """Drop all items of a deleted run, and refuse their requests."""
        for item in [item for item in self._waiting if item.run_id == run_id]:
            self._waiting.remove(item)
            item.work.close()
            self._refuse(item, no_such_run(run_id))

    def run(self) -> bool:
        """Work for one slice of time. Returns whether there was anything to do."""
        if not self._waiting:
            return False
        until = self._clock() + SLICE
        while self._waiting and self._clock() < until:
            item = self._waiting.popleft()
            try:
                next(item.work)
            except StopIteration as done:
                if done.value is not None:
                    self._send(*done.value)
            except PlaygroundError as error:
                self._refuse(item, error)
            except Exception as error:
                self._on_error(item, error)
            else:
                self._waiting.append(item)
        return True

    def _refuse(self, item: WorkItem, error: PlaygroundError) -> None:
        if item.number is not None:
            self._send(Reply(number=item.number, refusal=Refusal.of(error)), b"")

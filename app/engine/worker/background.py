"""What takes more than a moment and is not training: done in slices, so that nobody waits for it."""

from collections import deque
from collections.abc import Callable, Generator
from dataclasses import dataclass

from app.engine.reports import Refusal, Reply, no_such_run
from app.errors import PlaygroundError

SLICE = 0.004
"""Seconds of such work between two looks at the commands."""

Answer = tuple[Reply, bytes]
Work = Generator[None, None, Answer | None]
"""Pauses often; returns what its request is answered with, if there is one."""


@dataclass(frozen=True, slots=True)
class Errand:
    """run_id: the run it is done for. number: that of the request, unless it was answered before."""

    run_id: str
    number: int | None
    work: Work


class Errands:
    """Takes them in turn. Their answers go to `send`."""

    def __init__(self, clock: Callable[[], float], send: Callable[[Reply, bytes], None]) -> None:
        self._clock = clock
        self._send = send
        self._waiting: deque[Errand] = deque()

    def __len__(self) -> int:
        return len(self._waiting)

    def add(self, errand: Errand) -> None:
        """One more."""
        self._waiting.append(errand)

    def cancel(self, run_id: str) -> None:
        """The run is gone."""
        for errand in [errand for errand in self._waiting if errand.run_id == run_id]:
            self._waiting.remove(errand)
            errand.work.close()
            self._refuse(errand, no_such_run(run_id))

    def run(self) -> bool:
        """Do a slice of what there is. Returns whether there was anything."""
        if not self._waiting:
            return False
        until = self._clock() + SLICE
        while self._waiting and self._clock() < until:
            errand = self._waiting.popleft()
            try:
                next(errand.work)
            except StopIteration as done:
                if done.value is not None:
                    self._send(*done.value)
            except PlaygroundError as error:
                self._refuse(errand, error)
            else:
                self._waiting.append(errand)
        return True

    def _refuse(self, errand: Errand, error: PlaygroundError) -> None:
        if errand.number is not None:
            self._send(Reply(number=errand.number, refusal=Refusal.of(error)), b"")

"""Who of the programs that take long may run at once; the others wait in line."""

from typing import Protocol


class Waiting(Protocol):
    """A program in the line. client: whose it is; each has at most one that runs."""

    client: str


class LivePlaces:
    """A line of programs. most: how many run at once. room: how many may wait."""

    def __init__(self, most: int, room: int) -> None:
        self._most = most
        self._room = room
        self._line: list[Waiting] = []
        self._running: list[Waiting] = []

    @property
    def full(self) -> bool:
        """Whether nobody may wait any more."""
        return len(self._line) >= self._room

    def join(self, program: Waiting) -> None:
        """Wait in line; `place` says when it is its turn."""
        self._line.append(program)
        self._serve()

    def leave(self, program: Waiting) -> None:
        """It has ended, or does not want to wait."""
        for programs in (self._line, self._running):
            if program in programs:
                programs.remove(program)
        self._serve()

    def place(self, program: Waiting) -> int:
        """How many are before it, and it; 0: it runs."""
        return 0 if program in self._running else self._line.index(program) + 1

    def _serve(self) -> None:
        for program in list(self._line):
            if len(self._running) == self._most:
                return
            if all(other.client != program.client for other in self._running):
                self._line.remove(program)
                self._running.append(program)

"""A cache of results of programs that give the same every time: a class that runs one lesson runs it once."""

from collections import OrderedDict

from app.protocol.gradients import Derivation
from app.sandbox.client.outcomes import is_stopped

MOST = 4 * 1024 * 1024
"""Most bytes of programs and replies kept, which take several times that as records."""


class Cache:
    """Results by program text; the least recently used are dropped. Holds only results that a child sent."""

    def __init__(self, most: int = MOST) -> None:
        self._most = most
        self._size = 0
        self._known: OrderedDict[str, tuple[Derivation, int]] = OrderedDict()

    def get(self, program: str) -> Derivation | None:
        """The result of a program; None if it is not kept."""
        if program not in self._known:
            return None
        self._known.move_to_end(program)
        return self._known[program][0]

    def keep(self, program: str, derivation: Derivation, size: int) -> None:
        """Keep a result if running the program again would give the same. size: bytes of the reply."""
        size += len(program)
        # A program may have been stopped by a clock, which runs out on a busy machine and not on an idle one.
        varies = not derivation.deterministic or is_stopped(derivation)
        if varies or program in self._known or size > self._most:
            return
        self._known[program] = (derivation, size)
        self._size += size
        while self._size > self._most:
            self._size -= self._known.popitem(last=False)[1][1]

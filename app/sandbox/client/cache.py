"""A cache of results of programs that give the same every time: a class that runs one lesson runs it once."""

import re
from collections import OrderedDict
from dataclasses import dataclass
from hashlib import blake2b

from app.protocol.gradients import Derivation
from app.sandbox.client.outcomes import is_stopped

MOST = 4 * 1024 * 1024
"""Most bytes of programs and replies kept, which take several times that as records."""


VARYING = re.compile(
    r"\b(time|datetime|os|uuid|secrets|sys|gc|ctypes|tempfile|timeit|importlib|__import__|eval|exec|id|hash)\b"
)
"""In the text of a program that may do another thing each time."""


@dataclass
class Known:
    """A result. author: for whom it was computed. shared: whether another run, for another, gave the same.

    digest: of the reply. size: bytes of program and reply.
    """

    derivation: Derivation
    digest: bytes
    size: int
    author: str
    shared: bool = False


class Cache:
    """From a program's text to its result. Holds only what a child answered, never how one was ended.

    A child may lie about itself: what one client's gave is shown to others only once it was computed again.
    """

    def __init__(self, most: int = MOST) -> None:
        self._most = most
        self._size = 0
        self._known: OrderedDict[str, Known] = OrderedDict()

    def get(self, program: str, client: str = "") -> Derivation | None:
        """The result, if it is known and this client may have it."""
        known = self._known.get(program)
        if known is None or not (known.shared or known.author == client):
            return None
        self._known.move_to_end(program)
        return known.derivation

    def keep(self, program: str, derivation: Derivation, reply: bytes, client: str = "") -> None:
        """Remember a result if running the program again would give the same. reply: where it was read."""
        size = len(program) + len(reply)
        # What stopped a program may be a clock, which runs out on a busy machine and not on an idle one.
        varies = not derivation.deterministic or is_stopped(derivation) or VARYING.search(program)
        if varies or size > self._most:
            return
        digest = blake2b(reply).digest()  # comparing the records would take longer than anybody may wait
        before = self._known.pop(program, None)
        if before is not None:
            self._size -= before.size
        shared = before is not None and before.author != client and before.digest == digest
        self._known[program] = Known(derivation, digest, size, client, shared)
        self._size += size
        while self._size > self._most:
            self._size -= self._known.popitem(last=False)[1].size

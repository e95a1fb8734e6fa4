"""One thing at a time per client."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

from app.errors import N_, Conflict


@dataclass
class Line:
    """One client's. newest: the number of its latest member; members: how many are in it."""

    lock: asyncio.Lock = field(default_factory=asyncio.Lock)
    newest: int = 0
    members: int = 0


class Turns:
    """Lets each client do one thing at a time; of what waits meanwhile, only the newest gets its turn."""

    def __init__(self) -> None:
        self._lines: dict[str, Line] = {}

    @asynccontextmanager
    async def turn(self, client: str) -> AsyncIterator[None]:
        """Wait for the client's turn. Raises Conflict when a newer one came in the meantime."""
        line = self._lines.setdefault(client, Line())
        line.newest = number = line.newest + 1
        line.members += 1
        try:
            async with line.lock:
                if number != line.newest:
                    raise Conflict(N_("A newer program of yours came in before this one could run."))
                yield
        finally:
            line.members -= 1
            if not line.members:
                del self._lines[client]

"""One request at a time per client; of those that wait, only the newest is served."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

from app.errors import N_, Conflict


@dataclass
class Line:
    """One client's requests. newest: the number of the latest one. members: how many there are."""

    lock: asyncio.Lock = field(default_factory=asyncio.Lock)
    newest: int = 0
    members: int = 0


class NewestWins:
    """Serves one request of each client at a time, and refuses those that a newer one has overtaken."""

    def __init__(self) -> None:
        self._lines: dict[str, Line] = {}

    @asynccontextmanager
    async def turn(self, client: str) -> AsyncIterator[None]:
        """Wait for the client's turn. Raises: Conflict: a newer request came meanwhile."""
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

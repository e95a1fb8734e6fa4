"""Which runs have their owner connected: one that plays on alone is paused after a while."""

import asyncio
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager

from app.engine.port import Engine
from app.errors import NotFound, Unavailable


class Presence:
    """grace: seconds a run may play on after its owner's last connection closed."""

    def __init__(self, engine: Engine, grace: float) -> None:
        self._engine = engine
        self._grace = grace
        self._connections: Counter[str] = Counter()
        self._leaving: dict[str, asyncio.Task[None]] = {}

    @contextmanager
    def owner(self, run_id: str) -> Iterator[None]:
        """One connection of a run's owner, for as long as this lasts."""
        self._connections[run_id] += 1
        if leaving := self._leaving.pop(run_id, None):
            leaving.cancel()
        try:
            yield
        finally:
            self._connections[run_id] -= 1
            if not self._connections[run_id]:
                del self._connections[run_id]
                self._leaving[run_id] = asyncio.create_task(self._leave(run_id))

    async def _leave(self, run_id: str) -> None:
        is_settled = False
        while not is_settled:
            await asyncio.sleep(self._grace)
            is_settled = await self._pause(run_id)
        del self._leaving[run_id]

    async def _pause(self, run_id: str) -> bool:
        """Whether the run is known not to play any more."""
        try:
            await self._engine.pause(run_id)
        except Unavailable:
            return False  # It may go on in the engine that comes next.
        except NotFound:
            pass
        return True

    async def close(self) -> None:
        """Stop waiting for owners to come back."""
        leaving = list(self._leaving.values())
        self._leaving.clear()
        for task in leaving:
            task.cancel()
        await asyncio.gather(*leaving, return_exceptions=True)

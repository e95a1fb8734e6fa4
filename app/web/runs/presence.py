"""Presence of runs' owners: a run whose owner has left is paused after a while."""

import asyncio
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager

from app.engine.commands import Pause
from app.engine.port import Engine
from app.errors import NotFound, Unavailable


class Presence:
    """Counts the connections of runs' owners.

    grace: seconds that a run may play on after its owner's last connection has closed.
    """

    def __init__(self, engine: Engine, grace: float) -> None:
        self._engine = engine
        self._grace = grace
        self._connections: Counter[str] = Counter()
        self._leaving: dict[str, asyncio.Task[None]] = {}

    @contextmanager
    def owner(self, run_id: str) -> Iterator[None]:
        """Count a connection of the run's owner for the time of the context."""
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

    def expect(self, run_id: str) -> None:
        """Pause a run after a while if its owner does not come."""
        if not self._connections[run_id] and run_id not in self._leaving:
            self._leaving[run_id] = asyncio.create_task(self._leave(run_id))

    async def _leave(self, run_id: str) -> None:
        is_settled = False
        while not is_settled:
            await asyncio.sleep(self._grace)
            is_settled = await self._pause(run_id)
        del self._leaving[run_id]

    async def _pause(self, run_id: str) -> bool:
        """Pause a run. Returns whether it is known not to play any more."""
        try:
            await self._engine.ask(Pause(run_id=run_id, spares_steps=True))
        except Unavailable:
            return False  # It may go on in the engine that comes next.
        except NotFound:
            pass
        return True

    async def close(self) -> None:
        """Cancel all tasks that wait for owners to come back."""
        leaving = list(self._leaving.values())
        self._leaving.clear()
        for task in leaving:
            task.cancel()
        await asyncio.gather(*leaving, return_exceptions=True)

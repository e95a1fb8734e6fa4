"""A real engine process to talk to, and ways to wait for what it does."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager

import psutil

from app.engine.client.local import LocalEngine
from app.engine.client.mirror import RunMirror
from app.settings import Settings
from tests.server import PATIENCE


@asynccontextmanager
async def started(settings: Settings | None = None) -> AsyncIterator[LocalEngine]:
    """An engine, ready."""
    engine = LocalEngine(settings or Settings())
    engine.start()
    try:
        await until(lambda: engine.ready)
        yield engine
    finally:
        await engine.close()


async def until(condition: Callable[[], bool]) -> None:
    """Wait for a state that no message announces."""
    async with asyncio.timeout(PATIENCE):
        while not condition():  # noqa: ASYNC110
            await asyncio.sleep(0.01)


class Watch:
    """One watcher of a run."""

    def __init__(self, mirror: RunMirror, news: asyncio.Event) -> None:
        self.mirror = mirror
        self.news = news

    async def changed(self) -> None:
        """Wait until the mirror differs from when this last returned."""
        await self.news.wait()
        self.news.clear()


@asynccontextmanager
async def watching(engine: LocalEngine, run_id: str) -> AsyncIterator[Watch]:
    """Watch a run until the context is left."""
    news = asyncio.Event()
    async with engine.watch(run_id, news) as mirror:
        yield Watch(mirror, news)


async def followed(watch: Watch, condition: Callable[[RunMirror], bool]) -> RunMirror:
    """Follow a run until its mirror meets the condition."""
    async with asyncio.timeout(PATIENCE):
        while not condition(watch.mirror):
            await watch.changed()
    return watch.mirror


def losses_of(mirror: RunMirror) -> list[float]:
    """All losses a mirror has."""
    return list(memoryview(bytes(mirror.losses)).cast("f"))


def process_of(engine: LocalEngine) -> psutil.Process:
    """The engine's process."""
    assert engine.pid is not None
    return psutil.Process(engine.pid)

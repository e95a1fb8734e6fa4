"""A real engine process to talk to, and ways to wait for what it does."""

import asyncio
import secrets
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager

import psutil

from app.engine import answers
from app.engine.answers import norms_of, snapshot_of
from app.engine.client.local import LocalEngine
from app.engine.client.mirror import RunMirror
from app.engine.commands import (
    Create,
    Delete,
    Edit,
    Fork,
    GetLosses,
    GetNorms,
    GetSnapshot,
    Inspect,
    Pause,
    Play,
    Reset,
    Steps,
    TakeSnapshot,
    Update,
)
from app.protocol.data import Values
from app.protocol.lines import ParameterEdit
from app.protocol.lookback import Norms
from app.protocol.runs import Losses, RunConfig, RunState
from app.protocol.snapshots import Snapshot
from app.settings import Settings
from app.store.store import Store
from tests.server import PATIENCE


class Trainer(LocalEngine):
    """An engine whose commands are methods, as tests like them."""

    async def create(
        self, config: RunConfig, values: Values | None = None, comparison: str | None = None
    ) -> RunState:
        run_id = secrets.token_urlsafe(16)
        made = Create(run_id=run_id, config=config, values=values, comparison=comparison)
        return (await self.ask(made)).state

    async def inspect(self, run_id: str) -> RunState:
        return (await self.ask(Inspect(run_id=run_id))).state

    async def snapshot(self, run_id: str) -> Snapshot:
        return await snapshot_of(await self.ask(TakeSnapshot(run_id=run_id)))

    async def losses(self, run_id: str, first_step: int) -> Losses:
        answer = await self.ask(GetLosses(run_id=run_id, first_step=first_step))
        return await answers.losses_of(answer, first_step)

    async def snapshot_at(self, run_id: str, step: int) -> Snapshot:
        return await snapshot_of(await self.ask(GetSnapshot(run_id=run_id, step=step)))

    async def norms(self, run_id: str, first_step: int) -> Norms:
        return await norms_of(await self.ask(GetNorms(run_id=run_id, first_step=first_step)))

    async def fork(self, run_id: str, step: int) -> RunState:
        fork = Fork(run_id=run_id, fork_id=secrets.token_urlsafe(16), step=step)
        return (await self.ask(fork)).state

    async def play(self, run_id: str, steps_per_second: float | None) -> None:
        await self.ask(Play(run_id=run_id, steps_per_second=steps_per_second))

    async def pause(self, run_id: str) -> None:
        await self.ask(Pause(run_id=run_id))

    async def step(self, run_id: str, count: int, command_id: str | None = None) -> Snapshot:
        return await snapshot_of(await self.ask(Steps(run_id=run_id, count=count, command_id=command_id)))

    async def edit(self, run_id: str, edit: ParameterEdit, command_id: str | None = None) -> Snapshot:
        return await snapshot_of(await self.ask(Edit(run_id=run_id, command_id=command_id, **dict(edit))))

    async def update(self, run_id: str, config: RunConfig, command_id: str | None = None) -> RunState:
        return (await self.ask(Update(run_id=run_id, config=config, command_id=command_id))).state

    async def reset(self, run_id: str, command_id: str | None = None) -> RunState:
        return (await self.ask(Reset(run_id=run_id, command_id=command_id))).state

    async def delete(self, run_id: str) -> None:
        await self.ask(Delete(run_id=run_id))


@asynccontextmanager
async def started(settings: Settings | None = None, store: Store | None = None) -> AsyncIterator[Trainer]:
    """An engine, ready."""
    engine = Trainer(settings or Settings(), store)
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

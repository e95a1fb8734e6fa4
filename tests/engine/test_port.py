"""The contract of `app.engine.port.Engine`, for every engine there is: a further one joins `ADAPTERS`."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from pathlib import Path
from typing import NamedTuple

import pytest
import pytest_asyncio

from app.engine.answers import log_of, losses_of, snapshot_of
from app.engine.commands import (
    Command,
    Create,
    Delete,
    Edit,
    GetLog,
    GetLosses,
    Inspect,
    Lines,
    Pause,
    Play,
    Reset,
    Steps,
    TakeSnapshot,
    Update,
)
from app.engine.port import Engine
from app.errors import Conflict, Invalid, NotFound, TooMany, Unavailable
from app.protocol.runs import RunConfig
from app.settings import Settings
from app.store.store import Store
from tests.engine.in_process import started_in_process
from tests.engine.support import Trainer, process_of, started, until
from tests.server import PATIENCE

pytestmark = pytest.mark.asyncio(loop_scope="module")

MAX_RUNS = 8


class Adapter(NamedTuple):
    """A kind of engine. start: it runs until the context is left. kill: the runs it holds are lost to it."""

    start: Callable[[Settings, Store], AbstractAsyncContextManager[Trainer]]
    kill: Callable[[Trainer], None]


def end_link(engine: Trainer) -> None:
    assert engine._link is not None
    engine._link._lose("it was killed")


ADAPTERS = {
    "a process on this machine": Adapter(started, lambda engine: process_of(engine).kill()),
    "in this process": Adapter(started_in_process, end_link),
}


class Life:
    """An engine with a store, which may be killed, and begun again from what is stored."""

    def __init__(self, adapter: Adapter, folder: Path) -> None:
        self.adapter = adapter
        self.settings = Settings(data_dir=folder, max_runs=MAX_RUNS)
        self.engine: Trainer

    @asynccontextmanager
    async def begun(self) -> AsyncIterator[Engine]:
        store = Store(self.settings)
        store.start()
        try:
            async with self.adapter.start(self.settings, store) as self.engine:
                yield self.engine
        finally:
            await store.close()

    async def kill(self) -> None:
        """Kill it, and wait for the next."""
        before = self.engine._link
        self.adapter.kill(self.engine)
        await until(lambda: self.engine._link not in (None, before))


@pytest_asyncio.fixture(loop_scope="module", scope="module", params=ADAPTERS.values(), ids=ADAPTERS)
async def life(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[Life]:
    life = Life(request.param, tmp_path_factory.mktemp("store"))
    async with life.begun():
        yield life


@pytest_asyncio.fixture(loop_scope="module")
async def engine(life: Life) -> Engine:
    return life.engine


_names = iter(range(1000))


async def made(engine: Engine, **config: object) -> str:
    """A new run."""
    run_id = f"run {next(_names)}"
    await engine.ask(Create(run_id=run_id, config=RunConfig.model_validate(config)))
    return run_id


async def asked(engine: Engine, command: Command) -> object:
    """The answer to a command, once a run that is rebuilt has come back."""
    async with asyncio.timeout(PATIENCE):
        while True:
            try:
                return await engine.ask(command)
            except Unavailable:
                await asyncio.sleep(0.01)


def with_lr(lr: float) -> RunConfig:
    return RunConfig.model_validate({"optimizer": {"lr": lr}})


async def test_commands_on_a_run_are_carried_out_in_the_order_in_which_they_are_asked(engine: Engine) -> None:
    run_id = await made(engine)
    ids = [f"{i}" if i % 3 else None for i in range(10)]
    edits = [
        Edit(run_id=run_id, name="hidden.bias", index=(i,), value=float(i), command_id=ids[i])
        for i in range(10)
    ]
    commands: list[Command] = [*edits, Reset(run_id=run_id), *edits[5:]]
    # The last repeat what was done before the reset, where they have an id; nothing then undoes them.
    answers = await asyncio.gather(*map(engine.ask, commands))
    assert [answer.state.step for answer in answers] == [0] * len(commands)
    log = await log_of(await engine.ask(GetLog(run_id=run_id)))
    assert [event.edit.value for event in log.events if event.edit] == [i for i in range(5, 10) if not ids[i]]


async def test_a_command_with_an_id_is_carried_out_once(engine: Engine) -> None:
    run_id = await made(engine)
    steps = Steps(run_id=run_id, count=5, command_id="five more")
    answers = await asyncio.gather(*(engine.ask(steps) for _ in range(3)))
    again = await engine.ask(steps)
    snapshots = [(await snapshot_of(answer)).step for answer in (*answers, again)]
    assert snapshots == [5] * 4
    assert len({answer.payload for answer in (*answers, again)}) == 1
    assert (await engine.ask(Inspect(run_id=run_id))).state.step == 5
    await engine.ask(Steps(run_id=run_id, count=5, command_id="and five more"))
    assert (await snapshot_of(await engine.ask(steps))).step == 5
    assert (await engine.ask(Inspect(run_id=run_id))).state.step == 10


async def test_making_a_run_once_more_gives_the_same_run(engine: Engine) -> None:
    create = Create(run_id="once", config=with_lr(0.1), command_id="once")
    first, second = await asyncio.gather(engine.ask(create), engine.ask(create))
    assert first.state == second.state
    await engine.ask(Steps(run_id="once", count=3))
    assert (await engine.ask(create)).state == first.state
    with pytest.raises(Invalid, match="another request"):
        await engine.ask(create.model_copy(update={"config": with_lr(0.3)}))


async def test_what_was_done_is_known_after_the_engine_and_after_all_is_gone(life: Life) -> None:
    run_id = await made(life.engine)
    steps = Steps(run_id=run_id, count=5, command_id="steps")
    lines = Lines(run_id=run_id, count=3, command_id="lines")
    update = Update(run_id=run_id, config=with_lr(0.1), command_id="update")
    done = [await life.engine.ask(command) for command in (steps, lines, update)]
    now = await life.engine.ask(Inspect(run_id=run_id))

    async def repeated() -> None:
        await asked(life.engine, Inspect(run_id=run_id))
        for command, before in zip((steps, lines, update), done, strict=True):
            again = await life.engine.ask(command)
            assert again.payload == before.payload
            assert (again.reply.state, again.reply.lines) == (before.reply.state, before.reply.lines)
        assert (await life.engine.ask(Inspect(run_id=run_id))).state == now.state

    await life.kill()
    await repeated()
    others = Life(life.adapter, life.settings.data_dir)
    # Another server, where this one's folder is a copy of that one's as it is now.
    others.settings = life.settings.model_copy(update={"data_dir": copied(life.settings.data_dir)})
    async with others.begun():
        life, others = others, life
        await repeated()


def copied(folder: Path) -> Path:
    """A copy of what is stored at this moment."""
    from app.store.versions import copy

    to = folder.with_name(f"{folder.name} copied")
    to.mkdir()
    copy(folder / "playground.db", to / "playground.db")
    return to


async def test_steps_that_an_engine_died_with_are_taken_to_their_end_by_a_repeat(life: Life) -> None:
    run_id = await made(life.engine, max_steps=100_000, optimizer={"lr": 0.01})
    steps = Steps(run_id=run_id, count=3_000, command_id="many")
    async with life.engine.watch(run_id, changed := asyncio.Event()) as mirror:
        first = asyncio.ensure_future(life.engine.ask(steps))
        while mirror.snapshot.step < 1:
            await asyncio.wait_for(changed.wait(), PATIENCE)
            changed.clear()
        await life.kill()
        await asyncio.wait([first])
        await asked(life.engine, steps)
        state = (await life.engine.ask(Inspect(run_id=run_id))).state
        assert (state.step, state.status) == (3_000, "paused")


async def test_a_watcher_that_never_looks_misses_snapshots_and_no_loss_or_event(engine: Engine) -> None:
    run_id = await made(engine, max_steps=40)
    async with engine.watch(run_id, changed := asyncio.Event()) as mirror:
        for i in range(3):
            await engine.ask(Steps(run_id=run_id, count=10))
            await engine.ask(
                Update(
                    run_id=run_id,
                    config=mirror.state.config.model_copy(
                        update={"max_steps": 40, "stop_loss": 1e-9 * (i + 1)}
                    ),
                )
            )
        await engine.ask(Play(run_id=run_id, steps_per_second=None))
        async with asyncio.timeout(PATIENCE):
            while mirror.state.status != "finished":
                await changed.wait()
                changed.clear()
        assert [event.step for event in mirror.events] == [10, 20, 30, 40]
        assert mirror.events[-1].ended == "max_steps"
        losses = await losses_of(await engine.ask(GetLosses(run_id=run_id, first_step=1)), 1)
        assert memoryview(bytes(mirror.losses)).cast("f").tolist() == losses.losses
        assert mirror.snapshot.step == 40
    log = await log_of(await engine.ask(GetLog(run_id=run_id)))
    assert tuple(log.events) == mirror.events


class Strange(Command):
    """A command that no engine knows."""

    kind: str = "strange"


async def test_refusals_are_errors_in_words(engine: Engine) -> None:
    run_id = await made(engine, max_steps=3)
    with pytest.raises(Invalid, match="does not know this command"):
        await engine.ask(Strange(run_id=run_id))
    with pytest.raises(Invalid, match="the 3 left") as refusal:
        await engine.ask(Steps(run_id=run_id, count=4))
    assert refusal.value.field == "count"
    await engine.ask(Steps(run_id=run_id, count=3))
    for command_id in (None, "again and again"):
        for _ in range(2):
            with pytest.raises(Conflict, match="finished at step 3"):
                await engine.ask(Play(run_id=run_id, steps_per_second=None, command_id=command_id))
    await engine.ask(Delete(run_id=run_id))
    for command in (Inspect(run_id=run_id), Pause(run_id=run_id, command_id="x"), Delete(run_id=run_id)):
        with pytest.raises(NotFound):
            await engine.ask(command)


async def test_a_full_engine_puts_the_run_that_is_out_of_use_for_longest_to_sleep(engine: Engine) -> None:
    first, *others = [await made(engine, max_steps=100_000, optimizer={"lr": 0.01}) for _ in range(MAX_RUNS)]
    await engine.ask(Steps(run_id=first, count=7))
    before = await snapshot_of(await engine.ask(TakeSnapshot(run_id=first)))
    for run_id in others:
        await engine.ask(Play(run_id=run_id, steps_per_second=1.0))
    # The engine is full. One that plays is not put to sleep for another; one that nobody uses is.
    last = await made(engine)
    with pytest.raises(TooMany, match="as many as it may"):
        async with engine.watch(last, asyncio.Event()):
            await engine.ask(Inspect(run_id=first))
    assert await snapshot_of(await engine.ask(TakeSnapshot(run_id=first))) == before
    for run_id in (first, last, *others):
        await engine.ask(Delete(run_id=run_id))


async def test_a_closed_engine_answers(life: Life, tmp_path: Path) -> None:
    async with Life(life.adapter, tmp_path).begun() as closed:
        run_id = await made(closed)
    for command in (Inspect(run_id=run_id), Create(run_id="new", config=RunConfig())):
        with pytest.raises(Unavailable):
            await closed.ask(command)

"""The client with a real engine process and without one, each for all tests here: none of them harms it."""

import asyncio
from collections.abc import AsyncIterator

import pytest
import pytest_asyncio

from app.engine.port import Engine
from app.errors import Conflict, Invalid, NotFound
from app.protocol.runs import RunConfig
from app.settings import Settings
from tests.engine.in_process import started_in_process
from tests.engine.support import Trainer, followed, losses_of, started, watching
from tests.server import PATIENCE
from tests.training.plain import plain

pytestmark = pytest.mark.asyncio(loop_scope="module")

ENDLESS = RunConfig.model_validate({"max_steps": 100_000, "optimizer": {"lr": 0.01}})


@pytest_asyncio.fixture(
    loop_scope="module",
    scope="module",
    params=[started, started_in_process],
    ids=["in a process of its own", "in this process"],
)
async def engine(request: pytest.FixtureRequest) -> AsyncIterator[Trainer]:
    async with request.param() as running:
        yield running


async def test_it_is_an_engine(engine: Trainer) -> None:
    port: Engine = engine
    assert port.ready


async def test_a_run_played_to_the_end_is_the_plain_loop_bit_for_bit(engine: Trainer) -> None:
    (expected,) = plain([(RunConfig(), 1000)])
    run = await engine.create(RunConfig())
    async with watching(engine, run.id) as watch:
        await engine.play(run.id, None)
        mirror = await followed(watch, lambda m: m.state.status == "finished")
        assert losses_of(mirror) == expected.losses
        snapshot = mirror.snapshot.unpack(mirror.parameters)
    assert (snapshot.step, snapshot.parameters) == (1000, expected.parameters)
    assert (await engine.losses(run.id, 1)).losses == expected.losses
    assert (await engine.losses(run.id, 999)).losses == expected.losses[998:]


async def test_steps_return_the_snapshot_after_exactly_so_many(engine: Trainer) -> None:
    run = await engine.create(RunConfig())
    assert (await engine.step(run.id, 3)).step == 3
    snapshot = await engine.step(run.id, 4)
    assert snapshot.step == 7
    assert await engine.snapshot(run.id) == snapshot
    assert (await engine.inspect(run.id)).status == "paused"


async def test_a_run_is_played_paused_changed_and_reset(engine: Trainer) -> None:
    run = await engine.create(ENDLESS)
    async with watching(engine, run.id) as watch:
        await engine.play(run.id, 50.0)
        await followed(watch, lambda m: m.state.steps_per_second == 50.0 and m.snapshot.step >= 2)
        await engine.pause(run.id)
        mirror = await followed(watch, lambda m: m.state.status == "paused")
        slower = RunConfig.model_validate({"optimizer": {"lr": 0.001}})
        assert (await engine.update(run.id, slower)).step == mirror.snapshot.step
        await followed(watch, lambda m: m.state.config == slower)
        assert mirror.generation == 0
        assert (await engine.reset(run.id)).status == "ready"
        await followed(watch, lambda m: m.generation == 1)
        assert (mirror.snapshot.step, losses_of(mirror)) == (0, [])


async def test_a_pause_is_obeyed_while_others_train_at_full_speed(engine: Trainer) -> None:
    loud = [await engine.create(ENDLESS) for _ in range(3)]
    run = await engine.create(RunConfig.model_validate({"max_steps": 100_000, "model": {"hidden": [64, 64]}}))
    for other in (*loud, run):
        await engine.play(other.id, None)
    for _ in range(20):
        await engine.pause(run.id)
        paused = await engine.inspect(run.id)
        assert paused.status != "playing"
        before = (await engine.inspect(loud[0].id)).step
        while (await engine.inspect(loud[0].id)).step == before:  # noqa: ASYNC110
            await asyncio.sleep(0)  # The others go on.
        assert await engine.inspect(run.id) == paused
        await engine.play(run.id, None)
    for other in (*loud, run):
        await engine.delete(other.id)


async def test_followers_of_one_run_share_its_mirror(engine: Trainer) -> None:
    run = await engine.create(RunConfig())
    async with watching(engine, run.id) as first, watching(engine, run.id) as second:
        assert first.mirror is second.mirror
        await engine.step(run.id, 1)
        await followed(first, lambda m: m.snapshot.step == 1)
        await asyncio.wait_for(second.changed(), PATIENCE)


async def test_following_again_after_leaving_begins_with_everything(engine: Trainer) -> None:
    run = await engine.create(RunConfig())
    await engine.step(run.id, 5)
    for _ in range(3):
        async with watching(engine, run.id) as watch:
            assert len(losses_of(watch.mirror)) == watch.mirror.snapshot.step == 5
            assert len(watch.mirror.points.x) == 100


async def test_who_never_looks_still_gets_every_loss_and_holds_nobody_up(engine: Trainer) -> None:
    run = await engine.create(RunConfig.model_validate({"max_steps": 5000}))
    async with watching(engine, run.id) as idle, watching(engine, run.id) as eager:
        await engine.play(run.id, None)
        await followed(eager, lambda m: m.state.status == "finished")
        assert losses_of(idle.mirror) == (await engine.losses(run.id, 1)).losses
        assert len(losses_of(idle.mirror)) == 5000


async def test_the_end_of_a_run_reaches_its_followers(engine: Trainer) -> None:
    run = await engine.create(RunConfig())
    async with watching(engine, run.id) as watch:
        await engine.delete(run.id)
        await followed(watch, lambda m: m.gone)
    with pytest.raises(NotFound):
        await engine.inspect(run.id)


@pytest.mark.parametrize("run_id", ["nobody", "", "\ud800", "x" * 10_000, "../../etc"])
async def test_an_id_that_leads_nowhere_is_refused_without_asking(engine: Trainer, run_id: str) -> None:
    for call in (engine.inspect, engine.snapshot, engine.pause, engine.reset, engine.delete):
        with pytest.raises(NotFound):
            await call(run_id)
    with pytest.raises(NotFound):
        async with watching(engine, run_id):
            pass


async def test_refusals_arrive_as_errors(engine: Trainer) -> None:
    run = await engine.create(RunConfig.model_validate({"max_steps": 3}))
    with pytest.raises(Invalid, match="the 3 left") as refusal:
        await engine.step(run.id, 4)
    assert refusal.value.field == "count"
    await engine.step(run.id, 3)
    with pytest.raises(Conflict, match="finished at step 3"):
        await engine.play(run.id, None)


async def test_a_diverged_run_is_a_result(engine: Trainer) -> None:
    run = await engine.create(RunConfig.model_validate({"optimizer": {"lr": 1000.0}}))
    async with watching(engine, run.id) as watch:
        await engine.play(run.id, None)
        mirror = await followed(watch, lambda m: m.state.status == "diverged")
        snapshot = mirror.snapshot.unpack(mirror.parameters)
        assert snapshot.diverged
        assert snapshot.step == len(losses_of(mirror)) == mirror.state.step


async def test_giving_up_on_steps_leaves_the_engine_usable(engine: Trainer) -> None:
    run = await engine.create(ENDLESS)
    with pytest.raises(TimeoutError):
        await asyncio.wait_for(engine.step(run.id, 100_000), 0.05)
    await engine.pause(run.id)
    step = (await engine.inspect(run.id)).step
    assert (await engine.step(run.id, 1)).step == step + 1


async def test_many_runs_train_together_and_each_is_told_of(engine: Trainer) -> None:
    runs = [await engine.create(RunConfig(seed=seed, max_steps=20)) for seed in range(40)]
    async with asyncio.TaskGroup() as tasks:
        for run in runs:
            tasks.create_task(finished_with_all_losses(engine, run.id))


async def finished_with_all_losses(engine: Trainer, run_id: str) -> None:
    async with watching(engine, run_id) as watch:
        await engine.play(run_id, 100.0)
        mirror = await followed(watch, lambda m: m.state.status == "finished")
        assert len(losses_of(mirror)) == 20


async def test_at_most_max_runs_and_retention() -> None:
    async with started(Settings(max_runs=1, run_retention=0.2)) as small:
        run = await small.create(RunConfig())
        with pytest.raises(Exception, match="1 run, as many"):
            await small.create(RunConfig())
        async with asyncio.timeout(PATIENCE):
            while True:
                await asyncio.sleep(0.5)
                try:
                    await small.inspect(run.id)
                except NotFound:
                    break

"""What becomes of runs and callers when the engine process ends, hangs, or goes mad."""

import asyncio
import signal
import subprocess
import sys
from collections.abc import AsyncIterator

import psutil
import pytest
import pytest_asyncio

from app.engine.client import link, local
from app.engine.client.local import LocalEngine
from app.engine.commands import AnyCommand, Rebuild
from app.errors import Conflict, Unavailable
from app.frames import LENGTHS
from app.protocol.lines import ParameterEdit
from app.protocol.runs import ModelConfig, RunConfig
from app.settings import Settings
from tests.engine.in_process import HostLink, started_in_process
from tests.engine.support import Trainer, followed, losses_of, process_of, started, until, watching
from tests.server import PATIENCE
from tests.training.plain import plain, values_of

in_module = pytest.mark.asyncio(loop_scope="module")


@pytest_asyncio.fixture(loop_scope="module", scope="module")
async def engine() -> AsyncIterator[Trainer]:
    """One for all tests that leave it with a process that works, and no run playing."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(local, "STABLE", 0.0)  # so that it does not wait longer from one test to the next
        async with started() as running:
            yield running


@pytest_asyncio.fixture(loop_scope="module")
async def inside() -> AsyncIterator[Trainer]:
    """One without a process, for tests of what comes back."""
    async with started_in_process() as running:
        yield running


async def replaced(engine: Trainer) -> None:
    """Have the host replaced as if it had been killed."""
    lost = engine._link
    assert isinstance(lost, HostLink)
    lost._lose("it was killed")
    await until(lambda: engine._link not in (None, lost))


@in_module
async def test_killed_in_the_middle_of_a_run_and_of_a_call_nothing_is_lost(engine: Trainer) -> None:
    (expected,) = plain([(RunConfig(), 1000)])
    run = await engine.create(RunConfig())
    # Of another size: in a cohort the last bits would differ.
    called = await engine.create(RunConfig(model=ModelConfig(hidden=(7,)), max_steps=100_000))
    async with watching(engine, run.id) as watch:
        steps = asyncio.create_task(engine.step(called.id, 100_000))
        await engine.play(run.id, 200.0)
        mirror = await followed(watch, lambda m: m.snapshot.step >= 20)
        killed = process_of(engine)
        killed.kill()
        with pytest.raises(Unavailable):
            await asyncio.wait_for(steps, PATIENCE)
        await followed(watch, lambda m: not m.available)
        lost_at = mirror.snapshot.step
        with pytest.raises(Unavailable, match="being replaced"):
            await engine.pause(run.id)
        await followed(watch, lambda m: m.available)
        assert mirror.generation == 1
        assert mirror.snapshot.step >= lost_at
        assert (mirror.state.status, mirror.state.steps_per_second) == ("playing", 200.0)
        await engine.play(run.id, None)
        await followed(watch, lambda m: m.state.status == "finished")
        assert losses_of(mirror) == expected.losses
    assert process_of(engine).pid != killed.pid
    await settled(engine, called.id)
    # It was not playing by itself, so it does not go on by itself.
    assert (await engine.inspect(called.id)).status in ("ready", "paused")


@in_module
async def test_runs_that_nobody_watched_come_back_too(inside: Trainer) -> None:
    begun = await inside.create(RunConfig())
    changed = await inside.create(RunConfig())
    await inside.step(changed.id, 10)
    slower = RunConfig.model_validate({"optimizer": {"lr": 0.05}})
    await inside.update(changed.id, slower)
    snapshot = await inside.step(changed.id, 10)
    await replaced(inside)
    await settled(inside, changed.id)
    assert await inside.snapshot(changed.id) == snapshot
    assert (await inside.inspect(changed.id)).config == slower
    assert await inside.inspect(begun.id) == begun


@in_module
async def test_a_run_of_a_formula_whose_points_were_changed_comes_back_exactly(inside: Trainer) -> None:
    config = RunConfig.model_validate(
        {"data": {"target": "torch.sin(3*x) + torch.rand(1)", "test_fraction": 0.3}, "batch_size": 20}
    )
    points = {"points": [[0.1 * i, 0.3] for i in range(30)], "test_fraction": 0.2}
    changed = RunConfig.model_validate(config.model_dump() | {"data": points})
    run = await inside.create(config, values_of(config))
    # Of another size: in a cohort the last bits would differ.
    other = config.model_copy(update={"model": ModelConfig(hidden=(7,))})
    untouched = await inside.create(other, values_of(other))
    expected = await inside.step(untouched.id, 10)
    await inside.step(run.id, 10)
    await inside.update(run.id, changed)
    snapshot = await inside.step(run.id, 10)
    assert len(snapshot.prediction) == 24
    await replaced(inside)
    for state, before in ((untouched, expected), (run, snapshot)):
        await settled(inside, state.id)
        assert await inside.snapshot(state.id) == before
    # The values are there for another beginning, too.
    await inside.reset(untouched.id)
    assert await inside.step(untouched.id, 10) == expected


@in_module
async def test_a_fork_comes_back_with_its_past_though_the_original_is_gone(inside: Trainer) -> None:
    momentum = RunConfig.model_validate({"optimizer": {"lr": 0.05, "momentum": 0.9}, "batch_size": 30})
    original = await inside.create(momentum)
    await inside.step(original.id, 10)
    await inside.edit(original.id, ParameterEdit(name="hidden.bias", index=(0,), value=0.5))
    end = await inside.step(original.id, 10)
    fork = await inside.fork(original.id, 15)
    past = await inside.snapshot_at(original.id, 10)
    norms = await inside.norms(fork.id, 1)
    await inside.delete(original.id)
    await replaced(inside)
    await settled(inside, fork.id)
    assert await inside.inspect(fork.id) == fork
    assert await inside.snapshot_at(fork.id, 10) == past
    assert await inside.norms(fork.id, 1) == norms
    assert await inside.step(fork.id, 5) == end


async def settled(engine: Trainer, run_id: str) -> None:
    """Wait until a run is rebuilt."""
    async with asyncio.timeout(PATIENCE):
        while True:
            try:
                await engine.inspect(run_id)
            except Unavailable:
                await asyncio.sleep(0.01)
            else:
                return


@in_module
async def test_a_comparison_comes_back_in_step(inside: Trainer) -> None:
    configs = [
        RunConfig.model_validate({"optimizer": optimizer})
        for optimizer in ({}, {"name": "Adam", "lr": 0.02}, {"lr": 2.0})
    ]
    runs = [await inside.create(config, comparison="comparison") for config in configs]
    async with watching(inside, runs[0].id) as first, watching(inside, runs[1].id) as second:
        await inside.play(runs[0].id, 200.0)
        await followed(first, lambda m: m.snapshot.step >= 20)
        await replaced(inside)
        await followed(first, lambda m: m.available)
        await until(lambda: second.mirror.available)
        assert first.mirror.snapshot.step == second.mirror.snapshot.step >= 20
        assert first.mirror.state.status == second.mirror.state.status == "playing"
        await inside.play(runs[1].id, None)
        await followed(first, lambda m: m.state.status == "finished")
        await followed(second, lambda m: m.state.status == "finished")
        lesson, adam = plain([(config, 1000) for config in configs[:2]])
        # The lesson's shared a cohort with the one too fast, until that diverged.
        assert losses_of(first.mirror) == pytest.approx(lesson.losses, rel=1e-3)
        assert losses_of(second.mirror) == adam.losses
    assert (await inside.inspect(runs[2].id)).status == "diverged"


@in_module
async def test_a_stuck_engine_is_replaced(engine: Trainer, monkeypatch: pytest.MonkeyPatch) -> None:
    run = await engine.create(RunConfig())
    stuck = process_of(engine)
    stuck.send_signal(signal.SIGSTOP)
    with monkeypatch.context() as patch:
        patch.setattr(local, "PING_TIMEOUT", 0.1)
        await until(lambda: not engine.ready)
    await until(lambda: engine.ready)
    await until(lambda: not stuck.is_running())
    await settled(engine, run.id)
    assert (await engine.inspect(run.id)).status == "ready"


@in_module
async def test_an_engine_that_speaks_nonsense_is_replaced(
    engine: Trainer, monkeypatch: pytest.MonkeyPatch
) -> None:
    run = await engine.create(RunConfig())
    first = process_of(engine)
    nonsense, data_received = LENGTHS.pack(3, 0) + b"{}!", link.Link.data_received
    monkeypatch.setattr(link.Link, "data_received", lambda self, data: data_received(self, nonsense + data))
    with pytest.raises(Unavailable):
        await engine.inspect(run.id)
    monkeypatch.undo()
    await until(lambda: not first.is_running())
    await until(lambda: engine.ready)
    assert process_of(engine).pid != first.pid


async def test_a_run_that_ends_the_engine_when_it_is_rebuilt_is_set_aside_and_the_others_come_back(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(local, "BACK_OFF", (0.0,))
    post = HostLink.post
    rebuilt_beside: list[int] = []

    def fatal(self: HostLink, command: AnyCommand, payload: bytes = b"") -> "asyncio.Future[link.Answer]":
        if not (isinstance(command, Rebuild) and command.run_id == bad.id and command.last.topic is None):
            return post(self, command, payload)
        self._pending[0] = (command, asyncio.get_running_loop().create_future())
        rebuilt_beside.append(self.n_pending)
        self._lose("it has crashed")
        return self._pending[0][1]

    async with started_in_process() as engine:
        first, bad, last = [await engine.create(RunConfig(seed=seed, max_steps=100_000)) for seed in range(3)]
        before = await engine.step(last.id, 5)
        for run in (first, bad):
            await engine.play(run.id, None)
        monkeypatch.setattr(HostLink, "post", fatal)
        assert isinstance(engine._link, HostLink)
        engine._link._lose("it was killed")
        await until(lambda: len(rebuilt_beside) == 3 and engine.ready)
        assert rebuilt_beside[1:] == [1, 1]
        state = await engine.inspect(bad.id)
        assert (state.status, state.topic, state.step) == ("failed", "set_aside", 0)
        with pytest.raises(Conflict, match="had to end"):
            await engine.play(bad.id, None)
        await settled(engine, last.id)
        assert await engine.snapshot(last.id) == before
        await settled(engine, first.id)
        assert (await engine.inspect(first.id)).status == "playing"
        assert (await engine.reset(bad.id)).status == "ready"
        assert (await engine.step(bad.id, 5)).step == 5


async def test_before_the_engine_is_up_calls_say_that_it_is_warming_up() -> None:
    engine = Trainer(Settings())
    engine.start()
    try:
        with pytest.raises(Unavailable, match="warming up"):
            await engine.create(RunConfig())
    finally:
        await engine.close()


async def test_closing_before_it_is_up_leaves_no_process_behind() -> None:
    others = engines()
    engine = LocalEngine(Settings())
    engine.start()
    await until(lambda: bool(engines() - others))
    begun = engines() - others
    await engine.close()
    assert not engines() & begun


def engines() -> set[psutil.Process]:
    """The engine processes that this test's process began, the shared server's included."""
    children = psutil.Process().children(recursive=True)
    return {child for child in children if "app.engine" in command_line(child)}


def command_line(process: psutil.Process) -> list[str]:
    try:
        return process.cmdline()
    except psutil.Error:
        return []


def test_the_engine_dies_with_its_parent_however_that_happens() -> None:
    program = """
import asyncio
from app.engine.client.local import LocalEngine
from app.settings import Settings

async def main():
    engine = LocalEngine(Settings())
    engine.start()
    while not engine.ready:
        await asyncio.sleep(0.01)
    print(engine.pid, flush=True)
    await asyncio.sleep(600)

asyncio.run(main())
"""
    with subprocess.Popen([sys.executable, "-c", program], stdout=subprocess.PIPE, text=True) as parent:
        assert parent.stdout is not None
        engine = psutil.Process(int(parent.stdout.readline()))
        assert engine.is_running()
        parent.kill()
        engine.wait(timeout=PATIENCE)

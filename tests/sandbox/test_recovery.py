"""Processes that die, and callers that leave."""

import asyncio
import contextlib
import signal

import psutil
import pytest

from app.errors import Unavailable
from app.sandbox.client.sandbox import Sandbox
from app.settings import Settings
from tests.sandbox.conftest import fate, running, start_endless, until, zygote
from tests.server import PATIENCE

pytestmark = pytest.mark.asyncio(loop_scope="package")


async def test_a_killed_child_is_reported_and_replaced() -> None:
    async with running(settings=Settings(sandbox_wall_clock=PATIENCE)) as sandbox:
        task = await start_endless(sandbox)
        await until(long_running)
        for child in long_running():
            child.kill()
        assert await task == "Crashed"
        assert await fate(sandbox, "reply('next')") == "next"


def long_running() -> list[psutil.Process]:
    """The children that have yielded the processor to others."""
    return [child for child in zygote().children() if child.nice() == 10]


async def test_idle_children_that_are_killed_are_replaced() -> None:
    async with running() as sandbox:
        for child in zygote().children():
            child.kill()
        with contextlib.suppress(Unavailable):  # were some not ready yet, so that their zygote seems broken
            assert {await fate(sandbox, "reply('next')") for _ in range(8)} <= {"next", "Crashed"}
        async with asyncio.timeout(PATIENCE):
            await sandbox.until_ready()
        assert await fate(sandbox, "reply('next')") == "next"


async def test_whoever_leaves_takes_the_program_along(bypassed: Sandbox) -> None:
    task = await start_endless(bypassed)
    task.cancel()
    await asyncio.wait([task])
    assert bypassed.load == {"waiting": 0, "running": 0}
    assert await fate(bypassed, "reply('next')") == "next"


async def test_whoever_leaves_the_queue_takes_no_place_along() -> None:
    async with running(settings=Settings(sandbox_children=1)) as sandbox:
        busy = [await start_endless(sandbox)]
        waiting = [asyncio.create_task(fate(sandbox, "reply('late')")) for _ in range(5)]
        await asyncio.sleep(0)
        for task in waiting:
            task.cancel()
        await asyncio.wait(waiting)
        assert sandbox.load["waiting"] == 0
        assert await fate(sandbox, "reply('next')", "another") == "next"
        assert await busy[0] == "Timeout"


async def test_a_killed_zygote_means_unavailable_until_there_is_another() -> None:
    async with running() as sandbox:
        task = await start_endless(sandbox)
        first = zygote()
        first.kill()
        with pytest.raises(Unavailable) as refused:
            await task
        assert refused.value.retry_after > 0
        with pytest.raises(Unavailable):
            await sandbox.derive("reply(1)")
        async with asyncio.timeout(PATIENCE):
            await sandbox.until_ready()
        assert await fate(sandbox, "reply('again')") == "again"
        assert zygote() != first


async def test_a_stopped_zygote_is_replaced(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("app.sandbox.client.pool.ROUND", 0.05)
    async with running() as sandbox:
        first = zygote()
        first.send_signal(signal.SIGSTOP)
        async with asyncio.timeout(PATIENCE):
            while zygote() == first:
                try:
                    await sandbox.derive("reply(1)")
                except Unavailable:
                    await asyncio.sleep(0.05)
            await sandbox.until_ready()
        assert await fate(sandbox, "reply('again')") == "again"


async def test_closing_leaves_no_process_and_refuses_the_rest() -> None:
    before = {process.pid for process in psutil.Process().children(recursive=True)}
    async with running() as sandbox:
        ours = [p for p in psutil.Process().children(recursive=True) if p.pid not in before]
        assert len(ours) > 1
        task = await start_endless(sandbox)
        await sandbox.close()
        with pytest.raises(Unavailable):
            await task
        with pytest.raises(Unavailable):
            await sandbox.derive("reply(1)")
    _, alive = psutil.wait_procs(ours, timeout=PATIENCE)
    assert not alive


async def test_children_that_die_before_they_are_ready_are_not_made_for_ever(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr("app.sandbox.client.pool.FIRST_PAUSE", 30.0)
    sandbox = Sandbox(Settings(), "tests.sandbox.stillborn")
    await sandbox.start()
    await until(lambda: caplog.records)
    assert "children are not ready: MemoryError('by design')" in caplog.text.replace("\\", "")
    assert not sandbox.ready
    await sandbox.close()

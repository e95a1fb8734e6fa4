"""The pool beside a zygote that does what a test says, which no real one does twice in the same order."""

import asyncio
import contextlib
import os
import signal
import socket
import subprocess
import time
from collections.abc import AsyncIterator, Iterator

import pytest

from app.sandbox import paper
from app.sandbox.client import pool
from app.sandbox.client.pool import Pool
from app.sandbox.features import NOTHING
from app.sandbox.messages import Confined, Ended, Forked, Message, Ready
from app.sandbox.zygote.child import write
from app.settings import Settings
from tests.sandbox.conftest import until
from tests.server import PATIENCE

FEATURES = NOTHING.model_copy(update={"seccomp": True, "landlock": 1})


class Zygote:
    """asked: how many children it is to make so far. mail: what it has to say; None: it has died."""

    def __init__(self) -> None:
        self.asked = 0
        self.children: list[Newborn] = []
        self.mail: asyncio.Queue[tuple[Message, list[int]] | None] = asyncio.Queue()
        self.mail.put_nowait((Confined(features=FEATURES), []))
        self.mail.put_nowait((Ready(), []))

    def fork(self) -> None:
        self.asked += 1

    async def receive(self) -> tuple[Message, list[int]]:
        message = await self.mail.get()
        if message is None:
            raise EOFError
        return message

    def bear(self) -> "Newborn":
        child = Newborn()
        self.children.append(child)
        self.mail.put_nowait(
            (Forked(pid=child.process.pid), [child.theirs.detach(), child.pidfd, paper.new()])
        )
        return child

    def bury(self, child: "Newborn") -> None:
        self.mail.put_nowait((Ended(pid=child.process.pid, signal=9, memory=0), []))


class Newborn:
    """A process that does nothing. ours: its end of its socket, which the test holds."""

    def __init__(self) -> None:
        self.process = subprocess.Popen(["sleep", "60"])
        self.pidfd = os.pidfd_open(self.process.pid)
        self.theirs, self.ours = socket.socketpair()


@pytest.fixture
def zygote(monkeypatch: pytest.MonkeyPatch) -> Iterator[Zygote]:
    zygote = Zygote()

    @contextlib.asynccontextmanager
    async def running_zygote(*_: object) -> AsyncIterator[Zygote]:
        yield zygote

    monkeypatch.setattr(pool, "running_zygote", running_zygote)
    monkeypatch.setattr(pool, "ROUND", 0.01)
    monkeypatch.setattr(pool, "PATIENCE", 20)
    yield zygote
    for child in zygote.children:
        child.process.kill()
        child.process.wait()
        child.ours.close()


@contextlib.asynccontextmanager
async def supervised() -> AsyncIterator[tuple[Pool, "asyncio.Task[None]"]]:
    """A pool of one child, and the task that runs it."""
    one = Pool(Settings(sandbox_children=1), "", lambda: None)
    task = asyncio.create_task(one.supervise())
    try:
        yield one, task
    finally:
        task.cancel()
        await asyncio.wait([task])


async def test_a_process_that_stood_still_itself_blames_nobody(
    zygote: Zygote, caplog: pytest.LogCaptureFixture
) -> None:
    async with supervised() as (one, _):
        child = zygote.bear()
        await until(zygote.mail.empty)
        write(child.ours.fileno(), b"")
        time.sleep(1)  # noqa: ASYNC251, as on a machine that was paused: five times its patience
        await until(one.up.is_set)
        taken = one.take()
        assert taken is not None
        taken.release()
    assert "does not answer" not in caplog.text


async def test_a_child_that_never_gets_ready_is_killed_and_replaced(zygote: Zygote) -> None:
    async with supervised():
        child = zygote.bear()
        await until(lambda: child.process.poll() == -signal.SIGKILL)
        child.ours.close()
        zygote.bury(child)
        await until(lambda: zygote.asked == 2)


async def test_a_child_buried_before_its_silence_was_heard_is_replaced(zygote: Zygote) -> None:
    async with supervised():
        child = zygote.bear()
        await until(zygote.mail.empty)
        child.ours.close()
        zygote.bury(child)
        await until(lambda: zygote.asked == 2)


@pytest.mark.parametrize("turns", range(5))
async def test_a_pool_that_is_closed_while_its_zygote_dies_stays_closed(zygote: Zygote, turns: int) -> None:
    async with supervised() as (_, task):
        zygote.bear()
        await until(zygote.mail.empty)
        zygote.mail.put_nowait(None)
        for _ in range(turns):
            await asyncio.sleep(0)
        task.cancel()
        _, pending = await asyncio.wait([task], timeout=PATIENCE)
        assert not pending

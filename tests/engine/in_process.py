"""An engine without a process: the worker's host behind the client's link, in the process of the tests."""

import asyncio
import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from time import monotonic

import pytest

from app.engine.client import local
from app.engine.client.ledger import Ledger
from app.engine.client.link import Answer, Link
from app.engine.commands import AnyCommand, EngineOptions, Request
from app.engine.reports import Feed, Gone, Noted, Reply
from app.engine.worker.feed import FeedWriter
from app.engine.worker.host import Host
from app.engine.worker.process import SAVE_CHECKS
from app.settings import Settings
from app.store.store import Store
from tests.engine.support import Trainer, started


class HostLink(Link):
    """Hands commands to a host and its replies to the ledger; the host trains in turn with all else here."""

    def __init__(self, ledger: Ledger) -> None:
        super().__init__(ledger)
        self._host: Host
        self._asked: asyncio.Event
        self._training: asyncio.Task[None]

    @property
    def pid(self) -> int:
        """The id of the process of the tests."""
        return os.getpid()

    async def open(self, options: EngineOptions) -> None:
        """Make the host."""
        self._host = Host(options, monotonic, self._reply)
        self._asked = asyncio.Event()
        self._training = asyncio.create_task(self._train())
        self.ready.set()

    def post(self, command: AnyCommand, payload: bytes = b"") -> "asyncio.Future[Answer]":
        """Carry out a command. The future holds its answer."""
        future: asyncio.Future[Answer] = asyncio.get_running_loop().create_future()
        self._last_number += 1
        self._pending[self._last_number] = (command, future)
        if self.lost.is_set():
            future.set_result(None)
            return future
        self._host.execute(Request(number=self._last_number, command=command), payload)
        self._asked.set()
        return future

    async def end(self) -> None:
        """Stop training."""
        self._training.cancel()
        await asyncio.wait([self._training])

    def _reply(self, reply: Reply, payload: bytes) -> None:
        command, future = self._pending.pop(reply.number)
        self._ledger.on_reply(command, reply, payload)
        if not future.done():
            future.set_result((reply, payload))

    async def _train(self) -> None:
        host = self._host
        writer = FeedWriter(host.scheduler, host.on_no_entry)
        while True:
            host.scheduler.run()
            host.background.run()
            news = writer.write(host.watched())
            for header, payload in news:
                self._ledger.on_feed(Feed.model_validate_json(header), payload)
            for report, payload in host.save():
                if isinstance(report, Noted):
                    self._ledger.on_news(report.news)
                else:
                    self._ledger.on_saved(report, payload)
            if run_ids := host.forget_unused():
                self._ledger.on_gone(Gone(run_ids=run_ids))
            await self._rest(0.0 if news or host.background else host.scheduler.due() - monotonic())

    async def _rest(self, longest: float) -> None:
        """Let others go on until a command comes, or for so many seconds: one that looks costs."""
        if longest > 0:
            with suppress(TimeoutError):
                async with asyncio.timeout(min(longest, SAVE_CHECKS)):
                    await self._asked.wait()
        else:
            await asyncio.sleep(0)
        self._asked.clear()


@asynccontextmanager
async def started_in_process(
    settings: Settings | None = None, store: Store | None = None
) -> AsyncIterator[Trainer]:
    """An engine without a process, ready."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(local, "Link", HostLink)
        async with started(settings, store) as engine:
            yield engine

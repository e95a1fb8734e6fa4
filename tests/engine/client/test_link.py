"""The link to an engine process, without a process: what only happens in one turn of the event loop."""

import asyncio
import socket
import time

import pytest

from app.engine.client import link as link_module
from app.engine.client import local
from app.engine.client.ledger import Ledger
from app.engine.client.link import Answer, EngineLost, Link
from app.engine.client.local import LocalEngine
from app.engine.client.mirror import RunMirror
from app.engine.commands import AnyCommand, Create, EngineOptions, Ping
from app.engine.reports import Begin, DataSizes, Feed, Head, News, Reply
from app.frames import frame
from app.protocol.events import Beginning
from app.protocol.runs import RunConfig, RunState
from app.settings import Settings
from app.store.store import Store
from app.training.run import Run
from app.training.snapshots import snapshot_of
from tests.training.device import DEVICE


class Answered(Link):
    """A link whose reply comes in the very turn in which whoever waits for it is cancelled."""

    def __init__(self) -> None:
        super().__init__(Ledger(Store(Settings())))
        self.waiting: asyncio.Task[None]

    def post(self, command: AnyCommand, payload: bytes = b"") -> asyncio.Future[Answer]:
        future: asyncio.Future[Answer] = asyncio.get_running_loop().create_future()

        def answer_and_cancel() -> None:
            future.set_result((Reply(number=1), b""))
            self.waiting.cancel()

        asyncio.get_running_loop().call_soon(answer_and_cancel)
        return future


async def test_who_is_cancelled_as_the_reply_comes_does_not_go_on() -> None:
    link = Answered()
    link.waiting = asyncio.ensure_future(link.ping(10))
    with pytest.raises(asyncio.CancelledError):
        await link.waiting


class StoodStill(Link):
    """A link whose reply lies there unread while this whole process stands still."""

    def __init__(self) -> None:
        super().__init__(Ledger(Store(Settings())))

    def post(self, command: AnyCommand, payload: bytes = b"") -> asyncio.Future[Answer]:
        loop = asyncio.get_running_loop()
        future: asyncio.Future[Answer] = loop.create_future()
        loop.call_soon(time.sleep, 0.3)
        loop.call_soon(loop.call_soon, loop.call_soon, future.set_result, (Reply(number=1), b""))
        return future


async def test_an_engine_is_not_given_up_because_this_process_stood_still() -> None:
    await StoodStill().ping(0.2)


async def test_much_that_arrives_at_once_is_taken_in_over_several_turns_and_all_of_it_counts(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """So many replies at once would hold the event loop up."""
    monkeypatch.setattr(link_module, "SLICE", 0.0)
    link, loop = Link(Ledger(Store(Settings()))), asyncio.get_running_loop()
    ours, theirs = socket.socketpair()
    with theirs:
        await loop.create_unix_connection(lambda: link, sock=ours)
        futures = [loop.create_future() for _ in range(100)]
        link._pending |= {i: (Ping(), future) for i, future in enumerate(futures)}
        frames = [frame(Reply(number=i).model_dump_json().encode()) for i in range(100)]
        theirs.sendall(b"".join(frames[:90]))
        await futures[0]
        n_taken_in = sum(future.done() for future in futures)
        assert n_taken_in < 90
        theirs.sendall(b"".join(frames[90:]))
    await link.lost.wait()
    assert [answer[0].number for future in futures if (answer := future.result())] == [*range(100)]


class Broken(Ledger):
    """A ledger with a mistake in it."""

    def on_reply(self, command: AnyCommand, reply: Reply, payload: bytes = b"") -> None:
        raise KeyError("a mistake of ours")


async def test_a_mistake_of_ours_is_written_to_the_log(caplog: pytest.LogCaptureFixture) -> None:
    link = Link(Broken(Store(Settings())))
    link._pending[1] = (Ping(), asyncio.get_running_loop().create_future())
    link.data_received(frame(Reply(number=1).model_dump_json().encode()))
    assert link.lost.is_set()
    assert "a mistake of ours" in caplog.text
    with pytest.raises(EngineLost, match="could not be taken in"):
        await link.ping(1)


@pytest.mark.parametrize(
    ("header", "reason"), [(b"{}", "invalid data"), (b'{"kind":"reply","number":7}', "7")]
)
async def test_what_the_engine_says_wrong_is_the_reason_that_is_given(header: bytes, reason: str) -> None:
    link = Link(Ledger(Store(Settings())))
    link.data_received(frame(header))
    with pytest.raises(EngineLost, match=reason):
        await link.ping(1)


def test_news_that_cannot_be_taken_in_send_only_that_runs_watchers_away(
    caplog: pytest.LogCaptureFixture,
) -> None:
    """The snapshot of the first of two runs is cut short."""
    ledger = Ledger(Store(Settings()))
    states = {name: RunState(id=name, config=RunConfig(), step=0, status="ready") for name in "ab"}
    for name, state in states.items():
        begin = Beginning(config=state.config)
        news = News(begin=begin, first=0, events=(), state=state)
        ledger.on_reply(Create(run_id=name, config=state.config), Reply(number=1, state=state, news=(news,)))
        ledger.mirrors[name] = RunMirror()
    bodies = {"a": b"short", "b": snapshot_of(Run("b", RunConfig(), DEVICE)).body}
    mirrors = dict(ledger.mirrors)
    heads = {
        place: Head(
            begin=Begin(parameters=()),
            data=DataSizes(n=0, n_test=0, n_grid=0),
            news=News(first=0, events=(), state=states[name]),
        )
        for place, name in enumerate(bodies)
    }
    sizes = tuple(map(len, bodies.values()))
    feed = Feed(run_ids=(*bodies,), heads=heads, losses_from=(1, 1), n_losses=(0, 0), snapshot_sizes=sizes)
    ledger.on_feed(feed, b"".join(bodies.values()))
    assert mirrors["a"].gone
    assert not mirrors["b"].gone
    assert mirrors["b"].begun.is_set()
    assert "run a" in caplog.text
    assert "a" in ledger


async def test_no_mistake_ends_the_supervisor(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    opened = asyncio.Queue[None]()

    async def fail(self: Link, options: EngineOptions) -> None:
        opened.put_nowait(None)
        raise KeyError("a mistake of ours")

    monkeypatch.setattr(Link, "open", fail)
    monkeypatch.setattr(local, "BACK_OFF", (0.0,))
    engine = LocalEngine(Settings())
    engine.start()
    async with asyncio.timeout(20):
        for _ in range(3):
            await opened.get()
    await engine.close()
    assert "a mistake of ours" in caplog.text

"""Sockets without WebSockets: the bounds of a WebSocket hold, and nobody gets at another's."""

import asyncio
import json
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import httpx
import pytest
from fastapi import FastAPI
from starlette.types import Message

from app.main import create_app
from app.settings import Settings
from app.tally import Key
from app.web.edge import connection as connections
from app.web.edge import http_socket
from app.web.edge.http_socket import MAX_WAITING, Pings
from app.web.edge.sockets_over_http import MAX_MESSAGES
from tests.engine.support import until
from tests.server import PATIENCE
from tests.web.in_process import client_of

PROGRAMS, CONNECTION = "/api/programs/stream", "/api/connection/stream"
MINE, THEIRS = f"session={'a' * 22}", f"session={'b' * 22}"
PING = {"type": "ping"}
NONE_OF_YOURS = "There is no such connection of yours here, or it has ended. Open another one."


@pytest.fixture
def app() -> FastAPI:
    return create_app(Settings(rate_limit=0))


class Page:
    """A page that has opened a socket. status, headers: of the answer."""

    def __init__(self, app: FastAPI, path: str, cookie: str, address: str, **headers: str) -> None:
        self._app = app
        self._path = path
        self._address = address
        self._cookie = {"cookie": cookie} if cookie else {}
        self._heard: asyncio.Queue[tuple[str, str]] = asyncio.Queue()
        self._reads = asyncio.Event()
        self._reads.set()
        self._leaves = asyncio.Event()
        self._begun: asyncio.Future[Message] = asyncio.get_running_loop().create_future()
        self._text = ""
        named = {"host": "localhost", "playground-connection": "new", **self._cookie, **headers}
        scope = {
            "type": "http", "method": "GET", "scheme": "http", "path": path, "query_string": b"",
            "client": (address, 1), "headers": [(n.encode(), v.encode()) for n, v in named.items()],
        }  # fmt: skip
        self.over = asyncio.create_task(app(scope, self._receive, self._send))

    async def _receive(self) -> Message:
        await self._leaves.wait()
        return {"type": "http.disconnect"}

    async def _send(self, message: Message) -> None:
        await self._reads.wait()
        if message["type"] == "http.response.start":
            self._begun.set_result(message)
        self._text += message.get("body", b"").decode()
        *events, self._text = self._text.split("\n\n")
        for text in events:
            name, *data = text.split("\n")
            self._heard.put_nowait((name.removeprefix("event: "), "\n".join(line[6:] for line in data)))

    async def begun(self) -> tuple[int, dict[str, str]]:
        """Status and headers of the answer."""
        start = await asyncio.wait_for(asyncio.shield(self._begun), PATIENCE)
        return start["status"], {name.decode(): value.decode() for name, value in start["headers"]}

    async def hear(self) -> tuple[str, str]:
        """Name and data of the next event."""
        return await asyncio.wait_for(self._heard.get(), PATIENCE)

    async def hear_pongs(self, n: int) -> None:
        """Hear n answers to messages, and nothing else."""
        for _ in range(n):
            assert await self.hear() == ("message", '{"type":"pong"}')

    def is_silent(self) -> bool:
        return self._heard.empty()

    def stop_reading(self) -> None:
        self._reads.clear()

    def read_on(self) -> None:
        self._reads.set()

    async def leave(self) -> None:
        """Close the connection; come back when the server is done with it."""
        self._leaves.set()
        await asyncio.wait_for(asyncio.wait([self.over]), PATIENCE)

    async def opened(self) -> str:
        """The id that the socket's first event tells."""
        name, connection = await self.hear()
        assert name == "open"
        return connection

    async def post(self, connection: str, first: int, messages: list[Any], **other: str) -> httpx.Response:
        """Send messages. other: path, cookie and address that are not the page's own."""
        headers = {"Playground-Connection": connection, "Playground-Sequence": str(first)}
        cookie = {"cookie": other["cookie"]} if "cookie" in other else self._cookie
        async with client_of(self._app, other.get("address", self._address)) as client:
            return await client.post(other.get("path", self._path), json=messages, headers=headers | cookie)


@asynccontextmanager
async def page(
    app: FastAPI, path: str = PROGRAMS, *, cookie: str = MINE, address: str = "127.0.0.1", **headers: str
) -> AsyncIterator[Page]:
    visiting = Page(app, path, cookie, address, **headers)
    try:
        yield visiting
    finally:
        visiting.read_on()
        await visiting.leave()


async def test_what_is_on_the_way_is_told_to_hold_nothing_back(app: FastAPI) -> None:
    async with page(app) as mine:
        status, headers = await mine.begun()
    assert status == 200
    assert headers["content-type"] == "text/event-stream"
    assert headers["cache-control"] == "no-store, no-transform"
    assert headers["x-accel-buffering"] == "no"
    assert headers["x-content-type-options"] == "nosniff"
    assert "content-encoding" not in headers


async def test_only_its_own_browser_can_send_on_a_socket_and_only_there(app: FastAPI) -> None:
    async with page(app) as mine, page(app, cookie="", address="10.0.0.1") as program:
        connection, other = await mine.opened(), await program.opened()
        assert len(connection) >= 22
        answers = [
            await mine.post("x" * 22, 1, [PING]),
            await mine.post(connection, 1, [PING], cookie=THEIRS),
            await mine.post(connection, 1, [PING], cookie=""),
            await mine.post(connection, 1, [PING], path=CONNECTION),
            await mine.post(other, 1, [PING], cookie="", address="10.0.0.2"),
        ]
        assert [(answer.status_code, answer.json()["detail"]) for answer in answers] == [
            (404, NONE_OF_YOURS)
        ] * 5
        # A school may have several addresses, and a browser come from any of them.
        assert (await mine.post(connection, 1, [PING], address="10.0.0.7")).status_code == 204
        assert (await program.post(other, 1, [PING])).status_code == 204
        await mine.hear_pongs(1)
        await program.hear_pongs(1)
        assert mine.is_silent()


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({"origin": "http://evil.example"}, 403),
        ({"origin": "null"}, 403),
        ({"origin": "https://localhost.evil.example"}, 403),
        ({"host": "evil.example"}, 421),
        ({"playground-connection": ""}, 422),
        ({"origin": "http://localhost"}, 200),
    ],
)
async def test_pages_of_other_sites_open_none(app: FastAPI, headers: dict[str, str], status: int) -> None:
    async with page(app, **headers) as foreign:
        assert (await foreign.begun())[0] == status
        assert app.state.services.socket_quota.n_open == (1 if status == 200 else 0)
    async with client_of(app) as client:
        # Without the header, which only pages of this server can send, it is not even asked.
        assert (await client.get(PROGRAMS)).status_code == 422
        sent = {"Playground-Connection": "x", "Playground-Sequence": "1", "Origin": "http://evil.example"}
        assert (await client.post(PROGRAMS, json=[], headers=sent)).status_code == 403
        assert (
            await client.get("/api/nowhere/stream", headers={"Playground-Connection": "new"})
        ).status_code == 404


async def test_messages_keep_their_order_and_none_arrives_twice(app: FastAPI) -> None:
    async with page(app, CONNECTION) as mine:
        connection = await mine.opened()
        calls = [{"type": "call", "n": n} for n in range(6)]
        sent = [(1, calls[:2]), (1, calls[:2]), (4, calls[3:]), (2, calls[1:4]), (1, calls), (7, [])]
        statuses = [(await mine.post(connection, first, some)).status_code for first, some in sent]
        assert statuses == [204, 204, 409, 204, 204, 204]
        assert await echoes(mine, 6) == list(range(6))
        missing = await mine.post(connection, 9, [])
        assert "Message 7 is still missing" in missing.json()["detail"]
        assert (await mine.post(connection, 0, calls)).status_code == 422


async def echoes(mine: Page, n: int) -> list[int]:
    """The numbers of n calls that were answered; the server's ticks come in between."""
    found: list[int] = []
    while len(found) < n:
        message = json.loads((await mine.hear())[1])
        found += [message["n"]] if message["type"] == "echo" else []
    return found


async def test_who_does_not_read_is_not_read_either(app: FastAPI, monkeypatch: pytest.MonkeyPatch) -> None:
    async with page(app) as deaf:
        connection = await deaf.opened()
        deaf.stop_reading()
        flood = [PING] * MAX_MESSAGES
        posting = asyncio.create_task(deaf.post(connection, 1, flood))
        with pytest.raises(TimeoutError):
            await asyncio.wait_for(asyncio.shield(posting), 0.2)
        second = await deaf.post(connection, 1, flood)
        assert (second.status_code, second.headers["retry-after"]) == (429, "1")
        deaf.read_on()
        assert (await posting).status_code == 204
        await deaf.hear_pongs(MAX_MESSAGES)
        deaf.stop_reading()
        monkeypatch.setattr(http_socket, "TAKE_WITHIN", 0.01)
        waiting = MAX_WAITING + 1  # One more is with the route, which answers it.
        late = await deaf.post(connection, MAX_MESSAGES + 1, flood[: waiting + 1])
        assert (late.status_code, late.headers["retry-after"]) == (503, "1")
        deaf.read_on()
        await deaf.hear_pongs(waiting)
        again = await deaf.post(connection, MAX_MESSAGES + 1, flood[: waiting + 1])
        assert again.status_code == 204
        await deaf.hear_pongs(1)
        assert deaf.is_silent()


async def test_who_never_reads_is_let_go(app: FastAPI, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(connections, "SEND_WITHIN", 0.01)
    monkeypatch.setattr(connections, "CLOSE_WITHIN", 0.01)
    async with page(app) as deaf:
        connection = await deaf.opened()
        deaf.stop_reading()
        assert (await deaf.post(connection, 1, [PING])).status_code == 204
        await until(lambda: app.state.services.socket_quota.n_open == 0)
        assert (await deaf.post(connection, 2, [PING])).status_code == 404


async def test_what_is_too_much_or_no_message_is_refused_and_the_socket_stays(app: FastAPI) -> None:
    async with page(app) as mine:
        connection = await mine.opened()
        assert (await mine.post(connection, 1, ["x" * 200_000])).status_code == 413
        assert (await mine.post(connection, 1, [PING] * (MAX_MESSAGES + 1))).status_code == 422
        assert (await mine.post(connection, 1, {"type": "ping"})).status_code == 422  # type: ignore[arg-type]
        assert (await mine.post(connection, 1, [PING])).status_code == 204
        await mine.hear_pongs(1)


async def test_the_close_code_and_its_reason_arrive(app: FastAPI) -> None:
    async with page(app) as mine:
        connection = await mine.opened()
        assert (await mine.post(connection, 1, ["nonsense", 3, None, {}, [], *range(5)])).status_code == 204
        heard = [await mine.hear() for _ in range(11)]
        assert [name for name, _ in heard] == ["message"] * 10 + ["close"]
        assert json.loads(heard[0][1])["problem"]["status"] == 422
        assert json.loads(heard[-1][1]) == {"code": 1008, "reason": "10 messages in a row made no sense"}
        await asyncio.wait_for(mine.over, PATIENCE)
        assert (await mine.post(connection, 11, [PING])).status_code == 404


async def test_sockets_are_counted_as_websockets_are(monkeypatch: pytest.MonkeyPatch) -> None:
    now = time.time()
    monkeypatch.setattr(time, "time", lambda: now)
    app = create_app(Settings(rate_limit=1 / 40, max_sockets=1))
    async with page(app) as mine:
        connection = await mine.opened()
        async with page(app, cookie=THEIRS) as other:
            status, headers = await other.begun()
            assert (status, headers["content-type"]) == (503, "application/problem+json")
        await mine.leave()
        assert (await mine.post(connection, 1, [PING])).status_code == 404
    assert app.state.services.socket_quota.n_open == 0
    for expected in (200, 200, 429):
        async with page(app) as another:
            status, headers = await another.begun()
            assert status == expected
    assert "retry-after" in headers
    tally = app.state.services.tally
    assert tally.counts[Key("response", "GET /api/{socket:path}/stream 200")] == 3
    # How long somebody looks is no answer's time.
    refused = tally.times[Key("request", "GET /api/{socket:path}/stream")]
    assert sum(refused.classes) == 2
    guesses = [(await another.post("x" * 22, 1, [])).status_code for _ in range(30)]
    assert guesses == [404] * 29 + [429]


async def test_who_is_asked_for_a_sign_of_life_and_gives_none_is_gone(app: FastAPI) -> None:
    app.state.sockets_over_http.pings = Pings(every=0.01, within=PATIENCE)
    async with page(app) as alive:
        connection = await alive.opened()
        for _ in range(3):
            assert await alive.hear() == ("ping", "")
            assert (await alive.post(connection, 1, [])).status_code == 204
    app.state.sockets_over_http.pings = Pings(every=0.01, within=0.01)
    async with page(app) as dead:
        await dead.opened()
        assert await dead.hear() == ("ping", "")
        assert await dead.hear() == ("close", '{"code": 1006, "reason": ""}')
        await asyncio.wait_for(dead.over, PATIENCE)
        assert app.state.services.socket_quota.n_open == 0


async def test_all_end_with_the_server(app: FastAPI) -> None:
    async with page(app) as mine:
        await mine.opened()
        app.state.sockets_over_http.close()
        assert await mine.hear() == ("close", '{"code": 1012, "reason": ""}')
        await asyncio.wait_for(mine.over, PATIENCE)
        async with page(app) as late:
            assert (await late.begun())[0] == 503


async def test_a_route_that_fails_says_so(app: FastAPI, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("app.web.programs.stream.Session.run", None)
    async with page(app) as mine:
        await mine.opened()
        assert await mine.hear() == ("close", '{"code": 1011, "reason": ""}')
        with pytest.raises(TypeError):
            await asyncio.wait_for(mine.over, PATIENCE)

"""Sockets that misbehave: each gets its clear end or is bounded, and nobody else notices."""

import asyncio
import json
import socket
import struct
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, suppress

import httpx
import psutil
import pytest
from websockets import Origin
from websockets.exceptions import ConnectionClosed, InvalidStatus

from app.web.edge import connection
from app.web.edge.connection import MESSAGES_PER_SECOND
from tests.server import PATIENCE, Server, Site, wait_for
from tests.web.in_process import Listening
from tests.web.owner import Run
from tests.web.sockets import EITHER_WAY, Stream, following, losses_of, opened


@pytest.fixture(scope="module", autouse=True)
def nobody_else_notices(server: Server) -> Iterator[None]:
    """A run made before all of this trains afterwards as its undisturbed twin does."""
    with server.client() as client:
        run = Run(client)
        run.step(5)
        yield
        assert run.step(5) == Run(client).step(10)


@pytest.mark.parametrize(
    "origin",
    [
        None,
        "null",
        "http://evil.example",
        "http://evil-{host}",
        "http://{host}.evil.example",
        "http://{name}:1",
        "http://{name}",
        "ftp://{host}",
        "{host}",
        "http://{host}/",
        "http://user@{host}",
    ],
)
async def test_a_socket_from_a_foreign_page_is_refused_before_it_opens(
    server: Server, client: httpx.Client, origin: str | None
) -> None:
    host = server.url.removeprefix("http://")
    foreign = origin and Origin(origin.format(host=host, name=host.partition(":")[0]))
    with pytest.raises(InvalidStatus) as refusal:
        async with opened(server, Run(client).id, origin=foreign or None):
            pass
    response = refusal.value.response
    assert response.status_code == 403
    assert response.headers["content-type"] == "application/problem+json"
    assert response.headers["x-content-type-options"] == "nosniff"
    assert json.loads(response.body or b"")["type"] == "/problems/not-allowed"


@EITHER_WAY
async def test_an_unknown_run_is_said_to_be_unknown(server: Server, over: str) -> None:
    async with opened(server, "no-such-run", over=over) as stream:
        await stream.say("hello")
        assert (await stream.hear())["problem"]["status"] == 404
        assert (await stream.closed())[0] == 1008


async def test_a_wrong_token_is_refused(server: Server, client: httpx.Client) -> None:
    async with opened(server, Run(client).id) as stream:
        await stream.say("hello", owner_token="not-the-token")
        assert (await stream.hear())["problem"]["status"] == 403
        assert (await stream.closed())[0] == 1008


@pytest.mark.parametrize(
    "first",
    [
        '{"type": "play"}',
        '{"type": "ack", "step": 1}',
        "not json",
        "{}",
        "[]",
        "",
        '{"type": "hello", "format": "xml"}',
        '{"type": "hello", "losses_from": 0}',
        '{"type": "hello", "token": "x"}',
        b"\x00\x01",
    ],
)
async def test_who_does_not_say_hello_first_is_shown_out(
    server: Server, client: httpx.Client, first: str | bytes
) -> None:
    async with opened(server, Run(client).id) as stream:
        await stream.socket.send(first)
        assert (await stream.hear())["type"] == "failed"
        code, reason = await stream.closed()
    assert code == 1002
    assert reason is not None
    assert "hello" in reason


async def test_who_says_nothing_is_shown_out(inside: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("app.web.runs.connection.FIRST_WITHIN", 1.0)
    with inside.client() as client:
        run = Run(client)
    async with opened(inside, run.id) as stream:
        assert await stream.closed() == (1008, "no hello within 1 seconds")


MALFORMED = {
    "not json": ("not json", 400),
    '{"type": "dance"}': ('"dance"', 422),
    '{"step": 1}': ("type", 422),
    '{"type": "step", "count": 0}': ("count: 0 is not allowed", 422),
    '{"type": "step", "count": 1000000000}': ("count: 1000000000 is not allowed", 422),
    '{"type": "play", "steps_per_second": "fast"}': ('steps_per_second: "fast"', 422),
    '{"type": "play", "speed": 1}': ("speed: there is no such field", 422),
    '{"type": "update"}': ("config: this field is required", 422),
    '{"type": "update", "config": 3}': ("config: 3 is not allowed", 422),
    '{"type": "ack", "step": -1}': ("step: -1 is not allowed", 422),
    "[" * 50_000: ("not valid JSON", 400),
    '{"type": "\\ud800"}': ("", 400),
    "\u0000": ("", 400),
}


@pytest.mark.parametrize("text", MALFORMED, ids=lambda text: text[:40])
async def test_a_malformed_message_is_explained_and_the_socket_stays(
    server: Server, client: httpx.Client, text: str
) -> None:
    words, status = MALFORMED[text]
    async with following(server, Run(client), owner=True) as stream:
        await stream.hear_until("snapshot")
        await stream.socket.send(text)
        failed = await stream.hear()
        assert failed["type"] == "failed"
        assert failed["problem"]["status"] == status
        assert words in failed["problem"]["detail"] or status == 400
        await stream.say("step")
        assert (await stream.hear_until("paused"))[-1]["step"] == 1


async def test_hello_is_said_once(server: Server, client: httpx.Client) -> None:
    async with following(server, Run(client), owner=True) as stream:
        await stream.hear_until("snapshot")
        await stream.say("hello")
        assert (await stream.hear())["problem"]["status"] == 409


async def test_who_makes_no_sense_ten_times_is_shown_out(server: Server, client: httpx.Client) -> None:
    async with following(server, Run(client)) as stream:
        for _ in range(12):
            await stream.socket.send("gibberish")
        assert await stream.closed() == (1008, "10 messages in a row made no sense")


async def test_nine_times_and_then_sense_is_forgiven(server: Server, client: httpx.Client) -> None:
    async with following(server, Run(client)) as stream:
        for _ in range(3):
            for _ in range(9):
                await stream.socket.send(b"gibberish")
            await stream.say("ack", step=0)
        heard = [await stream.hear() for _ in range(29)]
        assert sum(message["type"] == "failed" for message in heard) == 27
        assert await stream.is_silent()


async def test_a_message_over_the_cap_closes_the_socket(server: Server, client: httpx.Client) -> None:
    async with following(server, Run(client)) as stream:
        await stream.say("update", config={"loss": "x" * 200_000})
        assert (await stream.closed())[0] == 1009


async def test_acknowledging_what_was_never_sent_brings_nothing(server: Server, client: httpx.Client) -> None:
    run = Run(client)
    async with following(server, run, owner=True) as owner, following(server, run) as viewer:
        for step in range(500):
            await viewer.say("ack", step=step + 1)
        await owner.say("play")
        await owner.hear_until("finished")
        snapshots = 0
        while not await viewer.is_silent():
            snapshots += 1
        assert snapshots < 10


async def test_of_a_flood_few_messages_a_second_are_read_so_that_it_slows_nobody_else(
    server: Server, client: httpx.Client
) -> None:
    run, other = Run(client), Run(client)
    started = time.monotonic()
    async with following(server, run) as flood, following(server, other, owner=True) as owner:
        flooding = asyncio.create_task(pour(flood))
        # The server's own pings go unanswered: a busy one gives this client up, but not at once.
        with suppress(ConnectionClosed):
            for _ in range(MESSAGES_PER_SECOND + 1):  # one for each two messages, so that two seconds pass
                await flood.hear_until("pong")
        assert time.monotonic() - started > 2
        await owner.say("play")
        assert len(losses_of(await owner.hear_until("finished"))) == 1000
        flooding.cancel()
        flood.socket.transport.abort()
        await asyncio.wait([flooding])


async def pour(flood: Stream) -> None:
    """Says more than is read, until the server misses the answers to its own pings among it."""
    with suppress(ConnectionClosed):
        while True:
            await flood.say("ack", step=1)
            await flood.say("ping")


@asynccontextmanager
async def deaf(server: Site, run: Run) -> AsyncIterator[asyncio.StreamWriter]:
    """A client that shakes hands, says hello, and then never reads again."""
    host, _, port = server.url.removeprefix("http://").partition(":")
    narrow = socket.create_connection((host, int(port)))
    narrow.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
    reader, writer = await asyncio.open_connection(sock=narrow, limit=1024)
    writer.write(
        f"GET /api/runs/{run.id}/stream HTTP/1.1\r\nHost: {host}:{port}\r\nOrigin: {server.url}\r\n"
        "Connection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\n"
        "Sec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\n\r\n".encode()
    )
    await reader.readuntil(b"\r\n\r\n")
    writer.write(text_frame({"type": "hello", "format": "binary"}))
    try:
        yield writer
    finally:
        writer.close()


def text_frame(message: dict[str, object]) -> bytes:
    """A short masked text frame, RFC 6455 section 5.2; a mask of zeros changes nothing."""
    data = json.dumps(message).encode()
    assert len(data) < 126
    return struct.pack("!BB4x", 0x81, 0x80 | len(data)) + data


async def test_a_client_that_acknowledges_but_never_reads_is_dropped(
    inside: Listening, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(connection, "SEND_WITHIN", 1.0)
    # What fits into the buffers of the kernel is soon full.
    inside.listener.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, 4096)
    here = psutil.Process()
    with inside.client() as client:
        run = Run(client, {"model": {"hidden": [64, 64, 64, 64]}, "max_steps": 100_000})
    async with deaf(inside, run) as writer, following(inside, run, owner=True, format="binary") as owner:
        port = writer.get_extra_info("sockname")[1]

        def is_connected() -> bool:
            return any(each.raddr and each.raddr.port == port for each in here.net_connections())

        await owner.say("play", steps_per_second=50)
        assert is_connected()
        started = time.monotonic()
        async with asyncio.timeout(PATIENCE):
            while is_connected():
                for message in await owner.hear_until("snapshot"):
                    if message["type"] == "snapshot":
                        await owner.say("ack", step=message["step"])
                        writer.write(text_frame({"type": "ack", "step": message["step"]}))
        assert time.monotonic() - started > connection.SEND_WITHIN
        await owner.say("pause")


async def test_two_hundred_sockets_opened_and_closed_leave_nothing(
    server: Server, client: httpx.Client
) -> None:
    web, run = psutil.Process(server.process.pid), Run(client)
    before = web.num_fds()

    async def visit(number: int) -> None:
        async with following(server, run, owner=number % 2 == 0) as stream:
            await stream.hear_until("snapshot")

    for start in range(0, 200, 50):
        await asyncio.gather(*(visit(number) for number in range(start, start + 50)))
    wait_for(lambda: web.num_fds() <= before + 1)


async def test_sockets_that_vanish_without_goodbye_leave_nothing(
    server: Server, client: httpx.Client
) -> None:
    web, run = psutil.Process(server.process.pid), Run(client)
    before = web.num_fds()
    for _ in range(20):
        async with following(server, run) as stream:
            await stream.hear_until("snapshot")
            stream.socket.transport.abort()
    wait_for(lambda: web.num_fds() <= before + 1)

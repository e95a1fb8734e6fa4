"""Clients that say anything, in any order and in any form: nothing crashes, leaks or starves."""

import asyncio
import json
import random
from collections.abc import Callable, Iterator
from typing import Any

import httpx
import psutil
import pytest

from tests.server import PATIENCE, Server, wait_for
from tests.web.frames import BINARY, CLOSE, CONTINUATION, PING, PONG, RawSocket, frame, raw_socket
from tests.web.in_process import Listening
from tests.web.owner import Run
from tests.web.sockets import following, losses_of

SESSIONS, MOST_ACTIONS = 60, 30
STORM, AT_ONCE = 300, 50
GROWTH = 48 * 1024 * 1024
"""Bytes by which a process may have grown after all that: what leaks grows without end."""

VALUES: list[Any] = [
    None, True, -1, 0, 1, 2, 10, 10**400, 0.5, 1e308, "", "SGD", "\u202e", "\ud800", [], [0], {}, {"lr": 0.1},
    {"optimizer": {"lr": 0.3}}, {"model": {"hidden": [3]}}, {"seed": 4}, {"data": {"points": [[0, 1]]}},
    "hidden.bias", "json", "binary", "x = 1\nprint(x)",
]  # fmt: skip
FIELDS = {
    "hello": ["owner_token", "format", "losses_from"],
    "play": ["steps_per_second"],
    "pause": [],
    "step": ["count"],
    "line": ["count"],
    "edit": ["name", "index", "value"],
    "update": ["config"],
    "reset": [],
    "ack": ["step"],
    "ping": [],
    "run": ["program"],
    "watch": ["id", "owner_token"],
    "resume": [],
    "round": ["loop"],
    "speed": ["rounds_per_second"],
    "stop": [],
    "explain": ["loop", "round"],
    "nonsense": ["type"],
}


def message(dice: random.Random) -> bytes:
    """A message that may be right."""
    kind = dice.choice(list(FIELDS))
    fields = {name: dice.choice(VALUES) for name in FIELDS[kind] if dice.random() < 0.7}
    return frame(json.dumps({"type": kind, **fields}).encode())


def in_pieces(dice: random.Random) -> bytes:
    """A right message in three frames, with a ping between them."""
    data = json.dumps({"type": "ack", "step": dice.randrange(9)}).encode()
    return (
        frame(data[:5], fin=False)
        + frame(b"between", PING)
        + frame(data[5:9], CONTINUATION, fin=False)
        + frame(data[9:], CONTINUATION)
    )


HARMLESS: list[Callable[[random.Random], bytes]] = [
    message,
    in_pieces,
    lambda dice: frame(dice.randbytes(dice.randrange(200)), BINARY),
    lambda dice: frame(json.dumps(dice.choice(VALUES)).encode()),
    lambda dice: frame(b"[" * dice.randrange(1, 50_000)),
    lambda dice: frame(dice.randbytes(dice.randrange(126)), dice.choice([PING, PONG])),
]
"""What leaves the socket open."""

FATAL: list[bytes] = [
    frame(b"x" * 200_000),
    frame(b"x" * 60_000, fin=False) * 1 + frame(b"x" * 60_000, CONTINUATION, fin=False) * 3,
    frame(b"{}", masked=False),
    frame(b"{}", reserved=4),
    frame(b"{}", 3),
    frame(b"{}", 11),
    frame(b"{}", CONTINUATION),
    frame(b"{", fin=False) + frame(b"}"),
    frame(b"x", PING, fin=False),
    frame(b"x" * 126, PING),
    frame(b"\xff\xfe{}"),
    frame(b"\x00", CLOSE),
    frame((999).to_bytes(2) + b"no such code", CLOSE),
    frame((1005).to_bytes(2), CLOSE),
    frame((1000).to_bytes(2) + b"\xff", CLOSE),
    frame((1000).to_bytes(2) + b"goodbye", CLOSE),
    b"\x81\xff" + (1 << 63).to_bytes(8) + bytes(64),
    b"\x81\xff" + (1 << 40).to_bytes(8) + bytes(64),
    b"GET / HTTP/1.1\r\n\r\n",
    bytes(range(256)),
]
"""What ends it."""


@pytest.fixture(scope="module", autouse=True)
def nothing_is_left(server: Server) -> Iterator[None]:
    """Afterwards there are as many descriptors as before, hardly more memory, and the same processes."""
    web = psutil.Process(server.process.pid)
    server.wait_until("engine", "sandbox")
    with server.client() as client:
        run = Run(client)
        run.step(5)
        before = (web.num_fds(), server.engine().pid)
        memory = web.memory_info().rss
        yield
        assert run.step(5) == Run(client).step(10)
        wait_for(lambda: web.num_fds() <= before[0] + 1)
        assert server.engine().pid == before[1]
        assert web.memory_info().rss - memory < GROWTH
        assert "Traceback" not in server.log.read_text()


def test_what_is_no_frame_ends_the_socket_and_nothing_else(server: Server, client: httpx.Client) -> None:
    path = f"{Run(client).path}/stream"

    async def end(attack: bytes) -> None:
        async with raw_socket(server, path) as socket, asyncio.timeout(PATIENCE):
            await socket.send(frame(b'{"type": "hello"}') + attack)
            await socket.drain()

    async def all_ends() -> None:
        await asyncio.gather(*(end(attack) for attack in FATAL))

    asyncio.run(all_ends())


@pytest.mark.parametrize("seed", [1, 2])
def test_any_order_of_anything_is_borne(server: Server, client: httpx.Client, seed: int) -> None:
    run = Run(client, {"max_steps": 200})
    made = client.post("/api/comparisons", json={"vary": [{}, {"loop": {"zero_grad": False}}]})
    assert made.status_code == 201
    places = [
        (f"{run.path}/stream", run.token),
        (f"{run.path}/stream", None),
        (f"{made.headers['location']}/stream", made.json()["owner_token"]),
        ("/api/programs/stream", None),
    ]

    async def misbehave(number: int) -> None:
        dice = random.Random(1000 * seed + number)
        path, token = places[number % len(places)]
        deaf = dice.random() < 0.1
        async with raw_socket(server, path, receive_buffer=4096 if deaf else None) as socket:
            reading = None if deaf else asyncio.create_task(socket.drain())
            if dice.random() < 0.9:
                await socket.send(frame(json.dumps({"type": "hello", "owner_token": token}).encode()))
            for _ in range(dice.randrange(MOST_ACTIONS)):
                await socket.send(dice.choice(HARMLESS)(dice))
            if dice.random() < 0.5:
                await socket.send(dice.choice(FATAL)[: dice.choice([3, None])])
            if reading is not None:
                reading.cancel()

    async def all_at_once() -> None:
        other = Run(client)
        async with asyncio.timeout(PATIENCE), following(server, other, owner=True) as owner:
            misbehaving = [asyncio.create_task(misbehave(number)) for number in range(SESSIONS)]
            await owner.say("play")
            assert len(losses_of(await owner.hear_until("finished"))) == 1000
            await asyncio.gather(*misbehaving)

    asyncio.run(all_at_once())


def test_a_storm_of_returning_clients_is_borne(server: Server, client: httpx.Client) -> None:
    run = Run(client)

    async def come_and_go(number: int) -> None:
        async with raw_socket(server, f"{run.path}/stream") as socket:
            if number % 3:
                await socket.send(frame(b'{"type": "hello", "format": "binary"}'))
            if number % 3 == 1:
                await socket.reader.read(1)

    async def storm() -> None:
        for start in range(0, STORM, AT_ONCE):
            async with asyncio.timeout(PATIENCE):
                await asyncio.gather(*(come_and_go(number) for number in range(start, start + AT_ONCE)))

    asyncio.run(storm())


def test_who_pings_without_end_or_answers_no_ping_is_cut_off(inside: Listening) -> None:
    inside.config.ws_ping_interval = inside.config.ws_ping_timeout = 0.5
    pings = frame(b"x" * 125, PING) * 1000
    most = 16 * 1024 * 1024  # What lies in the buffers of both sides' kernels is much less.

    with inside.client() as client:
        path = f"{Run(client).path}/stream"

    async def flood() -> int:
        sent = 0
        async with raw_socket(inside, path, receive_buffer=4096) as socket:
            async with asyncio.timeout(PATIENCE):
                # It is cut off, for it takes nothing either.
                while not socket.writer.is_closing() and sent < most:
                    await socket.send(pings)
                    sent += len(pings)
        return sent

    async def mute() -> None:
        async with raw_socket(inside, path) as socket, asyncio.timeout(PATIENCE):
            await socket.send(frame(b'{"type": "hello"}'))
            await socket.drain()

    async def both() -> int:
        return (await asyncio.gather(flood(), mute()))[0]

    assert asyncio.run(both()) < most


def test_messages_are_not_compressed(server: Server, client: httpx.Client) -> None:
    async def answer() -> RawSocket:
        offer = "Sec-WebSocket-Extensions: permessage-deflate; client_max_window_bits"
        async with raw_socket(server, f"{Run(client).path}/stream", offer) as socket:
            return socket

    head = asyncio.run(answer()).answer.lower()
    assert head.startswith(b"http/1.1 101 ")
    assert b"extensions" not in head

"""What the page about the connection asks of the server."""

import asyncio
import json
import time

import pytest
from websockets import Origin, connect

from app.protocol.connection import TICKS
from tests.server import PATIENCE, Server, Site


def test_an_answer_tells_the_clock_and_what_the_browser_is_called(server: Server) -> None:
    with server.client() as client:
        client.get("/connection")
        first, second = (client.get("/api/connection") for _ in range(2))
        assert abs(first.json()["time"] - time.time()) < PATIENCE
        assert first.headers["cache-control"] == "no-store"
        assert first.json()["client"] == second.json()["client"]
        assert client.cookies["session"] not in first.text
    with server.client() as other:
        other.get("/connection")
        assert other.get("/api/connection").json()["client"] != first.json()["client"]


async def test_the_socket_ticks_answers_and_ends_by_itself(
    inside: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("app.web.connection.INTERVAL", 0.01)
    heard: list[dict[str, object]] = []
    async with asyncio.timeout(PATIENCE):
        async with connect(address(inside), origin=Origin(inside.url)) as socket:
            await socket.send(json.dumps({"type": "call", "n": 7}))
            heard = [json.loads(message) async for message in socket]
    assert [message["n"] for message in heard if message["type"] == "tick"] == list(range(TICKS))
    assert [message["n"] for message in heard if message["type"] == "echo"] == [7]
    assert socket.close_code == 1000


async def test_what_is_no_call_ends_it(server: Server) -> None:
    async with asyncio.timeout(PATIENCE), connect(address(server), origin=Origin(server.url)) as socket:
        await socket.send("?")
        await socket.wait_closed()
        assert socket.close_code == 1002


def address(server: Site) -> str:
    return f"{server.url.replace('http', 'ws')}/api/connection/stream"

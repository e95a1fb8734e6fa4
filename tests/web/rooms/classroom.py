"""A classroom in the process of the tests: its requests, and its sockets without a network."""

import asyncio
import json
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Any

import httpx
from fastapi import FastAPI
from starlette.types import Message

from tests.server import PATIENCE

Json = dict[str, Any]


class Socket:
    """One viewer. state: the room as it was last told. said: all other messages."""

    def __init__(self) -> None:
        self.inbox: asyncio.Queue[Message] = asyncio.Queue()
        self.outbox: asyncio.Queue[Message] = asyncio.Queue()
        self.accepted = False
        self.denied: int | None = None
        self.closed: int | None = None
        self.state: Json = {}
        self.states: list[Json] = []
        self.said: list[Json] = []
        self.texts: list[str] = []
        self.frames: list[bytes] = []

    def say(self, kind: str, **fields: Any) -> None:
        self.inbox.put_nowait({"type": "websocket.receive", "text": json.dumps({"type": kind, **fields})})

    async def hear(self) -> None:
        """Take in the next message."""
        async with asyncio.timeout(PATIENCE):
            message = await self.outbox.get()
        match message["type"]:
            case "websocket.accept":
                self.accepted = True
            case "websocket.close":
                self.closed = message["code"]
            case "websocket.http.response.start":
                self.denied = message["status"]
            case "websocket.send":
                if message.get("text") is None:
                    self.frames.append(message["bytes"])
                    return
                self.texts.append(message["text"])
                told = json.loads(message["text"])
                if told["type"] == "room":
                    self.state = told
                    self.states.append(told)
                else:
                    self.said.append(told)

    async def until(self, holds: Callable[["Socket"], object]) -> Json:
        """Take in messages until it holds. The room as it then is."""
        while not holds(self):
            await self.hear()
        return self.state

    async def refused(self) -> int:
        """The status of the next refusal."""
        n = len(self.said)
        await self.until(lambda one: len(one.said) > n)
        status: int = self.said[-1]["problem"]["status"]
        return status


@asynccontextmanager
async def opened(
    app: FastAPI,
    room_id: str,
    *,
    language: str = "en",
    host: str = "localhost",
    address: str = "127.0.0.1",
    origin: str | None = None,
) -> AsyncIterator[Socket]:
    """A socket that has said nothing yet. origin: of the page that opens it; None: of this server."""
    socket = Socket()
    scope = {
        "type": "websocket",
        "scheme": "ws",
        "path": f"/api/rooms/{room_id}/stream",
        "query_string": b"",
        "client": (address, 1),
        "server": ("127.0.0.1", 8000),
        "headers": [
            (b"host", host.encode()),
            (b"origin", (origin or f"http://{host}").encode()),
            (b"accept-language", language.encode()),
        ],
        "extensions": {"websocket.http.response": {}},
    }
    socket.inbox.put_nowait({"type": "websocket.connect"})
    serving = asyncio.create_task(app(scope, socket.inbox.get, socket.outbox.put))
    try:
        yield socket
    finally:
        socket.inbox.put_nowait({"type": "websocket.disconnect", "code": 1001})
        async with asyncio.timeout(PATIENCE):
            await serving


class Classroom:
    """A room and its teacher."""

    def __init__(self, app: FastAPI, client: httpx.AsyncClient, made: Json) -> None:
        self.app = app
        self.client = client
        self.id: str = made["id"]
        self.code: str = made["code"]
        self.token: str = made["owner_token"]
        self.path = f"/api/rooms/{self.id}"

    async def ask(
        self, method: str, path: str, body: Any = None, *, token: str | None = None, **headers: str
    ) -> httpx.Response:
        """A request, of the teacher unless another token is given."""
        headers = {"Authorization": f"Bearer {self.token if token is None else token}", **headers}
        return await self.client.request(method, f"{self.path}{path}", json=body, headers=headers)

    async def do(self, method: str, path: str, body: Any = None, *, token: str | None = None) -> Any:
        """A request that succeeds; its answer."""
        answer = await self.ask(method, path, body, token=token)
        assert answer.is_success, answer.text
        return answer.json() if answer.content else None

    async def join(self, name: str | None = None, language: str = "en") -> Json:
        """A new member."""
        answer = await self.client.post(
            f"/api/rooms/{self.code}/members", json={"name": name}, headers={"Accept-Language": language}
        )
        assert answer.status_code == 201, answer.text
        joined: Json = answer.json()
        return joined

    @asynccontextmanager
    async def follow(self, role: str, token: str | None = None, **more: str) -> AsyncIterator[Socket]:
        """A viewer that has said hello and was told the room."""
        async with opened(self.app, self.id, **more) as socket:
            socket.say("hello", role=role, token=self.token if token is None else token)
            await socket.until(lambda one: one.state or one.said or one.closed)
            yield socket


async def classroom(app: FastAPI, client: httpx.AsyncClient, **request: Any) -> Classroom:
    """A new room."""
    answer = await client.post("/api/rooms", json=request)
    assert answer.status_code == 201, answer.text
    return Classroom(app, client, answer.json())

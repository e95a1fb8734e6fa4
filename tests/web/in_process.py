"""The server in the process of the tests, trainer included and without a sandbox: for settings of its own."""

import asyncio
import socket
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager

import httpx
import pytest
import uvicorn
from anyio.from_thread import start_blocking_portal
from fastapi import FastAPI
from starlette.routing import Route, WebSocketRoute
from starlette.types import Message

from app.__main__ import address, configuration, listen
from app.engine.client import local
from app.main import create_app
from app.sandbox.client.sandbox import Sandbox
from app.settings import Settings
from tests.engine.in_process import HostLink
from tests.engine.support import until
from tests.server import PATIENCE, Site


@asynccontextmanager
async def served(settings: Settings) -> AsyncIterator[FastAPI]:
    """The application, its trainer ready. It stores in memory, unless the settings name a place."""

    async def start(sandbox: Sandbox) -> None:
        """Do nothing: no programs are run."""

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(local, "Link", HostLink)
        patch.setattr(Sandbox, "start", start)
        if not {"data_dir", "database_url"} & settings.model_fields_set:
            settings = settings.model_copy(update={"database_url": "sqlite://"})
        app = create_app(settings)
        async with app.router.lifespan_context(app):
            await until(lambda: app.state.services.engine.ready)
            yield app


class Listening(Site):
    """The application behind uvicorn. config: uvicorn's, which it asks for each connection anew."""

    def __init__(self, listener: socket.socket, config: uvicorn.Config) -> None:
        super().__init__(address(listener).rstrip("/"))
        self.listener = listener
        self.config = config


@asynccontextmanager
async def listening(app: FastAPI) -> AsyncIterator[Listening]:
    """The application behind uvicorn, as `python -m app` has it, but for the log."""
    config = configuration(app, app.state.services.settings, log=None)
    config.lifespan = "off"
    server = uvicorn.Server(config)
    listener = listen("127.0.0.1", 0)
    serving = asyncio.create_task(server.serve([listener]))
    await until(lambda: server.started)
    yield Listening(listener, config)
    server.should_exit = True
    await serving


@contextmanager
def in_thread(settings: Settings) -> Iterator[Listening]:
    """The same in a thread, for tests that block: how long it waits for somebody is theirs to set."""
    with (
        start_blocking_portal(backend_options={"use_uvloop": True}) as portal,
        portal.wrap_async_context_manager(served(settings)) as app,
        portal.wrap_async_context_manager(listening(app)) as site,
    ):
        yield site


def client_of(app: FastAPI, address: str = "127.0.0.1") -> httpx.AsyncClient:
    """A client on another machine, as far as the application can tell, without cookies yet."""
    transport = httpx.ASGITransport(app, client=(address, 1))
    return httpx.AsyncClient(transport=transport, base_url="http://localhost", timeout=PATIENCE)


FILLED = {
    "path": "x",
    "socket": "programs",
    "version": "x",
    "run_id": "x",
    "comparison_id": "x",
    "program_id": "x",
    "kind": "x",
    "step": "1",
    "lesson": "x",
    "room_id": "x",
    "code": "x",
    "number": "1",
}


def addresses(app: FastAPI, kind: type[Route] | type[WebSocketRoute] = Route) -> list[tuple[str, str]]:
    """Method and path of all that is served, or of all sockets ("GET")."""
    routes = [
        route
        for part in app.routes
        for route in (part.original_router.routes if hasattr(part, "original_router") else [part])
        if isinstance(route, kind)
    ]
    return [
        (method, route.path_format.format(**FILLED))
        for route in routes
        for method in sorted(getattr(route, "methods", None) or {"GET"})
    ]


async def shake_hands(app: FastAPI, path: str, **headers: str) -> Message:
    """What the application first says to somebody who opens a socket: that it opens, or a refusal."""
    said: list[Message] = []
    told: list[Message] = [{"type": "websocket.connect"}]

    async def receive() -> Message:
        return told.pop() if told else {"type": "websocket.disconnect", "code": 1006}

    async def send(message: Message) -> None:
        said.append(message)

    named = {"host": "localhost", **headers}
    scope = {
        "type": "websocket",
        "scheme": "ws",
        "path": path,
        "query_string": b"",
        "client": ("127.0.0.1", 1),
        "headers": [(name.lower().encode(), value.encode()) for name, value in named.items()],
        "extensions": {"websocket.http.response": {}},
    }
    await app(scope, receive, send)
    return said[0]

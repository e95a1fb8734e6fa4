"""The server in the process of the tests, trainer included and without a sandbox: for settings of its own."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import httpx
import pytest
from fastapi import FastAPI

from app.engine.client import local
from app.main import create_app
from app.sandbox.client.sandbox import Sandbox
from app.settings import Settings
from tests.engine.in_process import HostLink
from tests.engine.support import until
from tests.server import PATIENCE


@asynccontextmanager
async def served(settings: Settings) -> AsyncIterator[FastAPI]:
    """The application, its trainer ready. It stores in memory, unless the settings name a database."""

    async def start(sandbox: Sandbox) -> None:
        """Do nothing: no programs are run."""

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(local, "Link", HostLink)
        patch.setattr(Sandbox, "start", start)
        app = create_app(settings.model_copy(update={"database_url": settings.database_url or "sqlite://"}))
        async with app.router.lifespan_context(app):
            await until(lambda: app.state.services.engine.ready)
            yield app


def client_of(app: FastAPI, address: str = "127.0.0.1") -> httpx.AsyncClient:
    """A client on another machine, as far as the application can tell, without cookies yet."""
    transport = httpx.ASGITransport(app, client=(address, 1))
    return httpx.AsyncClient(transport=transport, base_url="http://localhost", timeout=PATIENCE)

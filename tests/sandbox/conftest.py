"""Real zygotes and children; `bypassed` ones run plain Python where the product runs its interpreter."""

import asyncio
import contextlib
from collections.abc import AsyncIterator

import pytest_asyncio

from app.sandbox.client import Sandbox
from app.settings import Settings

BYPASS = "tests.sandbox.bypass"


async def wait_until_ready(sandbox: Sandbox) -> None:
    async with asyncio.timeout(60):
        while not sandbox.ready:
            await asyncio.sleep(0.02)


@contextlib.asynccontextmanager
async def running(jobs: str = BYPASS, settings: Settings | None = None) -> AsyncIterator[Sandbox]:
    sandbox = Sandbox(settings or Settings(), jobs)
    await sandbox.start()
    try:
        await wait_until_ready(sandbox)
        yield sandbox
    finally:
        await sandbox.close()


@pytest_asyncio.fixture(scope="package", loop_scope="package")
async def bypassed() -> AsyncIterator[Sandbox]:
    """One for all tests that leave it as they found it."""
    async with running() as sandbox:
        yield sandbox

"""Real zygotes and children; all but `product` run plain Python where the product runs what is typed."""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Callable, Iterator
from pathlib import Path

import psutil
import pytest
import pytest_asyncio
from hypothesis import strategies as st

from app.sandbox.client.sandbox import PRODUCT, Sandbox
from app.settings import Settings
from tests.server import PATIENCE

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
)
BARE = "tests.sandbox.bare"
BYPASS = "tests.sandbox.bypass"
ENDLESS = "while True: pass"


@pytest.fixture(scope="package", autouse=True)
def _patience() -> Iterator[None]:
    """Lengthen all waits, so that no program is refused because the machine is busy."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("app.sandbox.client.sandbox.LONGEST_WAIT", PATIENCE)
        yield


@contextlib.asynccontextmanager
async def running(jobs: str = BARE, settings: Settings | None = None) -> AsyncIterator[Sandbox]:
    """A sandbox of one's own, ready."""
    sandbox = Sandbox(settings or Settings(), jobs)
    await sandbox.start()
    try:
        async with asyncio.timeout(PATIENCE):
            await sandbox.until_ready()
        yield sandbox
    finally:
        await sandbox.close()


@pytest_asyncio.fixture(scope="package", loop_scope="package")
async def product() -> AsyncIterator[Sandbox]:
    """The sandbox as it ships, observer included."""
    async with running(PRODUCT) as sandbox:
        yield sandbox


@pytest_asyncio.fixture(scope="package", loop_scope="package")
async def bypassed() -> AsyncIterator[Sandbox]:
    """One for all tests that leave it as they found it."""
    async with running(BYPASS) as sandbox:
        yield sandbox


async def until(condition: Callable[[], object]) -> None:
    """Wait for a state that no message announces."""
    async with asyncio.timeout(PATIENCE):
        while not condition():  # noqa: ASYNC110
            await asyncio.sleep(0.05)


def zygote(jobs: str = BARE) -> psutil.Process:
    """The newest one this test run started for those jobs."""
    ours = []
    for process in psutil.Process().children():
        with contextlib.suppress(psutil.NoSuchProcess):
            if jobs in process.cmdline():
                ours.append(process)
    newest = max(ours, key=lambda process: process.create_time())
    return next((child for child in newest.children() if is_first(child)), newest)


def is_first(process: psutil.Process) -> bool:
    """Whether it is the first in a process namespace of its own, whose parent only waits for it."""
    status = Path(f"/proc/{process.pid}/status").read_text()
    (line,) = [line for line in status.splitlines() if line.startswith("NSpid:")]
    return len(line.split()) > 2 and line.split()[-1] == "1"


async def fate(sandbox: Sandbox, program: str, client: str = "") -> str:
    """What became of a program: its error's type, or what it printed."""
    result = await sandbox.derive(program, client)
    return result.error.type if result.error else result.printed


async def start_endless(sandbox: Sandbox) -> "asyncio.Task[str]":
    """An endless program that has a process."""
    before = sandbox.load["running"]
    task = asyncio.create_task(fate(sandbox, ENDLESS))
    await until(lambda: sandbox.load["running"] > before)
    return task

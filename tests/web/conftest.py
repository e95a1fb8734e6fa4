from collections.abc import Iterator

import httpx
import pytest

from app.settings import Settings
from tests.server import Server
from tests.web.in_process import Listening, in_thread


@pytest.fixture(autouse=True, scope="module")
def _as_in_the_engine(engine_arithmetic: None) -> None:
    """Set torch up as the engine does: threads that wait for each other take the processors from all else."""


@pytest.fixture
def client(server: Server) -> Iterator[httpx.Client]:
    with server.client() as client:
        yield client


@pytest.fixture
def inside() -> Iterator[Listening]:
    """A server in this process, for tests that wait for it to lose patience: its times can be made short."""
    with in_thread(Settings(rate_limit=0)) as site:
        yield site

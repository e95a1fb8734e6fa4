from collections.abc import Iterator

import httpx
import pytest

from tests.server import Server


@pytest.fixture
def client(server: Server) -> Iterator[httpx.Client]:
    """A program that calls the server, trainer and calculator ready."""
    server.wait_until("sandbox")
    with server.client() as client:
        yield client

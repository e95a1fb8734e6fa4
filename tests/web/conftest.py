from collections.abc import Iterator

import httpx
import pytest

from tests.server import Server


@pytest.fixture
def client(server: Server) -> Iterator[httpx.Client]:
    with server.client() as client:
        yield client

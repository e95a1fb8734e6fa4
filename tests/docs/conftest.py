from collections.abc import Iterator

import pytest

from benchmarks.server import Client, server


@pytest.fixture(scope="package")
def client() -> Iterator[Client]:
    """The real server, ready."""
    with server() as client:
        client.wait_until_ready()
        yield client

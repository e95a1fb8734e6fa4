"""The real server in a process of its own, and the least client that speaks to it."""

import contextlib
import http.client
import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from typing import Any
from urllib.parse import urlsplit

DEADLINE = 180.0
"""Seconds until a server that is not ready is given up."""


class Client:
    """One kept connection to the server. session: a browser's name; without one it is a program's."""

    def __init__(self, address: str, session: str = "") -> None:
        self.address = urlsplit(address).netloc
        self._cookies = {"Cookie": f"session={session}"} if session else {}
        self._connection = http.client.HTTPConnection(self.address, timeout=DEADLINE)

    def request(self, method: str, path: str, body: Any = None, token: str = "") -> tuple[int, bytes]:
        """Status and body of the answer."""
        headers = {"Authorization": f"Bearer {token}"} if token else {}
        headers |= self._cookies
        content = None
        if body is not None:
            content = json.dumps(body)
            headers["Content-Type"] = "application/json"
        try:
            self._connection.request(method, path, content, headers)
            answer = self._connection.getresponse()
        except ConnectionError:  # closed by the server while nothing was asked for
            self._connection.close()
            self._connection.request(method, path, content, headers)
            answer = self._connection.getresponse()
        return answer.status, answer.read()

    def close(self) -> None:
        """End the connection."""
        self._connection.close()

    def post(self, path: str, body: Any, token: str = "") -> dict[str, Any]:
        """The answer's record; waits while the server says that it is still starting."""
        deadline = time.monotonic() + DEADLINE
        while True:
            status, answer = self.request("POST", path, body, token)
            if status < 400:
                record: dict[str, Any] = json.loads(answer)
                return record
            if status != http.client.SERVICE_UNAVAILABLE or time.monotonic() > deadline:
                raise RuntimeError(f"POST {path}: {status} {answer.decode()}")
            time.sleep(0.01)

    def wait_until_ready(self) -> None:
        """Return once trainer and sandbox answer."""
        deadline = time.monotonic() + DEADLINE
        while self.request("GET", "/readyz")[0] != http.client.OK:
            if time.monotonic() > deadline:
                raise TimeoutError("the server did not get ready")
            time.sleep(0.02)


@contextlib.contextmanager
def server(**settings: str) -> Iterator[Client]:
    """A server on a free port, as soon as it has printed its address; it is ended afterwards.

    settings: further ones, such as PLAYGROUND_RATE_LIMIT="0".
    """
    folder = tempfile.TemporaryDirectory(ignore_cleanup_errors=True)
    environment = {
        **os.environ,
        "PLAYGROUND_PORT": "0",
        "PLAYGROUND_LOG_LEVEL": "warning",
        "PLAYGROUND_DATA_DIR": folder.name,
        **settings,
    }
    process = subprocess.Popen(
        [sys.executable, "-m", "app"], env=environment, stdout=subprocess.PIPE, text=True
    )
    try:
        assert process.stdout
        address = process.stdout.readline().partition(": ")[2].strip()
        if not address:
            raise RuntimeError(f"the server did not start: exit status {process.wait()}")
        with contextlib.closing(Client(address)) as client:
            yield client
    finally:
        process.terminate()
        process.communicate(timeout=DEADLINE)
        folder.cleanup()

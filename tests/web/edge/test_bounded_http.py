"""Clients that never get as far as a request."""

import json
import socket
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing

import pytest

from app.web.edge.bounded_http import MAX_HEAD
from tests.server import PATIENCE, Site

START = b"GET /healthz HTTP/1.1\r\nHost: localhost\r\n"
SOCKET = START.replace(b"healthz", b"api/runs/x/stream") + (
    b"Connection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\n"
    b"Sec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\n"
)


def connected(server: Site) -> socket.socket:
    host, _, port = server.url.removeprefix("http://").partition(":")
    return socket.create_connection((host, int(port)), timeout=PATIENCE)


def answer(server: Site, *parts: bytes) -> bytes:
    """Everything the server says to these bytes until it closes."""
    with closing(connected(server)) as client:
        received = b""
        try:
            for part in parts:
                client.sendall(part)
            while data := client.recv(65536):
                received += data
        except ConnectionError:
            pass  # It closed while we were still talking.
        return received


@pytest.mark.parametrize(
    "parts",
    [
        (b"\x16\x03\x01 this is TLS",),
        (b"GET\r\n\r\n",),
        (b"GET / HTTP/9.9\r\n\r\n",),
        (START, b"X: " + b"x" * (MAX_HEAD + 1) + b"\r\n\r\n"),
        (b"GET /" + b"x" * (MAX_HEAD + 1) + b" HTTP/1.1\r\n\r\n",),
        (START, *(b"X-%d: 1\r\n" % number for number in range(2000)), b"\r\n"),
        (SOCKET, b"Cookie: " + b"x" * 9000 + b"\r\n\r\n"),
        (SOCKET, *(b"X-%d: 1\r\n" % number for number in range(200)), b"\r\n"),
    ],
    ids=["tls", "no path", "version", "long header", "long path", "many headers", "long cookie", "handshake"],
)
def test_what_is_no_request_is_refused_like_everything_else(server: Site, parts: tuple[bytes, ...]) -> None:
    head, _, body = answer(server, *parts).partition(b"\r\n\r\n")
    if head:  # Whoever goes on talking may lose the answer with the connection.
        assert head.startswith(b"HTTP/1.1 400 ")
        assert b"application/problem+json" in head
        assert b"content-security-policy" in head
        assert json.loads(body)["type"] == "/problems/malformed"


def test_endless_headers_are_cut_off(server: Site) -> None:
    with closing(connected(server)) as client:
        client.sendall(START + b"X: ")
        with pytest.raises(ConnectionError):  # noqa: PT012
            for _ in range(10_000):
                client.sendall(b"x" * 4096)


def test_requests_that_never_end_are_cut_off(inside: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("app.web.edge.bounded_http.REQUEST_WITHIN", 0.5)
    body = b"POST /api/runs HTTP/1.1\r\nHost: localhost\r\nContent-Length: 9\r\n\r\n{"
    starts = (b"", b"GET / HT", START, body)

    def seconds_until_the_end(start: bytes) -> float:
        began = time.monotonic()
        answer(inside, start)
        return time.monotonic() - began

    with ThreadPoolExecutor(len(starts)) as threads:
        for seconds in threads.map(seconds_until_the_end, starts):
            assert seconds > 0.4


def test_several_requests_on_one_connection_are_answered(server: Site) -> None:
    request = START + b"\r\n"
    last = START + b"Connection: close\r\n\r\n"
    assert answer(server, request, request, last).count(b"200 OK") == 3


@pytest.mark.parametrize(("size", "status"), [(MAX_HEAD + 1, b"422"), (100_000, b"422"), (200_000, b"413")])
def test_a_head_is_measured_without_the_body_that_comes_with_it(
    server: Site, size: int, status: bytes
) -> None:
    body = b'{"seed": "' + b"x" * size + b'"}'
    head = b"POST /api/runs HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"
    length = b"Connection: close\r\nContent-Length: %d\r\n\r\n" % len(body)
    assert answer(server, head + length + body).startswith(b"HTTP/1.1 " + status)


def test_short_heads_are_not_added_up(server: Site) -> None:
    many = 2 * MAX_HEAD // len(START)
    requests = (START + b"\r\n") * many + START + b"Connection: close\r\n\r\n"
    assert answer(server, requests).count(b"200 OK") == many + 1

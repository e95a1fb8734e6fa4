"""Bytes that two servers could read as different requests: this one refuses them or reads them as it must."""

import json
import re

import pytest

from tests.server import Server
from tests.web.edge.test_bounded_http import answer

JSON = b'{"csv": "0,1"}'
HIDDEN = b"GET /api/options HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n"
"""What an attacker would have another's connection ask."""
EMPTY = b"0\r\n\r\n"
STATUS = re.compile(rb"HTTP/1\.1 (\d{3}) ")


def post(*headers: bytes, body: bytes) -> bytes:
    head = (b"POST /api/points HTTP/1.1", b"Host: localhost", b"Content-Type: application/json", *headers)
    return b"\r\n".join(head) + b"\r\n\r\n" + body + HIDDEN


def get(*headers: bytes, target: bytes = b"/healthz") -> bytes:
    return b"\r\n".join((b"GET " + target + b" HTTP/1.1", *headers)) + b"\r\nConnection: close\r\n\r\n"


def chunked(size: bytes, body: bytes = JSON) -> bytes:
    return size + body + b"\r\n" + EMPTY


HOST = b"Host: localhost"
CHUNKED = b"Transfer-Encoding: chunked"
LENGTH = b"Content-Length: %d" % len(JSON)

AMBIGUOUS = {
    "a length and chunks": post(b"Content-Length: %d" % (len(EMPTY + HIDDEN)), CHUNKED, body=EMPTY),
    "chunks and a length": post(CHUNKED, b"Content-Length: 4", body=chunked(b"e\r\n")),
    "two lengths": post(LENGTH, b"Content-Length: %d" % len(JSON + HIDDEN), body=JSON),
    "one length twice": post(LENGTH, LENGTH, body=JSON),
    "a list of lengths": post(b"Content-Length: 14, 19", body=JSON),
    "a length with a sign": post(b"Content-Length: +14", body=JSON),
    "a negative length": post(b"Content-Length: -1", body=JSON),
    "a hexadecimal length": post(b"Content-Length: 0xe", body=JSON),
    "a length beyond all numbers": post(b"Content-Length: 99999999999999999999999", body=JSON),
    "a space before the colon of a length": post(b"Content-Length : 14", body=JSON),
    "a space before the colon of chunks": post(b"Transfer-Encoding : chunked", body=EMPTY),
    "two encodings": post(CHUNKED, b"Transfer-Encoding: identity", body=EMPTY),
    "an encoding after chunks": post(b"Transfer-Encoding: chunked, gzip", body=EMPTY),
    "nearly chunked": post(b"Transfer-Encoding: xchunked", body=EMPTY),
    "chunked behind a control character": post(b"Transfer-Encoding: \x0bchunked", body=EMPTY),
    "a folded encoding": post(b"Transfer-Encoding:\r\n chunked", body=EMPTY),
    "a folded header": get(HOST, b"X: a\r\n b"),
    "a header within a header": get(HOST, b"X: a\rTransfer-Encoding: chunked"),
    "lines without a carriage return": get(HOST).replace(b"\r", b""),
    "a chunk's line without one": post(CHUNKED, body=chunked(b"e\n")),
    "a negative chunk": post(CHUNKED, body=chunked(b"-1\r\n")),
    "a chunk beyond all numbers": post(CHUNKED, body=chunked(b"1000000000000000e\r\n")),
    "a chunk longer than it says": post(CHUNKED, body=chunked(b"e\r\n", JSON + b"XX")),
    "a null in a header": get(HOST, b"X: a\0b"),
    "a null in the path": get(HOST, target=b"/healthz\0"),
    "two hosts": get(HOST, b"Host: evil.example"),
    "two hosts, the other first": get(b"Host: evil.example", HOST),
    "one host twice": get(HOST, HOST),
    "a host with a space before its colon": get(b"Host : evil.example", HOST),
    "a host as the path": get(HOST, target=b"localhost"),
    "a tunnel": b"CONNECT localhost:22 HTTP/1.1\r\nHost: localhost\r\n\r\n",
    "the beginning of HTTP/2": b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
}


@pytest.mark.parametrize("attack", AMBIGUOUS)
def test_what_can_be_read_in_two_ways_is_refused_and_ends_the_connection(server: Server, attack: str) -> None:
    told = answer(server, AMBIGUOUS[attack])
    assert STATUS.findall(told) == [b"400"]
    assert json.loads(told.partition(b"\r\n\r\n")[2])["type"] == "/problems/malformed"


@pytest.mark.parametrize(
    ("request_", "status"),
    [
        # The host in the target counts, whatever `Host` says.
        (get(HOST, target=b"http://evil.example/healthz"), b"421"),
        (get(HOST, target=b"http://evil.example?/healthz"), b"400"),
        (get(b"Host: evil.example", target=b"http://localhost/healthz"), b"200"),
        (get(b"Host: localhost, evil.example"), b"421"),
        (get(), b"421"),
        # A body is a body, also where none belongs.
        (get(HOST, b"Content-Length: %d" % len(HIDDEN))[:-2] + b"\r\n" + HIDDEN, b"200"),
        (b"TRACE / HTTP/1.1\r\nHost: localhost\r\nCookie: a=secret\r\nConnection: close\r\n\r\n", b"405"),
        # Out of static/, in all spellings.
        (get(HOST, target=b"/static/x/../../app/main.py"), b"404"),
        (get(HOST, target=b"/static/x/..%2f..%2fapp/main.py"), b"404"),
        (get(HOST, target=b"/static/x/%2e%2e/%2e%2e/app/main.py"), b"404"),
        (get(HOST, target=b"/static/x/..%5c..%5capp/main.py"), b"404"),
        (get(HOST, target=b"/static/x//etc/passwd"), b"404"),
        (get(HOST, target=b"/static/x/js/train.js%00.css"), b"404"),
    ],
    ids=range(13),
)  # fmt: skip
def test_what_can_be_read_in_one_way_is_read_so(server: Server, request_: bytes, status: bytes) -> None:
    told = answer(server, request_)
    assert STATUS.findall(told) == [status]
    assert b"secret" not in told

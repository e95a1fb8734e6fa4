"""Frames between the web process and a child, which may send anything."""

import asyncio
import os
import socket
import threading
from collections.abc import Iterator

import pytest

from app.frames import LENGTHS, Malformed, frame
from app.sandbox.client.process import receive
from app.sandbox.zygote.child import read, write

Pair = tuple[socket.socket, socket.socket]


@pytest.fixture
def pair() -> Iterator[Pair]:
    ours, theirs = socket.socketpair()
    ours.setblocking(False)
    with ours, theirs:
        yield ours, theirs


async def test_a_frame_arrives_as_it_was_sent(pair: Pair) -> None:
    ours, theirs = pair
    body = os.urandom(300_000)
    sender = threading.Thread(target=write, args=(theirs.fileno(), body))
    sender.start()
    assert await receive(ours, most=300_000) == body
    sender.join()


async def test_the_other_way_too(pair: Pair) -> None:
    ours, theirs = pair
    body = os.urandom(300_000)
    received = asyncio.create_task(asyncio.to_thread(read, theirs.fileno()))
    await asyncio.get_running_loop().sock_sendall(ours, frame(body))
    assert await received == body


async def test_an_empty_frame_is_a_frame(pair: Pair) -> None:
    ours, theirs = pair
    write(theirs.fileno(), b"")
    assert await receive(ours, most=0) == b""


async def test_a_frame_may_come_byte_by_byte(pair: Pair) -> None:
    ours, theirs = pair
    received = asyncio.create_task(receive(ours, most=10))
    for byte in LENGTHS.pack(3, 0) + b"abc":
        theirs.send(bytes([byte]))
        await asyncio.sleep(0)
    assert await received == b"abc"


@pytest.mark.parametrize(
    "sent",
    [
        pytest.param(b"", id="nothing"),
        pytest.param(b"\x00\x00", id="half a length"),
        pytest.param(LENGTHS.pack(5, 0) + b"abc", id="less than announced"),
        pytest.param(LENGTHS.pack(2, 0) + b"abc", id="more than announced"),
        pytest.param(LENGTHS.pack(11, 0) + b"a" * 11, id="longer than allowed"),
        pytest.param(LENGTHS.pack(2**32 - 1, 0), id="four gigabytes announced"),
        pytest.param(LENGTHS.pack(2, 1) + b"abc", id="a payload, which no child has"),
        pytest.param(2 * LENGTHS.pack(0, 0), id="two frames"),
        pytest.param(b'{"printed": ""}', id="no length at all"),
    ],
)
async def test_anything_else_is_malformed(pair: Pair, sent: bytes) -> None:
    ours, theirs = pair
    theirs.sendall(sent)
    theirs.close()
    with pytest.raises(Malformed):
        await receive(ours, most=10)


async def test_a_long_announcement_is_refused_before_anything_more_comes(pair: Pair) -> None:
    ours, theirs = pair
    theirs.sendall(LENGTHS.pack(2**32 - 1, 0))
    with pytest.raises(Malformed):
        await receive(ours, most=10)


def test_reading_ends_when_the_other_side_is_gone(pair: Pair) -> None:
    ours, theirs = pair
    ours.close()
    with pytest.raises(EOFError):
        read(theirs.fileno())

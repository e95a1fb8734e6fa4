"""Frames from a process that may send anything."""

import asyncio
import os
import socket
import struct
import threading
from collections.abc import Iterator

import pytest

from app.sandbox import frames

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
    sender = threading.Thread(target=frames.write, args=(theirs.fileno(), body))
    sender.start()
    assert await frames.receive(ours, most=300_000) == body
    sender.join()


async def test_the_other_way_too(pair: Pair) -> None:
    ours, theirs = pair
    body = os.urandom(300_000)
    received = asyncio.create_task(asyncio.to_thread(frames.read, theirs.fileno()))
    await frames.send(ours, body)
    assert await received == body


async def test_an_empty_frame_is_a_frame(pair: Pair) -> None:
    ours, theirs = pair
    frames.write(theirs.fileno(), b"")
    assert await frames.receive(ours, most=0) == b""


async def test_a_frame_may_come_byte_by_byte(pair: Pair) -> None:
    ours, theirs = pair
    received = asyncio.create_task(frames.receive(ours, most=10))
    for byte in struct.pack(">I", 3) + b"abc":
        theirs.send(bytes([byte]))
        await asyncio.sleep(0)
    assert await received == b"abc"


@pytest.mark.parametrize(
    "sent",
    [
        pytest.param(b"", id="nothing"),
        pytest.param(b"\x00\x00", id="half a length"),
        pytest.param(struct.pack(">I", 5) + b"abc", id="less than announced"),
        pytest.param(struct.pack(">I", 2) + b"abc", id="more than announced"),
        pytest.param(struct.pack(">I", 11) + b"a" * 11, id="longer than allowed"),
        pytest.param(b"\xff\xff\xff\xff", id="four gigabytes announced"),
        pytest.param(b'{"printed": ""}', id="no length at all"),
    ],
)
async def test_anything_else_is_malformed(pair: Pair, sent: bytes) -> None:
    ours, theirs = pair
    theirs.sendall(sent)
    theirs.close()
    with pytest.raises(frames.Malformed):
        await frames.receive(ours, most=10)


async def test_a_long_announcement_is_refused_before_anything_more_comes(pair: Pair) -> None:
    ours, theirs = pair
    theirs.sendall(b"\xff\xff\xff\xff")
    with pytest.raises(frames.Malformed):
        await frames.receive(ours, most=10)


def test_reading_ends_when_the_other_side_is_gone(pair: Pair) -> None:
    ours, theirs = pair
    ours.close()
    with pytest.raises(EOFError):
        frames.read(theirs.fileno())

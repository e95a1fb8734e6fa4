"""Length-prefixed messages on a child's socket: four bytes, big-endian, then that many bytes."""

import asyncio
import os
import socket
import struct

HEADER = struct.Struct(">I")
CHUNK = 64 * 1024
MOST_OBSTACLE = 1000
"""Characters in which a child says why it cannot be ready."""


class Malformed(Exception):
    """What came is no frame: longer than allowed, cut short, or followed by more."""


def write(descriptor: int, body: bytes) -> None:
    """Send one frame, blocking."""
    frame = memoryview(HEADER.pack(len(body)) + body)
    while frame:
        frame = frame[os.write(descriptor, frame) :]


def read(descriptor: int) -> bytes:
    """Receive one frame from the trusted side, blocking. Raises EOFError when the other side has gone."""
    (length,) = HEADER.unpack(_read_exactly(descriptor, HEADER.size))
    return _read_exactly(descriptor, length)


def _read_exactly(descriptor: int, length: int) -> bytes:
    body = bytearray()
    while len(body) < length:
        chunk = os.read(descriptor, length - len(body))
        if not chunk:
            raise EOFError
        body += chunk
    return bytes(body)


async def send(connection: socket.socket, body: bytes) -> None:
    """Send one frame on a non-blocking socket."""
    await asyncio.get_running_loop().sock_sendall(connection, HEADER.pack(len(body)) + body)


async def receive(connection: socket.socket, most: int) -> bytes:
    """Receive the one frame that an untrusted process sends, of at most `most` bytes.

    Raises Malformed. Sets no time limit: the caller does.
    """
    loop = asyncio.get_running_loop()
    received = bytearray()
    while not _complete(received, most):
        chunk = await loop.sock_recv(connection, CHUNK)
        if not chunk:
            raise Malformed
        received += chunk
    return bytes(received[HEADER.size :])


def _complete(received: bytearray, most: int) -> bool:
    if len(received) < HEADER.size:
        return False
    length = int(HEADER.unpack_from(received)[0])
    surplus = len(received) - HEADER.size - length
    if length > most or surplus > 0:
        raise Malformed
    return surplus == 0

"""Sockets byte by byte, for clients that keep to no protocol."""

import asyncio
import socket
import struct
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress

from tests.server import PATIENCE, Site

TEXT, BINARY, CLOSE, PING, PONG, CONTINUATION = 1, 2, 8, 9, 10, 0


def frame(
    data: bytes, opcode: int = TEXT, *, fin: bool = True, masked: bool = True, reserved: int = 0
) -> bytes:
    """A frame of RFC 6455, section 5.2, right or wrong; a mask of zeros changes nothing."""
    first = fin << 7 | reserved << 4 | opcode
    mask = masked << 7
    if len(data) < 126:
        head = struct.pack("!BB", first, mask | len(data))
    elif len(data) < 1 << 16:
        head = struct.pack("!BBH", first, mask | 126, len(data))
    else:
        head = struct.pack("!BBQ", first, mask | 127, len(data))
    return head + bytes(4 * masked) + data


def handshake(server: Site, path: str, *headers: str) -> bytes:
    """The request that opens a socket."""
    lines = (
        f"GET {path} HTTP/1.1",
        f"Host: {server.url.removeprefix('http://')}",
        f"Origin: {server.url}",
        "Connection: Upgrade",
        "Upgrade: websocket",
        "Sec-WebSocket-Version: 13",
        "Sec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==",
        *headers,
    )
    return ("\r\n".join(lines) + "\r\n\r\n").encode()


class RawSocket:
    """An open socket. answer: the head of the answer to its handshake."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, answer: bytes) -> None:
        self.reader = reader
        self.writer = writer
        self.answer = answer

    async def send(self, data: bytes) -> None:
        """Send bytes, or as many of them as the server takes before it closes."""
        with suppress(ConnectionError):
            self.writer.write(data)
            await self.writer.drain()

    async def drain(self) -> None:
        """Read until the server closes."""
        with suppress(ConnectionError):
            while await self.reader.read(65536):
                pass


@asynccontextmanager
async def raw_socket(
    server: Site, path: str, *headers: str, receive_buffer: int | None = None
) -> AsyncIterator[RawSocket]:
    """A socket that has shaken hands. receive_buffer: bytes; a small one makes it deaf soon."""
    host, _, port = server.url.removeprefix("http://").partition(":")
    connection = socket.create_connection((host, int(port)))
    if receive_buffer is not None:
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, receive_buffer)
    limit = 65536 if receive_buffer is None else 1024
    reader, writer = await asyncio.open_connection(sock=connection, limit=limit)
    try:
        writer.write(handshake(server, path, *headers))
        async with asyncio.timeout(PATIENCE):
            answer = await reader.readuntil(b"\r\n\r\n")
        yield RawSocket(reader, writer, answer)
    finally:
        writer.transport.abort()

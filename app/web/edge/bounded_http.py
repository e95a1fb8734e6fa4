"""uvicorn's HTTP with limits on the size of a request's head and on the time that a request may take.

uvicorn itself keeps a request line or header however long it grows, and waits for its end for ever.
"""

import asyncio
import re

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

from app.protocol.problems import Problem
from app.web.edge.headers import SECURITY_HEADERS
from app.web.edge.problems import KINDS, MEDIA_TYPE

MAX_HEAD = 16 * 1024
"""Most bytes of the request line and all headers."""
MAX_LINE, MAX_HEADERS = 8000, 100
"""Limits of the websockets package on a handshake."""
REQUEST_WITHIN = 10.0
"""Seconds from the first byte, or the opening of the connection, to the end of the body."""
ABSOLUTE = re.compile(rb"[a-z]+://([^/?#]*)", re.IGNORECASE)
"""A request's target as proxies are sent it, with the host in it."""


class BoundedHttp(HttpToolsProtocol):
    """One HTTP connection."""

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """Give a new client REQUEST_WITHIN seconds for its first request."""
        super().connection_made(transport)
        self._head = 0
        self._in_head = True
        self._deadline = self.loop.call_later(REQUEST_WITHIN, transport.close)

    def connection_lost(self, exc: Exception | None) -> None:
        """Cancel the deadline."""
        self._deadline.cancel()
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        """Parse bytes of heads and bodies, at most MAX_HEAD of a head."""
        while data and self.transport.get_protocol() is self and not self.transport.is_closing():
            if self._head == MAX_HEAD:
                self.send_400_response(f"The head of a request may have {MAX_HEAD} bytes.")
                return
            part, data = data[: MAX_HEAD - self._head], data[MAX_HEAD - self._head :]
            if self._in_head:
                self._head += len(part)
            super().data_received(part)

    def on_message_begin(self) -> None:
        """Set the deadline for the end of the request."""
        self._deadline.cancel()
        self._deadline = self.loop.call_later(REQUEST_WITHIN, self.transport.close)
        super().on_message_begin()

    def on_headers_complete(self) -> None:
        """Note that the head is read, so that the following bytes are the body's.

        A host in the target counts, and `Host` does not (RFC 9112, section 3.2.2): otherwise a proxy and this
        server could take a request for two different ones.
        """
        self._head = 0
        self._in_head = False
        if target := ABSOLUTE.match(self.url):
            self.headers[:] = [header for header in self.headers if header[0] != b"host"]
            self.headers.append((b"host", target[1]))
        super().on_headers_complete()

    def on_message_complete(self) -> None:
        """Note that the request is complete, so that the following bytes are another head."""
        self._in_head = True
        self._deadline.cancel()
        super().on_message_complete()

    def handle_websocket_upgrade(self) -> None:
        """Make the request a socket, or refuse it where its head is too large."""
        self._deadline.cancel()
        longest = max(len(self.url), *(len(value) for _, value in self.headers))
        if longest > MAX_LINE or len(self.headers) > MAX_HEADERS:
            self.send_400_response("The head of a handshake is too large.")
            return
        super().handle_websocket_upgrade()

    def send_400_response(self, msg: str) -> None:
        """Refuse bytes that are no request by a problem, as every other refusal is, in English."""
        if self.transport.is_closing():
            return
        kind, title = KINDS[400]
        body = (
            Problem(type=f"/problems/{kind}", title=title, status=400, detail=msg).model_dump_json().encode()
        )
        headers = [
            (b"content-type", MEDIA_TYPE.encode()),
            (b"content-length", str(len(body)).encode()),
            (b"cache-control", b"no-store"),
            (b"connection", b"close"),
            *SECURITY_HEADERS,
        ]
        lines = b"".join(name + b": " + value + b"\r\n" for name, value in headers)
        self.transport.write(b"HTTP/1.1 400 Bad Request\r\n" + lines + b"\r\n" + body)
        self.transport.close()

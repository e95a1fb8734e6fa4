"""One socket over plain HTTP: what its route sends becomes events, what its client posts is received.

The route is the one that serves WebSockets. It is called as ASGI has a server call it for a WebSocket, and
cannot tell the difference.
"""

import asyncio
import json
import secrets
from base64 import b64encode
from collections.abc import MutableMapping, Sequence
from typing import Any, NamedTuple

from starlette.exceptions import HTTPException
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from app.errors import N_, Conflict, NotFound, TooMany, Unavailable
from app.web.edge.proxies import SOCKET_SCHEMES

MAX_WAITING = 4
"""Messages of a client that wait to be read; more stay with the client, as of a WebSocket."""
TAKE_WITHIN = 10.0
"""Seconds that posted messages may wait for room."""
GONE = N_("There is no such connection of yours here, or it has ended. Open another one.")

# Close codes: RFC 6455, section 7.4.1, and the IANA registry.
ABNORMAL, INTERNAL_ERROR = 1006, 1011

HEADERS = [
    (b"content-type", b"text/event-stream"),
    (b"cache-control", b"no-store, no-transform"),  # Whatever compresses on the way would collect.
    (b"x-accel-buffering", b"no"),  # So would nginx.
]
KEPT = (
    "app", "asgi", "client", "headers", "http_version", "path", "query_string", "raw_path", "root_path",
    "server", "starlette.exception_handlers", "state",
)  # fmt: skip
"""What the scope of a WebSocket has in common with that of a request."""


class Pings(NamedTuple):
    """How often a client is asked for a sign of life, and how long that may take, in seconds."""

    every: float = 20.0
    within: float = 20.0


def as_websocket(scope: Scope) -> Scope:
    """The scope that a WebSocket would have in place of a request."""
    return {
        **{key: scope[key] for key in KEPT if key in scope},
        "type": "websocket",
        "scheme": SOCKET_SCHEMES[scope["scheme"]],
        "subprotocols": [],
        "extensions": {"websocket.http.response": {}},
    }


def event(name: str, data: str) -> bytes:
    r"""One event (https://html.spec.whatwg.org/multipage/server-sent-events.html).

    >>> event("message", "a\nb"), event("ping", "")
    (b'event: message\ndata: a\ndata: b\n\n', b'event: ping\ndata: \n\n')
    """
    lines = (f"data: {line}" for line in data.split("\n"))
    return "\n".join((f"event: {name}", *lines, "\n")).encode()


class HttpSocket(Response):
    """One socket, and the answer that its events are.

    app: has the route. holder: whose socket it is. open_sockets: where it is found by its id while it lives.
    """

    def __init__(
        self, app: ASGIApp, holder: str, open_sockets: MutableMapping[str, "HttpSocket"], pings: Pings
    ) -> None:
        super().__init__()
        self.id = secrets.token_urlsafe(16)
        self.holder = holder
        self._app = app
        self._open_sockets = open_sockets
        self._pings = pings
        self._inbox: asyncio.Queue[Message] = asyncio.Queue()
        self._inbox.put_nowait({"type": "websocket.connect"})
        self._room = asyncio.Semaphore(MAX_WAITING - 1)  # One more when that is read.
        self._next = 1
        self._taking, self._writing = asyncio.Lock(), asyncio.Lock()
        self._sign = asyncio.Event()
        self._left: int | None = None
        self._has_begun = self._has_ended = False

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Run the route until it is done, or the client has left."""
        self._send = send
        self._open_sockets[self.id] = self
        watching = [asyncio.create_task(self._watch(receive)), asyncio.create_task(self._ask_for_signs())]
        code = INTERNAL_ERROR
        try:
            await self._app(as_websocket(scope), self._receive, self._answer)
            code = self._left or ABNORMAL
        finally:
            del self._open_sockets[self.id]
            self.leave(code)
            for task in watching:
                task.cancel()
            await asyncio.wait(watching)
            if self._has_begun:
                await self._close(code, "")

    async def take(self, first: int, messages: Sequence[Any]) -> None:
        """Receive posted messages, but for those that were received before. first: the number of the first.

        Raises: Conflict: others come before. TooMany: others wait already. Unavailable: they are not read.
        """
        self._sign.set()
        if self._taking.locked():
            raise TooMany(1.0, N_("Wait for the answer before you post more."))
        async with self._taking:
            if first > self._next:
                template = N_("Message {expected} is still missing; this one is number {first}.")
                raise Conflict(template, expected=self._next, first=first)
            try:
                async with asyncio.timeout(TAKE_WITHIN):
                    for message in messages[self._next - first :]:
                        await self._put(json.dumps(message))
            except TimeoutError as error:
                raise Unavailable(1.0, N_("The messages before these are not read yet.")) from error

    async def _put(self, text: str) -> None:
        await self._room.acquire()
        if self._left is not None:
            raise NotFound(GONE)
        self._inbox.put_nowait({"type": "websocket.receive", "text": text})
        self._next += 1

    def leave(self, code: int) -> None:
        """Let the route know that the client is gone. code: why."""
        if self._left is None:
            self._left = code
            self._inbox.put_nowait({"type": "websocket.disconnect", "code": code})
            self._room.release()

    async def _watch(self, receive: Receive) -> None:
        try:
            while (await receive())["type"] != "http.disconnect":
                pass
        except HTTPException:
            pass  # A body, and too large a one.
        self.leave(ABNORMAL)

    async def _ask_for_signs(self) -> None:
        # A proxy may hold the connection of a client that is gone; so a client has to post something.
        while True:
            await asyncio.sleep(self._pings.every)
            self._sign.clear()
            try:
                async with asyncio.timeout(self._pings.within):
                    await self._write(event("ping", ""))
                    await self._sign.wait()
            except TimeoutError:
                self.leave(ABNORMAL)
                return

    async def _receive(self) -> Message:
        message = await self._inbox.get()
        self._room.release()
        return message

    async def _answer(self, message: Message) -> None:
        """Do as a server does with what a WebSocket's route sends."""
        match message["type"]:
            case "websocket.accept":
                headers = [*HEADERS, *message.get("headers", ())]
                await self._send({"type": "http.response.start", "status": 200, "headers": headers})
                self._has_begun = True
                await self._write(event("open", self.id))
            case "websocket.send":
                if self._left is not None:
                    raise OSError
                text = message.get("text")
                if text is None:
                    await self._write(event("binary", b64encode(message["bytes"]).decode()))
                else:
                    await self._write(event("message", text))
            case "websocket.close" if self._has_begun:
                await self._close(message["code"], message.get("reason") or "")
            case "websocket.close":
                await Response(status_code=403)({"type": "http"}, self._receive, self._send)
            case kind:  # A refusal: "websocket.http.response.start" or "...body".
                await self._send({**message, "type": kind.removeprefix("websocket.")})

    async def _close(self, code: int, reason: str) -> None:
        await self._write(event("close", json.dumps({"code": code, "reason": reason})), ends=True)

    async def _write(self, part: bytes, *, ends: bool = False) -> None:
        async with self._writing:
            if self._has_begun and not self._has_ended:
                await self._send({"type": "http.response.body", "body": part, "more_body": not ends})
                self._has_ended = ends

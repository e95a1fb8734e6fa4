"""A client's socket: it validates what is received, and limits the time of what is sent."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from contextlib import suppress
from typing import Any, ClassVar, Generic, TypeVar, get_args

from pydantic import BaseModel, TypeAdapter, ValidationError
from starlette.websockets import WebSocket, WebSocketDisconnect

from app.errors import N_, Invalid, PlaygroundError, TooMany, Unavailable
from app.protocol.record import Record
from app.protocol.stream import Failed
from app.web.edge.catalogue import Language
from app.web.edge.limits import Client
from app.web.edge.problems import error_response, problem_of
from app.web.edge.services import Services
from app.web.edge.validation import NotValid

SEND_WITHIN = 10.0
CLOSE_WITHIN = 2.0
MESSAGES_PER_SECOND = 200
"""Most messages read of one client in a second."""
FIRST_WITHIN = 10.0
MAX_MALFORMED = 10
"""Invalid messages in a row after which the socket is closed."""

# Close codes: RFC 6455, section 7.4.1, and the IANA registry.
PROTOCOL_ERROR, POLICY_VIOLATION, TRY_AGAIN_LATER = 1002, 1008, 1013

M = TypeVar("M", bound=Record)


def records_of(union: Any) -> Mapping[str, type[BaseModel]]:
    """The records of a union of messages, by their type."""
    records = get_args(get_args(union)[0])
    return {get_args(record.model_fields["type"].annotation)[0]: record for record in records}


class Closing(Exception):
    """The server closes the socket. reason: at most 123 bytes."""

    def __init__(self, code: int, reason: str) -> None:
        super().__init__(reason)
        self.code = code
        self.reason = reason


class Connection(Generic[M]):
    """An accepted socket. Every method may raise WebSocketDisconnect.

    messages: what clients may send there. records: the same by type.
    """

    messages: ClassVar[TypeAdapter[Any]]
    records: ClassVar[Mapping[str, type[BaseModel]]]

    def __init__(self, socket: WebSocket, language: Language) -> None:
        self._socket = socket
        self._language = language
        self._second = 0.0
        self._heard = 0

    async def receive(self) -> M:
        """Receive the next message. Raises: NotValid, Invalid: it is not valid."""
        message = await self._socket.receive()
        if message["type"] == "websocket.disconnect":
            raise WebSocketDisconnect(message["code"])
        await self._slow_down()
        text = message.get("text")
        if text is None:
            raise Invalid("", N_("Messages are JSON text, not binary."))
        try:
            found: M = self.messages.validate_json(text)
        except ValidationError as error:
            raise not_valid(error, self.records) from error
        return found

    async def send(self, message: str | bytes) -> None:
        """Send a message. Raises: Closing: the client takes too long to read it."""
        try:
            async with asyncio.timeout(SEND_WITHIN):
                if isinstance(message, str):
                    await self._socket.send_text(message)
                else:
                    await self._socket.send_bytes(message)
        except TimeoutError as error:
            raise Closing(TRY_AGAIN_LATER, "you read too slowly") from error

    async def refuse(self, error: PlaygroundError) -> None:
        """Send an error; the socket stays open."""
        await self.send(Failed(problem=problem_of(error, self._language)).model_dump_json())

    async def close(self, closing: Closing) -> None:
        """Close the socket, also when the client no longer reads."""
        with suppress(TimeoutError, WebSocketDisconnect):
            async with asyncio.timeout(CLOSE_WITHIN):
                await self._socket.close(closing.code, closing.reason)

    async def end(self, error: PlaygroundError) -> None:
        """Send an error, and close the socket."""
        later = isinstance(error, (Unavailable, TooMany))
        code = TRY_AGAIN_LATER if later else POLICY_VIOLATION
        with suppress(Closing, WebSocketDisconnect):
            await self.refuse(error)
        await self.close(Closing(code, "see the failed message"))

    async def _slow_down(self) -> None:
        now = asyncio.get_running_loop().time()
        if now - self._second >= 1:
            self._second, self._heard = now, 0
        self._heard += 1
        if self._heard > MESSAGES_PER_SECOND:
            await asyncio.sleep(self._second + 1 - now)


def not_valid(error: ValidationError, records: Mapping[str, type[BaseModel]]) -> NotValid:
    """The errors of a message, with paths below the message's type."""
    errors = error.errors()
    tag = errors[0]["loc"][0] if errors[0]["loc"] else ""
    return NotValid([{**e, "loc": e["loc"][1:]} for e in errors], records.get(str(tag)))


C = TypeVar("C", bound=Connection[Any])


async def serve(
    socket: WebSocket,
    services: Services,
    client: Client,
    kind: Callable[[WebSocket, Language], C],
    follow: Callable[[C, Language], Awaitable[None]],
) -> None:
    """Accept a socket, run `follow` on it, and close it; refuse it where a limit is reached.

    follow: runs until disconnect, protocol error or the end of what is followed.
    """
    language = services.catalogue.of(socket)
    try:
        await services.limits.spend(client, "socket")
        with services.socket_quota.place(client):
            await socket.accept()
            await converse(kind(socket, language), language, follow)
    except (TooMany, Unavailable) as error:
        await socket.send_denial_response(error_response(error, language))
    except asyncio.CancelledError:
        pass  # The server ends, and this client would not even take a closing message.


async def converse(
    connection: C, language: Language, follow: Callable[[C, Language], Awaitable[None]]
) -> None:
    """Run `follow` on an accepted socket, and close the socket as its end requires."""
    try:
        await follow(connection, language)
    except WebSocketDisconnect:
        pass  # The client left.
    except Closing as closing:
        await connection.close(closing)
    except PlaygroundError as error:
        await connection.end(error)

"""A client's socket: it validates what is received, and limits the time of what is sent."""

import asyncio
from contextlib import suppress
from typing import get_args

from pydantic import BaseModel, ValidationError
from starlette.websockets import WebSocket, WebSocketDisconnect

from app.errors import N_, Invalid, PlaygroundError, TooMany, Unavailable
from app.protocol.stream import (
    CLIENT_MESSAGE,
    Ack,
    ClientMessage,
    Edit,
    Failed,
    Hello,
    Pause,
    Ping,
    Play,
    Reset,
    RunLine,
    Step,
    Update,
)
from app.web.edge.catalogue import Language
from app.web.edge.problems import problem_of
from app.web.edge.validation import NotValid

HELLO_WITHIN = 10.0
SEND_WITHIN = 10.0
CLOSE_WITHIN = 2.0
MESSAGES_PER_SECOND = 200
"""Most messages read of one client in a second."""

# Close codes: RFC 6455, section 7.4.1, and the IANA registry.
PROTOCOL_ERROR, POLICY_VIOLATION, TRY_AGAIN_LATER = 1002, 1008, 1013

RECORDS: dict[str, type[BaseModel]] = {
    get_args(record.model_fields["type"].annotation)[0]: record
    for record in (Hello, Play, Pause, Step, RunLine, Edit, Update, Reset, Ack, Ping)
}


class Closing(Exception):
    """The server closes the socket. reason: at most 123 bytes."""

    def __init__(self, code: int, reason: str) -> None:
        super().__init__(reason)
        self.code = code
        self.reason = reason


class Connection:
    """An accepted socket. Every method may raise WebSocketDisconnect."""

    def __init__(self, socket: WebSocket, language: Language) -> None:
        self._socket = socket
        self._language = language
        self._second = 0.0
        self._heard = 0

    async def hello(self) -> Hello:
        """Receive the first message. Raises: Closing: it does not come, or is no hello."""
        try:
            async with asyncio.timeout(HELLO_WITHIN):
                message = await self.receive()
        except TimeoutError as error:
            raise Closing(POLICY_VIOLATION, f"no hello within {HELLO_WITHIN:.0f} seconds") from error
        except PlaygroundError as error:
            await self.refuse(error)
            raise Closing(PROTOCOL_ERROR, "the first message must be a valid hello") from error
        if not isinstance(message, Hello):
            await self.refuse(Invalid("type", N_("The first message must be hello.")))
            raise Closing(PROTOCOL_ERROR, "the first message must be hello")
        return message

    async def receive(self) -> ClientMessage:
        """Receive the next message. Raises: NotValid, Invalid: it is not valid."""
        message = await self._socket.receive()
        if message["type"] == "websocket.disconnect":
            raise WebSocketDisconnect(message["code"])
        await self._slow_down()
        text = message.get("text")
        if text is None:
            raise Invalid("", N_("Messages are JSON text, not binary."))
        try:
            return CLIENT_MESSAGE.validate_json(text)
        except ValidationError as error:
            raise not_valid(error) from error

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


def not_valid(error: ValidationError) -> NotValid:
    """The errors of a message, with paths below the message's type."""
    errors = error.errors()
    tag = errors[0]["loc"][0] if errors[0]["loc"] else ""
    return NotValid([{**e, "loc": e["loc"][1:]} for e in errors], RECORDS.get(str(tag)))

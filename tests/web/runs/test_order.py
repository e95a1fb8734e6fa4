"""In which order one socket's messages are served, while a change of settings waits for its formula."""

import asyncio
from typing import Any, cast

from app.protocol.stream import CLIENT_MESSAGE, ClientMessage, Update
from app.web.runs.commands import Commands
from app.web.runs.connection import Connection
from app.web.runs.stream import StreamSession
from app.web.runs.viewer import Viewer

PATIENCE = 20.0


class Client:
    """A connection that receives what the test says, and a viewer that notes what was acknowledged."""

    def __init__(self) -> None:
        self.said: asyncio.Queue[ClientMessage] = asyncio.Queue()
        self.acknowledged: asyncio.Queue[int] = asyncio.Queue()
        self.sent: asyncio.Queue[Any] = asyncio.Queue()
        self.mirrors: list[Any] = []

    def say(self, kind: str, **fields: Any) -> None:
        self.said.put_nowait(CLIENT_MESSAGE.validate_python({"type": kind, **fields}))

    async def receive(self) -> ClientMessage:
        return await self.said.get()

    async def send(self, message: Any) -> None:
        self.sent.put_nowait(message)

    def next_message(self) -> None:
        return None

    def acknowledge(self, step: int) -> None:
        self.acknowledged.put_nowait(step)


class SlowCommands:
    """Commands of which a change of settings takes until the test says that its formula is there."""

    def __init__(self) -> None:
        self.formula_is_there = asyncio.Event()
        self.done: asyncio.Queue[str] = asyncio.Queue()

    async def admit(self) -> None:
        pass

    async def execute(self, message: ClientMessage) -> None:
        if isinstance(message, Update):
            await self.formula_is_there.wait()
        self.done.put_nowait(message.type)


async def test_while_a_formula_is_evaluated_a_socket_is_still_heard_and_commands_keep_their_order() -> None:
    client, commands = Client(), SlowCommands()
    session = StreamSession(
        cast(Connection, client), cast(Viewer, client), cast(Commands, commands), asyncio.Event()
    )
    serving = asyncio.create_task(session.run())
    async with asyncio.timeout(PATIENCE):
        client.say("update", config={})
        client.say("play")
        client.say("ack", step=3)
        client.say("ping")
        client.say("pause")
        assert await client.acknowledged.get() == 3
        assert "pong" in await client.sent.get()
        assert await commands.done.get() == "pause"
        assert commands.done.empty()
        commands.formula_is_there.set()
        # The pause came after the play, so the run must not be left playing.
        assert [await commands.done.get() for _ in range(3)] == ["update", "play", "pause"]
    serving.cancel()
    await asyncio.wait([serving])

"""A client of the stream, as a page or a script would be one."""

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from websockets import Origin
from websockets.asyncio.client import ClientConnection, connect

from app.protocol.snapshots import HEADER
from tests.server import PATIENCE, Site
from tests.web.owner import Run

Message = dict[str, Any]
OURS = Origin("the server's own")


class Stream:
    """A socket to one run. Binary snapshots are given as their header's fields and their losses."""

    def __init__(self, socket: ClientConnection) -> None:
        self.socket = socket

    async def say(self, kind: str, **fields: Any) -> None:
        await self.socket.send(json.dumps({"type": kind, **fields}))

    async def hear(self) -> Message:
        """The next message."""
        data = await asyncio.wait_for(self.socket.recv(), PATIENCE)
        return binary(data) if isinstance(data, bytes) else json.loads(data)

    async def hear_until(self, kind: str, *, acknowledge: bool = True) -> list[Message]:
        """All messages up to the first of a kind."""
        heard = [await self.hear()]
        while True:
            if heard[-1]["type"] == "snapshot" and acknowledge:
                await self.say("ack", step=heard[-1]["step"])
            if heard[-1]["type"] == kind:
                return heard
            heard.append(await self.hear())

    async def is_silent(self, seconds: float = 0.5) -> bool:
        """Whether nothing comes for a while."""
        try:
            await asyncio.wait_for(self.socket.recv(), seconds)
        except TimeoutError:
            return True
        return False

    async def closed(self) -> tuple[int | None, str | None]:
        """Code and reason with which the server closes, whatever it says before."""
        async with asyncio.timeout(PATIENCE):
            await self.socket.wait_closed()
        return self.socket.close_code, self.socket.close_reason


def binary(data: bytes) -> Message:
    """The header of a binary snapshot, and its losses."""
    _, _, _, step, loss, _, losses_from, _, _, _, n_losses, _ = HEADER.unpack_from(data)
    losses = memoryview(data)[len(data) - 4 * n_losses :].cast("f").tolist()
    return {"type": "snapshot", "step": step, "loss": loss, "losses_from": losses_from, "losses": losses}


@asynccontextmanager
async def opened(
    server: Site, path: str, origin: Origin | None = OURS, language: str = "en"
) -> AsyncIterator[Stream]:
    """A socket that has said nothing yet. path: of what is followed, or a run's id."""
    path = path if path.startswith("/") else f"/api/runs/{path}"
    address = server.url.replace("http", "ws") + f"{path}/stream"
    async with connect(
        address,
        origin=Origin(server.url) if origin is OURS else origin,
        additional_headers={"Accept-Language": language},
        compression=None,
        max_size=None,
        close_timeout=1,
    ) as socket:
        yield Stream(socket)


@asynccontextmanager
async def following(
    server: Site, run: Run, *, owner: bool = False, language: str = "en", **hello: Any
) -> AsyncIterator[Stream]:
    """A socket that has said hello."""
    async with opened(server, run.path, language=language) as stream:
        await stream.say("hello", **({"owner_token": run.token} if owner else {}), **hello)
        yield stream


def losses_of(messages: list[Message]) -> list[float | None]:
    """The losses in a series of messages; asserts that they follow each other without a gap."""
    losses: list[float | None] = []
    for message in messages:
        if message["type"] == "snapshot":
            assert message["losses_from"] == len(losses) + 1
            losses += message["losses"]
            assert len(losses) == message["step"]
    return losses

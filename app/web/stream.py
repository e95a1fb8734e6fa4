"""`WS /api/runs/{id}/stream`: a run as it trains, and its owner's commands."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from contextlib import nullcontext
from functools import partial
from typing import Protocol

from fastapi import APIRouter, WebSocket
from starlette.websockets import WebSocketDisconnect

from app.engine.port import Watch
from app.errors import N_, NotFound, NotOwner, PlaygroundError, TooMany, Unavailable
from app.protocol.stream import Ack, ClientMessage, Ping, Pong, Update
from app.web.catalogue import Language
from app.web.commands import Commands
from app.web.connection import POLICY_VIOLATION, Closing, Connection
from app.web.limits import Client
from app.web.problems import error_response
from app.web.services import Caller, Services, Using
from app.web.viewer import Viewer

MAX_MALFORMED = 10
"""Messages in a row that make no sense, after which the socket is closed."""
MAX_COMMANDS = 8
"""Commands of one socket that may be under way."""
PONG = Pong().model_dump_json()

router = APIRouter()


@router.websocket("/api/runs/{run_id}/stream")
async def stream(socket: WebSocket, run_id: str, using: Using, client: Caller) -> None:
    """Say hello first; then the run comes, and the owner's commands are carried out."""
    await serve(socket, using, client, partial(follow, run_id, using, client))


Follow = Callable[[Connection, Language], Awaitable[None]]
"""From the hello until the client leaves, misbehaves, or what it follows is gone."""


async def serve(socket: WebSocket, using: Services, client: Client, follow: Follow) -> None:
    """From the opening of a socket to its close."""
    language = using.catalogue.of(socket)
    try:
        await using.limits.spend(client, "socket")
        with using.places.place(client):
            await socket.accept()
            await converse(Connection(socket, language), language, follow)
    except (TooMany, Unavailable) as error:
        await socket.send_denial_response(error_response(error, language))
    except asyncio.CancelledError:
        pass  # The server ends, and this client would not even take its goodbye.


async def converse(connection: Connection, language: Language, follow: Follow) -> None:
    """What is said on an accepted socket, its close included."""
    try:
        await follow(connection, language)
    except WebSocketDisconnect:
        pass  # The client left.
    except Closing as closing:
        await connection.close(closing)
    except PlaygroundError as error:
        await connection.end(error)


async def follow(
    run_id: str, using: Services, client: Client, connection: Connection, language: Language
) -> None:
    """Follow one run."""
    hello = await connection.hello()
    commands = None
    if hello.owner_token is not None:
        ownership = using.owners.check(run_id, hello.owner_token)
        commands = Commands(using, client, ownership, run_id)
    async with using.engine.watch(run_id) as watch:
        viewer = Viewer(
            watch.mirror, hello, control=commands is not None, language=language, texts=using.snapshots
        )
        with using.presence.owner(using.races.first_of(run_id)) if commands else nullcontext():
            await Following(connection, [watch], viewer, commands).go_on()


class Sight(Protocol):
    """What a client is to be sent: a `Viewer`, or one of several runs."""

    def acknowledge(self, step: int) -> None:
        """The client has drawn the picture of this step, or skipped it for a later one."""

    def next_message(self) -> str | bytes | None:
        """What the client should be sent now; None when it is up to date or has to acknowledge first."""


class Following:
    """One client following one run or several: reads, sends and obeys at the same time."""

    def __init__(
        self, connection: Connection, watches: Sequence[Watch], viewer: Sight, commands: Commands | None
    ) -> None:
        self.connection = connection
        self.watches = watches
        self.viewer = viewer
        self.commands = commands
        self.wake = asyncio.Event()
        self.under_way = asyncio.Semaphore(MAX_COMMANDS)

    async def go_on(self) -> None:
        """Until one of them cannot go on; raises why."""
        try:
            async with asyncio.TaskGroup() as tasks:
                tasks.create_task(self.read(tasks))
                for watch in self.watches:
                    tasks.create_task(self.look(watch))
                tasks.create_task(self.send())
        except ExceptionGroup as group:
            raise group.exceptions[0] from None

    async def look(self, watch: Watch) -> None:
        """Wake the sender whenever a run has changed."""
        while True:
            await watch.changed()
            self.wake.set()

    async def send(self) -> None:
        """Keep the client up to date."""
        while True:
            self.wake.clear()
            while (message := self.viewer.next_message()) is not None:
                await self.connection.send(message)
            if any(watch.mirror.gone for watch in self.watches):
                raise NotFound(N_("The run was deleted."))
            await self.wake.wait()

    async def read(self, tasks: asyncio.TaskGroup) -> None:
        """Take what the client says."""
        malformed = 0
        while True:
            try:
                message = await self.connection.receive()
            except PlaygroundError as error:
                await self.connection.refuse(error)
                malformed += 1
                if malformed == MAX_MALFORMED:
                    raise Closing(POLICY_VIOLATION, f"{malformed} messages in a row made no sense") from error
                continue
            malformed = 0
            if isinstance(message, Ack):
                self.viewer.acknowledge(message.step)
                self.wake.set()
            elif isinstance(message, Ping):
                await self.connection.send(PONG)
            else:
                await self.admit(message, tasks)

    async def admit(self, message: ClientMessage, tasks: asyncio.TaskGroup) -> None:
        """Have a command carried out meanwhile, so that a pause is heard while steps are taken."""
        try:
            if self.commands is None:
                raise NotOwner(N_("Only the run's owner can do that; you are watching."))
            if self.under_way.locked():
                raise TooMany(1.0, N_("Wait until the commands before this are done."))
            await self.commands.admit()
        except PlaygroundError as error:
            await self.connection.refuse(error)
            return
        await self.under_way.acquire()
        task = tasks.create_task(self.obey(message, self.commands))
        # Lets it reach the engine before the next one is read: commands keep their order. A change of
        # settings first asks what they are, so it is waited for.
        await (task if isinstance(message, Update) else asyncio.sleep(0))

    async def obey(self, message: ClientMessage, commands: Commands) -> None:
        """Carry out a command, or say why not."""
        try:
            await commands.obey(message)
        except PlaygroundError as error:
            await self.connection.refuse(error)
        finally:
            self.under_way.release()

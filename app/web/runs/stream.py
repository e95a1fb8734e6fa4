"""`WS /api/runs/{id}/stream`: snapshots of a run as it trains, and its owner's commands."""

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import nullcontext
from functools import partial

from fastapi import APIRouter, WebSocket

from app.errors import N_, NotFound, NotOwner, PlaygroundError, TooMany
from app.protocol.stream import Ack, ClientMessage, Pause, Ping, Pong, Update
from app.web.edge import connection as connections
from app.web.edge.catalogue import Language
from app.web.edge.connection import MAX_MALFORMED, POLICY_VIOLATION, Closing
from app.web.edge.limits import Client
from app.web.edge.services import ClientDep
from app.web.runs.commands import Commands
from app.web.runs.connection import Connection
from app.web.runs.services import RunServices, RunServicesDep
from app.web.runs.viewer import RunViewer, Viewer

MAX_COMMANDS = 8
"""Most commands of one socket that are carried out at once."""
PONG = Pong().model_dump_json()

router = APIRouter()


@router.websocket("/api/runs/{run_id}/stream")
async def stream(socket: WebSocket, run_id: str, services: RunServicesDep, client: ClientDep) -> None:
    """Send the run to a client that has said hello, and carry out its owner's commands."""
    await serve(socket, services, client, partial(follow, run_id, services, client))


Follow = Callable[[Connection, Language], Awaitable[None]]
"""Runs until disconnect, protocol error or deletion of the run."""


async def serve(socket: WebSocket, services: RunServices, client: Client, follow: Follow) -> None:
    """Serve a client that follows a run or a comparison; as `app.web.edge.connection.serve`."""
    await connections.serve(socket, services, client, Connection, follow)


async def follow(
    run_id: str, services: RunServices, client: Client, connection: Connection, language: Language
) -> None:
    """Serve one client that follows one run."""
    hello = await connection.hello()
    await services.recall(run_id)
    commands = None
    if hello.owner_token is not None:
        ownership = services.registry.check(run_id, hello.owner_token)
        commands = Commands(services, client, ownership, run_id)
    changed = asyncio.Event()
    async with services.engine.watch(run_id, changed) as mirror:
        viewer = RunViewer(
            mirror,
            hello,
            control=commands is not None,
            language=language,
            texts=services.snapshots,
            trouble=lambda: services.store.trouble,
            tally=services.tally,
        )
        with services.presence.owner(services.registry.first_of(run_id)) if commands else nullcontext():
            await StreamSession(connection, viewer, commands, changed).run()


class StreamSession:
    """One client that follows a run or a comparison: reads, sends and carries out commands at the same time.

    commands: None where the client may only watch. changed: set when there may be a message for the client.
    """

    def __init__(
        self, connection: Connection, viewer: Viewer, commands: Commands | None, changed: asyncio.Event
    ) -> None:
        self.connection = connection
        self.viewer = viewer
        self.commands = commands
        self.changed = changed
        self.under_way = asyncio.Semaphore(MAX_COMMANDS)
        self.update: asyncio.Task[None] | None = None

    async def run(self) -> None:
        """Serve the client until disconnect, protocol error or deletion of the run, which it raises."""
        try:
            async with asyncio.TaskGroup() as tasks:
                tasks.create_task(self.read(tasks))
                tasks.create_task(self.send())
        except ExceptionGroup as group:
            raise group.exceptions[0] from None

    async def send(self) -> None:
        """Send the client's messages, for ever."""
        while True:
            self.changed.clear()
            while (message := self.viewer.next_message()) is not None:
                await self.connection.send(await asyncio.to_thread(message) if callable(message) else message)
            if any(mirror.gone for mirror in self.viewer.mirrors):
                raise NotFound(N_("The run was deleted."))
            await self.changed.wait()

    async def read(self, tasks: asyncio.TaskGroup) -> None:
        """Read the client's messages, for ever."""
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
                if self.viewer.acknowledge(message.step):
                    self.changed.set()
            elif isinstance(message, Ping):
                await self.connection.send(PONG)
            else:
                await self.admit(message, tasks)

    async def admit(self, message: ClientMessage, tasks: asyncio.TaskGroup) -> None:
        """Carry out a command in a task of its own, so that a pause is read while steps are taken."""
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
        task = tasks.create_task(self.execute(message, self.commands, after=self.update))
        if isinstance(message, Update):
            self.update = task
        # The task reaches the engine before the next command is read.
        await asyncio.sleep(0)

    async def execute(
        self, message: ClientMessage, commands: Commands, after: asyncio.Task[None] | None
    ) -> None:
        """Carry out a command, or send its refusal. after: the change of settings before it, if any.

        Commands keep their order, and a change of settings may have a formula evaluated. A pause does not
        wait for that; it is repeated afterwards, because a command to play may have waited too.
        """
        try:
            if after is not None and not after.done():
                if isinstance(message, Pause):
                    await commands.execute(message.model_copy(update={"command_id": None}))
                await asyncio.wait([after])
            await commands.execute(message)
        except PlaygroundError as error:
            await self.connection.refuse(error)
        finally:
            self.under_way.release()

"""`WS /api/programs/stream`: a program while it runs, and its owner's commands."""

import asyncio
from contextlib import ExitStack
from functools import partial

from fastapi import APIRouter, WebSocket

from app.errors import N_, Conflict, NotOwner, PlaygroundError
from app.protocol.programs import (
    PROGRAM_CLIENT_MESSAGE,
    ExplainRound,
    OneRound,
    PauseProgram,
    ProgramClientMessage,
    ProgramSpeed,
    ResumeProgram,
    RunProgram,
    StopProgram,
    WatchProgram,
)
from app.protocol.stream import Ping, Pong
from app.web.edge import connection
from app.web.edge.catalogue import Language
from app.web.edge.connection import MAX_MALFORMED, POLICY_VIOLATION, Closing, records_of, serve
from app.web.edge.limits import Client
from app.web.edge.services import ClientDep, Services, ServicesDep
from app.web.programs.live import LivePrograms, Program, ProgramViewer
from app.web.programs.services import ProgramsDep

PONG = Pong().model_dump_json()

router = APIRouter()


class Connection(connection.Connection[ProgramClientMessage]):
    """The socket of a client that runs programs, or follows one."""

    messages = PROGRAM_CLIENT_MESSAGE
    records = records_of(ProgramClientMessage)


@router.websocket("/api/programs/stream")
async def stream(socket: WebSocket, services: ServicesDep, programs: ProgramsDep, client: ClientDep) -> None:
    """Run the client's programs one after the other, or let it follow one."""
    await serve(socket, services, client, Connection, partial(follow, services, programs, client))


async def follow(
    services: Services,
    programs: LivePrograms,
    client: Client,
    connection: Connection,
    language: Language,
) -> None:
    """Serve one client until it leaves or misbehaves."""
    await Session(services, programs, client, connection, language).run()


class Session:
    """One client: what it asks, and what it is told of the program that it follows."""

    def __init__(
        self,
        services: Services,
        programs: LivePrograms,
        client: Client,
        connection: Connection,
        language: Language,
    ) -> None:
        self._services = services
        self._client = client
        self._connection = connection
        self._language = language
        self._programs = programs
        self._program: Program | None = None
        self._viewer: ProgramViewer | None = None
        self._following = ExitStack()
        self._changed = asyncio.Event()

    async def run(self) -> None:
        """Serve the client until it leaves or misbehaves, which it raises."""
        try:
            async with asyncio.TaskGroup() as tasks:
                tasks.create_task(self._read())
                tasks.create_task(self._send())
        except ExceptionGroup as group:
            raise group.exceptions[0] from None
        finally:
            self._following.close()

    async def _send(self) -> None:
        while True:
            viewer = self._viewer
            if viewer is None:
                await self._changed.wait()
                self._changed.clear()
                continue
            while viewer is self._viewer and (message := viewer.take()) is not None:
                await self._connection.send(message)
            if viewer is self._viewer:
                await viewer.arrived.wait()

    async def _read(self) -> None:
        malformed = 0
        while True:
            try:
                message = await self._connection.receive()
            except PlaygroundError as error:
                await self._connection.refuse(error)
                malformed += 1
                if malformed == MAX_MALFORMED:
                    raise Closing(POLICY_VIOLATION, f"{malformed} messages in a row made no sense") from error
                continue
            malformed = 0
            try:
                await self._obey(message)
            except PlaygroundError as error:
                await self._connection.refuse(error)

    async def _obey(self, message: ProgramClientMessage) -> None:
        match message:
            case Ping():
                await self._connection.send(PONG)
            case RunProgram(program=text):
                await self._start(text)
            case WatchProgram():
                await self._services.limits.spend(self._client, "read")
                self._watch(message)
            case _:
                await self._services.limits.spend(self._client, "change")
                command(self._owned(), message)

    async def _start(self, text: str) -> None:
        if self._program is not None and self._viewer is not None and self._viewer.control:
            self._leave()
            self._programs.end(self._program)
        await self._services.limits.spend(self._client, "program")
        program = self._programs.start(text, str(self._client))
        self._follow(program, control=True, token=program.token)

    def _watch(self, message: WatchProgram) -> None:
        if message.owner_token is None:
            self._follow(self._programs.get(message.id), control=False)
        else:
            self._follow(self._programs.owned(message.id, message.owner_token), control=True)

    def _follow(self, program: Program, *, control: bool, token: str | None = None) -> None:
        self._leave()
        self._program = program
        self._viewer = self._following.enter_context(
            self._programs.following(program, self._language, control=control, token=token)
        )
        self._changed.set()

    def _leave(self) -> None:
        if self._viewer is not None:
            self._viewer.arrived.set()
        self._viewer = None
        self._following.close()

    def _owned(self) -> Program:
        if self._program is None or self._viewer is None:
            raise Conflict(N_("Run a program first, or watch one."))
        if not self._viewer.control:
            raise NotOwner(N_("Only the program's owner can do that; you are watching."))
        return self._program


def command(program: Program, message: ProgramClientMessage) -> None:
    """Carry out a command. Raises: PlaygroundError: it is refused."""
    match message:
        case PauseProgram():
            program.pause()
        case ResumeProgram():
            program.resume()
        case OneRound(loop=loop):
            program.one_round(loop)
        case ProgramSpeed(rounds_per_second=rounds_per_second):
            program.speed(rounds_per_second)
        case StopProgram():
            program.stop()
        case ExplainRound(loop=loop, round=number):
            program.explain(loop, number)

"""What the page about the connection asks: an answer, and a socket on which messages come and go."""

import asyncio
import time

from fastapi import APIRouter, Request, WebSocket

from app.errors import PlaygroundError
from app.protocol.connection import CALL, INTERVAL, TICKS, Call, ConnectionInfo, Echo, Tick
from app.web.edge import connection
from app.web.edge.catalogue import Language
from app.web.edge.connection import Closing
from app.web.edge.limits import named
from app.web.edge.services import ClientDep, ServicesDep

NORMAL = 1000

router = APIRouter(prefix="/api/connection", include_in_schema=False)


class Connection(connection.Connection[Call]):
    """A socket whose messages are answered."""

    messages = CALL
    records = {"call": Call}  # noqa: RUF012, a ClassVar in the base


@router.get("")
async def show(request: Request, services: ServicesDep, client: ClientDep) -> ConnectionInfo:
    """The server's clock, and what it calls this browser."""
    await services.limits.spend(client, "read")
    return ConnectionInfo(version=request.app.version, time=time.time(), client=named(str(client)).hex())


@router.websocket("/stream")
async def stream(socket: WebSocket, services: ServicesDep, client: ClientDep) -> None:
    """Send messages at regular intervals, and answer those that come."""
    await connection.serve(socket, services, client, Connection, follow)


async def follow(open_socket: Connection, language: Language) -> None:
    """Tick and answer until all ticks are sent, and then close."""
    answering = asyncio.create_task(answer(open_socket))
    try:
        for n in range(TICKS):
            await open_socket.send(Tick(n=n).model_dump_json())
            await asyncio.wait([answering], timeout=INTERVAL)
            if answering.done():
                await answering
        raise Closing(NORMAL, "")
    finally:
        answering.cancel()
        await asyncio.wait([answering])


async def answer(open_socket: Connection) -> None:
    """Answer each message, until the client leaves or sends what is none."""
    while True:
        try:
            call = await open_socket.receive()
        except PlaygroundError as error:
            await open_socket.refuse(error)
            raise Closing(connection.PROTOCOL_ERROR, "messages are calls") from error
        await open_socket.send(Echo(n=call.n).model_dump_json())

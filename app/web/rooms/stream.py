"""`WS /api/rooms/{id}/stream`: the room as its viewer may see it, whenever it changes."""

import asyncio
import logging
from functools import partial

from fastapi import APIRouter, WebSocket
from starlette.websockets import WebSocketDisconnect

from app.errors import N_, Conflict, Invalid, NotOwner, PlaygroundError
from app.protocol.rooms import (
    ROOM_CLIENT_MESSAGE,
    Feel,
    GiveAnswer,
    RoomClientMessage,
    RoomHello,
    Show,
    ShowsComparison,
    ShowsProgram,
    ShowsRun,
)
from app.protocol.rooms import RoomChange as Wanted
from app.protocol.stream import Ping, Pong
from app.rooms import rules
from app.rooms.curves import Curve, frame
from app.web.edge import connection
from app.web.edge.catalogue import Language
from app.web.edge.connection import (
    FIRST_WITHIN,
    MAX_MALFORMED,
    POLICY_VIOLATION,
    PROTOCOL_ERROR,
    Closing,
    records_of,
)
from app.web.edge.limits import Client
from app.web.edge.services import ClientDep
from app.web.rooms.addresses import addresses
from app.web.rooms.experiment import observe
from app.web.rooms.rooms import LiveRoom, Rooms, digest
from app.web.rooms.services import Reader, RoomsDep, Visit, counted
from app.web.rooms.standstill import Standstill
from app.web.rooms.viewer import RoomViewer
from app.web.rooms.wall import Wall
from app.web.runs.services import RunServices, RunServicesDep

INTERVAL = 0.1
"""Seconds between two states of one viewer."""
NORMAL, INTERNAL_ERROR = 1000, 1011
PONG = Pong().model_dump_json()

router = APIRouter()
logger = logging.getLogger(__name__)


class RoomConnection(connection.Connection[RoomClientMessage]):
    """An accepted socket whose first message is a hello."""

    messages = ROOM_CLIENT_MESSAGE
    records = records_of(RoomClientMessage)

    async def hello(self) -> RoomHello:
        """Receive the first message. Raises: Closing: it does not come, or is no hello."""
        try:
            async with asyncio.timeout(FIRST_WITHIN):
                message = await self.receive()
        except TimeoutError as error:
            raise Closing(POLICY_VIOLATION, f"no hello within {FIRST_WITHIN:.0f} seconds") from error
        except PlaygroundError as error:
            await self.refuse(error)
            raise Closing(PROTOCOL_ERROR, "the first message must be a valid hello") from error
        if not isinstance(message, RoomHello):
            await self.refuse(Invalid("type", N_("The first message must be hello.")))
            raise Closing(PROTOCOL_ERROR, "the first message must be hello")
        return message


@router.websocket("/api/rooms/{room_id}/stream")
async def stream(
    socket: WebSocket, room_id: str, services: RunServicesDep, rooms: RoomsDep, client: ClientDep
) -> None:
    """Send the room to whoever belongs to it, and take what they send."""
    where = addresses(socket, services.settings)
    follow = partial(contained, room_id, services, rooms, client, where)
    await connection.serve(socket, services, client, RoomConnection, follow)


async def contained(  # noqa: PLR0917
    room_id: str,
    services: RunServices,
    rooms: Rooms,
    client: Client,
    where: tuple[str, ...],
    socket: RoomConnection,
    language: Language,
) -> None:
    """Serve one viewer. A mistake of this program ends that one, with a line in the log."""
    try:
        hello = await socket.hello()
        live = await rooms.get(room_id)
        viewer = RoomViewer(live, hello.role, digest(hello.token), Reader(language), where)
        await RoomSession(socket, services, rooms, client, viewer).run()
    except (WebSocketDisconnect, Closing, PlaygroundError):
        raise
    except Exception as error:
        logger.exception("a viewer of a room met a mistake of this program")
        raise Closing(INTERNAL_ERROR, "a fault of the server") from error


class RoomSession:
    """One viewer's socket: reads and sends at the same time."""

    def __init__(
        self, socket: RoomConnection, services: RunServices, rooms: Rooms, client: Client, viewer: RoomViewer
    ) -> None:
        self.socket = socket
        self.services = services
        self.rooms = rooms
        self.viewer = viewer
        self.live: LiveRoom = viewer.live
        self.changed = asyncio.Event()
        owner = viewer.token if viewer.role != "member" else None
        self.client = counted(Visit(self.live, owner, viewer.member), client)

    async def run(self) -> None:
        """Serve the viewer until disconnect, protocol error or the end, which it raises."""
        with self.live.watched(self.changed, self.viewer.number):
            observe(self.services, self.rooms, self.live)
            try:
                async with asyncio.TaskGroup() as tasks:
                    tasks.create_task(self.read())
                    tasks.create_task(self.send())
                    if self.viewer.role != "member":
                        tasks.create_task(self.send_wall())
                        tasks.create_task(self.watch_runs())
            except ExceptionGroup as group:
                raise group.exceptions[0] from None

    async def send(self) -> None:
        """Send the room whenever it looks otherwise to this viewer, but not too often."""
        last = None
        while True:
            self.changed.clear()
            if (end := self.viewer.end) is not None:
                await self.socket.send(end.model_dump_json())
                raise Closing(NORMAL, end.reason)
            message = self.viewer.message()
            if message != last:
                # What a crash could take back is shown to nobody.
                await self.rooms.written(self.live)
                await self.socket.send(message)
                last = message
                await self.rest()
            await self.changed.wait()

    async def send_wall(self) -> None:
        """Send everybody's curves while they are shown: those that have changed."""
        wall = self.live.wall = self.live.wall or Wall(self.live, self.services.engine)
        shown = asyncio.Event()
        self.live.watchers[shown] = None
        try:
            while True:
                shown.clear()
                if wall.shown is not None:
                    with wall.looked_at():
                        await self.send_curves(wall)
                await shown.wait()
        finally:
            del self.live.watchers[shown]

    async def watch_runs(self) -> None:
        """Notice whose run stands still, as long as a teacher may want to know."""
        live = self.live
        standstill = live.standstill = live.standstill or Standstill(live, self.services.engine)
        while True:
            standstill.look()
            await asyncio.sleep(standstill.interval)

    async def send_curves(self, wall: Wall) -> None:
        """Send curves until the wall is shown no longer."""
        sent: dict[int, Curve] = {}
        while wall.shown is not None:
            if news := [number for number, curve in wall.curves.items() if sent.get(number) is not curve]:
                curves = dict(wall.curves)
                await self.socket.send(frame(curves, news, sent))
                sent = curves
            async with wall.changed:
                await wall.changed.wait()

    async def rest(self) -> None:
        """Let other changes gather: this viewer is told all of them at once."""
        await asyncio.sleep(INTERVAL)

    async def read(self) -> None:
        """Read the viewer's messages, for ever."""
        malformed = 0
        while True:
            try:
                message = await self.socket.receive()
                malformed = -1
                await self.take(message)
            except PlaygroundError as error:
                await self.socket.refuse(error)
                malformed += 1
                if malformed == MAX_MALFORMED:
                    raise Closing(POLICY_VIOLATION, f"{malformed} messages in a row made no sense") from error
                continue
            malformed = 0

    async def take(self, message: RoomClientMessage) -> None:
        """Do what a message says. Raises: PlaygroundError: it is refused."""
        if isinstance(message, Ping):
            await self.socket.send(PONG)
            return
        if isinstance(message, RoomHello):
            raise Conflict(N_("Hello was said before."))
        if isinstance(message, Show):
            await self.services.limits.spend(self.client, "change")
            self.show(message)
            return
        await self.services.limits.spend(self.client, "answer")
        member = self.viewer.member if self.viewer.end is None else None
        if member is None:
            raise NotOwner(N_("Only a member of the room can do that."))
        if isinstance(message, Feel):
            self.feel(member.number, message)
        else:
            self.answer(member.number, message)

    def answer(self, member: int, message: GiveAnswer) -> None:
        """Note an answer."""
        event = rules.answer(
            self.live.room,
            self.rooms.clock(),
            question=message.question,
            member=member,
            given=message.answer,
        )
        self.rooms.note(self.live, event)

    def feel(self, member: int, message: Feel) -> None:
        """Note how a member feels."""
        feelings = {**self.live.now.feelings}
        if message.feeling is None:
            feelings.pop(member, None)
        else:
            feelings[member] = message.feeling
        self.live.now.feelings = feelings
        self.live.tell()

    def show(self, message: Show) -> None:
        """Show something else, or another place in what is shown, which is not written down."""
        room, screen = self.live.room, message.screen
        if self.viewer.role != "console" or self.viewer.end is not None:
            raise NotOwner(N_("Only the teacher's console can do that."))
        if placeless(screen) == placeless(room.screen):
            self.live.now.screen = screen
            self.live.tell()
        else:
            self.rooms.note(self.live, rules.change(room, self.rooms.clock(), Wanted(screen=screen)))


def placeless(screen: object) -> object:
    """A screen without the place in it that the teacher looks at."""
    if isinstance(screen, ShowsRun | ShowsComparison):
        return screen.model_copy(update={"place": None})
    return screen.model_copy(update={"moment": None}) if isinstance(screen, ShowsProgram) else screen

"""A lesson that a teacher goes through with the class: `/api/rooms/{id}/lesson`."""

from fastapi import APIRouter, Depends

from app.errors import N_, NotFound
from app.protocol.rooms import LessonPlace, RoomState
from app.rooms import events as happened
from app.rooms import views
from app.web.edge.catalogue import Language
from app.web.edge.guard import require_json
from app.web.edge.limits import Client
from app.web.edge.services import ClientDep, LanguageDep
from app.web.lessons.routes import ShelfDep, find
from app.web.lessons.walk import Walk
from app.web.rooms.rooms import Rooms
from app.web.rooms.services import CHANGES, Reader, RoomsDep, Visit, VisitDep, counted
from app.web.runs.services import RunServices, RunServicesDep

router = APIRouter(
    prefix="/api/rooms/{room_id}/lesson", tags=["classroom"], dependencies=[Depends(require_json)]
)


@router.put("", summary="Take a class to a step of a lesson", responses=CHANGES)
async def go(  # noqa: PLR0917
    place: LessonPlace,
    rooms: RoomsDep,
    services: RunServicesDep,
    shelf: ShelfDep,
    visit: VisitDep,
    client: ClientDep,
    language: LanguageDep,
) -> RoomState:
    """What the step shows goes on every screen, and what it predicts is asked of the room.

    Runs wait at their first step until the question is revealed, or until they are played. A step that
    is there already is shown again, unless its question is open.
    """
    visit.teaches()
    lesson = await find(shelf, place.lesson, services)
    if place.step > len(lesson.steps):
        raise NotFound(N_("The lesson has no step {number}."), number=place.step)
    await services.limits.spend(counted(visit, client), "program")
    await walk(services, rooms, visit, client, language).go(lesson, place)
    return await told(rooms, visit, language)


@router.post("/play", summary="Play what a lesson's step shows", status_code=202, responses=CHANGES)
async def play(
    rooms: RoomsDep, services: RunServicesDep, visit: VisitDep, client: ClientDep, language: LanguageDep
) -> RoomState:
    """Plays the step's runs in front of everybody. Those that are asked about are played by the reveal."""
    visit.teaches()
    await walk(services, rooms, visit, client, language).play()
    return await told(rooms, visit, language)


@router.delete("", summary="Go through no lesson any more", responses=CHANGES)
async def leave(rooms: RoomsDep, visit: VisitDep, language: LanguageDep) -> RoomState:
    """What is shown and asked stays."""
    visit.teaches()
    if visit.live.room.lesson is not None:
        rooms.note(visit.live, happened.Led(at=rooms.clock(), place=None))
    return await told(rooms, visit, language)


def walk(services: RunServices, rooms: Rooms, visit: Visit, client: Client, language: Language) -> Walk:
    """The class's way through a lesson."""
    theirs = Client(f"room {visit.live.room.id}", client.address)
    return Walk(services, rooms, visit.live, theirs, language.code)


async def told(rooms: Rooms, visit: Visit, language: Language) -> RoomState:
    """The room as the console sees it, once what happened is written down."""
    live = visit.live
    await rooms.written(live)
    return views.state(live.room, live.now, "console", Reader(language))

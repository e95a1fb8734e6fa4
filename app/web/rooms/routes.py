"""Rooms, their members and their teachers over HTTP: `/api/rooms`."""

import secrets
from typing import Annotated

from fastapi import APIRouter, Body, Depends, Path, Request, Response

from app.errors import N_, NotFound, NotOwner
from app.protocol.rooms import (
    Join,
    Joined,
    MemberChange,
    MemberState,
    Redeem,
    RoomChange,
    RoomCreated,
    RoomOffer,
    RoomOwner,
    RoomRequest,
    RoomState,
    Ticket,
    TicketRequest,
)
from app.rooms import names, rules, views
from app.web.edge.guard import require_json
from app.web.edge.openapi import ROOM_CHANGE_EXAMPLES, ROOM_EXAMPLES, problems
from app.web.edge.services import ClientDep, LanguageDep
from app.web.rooms import trial
from app.web.rooms.addresses import addresses
from app.web.rooms.rooms import digest
from app.web.rooms.services import CHANGES, Reader, RoomsDep, VisitDep
from app.web.runs.keys import Key, name_of
from app.web.runs.services import RunServicesDep

router = APIRouter(prefix="/api/rooms", tags=["classroom"], dependencies=[Depends(require_json)])

Code = Annotated[str, Path(min_length=1, max_length=20, description="The room's `code`, in any case.")]
MemberPath = Annotated[int, Path(ge=1, description="The member's number, `member_id`.")]


@router.post(
    "", summary="Open a room", status_code=201, responses=problems(400, 404, 409, 413, 415, 422, 429, 503)
)
async def create(
    response: Response,
    services: RunServicesDep,
    rooms: RoomsDep,
    client: ClientDep,
    request: Annotated[RoomRequest, Body(openapi_examples=ROOM_EXAMPLES)] = RoomRequest(),  # noqa: B008
    *,
    key: Key = None,
) -> RoomCreated:
    """A room with a code by which anybody joins. The owner token is sent here and never again."""
    await services.limits.spend(client, "room")
    room_id, token = name_of(key, b"room"), name_of(key, b"teacher")
    try:
        live = await rooms.get(room_id)
    except NotFound:
        live = rooms.open(client, room_id, token, request)
    await rooms.written(live)
    response.headers["Location"] = f"/api/rooms/{live.room.code}"
    return RoomCreated(id=room_id, code=live.room.code, owner_token=token)


@router.get("/{code}", summary="The room of a code", responses=problems(404, 422, 429, 503))
async def offer(
    code: Code, services: RunServicesDep, rooms: RoomsDep, client: ClientDep, language: LanguageDep
) -> RoomOffer:
    """Whether there is such a room, and a name that nobody there has."""
    await services.limits.spend(client, "read")
    try:
        live = await rooms.by_code(code)
    except NotFound:
        await services.limits.spend(client, "guess")
        raise
    room = live.room
    taken = [member.name for member in room.members.values()]
    return RoomOffer(
        id=room.id,
        code=room.code,
        names=room.names,
        locked=room.locked,
        suggestion=names.made(taken, language.code, rooms.chance),
    )


@router.post(
    "/{code}/members",
    summary="Join a room",
    status_code=201,
    responses=problems(400, 404, 409, 413, 415, 422, 429, 503),
)
async def join(  # noqa: PLR0917
    code: Code,
    services: RunServicesDep,
    rooms: RoomsDep,
    client: ClientDep,
    language: LanguageDep,
    request: Annotated[Join, Body()] = Join(),  # noqa: B008
    *,
    key: Key = None,
) -> Joined:
    """The token is the member: who has it is the same member after a reload, on another network, tomorrow."""
    await services.limits.spend(client, "join")
    try:
        live = await rooms.by_code(code)
    except NotFound:
        await services.limits.spend(client, "guess")
        raise
    room = live.room
    token = name_of(None if key is None else f"{room.id} {key}", b"member")
    number = room.tokens.get(digest(token))
    if number is None:
        event = rules.join(
            room, rooms.clock(), request.name, language.code, digest(token), rooms.most_members, rooms.chance
        )
        number = event.number
        rooms.note(live, event)
    name = room.members[number].name
    await rooms.written(live)
    return Joined(id=room.id, member_id=number, member_token=token, name=name)


@router.patch("/{room_id}", summary="Change a room", responses=CHANGES)
async def change(  # noqa: PLR0917
    request: Request,
    services: RunServicesDep,
    rooms: RoomsDep,
    visit: VisitDep,
    language: LanguageDep,
    wanted: Annotated[RoomChange, Body(openapi_examples=ROOM_CHANGE_EXAMPLES)],
) -> RoomState:
    """Lock it, pause it, show something else. The answer is the room as the console sees it."""
    visit.teaches()
    live = visit.live
    rooms.note(live, rules.change(live.room, rooms.clock(), wanted))
    await rooms.written(live)
    where = addresses(request, services.settings)
    return views.state(live.room, live.now, "console", Reader(language), None, where)


@router.delete("/{room_id}", summary="End a room", status_code=204, responses=CHANGES)
async def delete(services: RunServicesDep, rooms: RoomsDep, visit: VisitDep) -> None:
    """Everybody is told, and everything that was written of it is deleted."""
    visit.teaches()
    await trial.end(rooms, services, visit.live)


@router.patch("/{room_id}/members/{number}", summary="Change a member", responses=CHANGES)
async def change_member(
    number: MemberPath,
    services: RunServicesDep,
    rooms: RoomsDep,
    visit: VisitDep,
    wanted: Annotated[MemberChange, Body()],
) -> MemberState:
    """The teacher names and admits; the member has a name, a run, and consents to its being shown."""
    live = visit.live
    if visit.owner is None and visit.is_member().number != number:
        raise NotOwner(N_("That is another member."))
    if wanted.run and not services.engine.holds(wanted.run):
        raise NotFound(N_("There is no run {run_id}."), run_id=wanted.run)
    by_owner = visit.owner is not None
    rooms.note(live, rules.change_member(live.room, rooms.clock(), number, wanted, by_owner=by_owner))
    await rooms.written(live)
    return views.member_state(
        live.room, live.now, live.room.members[number], "console" if by_owner else "member"
    )


@router.delete("/{room_id}/members/{number}", summary="Remove a member", status_code=204, responses=CHANGES)
async def remove(number: MemberPath, rooms: RoomsDep, visit: VisitDep) -> None:
    """The teacher removes a member, or a member leaves. They may join again, as another one."""
    live = visit.live
    if visit.owner is None and visit.is_member().number != number:
        raise NotOwner(N_("That is another member."))
    rooms.note(live, rules.remove(live.room, rooms.clock(), number))
    await rooms.written(live)


@router.post(
    "/{room_id}/tickets", summary="Make a link for another teacher", status_code=201, responses=CHANGES
)
async def make_ticket(
    rooms: RoomsDep,
    visit: VisitDep,
    request: Annotated[TicketRequest, Body()] = TicketRequest(),  # noqa: B008
) -> Ticket:
    """Put the ticket behind # of a link: what stands there is neither sent nor logged."""
    live, owner = visit.live, visit.teaches()
    ticket = f"{live.room.id}.{secrets.token_urlsafe(16)}"
    is_helper = request.kind == "helper"
    rooms.note(
        live,
        rules.make_ticket(live.room, rooms.clock(), owner=owner, ticket=digest(ticket), helper=is_helper),
    )
    await rooms.written(live)
    return Ticket(kind=request.kind, ticket=ticket)


@router.post(
    "/owners",
    summary="Own a room by a ticket",
    status_code=201,
    responses=problems(400, 403, 404, 413, 415, 422, 429, 503),
)
async def redeem(
    services: RunServicesDep, rooms: RoomsDep, client: ClientDep, request: Annotated[Redeem, Body()]
) -> RoomOwner:
    """An owner token of one's own."""
    await services.limits.spend(client, "guess")
    live = await rooms.get(request.ticket.partition(".")[0])
    token = secrets.token_urlsafe(16)
    event = rules.redeem(live.room, rooms.clock(), ticket=digest(request.ticket), owner=digest(token))
    rooms.note(live, event)
    await rooms.written(live)
    return RoomOwner(id=live.room.id, code=live.room.code, owner_token=token)


@router.delete("/{room_id}/owners/me", summary="Hand a room over", status_code=204, responses=CHANGES)
async def leave(rooms: RoomsDep, visit: VisitDep) -> None:
    """Whoever asks owns it no longer, nor do their links help. Somebody else must own it by then."""
    live = visit.live
    rooms.note(live, rules.leave_owners(live.room, rooms.clock(), owner=visit.teaches()))
    await rooms.written(live)

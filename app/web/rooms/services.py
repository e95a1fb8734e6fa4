"""What the routes of rooms work with, and who may use them."""

from dataclasses import dataclass
from typing import Annotated

from fastapi import Depends, Path
from fastapi.security import HTTPAuthorizationCredentials, HTTPBearer
from starlette.requests import HTTPConnection

from app.errors import N_, NotOwner, PlaygroundError
from app.protocol.rooms import About, AboutProgram, AboutRuns, Ask
from app.rooms.events import Params
from app.rooms.room import Member
from app.web.edge.catalogue import Language
from app.web.edge.limits import Client
from app.web.edge.openapi import problems
from app.web.edge.problems import Refused
from app.web.edge.services import ClientDep
from app.web.programs.exercises import worded
from app.web.rooms.rooms import LiveRoom, Rooms, digest
from app.web.runs.services import RunServicesDep

BEARER = HTTPBearer(
    scheme_name="RoomToken",
    auto_error=False,
    description="The room's owner token, or the member's token, from the answer that gave it.",
)
READS = problems(401, 403, 404, 422, 429, 503)
CHANGES = problems(400, 401, 403, 404, 409, 413, 415, 422, 429, 503)

RUNS_TEXTS = {
    "winner": N_("Which run has the lowest loss after {steps} {steps:step|steps}?"),
    "order": N_("How do the runs rank after {steps} {steps:step|steps}, the lowest loss first?"),
    "diverges": N_("Does the run diverge within {steps} {steps:step|steps}?"),
    "loss": N_("What is the loss after {steps} {steps:step|steps}?"),
    "curve": N_("What does the fitted curve look like after {steps} {steps:step|steps}? Draw it."),
}
POLL = N_("What do you think?")


async def rooms_of(connection: HTTPConnection) -> Rooms:
    """Those of the application that a request or socket came to."""
    rooms = connection.app.state.rooms
    assert isinstance(rooms, Rooms)
    return rooms


RoomsDep = Annotated[Rooms, Depends(rooms_of)]
RoomId = Annotated[str, Path(max_length=100, description="The room's `id`, from the answer that made it.")]


@dataclass(frozen=True)
class Visit:
    """A request to a room. owner: the digest of the teacher's token. member: whose request it is."""

    live: LiveRoom
    owner: str | None
    member: Member | None

    def teaches(self) -> str:
        """The owner. Raises: NotOwner."""
        if self.owner is None:
            raise NotOwner(N_("Only the teacher of the room can do that."))
        return self.owner

    def is_member(self) -> Member:
        """The member. Raises: NotOwner."""
        if self.member is None:
            raise NotOwner(N_("Only a member of the room can do that."))
        return self.member


def visit_of(live: LiveRoom, token: str | None) -> Visit:
    """Who comes with a token. Raises: Refused (401): there is none. NotOwner: it is none of this room."""
    if token is None:
        raise Refused(401, N_("Send the token that the room gave you: Authorization: Bearer <token>."))
    known, room = digest(token), live.room
    if known in room.owners:
        return Visit(live, known, None)
    if (number := room.tokens.get(known)) is not None:
        return Visit(live, None, room.members[number])
    raise NotOwner(N_("This token does not belong to room {room_id}."), room_id=room.id)


async def visit(
    room_id: RoomId,
    rooms: RoomsDep,
    services: RunServicesDep,
    client: ClientDep,
    token: Annotated[HTTPAuthorizationCredentials | None, Depends(BEARER)],
) -> Visit:
    """Check that a request comes from somebody in the room, and count it: a member's as the member's own."""
    try:
        found = visit_of(await rooms.get(room_id), token.credentials if token else None)
    except PlaygroundError:
        await services.limits.spend(client, "change")
        raise
    await services.limits.spend(counted(found, client), "change")
    return found


VisitDep = Annotated[Visit, Depends(visit)]


def counted(visit: Visit, client: Client) -> Client:
    """The client that a request of somebody in a room counts as: a school is one address."""
    who = f"member {visit.member.number}" if visit.member else f"teacher {visit.owner}"
    return Client(f"{visit.live.room.id} {who}", client.address)


class Reader:
    """A language, as `app.rooms.views` asks for texts."""

    def __init__(self, language: Language) -> None:
        self.language = language

    def text(self, template: str, params: Params) -> str:
        """A text of the catalogue, filled in."""
        return self.language.text(template, params)

    def question(self, ask: Ask) -> tuple[str, About]:
        """The teacher's own words, or those of the product."""
        about: About = ask.about
        text = self.language.own(POLL)
        if isinstance(about, AboutProgram):
            question = worded(about.question, self.language)
            about, text = about.model_copy(update={"question": question}), question.text or ""
        elif isinstance(about, AboutRuns):
            text = self.language.text(RUNS_TEXTS[about.kind], {"steps": about.trial.steps})
        return ask.text or text, about

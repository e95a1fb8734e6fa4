"""Questions to a room over HTTP, and what torch made of the teacher's programs."""

from typing import Annotated

from fastapi import APIRouter, Body, Depends, Path

from app.engine.reports import sent_before
from app.errors import N_, NotOwner
from app.protocol.gradients import Derivation, Program
from app.protocol.rooms import MAX_QUESTIONS, Answer, Ask, DerivationKept, QuestionState
from app.rooms import events as happened
from app.rooms import rules, views
from app.rooms.room import Member
from app.web.edge.catalogue import Language
from app.web.edge.explanations import explained
from app.web.edge.guard import require_json
from app.web.edge.openapi import ANSWER_EXAMPLES, ASK_EXAMPLES, PROGRAM_EXAMPLES
from app.web.edge.services import ClientDep, LanguageDep
from app.web.programs.answers import Answer as Written
from app.web.programs.answers import answer as written
from app.web.rooms.reveal import Reveal, derived
from app.web.rooms.rooms import LiveRoom, Rooms, digest
from app.web.rooms.services import CHANGES, READS, Reader, RoomsDep, VisitDep, counted
from app.web.rooms.trial import configs_of
from app.web.runs.keys import Key
from app.web.runs.services import RunServicesDep

router = APIRouter(prefix="/api/rooms/{room_id}", tags=["classroom"], dependencies=[Depends(require_json)])

Number = Annotated[int, Path(ge=1, le=MAX_QUESTIONS, description="The question's number.")]


@router.post("/questions", summary="Ask a question", status_code=201, responses=CHANGES)
async def ask(
    rooms: RoomsDep,
    services: RunServicesDep,
    visit: VisitDep,
    language: LanguageDep,
    wanted: Annotated[Ask, Body(openapi_examples=ASK_EXAMPLES)],
    *,
    key: Key = None,
) -> QuestionState:
    """Everybody in the room sees it at once. It has no answer yet: torch gives that when it is revealed."""
    visit.teaches()
    live, known = visit.live, None if key is None else digest(key)
    before = [one for one in live.room.questions.values() if known is not None and one.key == known]
    if before and before[0].ask != wanted:
        raise sent_before()
    if not before:
        await services.aside(lambda: configs_of(wanted))
        rooms.note(live, rules.ask(live.room, rooms.clock(), wanted, known))
    return await told(rooms, live, before[0].number if before else len(live.room.questions), language)


@router.post("/questions/{number}/lock", summary="Take no more answers", responses=CHANGES)
async def lock(number: Number, rooms: RoomsDep, visit: VisitDep, language: LanguageDep) -> QuestionState:
    """From this moment on answers are refused, whatever a page shows."""
    visit.teaches()
    rooms.note(visit.live, rules.lock(visit.live.room, rooms.clock(), number))
    return await told(rooms, visit.live, number, language)


@router.post("/questions/{number}/again", summary="Ask once more", responses=CHANGES)
async def again(number: Number, rooms: RoomsDep, visit: VisitDep, language: LanguageDep) -> QuestionState:
    """A second round, after people have talked and before anybody has seen an answer."""
    visit.teaches()
    rooms.note(visit.live, rules.again(visit.live.room, rooms.clock(), number))
    return await told(rooms, visit.live, number, language)


@router.post("/questions/{number}/reveal", summary="Have torch answer", status_code=202, responses=CHANGES)
async def reveal(  # noqa: PLR0917
    number: Number,
    rooms: RoomsDep,
    services: RunServicesDep,
    visit: VisitDep,
    language: LanguageDep,
    client: ClientDep,
) -> QuestionState:
    """Torch computes the answer now, in front of everybody; the stream tells it. A poll is shown at once.

    Where torch has failed, it can be asked again.
    """
    visit.teaches()
    live = visit.live
    event = rules.reveal(live.room, rooms.clock(), number)
    rooms.note(live, event)
    if isinstance(event, happened.Revealing):
        Reveal(services, rooms, live, number, client.address).start()
    return await told(rooms, live, number, language)


@router.post("/questions/{number}/close", summary="Ask a question no longer", responses=CHANGES)
async def close(number: Number, rooms: RoomsDep, visit: VisitDep, language: LanguageDep) -> QuestionState:
    """It leaves the screens, and stays among the results once it was revealed.

    What was shown before it was revealed is shown again.
    """
    visit.teaches()
    room, at = visit.live.room, rooms.clock()
    rooms.note(visit.live, rules.close(room, at, number), rules.show_what_was_before(room, at))
    return await told(rooms, visit.live, number, language)


@router.put("/questions/{number}/answer", summary="Answer a question", responses=CHANGES)
async def answer(  # noqa: PLR0917
    number: Number,
    rooms: RoomsDep,
    services: RunServicesDep,
    visit: VisitDep,
    client: ClientDep,
    language: LanguageDep,
    given: Annotated[Answer, Body(openapi_examples=ANSWER_EXAMPLES)],
) -> QuestionState:
    """The member's answer, in place of the one before. It is written down when this is answered."""
    live, member = visit.live, visit.is_member()
    await services.limits.spend(counted(visit, client), "answer")
    event = rules.answer(live.room, rooms.clock(), question=number, member=member.number, given=given)
    rooms.note(live, event)
    return await told(rooms, live, number, language, member)


@router.post("/derivations", summary="Run a program for a room", status_code=201, responses=CHANGES)
async def derive(
    rooms: RoomsDep,
    services: RunServicesDep,
    visit: VisitDep,
    client: ClientDep,
    program: Annotated[Program, Body(openapi_examples=PROGRAM_EXAMPLES)],
) -> DerivationKept:
    """It is run once, and its result is kept: all screens that show it show the very same numbers."""
    visit.teaches()
    live = visit.live
    await services.limits.spend(counted(visit, client), "program")
    found = await services.sandbox.derive(program.program, f"room {live.room.id}", curves=program.curves)
    event = derived(live.room, rooms.clock(), found)
    rooms.note(live, event)
    await rooms.written(live)
    return DerivationKept(number=event.number)


@router.get(
    "/derivations/{number}",
    summary="What torch made of a program in a room",
    response_model=Derivation,
    responses=READS,
)
async def derivation(
    number: Annotated[int, Path(ge=1, description="The result's number.")],
    services: RunServicesDep,
    visit: VisitDep,
    language: LanguageDep,
) -> Written:
    """Members are given the one that is shown."""
    room = visit.live.room
    if visit.owner is None and getattr(room.screen, "derivation", None) != number:
        raise NotOwner(N_("That result is not shown."))
    text = rules.derivation_of(room, number)
    found = await services.aside(lambda: Derivation.model_validate_json(text))
    return await written(explained(found, language))


async def told(
    rooms: Rooms, live: LiveRoom, number: int, language: Language, member: Member | None = None
) -> QuestionState:
    """The question as whoever asks sees it, once all of it is written."""
    await rooms.written(live)
    question = rules.question_of(live.room, number)
    return views.question_state(live.room, question, Reader(language), member)

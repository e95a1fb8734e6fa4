"""What each sees of a room: the one place that decides what is kept from whom.

Nobody sees an answer of another member, or how many gave it, before the question is revealed.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Protocol

from app.protocol.class_experiment import ExperimentState
from app.protocol.rooms import (
    About,
    Answer,
    Ask,
    Feeling,
    Me,
    MemberState,
    QuestionState,
    Role,
    RoomState,
    Screen,
    SketchAnswer,
    Truth,
)
from app.rooms.answers import brief, tally
from app.rooms.events import Params, Verdict
from app.rooms.marks import Mark
from app.rooms.room import Member, Question, Room

STATE = 60_000
"""Bytes that a console's state may have, about: what members leave of them is for sketches."""
OF_MEMBER, OF_SKETCH = 240, 600
FEWEST_SKETCHES = 8


class Reader(Protocol):
    """The language of whoever sees it."""

    def text(self, template: str, params: Params) -> str:
        """A text of the catalogue, filled in."""

    def question(self, ask: Ask) -> tuple[str, About]:
        """A question's text, and what it is about with its own texts."""


@dataclass(slots=True)
class Now:
    """What is true of a room only now, and not written down.

    present: how many connections each member has. screen: as it was shown last, if only a place in it has
    changed. stuck: members whose run stands still. changed: those who have changed a setting of theirs in the
    experiment.
    """

    present: Mapping[int, int] = field(default_factory=dict)
    feelings: Mapping[int, Feeling] = field(default_factory=dict)
    screen: Screen | None = None
    stuck: frozenset[int] = frozenset()
    changed: frozenset[int] = frozenset()


def state(  # noqa: PLR0917
    room: Room,
    now: Now,
    role: Role,
    reader: Reader,
    member: Member | None = None,
    addresses: tuple[str, ...] = (),
) -> RoomState:
    """The room as somebody sees it. member: of a member, who they are."""
    admitted = room.admitted
    question = room.question
    here = [one for one in room.members.values() if role == "console" or one.admitted]
    return RoomState(
        id=room.id,
        code=room.code,
        role=role,
        locked=room.locked,
        names=room.names,
        paused=room.paused,
        free=room.free,
        named=room.named,
        screen=now.screen or room.screen,
        lesson=room.lesson,
        question=None if question is None else question_state(room, question, reader, member),
        n_asked=len(room.questions),
        experiment=experiment_state(room, now),
        n_members=len(admitted),
        n_present=sum(one.number in now.present for one in admitted),
        feelings=feelings(now) if role == "console" else {},
        members=[] if role == "member" else [member_state(room, now, one, role) for one in here],
        me=None if member is None else me(room, member, now),
        addresses=list(addresses),
    )


def feelings(now: Now) -> dict[Feeling, int]:
    """How many of those who are present feel how."""
    found: dict[Feeling, int] = {}
    for number, feeling in now.feelings.items():
        if number in now.present:
            found[feeling] = found.get(feeling, 0) + 1
    return found


def me(room: Room, member: Member, now: Now) -> Me:
    """A member as they see themselves."""
    part = room.experiment.parts.get(member.number) if room.experiment else None
    return Me(
        number=member.number,
        name=member.name,
        admitted=member.admitted,
        feeling=now.feelings.get(member.number),
        run=member.run,
        consents=member.consents,
        asked=room.asking == member.number,
        part=part and part.model_copy(update={"changed": member.number in now.changed}),
    )


def experiment_state(room: Room, now: Now) -> ExperimentState | None:
    """The experiment that the class is, without whose waits or was removed."""
    experiment = room.experiment
    if experiment is None:
        return None
    here = {member.number for member in room.admitted} & experiment.parts.keys()
    ended = [number for number in experiment.ended if number in here]
    parts = [experiment.parts[number] for number in ended]
    asked = experiment.asked
    return ExperimentState(
        number=experiment.number,
        vary=asked.vary,
        low=asked.low,
        high=asked.high,
        scale=asked.scale,
        max_steps=asked.config.max_steps,
        n_dealt=len(here),
        n_changed=len(here & now.changed),
        members=ended,
        values=[part.value for part in parts],
        steps=[part.step or 0 for part in parts],
        losses=[part.loss for part in parts],
    )


def member_state(room: Room, now: Now, member: Member, role: Role) -> MemberState:
    """A member as the teacher sees them, or the whole class on the projector."""
    is_console, question, number = role == "console", room.question, member.number
    answer, mark = last(question, number) if is_console and question is not None else (None, Mark())
    return MemberState(
        number=number,
        name=member.name if is_console or room.named else None,
        present=number in now.present,
        admitted=member.admitted,
        feeling=now.feelings.get(number) if is_console else None,
        answered=is_console and question is not None and number in question.rounds[-1],
        run=member.run,
        consents=member.consents,
        asked=room.asking == number,
        stuck=number in now.stuck,
        answer=None if answer is None or isinstance(answer, SketchAnswer) else brief(answer),
        right=mark.right,
        distance=mark.distance,
    )


def last(question: Question, member: int) -> tuple[Answer | None, Mark]:
    """The last answer of a member to a revealed question, and what torch says to it."""
    for answers, marks in zip(reversed(question.rounds), reversed(question.marks), strict=False):
        if member in answers and member in marks:
            return answers[member], marks[member]
    return None, Mark()


def question_state(room: Room, question: Question, reader: Reader, member: Member | None) -> QuestionState:
    """A question as somebody sees it."""
    text, about = reader.question(question.ask)
    numbers = [one.number for one in room.admitted]
    is_revealed = question.phase == "revealed"
    most = (STATE - OF_MEMBER * len(room.members)) // (OF_SKETCH * question.round)
    return QuestionState(
        number=question.number,
        text=text,
        about=about,
        phase=question.phase,
        round=2 if question.round == 2 else 1,
        n_answered=sum(number in question.rounds[-1] for number in numbers),
        tallies=[
            tally(question, number, numbers, max(FEWEST_SKETCHES, most))
            for number in range(question.round)
            if is_revealed
        ],
        truth=truth(question.verdict, reader) if is_revealed and question.verdict else None,
        **(NOBODYS if member is None else own_state(question, member)),
    )


NOBODYS: dict[str, Any] = {"own": [], "right": None, "distance": None}


def own_state(question: Question, member: Member) -> dict[str, Any]:
    """The fields of `QuestionState` that are a member's own."""
    _, mark = last(question, member.number)
    return {
        "own": [answers.get(member.number) for answers in question.rounds],
        "right": mark.right,
        "distance": mark.distance,
    }


def truth(verdict: Verdict, reader: Reader) -> Truth:
    """What torch computed, in the reader's language."""
    return Truth(
        answer=verdict.answer,
        shown=reader.text(verdict.shown.template, verdict.shown.params),
        reason=verdict.reason and reader.text(verdict.reason.template, verdict.reason.params),
        chain=verdict.chain,
    )

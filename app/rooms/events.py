"""What can happen in a room. Its log is the list of these, in order; what they add up to is `room.Room`.

Of tokens and tickets only digests are here (SHA-256, as hexadecimal digits).
"""

from typing import Annotated, Literal

from pydantic import Field, TypeAdapter

from app.protocol.class_experiment import Experiment
from app.protocol.record import Record
from app.protocol.rooms import Answer, Ask, LessonPlace, MemberChange, Names, RoomChange, Screen

Params = dict[str, str | int | float | None]


class Words(Record):
    """A text in any language: a template of the catalogue and its fields."""

    template: str
    params: Params = Field(default_factory=dict)


def verbatim(text: str) -> Words:
    """A text that is not translated."""
    return Words(template="{text}", params={"text": text})


class Verdict(Record):
    """What torch said to a question, as `app.protocol.rooms.Truth` tells it in one language."""

    answer: Answer | None
    shown: Words
    reason: Words | None = None
    chain: list[str] = Field(default_factory=list)


class RoomEvent(Record):
    """Something that happened. at: seconds since 1970."""

    at: float


class Opened(RoomEvent):
    """The room was made."""

    kind: Literal["opened"] = "opened"
    id: str
    code: str
    owner: str
    names: Names
    screen: Screen


class OwnerJoined(RoomEvent):
    """Somebody else owns it, too. ticket: what they had."""

    kind: Literal["owner_joined"] = "owner_joined"
    owner: str
    ticket: str


class OwnerLeft(RoomEvent):
    """Somebody owns it no longer; their tickets are worth nothing any more."""

    kind: Literal["owner_left"] = "owner_left"
    owner: str


class Ticketed(RoomEvent):
    """An owner made a ticket. until: when it ends, and it is good once; None: with the room."""

    kind: Literal["ticketed"] = "ticketed"
    ticket: str
    by: str
    until: float | None


class Changed(RoomEvent):
    """The teacher changed the room."""

    kind: Literal["changed"] = "changed"
    change: RoomChange


class Joined(RoomEvent):
    """Somebody came."""

    kind: Literal["joined"] = "joined"
    number: int
    name: str
    token: str
    admitted: bool


class MemberChanged(RoomEvent):
    """A member has another name, run or place."""

    kind: Literal["member_changed"] = "member_changed"
    number: int
    change: MemberChange


class Removed(RoomEvent):
    """A member left, or had to."""

    kind: Literal["removed"] = "removed"
    number: int


class Asked(RoomEvent):
    """A question was asked. key: the digest of the request's idempotency key."""

    kind: Literal["asked"] = "asked"
    number: int
    ask: Ask
    key: str | None = None


class Answered(RoomEvent):
    """A member answered, perhaps once more."""

    kind: Literal["answered"] = "answered"
    question: int
    round: int
    member: int
    answer: Answer


class Locked(RoomEvent):
    """No more answers are taken."""

    kind: Literal["locked"] = "locked"
    question: int


class AskedAgain(RoomEvent):
    """The second round began."""

    kind: Literal["asked_again"] = "asked_again"
    question: int


class Revealing(RoomEvent):
    """Torch began to compute the answer."""

    kind: Literal["revealing"] = "revealing"
    question: int


class Revealed(RoomEvent):
    """The answers are seen. verdict: None for a poll."""

    kind: Literal["revealed"] = "revealed"
    question: int
    verdict: Verdict | None


class Closed(RoomEvent):
    """The question is asked no longer."""

    kind: Literal["closed"] = "closed"
    question: int


class Derived(RoomEvent):
    """A program was run. derivation: what torch made of it, as JSON, not yet explained in any language."""

    kind: Literal["derived"] = "derived"
    number: int
    derivation: str


class RunsMade(RoomEvent):
    """The server made runs to answer a question; they are the room's, and take the place of earlier ones."""

    kind: Literal["runs_made"] = "runs_made"
    runs: tuple[str, ...]
    comparison: str | None = None


class Led(RoomEvent):
    """The class is at a step of a lesson now; None: it goes through none any more."""

    kind: Literal["led"] = "led"
    place: LessonPlace | None


class ExperimentBegun(RoomEvent):
    """The class became one experiment, in place of an earlier one, and it is shown."""

    kind: Literal["experiment_begun"] = "experiment_begun"
    number: int
    asked: Experiment


class Dealt(RoomEvent):
    """A member was given a value of the experiment, and a run with it."""

    kind: Literal["dealt"] = "dealt"
    member: int
    value: float
    run: str


class PartEnded(RoomEvent):
    """A member's run came to its end. loss: the last one; None: it diverged."""

    kind: Literal["part_ended"] = "part_ended"
    member: int
    step: int
    loss: float | None


class ExperimentClosed(RoomEvent):
    """The class is an experiment no longer."""

    kind: Literal["experiment_closed"] = "experiment_closed"


Event = Annotated[
    Opened
    | OwnerJoined
    | OwnerLeft
    | Ticketed
    | Changed
    | Joined
    | MemberChanged
    | Removed
    | Asked
    | Answered
    | Locked
    | AskedAgain
    | Revealing
    | Revealed
    | Closed
    | Derived
    | RunsMade
    | Led
    | ExperimentBegun
    | Dealt
    | PartEnded
    | ExperimentClosed,
    Field(discriminator="kind"),
]
EVENT: TypeAdapter[Event] = TypeAdapter(Event)

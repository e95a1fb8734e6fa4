"""What the log of a room adds up to: `after` is the one place that says what an event means."""

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from typing import NamedTuple

from app.protocol.rooms import (
    Answer,
    Ask,
    LessonPlace,
    Names,
    Phase,
    Screen,
    ShowsCode,
    ShowsComparison,
    ShowsExperiment,
    ShowsRun,
    ShowsWall,
)
from app.rooms import events as happened
from app.rooms.class_experiment import ClassExperiment, of_experiment
from app.rooms.events import Event, Verdict
from app.rooms.marks import Mark, mark

MAX_KEPT = 4 * 1024 * 1024
"""Characters of all derivations that a room keeps; of more, the oldest are dropped."""


@dataclass(frozen=True, slots=True)
class Member:
    """Somebody in the room. token: its digest. run: their own, on the wall.

    consents: to its being shown large; None: they have not said.
    """

    number: int
    name: str
    token: str
    admitted: bool
    run: str | None = None
    consents: bool | None = None


@dataclass(frozen=True, slots=True)
class Question:
    """A question and the last answer of each member in each round, by the member's number.

    marks: what torch says to each of them, once revealed.
    """

    number: int
    ask: Ask
    key: str | None
    phase: Phase = "open"
    rounds: tuple[dict[int, Answer], ...] = field(default_factory=lambda: ({},))
    verdict: Verdict | None = None
    marks: tuple[dict[int, Mark], ...] = ()

    @property
    def round(self) -> int:
        """The round that is answered now, from 1."""
        return len(self.rounds)

    @property
    def is_poll(self) -> bool:
        """Whether torch has no answer to it."""
        return self.ask.about.kind == "poll"


class Ticket(NamedTuple):
    """What makes an owner. by: the digest of whose it is. until: when it ends; None: good again and again."""

    by: str
    until: float | None


@dataclass(slots=True)
class Room:
    """A room. owners: digests of their tokens. tokens: whose each member's token is, by digest."""

    id: str
    code: str
    names: Names
    screen: Screen
    owners: set[str]
    locked: bool = False
    paused: bool = False
    free: bool = True
    named: bool = False
    tickets: dict[str, Ticket] = field(default_factory=dict)
    members: dict[int, Member] = field(default_factory=dict)
    n_joined: int = 0
    tokens: dict[str, int] = field(default_factory=dict)
    removed: set[str] = field(default_factory=set)
    """Digests of the tokens of those who were removed."""
    questions: dict[int, Question] = field(default_factory=dict)
    current: int | None = None
    """The number of the question that is asked now."""
    derivations: dict[int, str] = field(default_factory=dict)
    n_derived: int = 0
    runs: tuple[str, ...] = ()
    """Those that the server made last, for a reveal or a step of a lesson."""
    comparison: str | None = None
    earlier: tuple[str, ...] = ()
    """Those that it made before; they are on no screen any more."""
    before: Screen | None = None
    """What was shown before the server showed runs of its own."""
    lesson: LessonPlace | None = None
    asking: int | None = None
    """The number of the member who is asked whether their run may be shown large."""
    experiment: ClassExperiment | None = None
    n_experiments: int = 0

    @property
    def question(self) -> Question | None:
        """The question that is asked now."""
        return None if self.current is None else self.questions[self.current]

    @property
    def shows_own(self) -> bool:
        """Whether the runs that the server made last are on the screens."""
        screen = self.screen
        if isinstance(screen, ShowsComparison):
            return screen.comparison == self.comparison
        return isinstance(screen, ShowsRun) and screen.run in self.runs

    @property
    def admitted(self) -> list[Member]:
        """The members that are shown, and whose answers count."""
        return [member for member in self.members.values() if member.admitted]


def folded(log: Iterable[Event]) -> Room:
    """The room of a log. Raises: ValueError: it does not begin with the room."""
    room = None
    for event in log:
        room = after(room, event)
    if room is None:
        raise ValueError("the log of a room is empty")
    return room


def after(room: Room | None, event: Event) -> Room:
    """The room once this has happened: the same object, changed, or a new one."""
    if isinstance(event, happened.Opened):
        return Room(event.id, event.code, event.names, event.screen, owners={event.owner})
    if room is None:
        raise ValueError(f"the log of a room begins with {event.kind}")
    match event:
        case happened.Changed():
            for name, value in event.change:
                if value is not None:
                    setattr(room, name, value)
        case happened.Led():
            room.lesson = event.place
        case happened.Derived() | happened.RunsMade():
            of_torch(room, event)
        case happened.OwnerJoined() | happened.OwnerLeft() | happened.Ticketed():
            of_owner(room, event)
        case happened.Joined() | happened.MemberChanged() | happened.Removed():
            of_member(room, event)
        case (
            happened.ExperimentBegun() | happened.Dealt() | happened.PartEnded() | happened.ExperimentClosed()
        ):
            of_class(room, event)
        case _:
            of_question(room, event)
    return room


def of_owner(room: Room, event: happened.OwnerJoined | happened.OwnerLeft | happened.Ticketed) -> None:
    """Change whose the room is."""
    match event:
        case happened.OwnerJoined():
            room.owners.add(event.owner)
            if room.tickets[event.ticket].until is not None:
                del room.tickets[event.ticket]
        case happened.OwnerLeft():
            room.owners.discard(event.owner)
            room.tickets = {one: ticket for one, ticket in room.tickets.items() if ticket.by != event.owner}
        case happened.Ticketed():
            room.tickets[event.ticket] = Ticket(event.by, event.until)


def of_member(room: Room, event: happened.Joined | happened.MemberChanged | happened.Removed) -> None:
    """Change the members."""
    number = event.number
    match event:
        case happened.Joined():
            room.members[number] = Member(number, event.name, event.token, event.admitted)
            room.tokens[event.token] = room.n_joined = number
        case happened.MemberChanged():
            changes = {name: value for name, value in event.change if value is not None}
            if "run" in changes:
                changes["run"] = changes["run"] or None
            room.members[number] = replace(room.members[number], **changes)
            if "consents" in changes and room.asking == number:
                room.asking = None
                if changes["consents"] and isinstance(room.screen, ShowsWall):
                    room.screen = room.screen.model_copy(update={"member": number})
        case happened.Removed():
            token = room.members.pop(number).token
            del room.tokens[token]
            room.removed.add(token)
            room.asking = None if room.asking == number else room.asking
    show_only_with_consent(room)


def show_only_with_consent(room: Room) -> None:
    """Show no member large who does not, or no longer, consent."""
    screen = room.screen
    if isinstance(screen, ShowsWall) and screen.member is not None:
        shown = room.members.get(screen.member)
        if shown is None or not shown.consents:
            room.screen = screen.model_copy(update={"member": None})


def of_class(
    room: Room,
    event: happened.ExperimentBegun | happened.Dealt | happened.PartEnded | happened.ExperimentClosed,
) -> None:
    """Change the experiment that the class is."""
    room.experiment = of_experiment(room.experiment, event)
    match event:
        case happened.ExperimentBegun():
            room.n_experiments = event.number
            room.screen = ShowsExperiment()
        case happened.Dealt():
            room.members[event.member] = replace(room.members[event.member], run=event.run)
        case happened.ExperimentClosed() if isinstance(room.screen, ShowsExperiment):
            room.screen = ShowsCode()


def of_question(room: Room, event: Event) -> None:
    """Change a question."""
    if isinstance(event, happened.Asked):
        room.questions[event.number] = Question(event.number, event.ask, event.key)
        room.current = event.number
        return
    assert isinstance(
        event,
        happened.Answered
        | happened.Locked
        | happened.AskedAgain
        | happened.Revealing
        | happened.Revealed
        | happened.Closed,
    )
    question = room.questions[event.question]
    match event:
        case happened.Answered():
            question.rounds[event.round - 1][event.member] = event.answer
            return
        case happened.Locked():
            question = replace(question, phase="locked")
        case happened.AskedAgain():
            question = replace(question, phase="open", rounds=(*question.rounds, {}))
        case happened.Revealing():
            question = replace(question, phase="revealing", verdict=None, marks=())
            room.current = question.number
        case happened.Revealed():
            question = replace(
                question, phase="revealed", verdict=event.verdict, marks=marked(question, event.verdict)
            )
            room.current = question.number
        case happened.Closed():
            room.current = None if room.current == question.number else room.current
    room.questions[question.number] = question


def marked(question: Question, verdict: Verdict | None) -> tuple[dict[int, Mark], ...]:
    """What torch says to all answers of each round."""
    right = verdict.answer if verdict else None
    return tuple(
        {member: mark(question.ask.about, right, answer) for member, answer in answers.items()}
        for answers in question.rounds
    )


def of_torch(room: Room, event: happened.Derived | happened.RunsMade) -> None:
    """Note the room's own runs; or keep what torch made of a program, as long as there is space."""
    if isinstance(event, happened.RunsMade):
        if not room.shows_own:
            room.before = room.screen
        room.earlier, room.runs, room.comparison = room.runs, event.runs, event.comparison
        return
    room.derivations[event.number] = event.derivation
    room.n_derived = event.number
    while sum(map(len, room.derivations.values())) > MAX_KEPT:
        del room.derivations[min(room.derivations)]

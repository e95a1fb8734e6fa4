"""Classrooms: what is shown and asked in a room, and the messages of `WS /api/rooms/{id}/stream`.

Whoever follows a room is sent the whole of it, as far as they may see it, whenever it changes
(`RoomState`): one who was away needs nothing but the newest. Curves of the wall come beside it, as bytes.

The binary form of the wall's curves, version 2, little-endian:

    u8 version (2), u8 reserved, u16 number of curves
    for each curve: u32 number of its member, u32 step, f32 loss, f32 low, f32 high,
        f32 left, f32 right, f32 bottom, f32 top, u8 status, u8 number of points, u8[100] values,
        u8[2] x and y of each point

A value v of a curve is `low + (high - low) * v / 254` at its place among 100 equal distances from the first
input (left) to the last (right); 255: it is not finite. The points that the run has lie in the same way
between left and right, bottom and top: at most 100 of them, and 255 in place of their number if they were
told before. status: the place in `runs.Status`. Curves that have not changed since the last message are left
out.
"""

from typing import Annotated, Literal

from pydantic import Field, JsonValue, TypeAdapter, model_validator

from app.errors import N_, Invalid
from app.protocol import exercises
from app.protocol.class_experiment import ExperimentState, Part
from app.protocol.exercises import ChoiceAnswer, ErrorAnswer, NoneAnswer, NumberAnswer, TextAnswer
from app.protocol.gradients import MAX_PROGRAM_BYTES
from app.protocol.record import Flag, Number, Record, Whole
from app.protocol.runs import MAX_STEPS, RunConfig
from app.protocol.stream import Failed, Ping, Pong

MAX_MEMBERS = 500
"""The most that `PLAYGROUND_ROOM_MEMBERS` can be."""
MAX_QUESTIONS = 200
"""Questions asked in one room."""
MAX_CHOICES = 8
MAX_LESSON_STEPS = 40
SKETCHED = 100
"""Values of a sketch, at equal distances over the points' inputs."""
CODE = r"^[2-9A-HJKMNP-Z]{6}$"
"""Six characters of which none is taken for another."""

LESSON = r"^[a-z0-9][a-z0-9-]{0,63}$"
"""The name of a lesson's file."""

Id = Annotated[str, Field(max_length=100)]
Token = Annotated[str, Field(max_length=100)]
Text = Annotated[str, Field(min_length=1, max_length=300)]
MemberName = Annotated[str, Field(min_length=1, max_length=30)]
MemberNumber = Annotated[Whole, Field(ge=1)]
Names = Literal["generated", "own"]
"""Whether members may only have names that the server makes, or also their own."""
Feeling = Literal["lost", "fine", "fast"]
"""The explanation is lost on me; it is fine; it is too fast."""
Role = Literal["member", "console", "projector"]

# What is shown.


class RunPlace(Record):
    """Where the teacher's page of a run looks.

    past: the step that it looks back on. moment: the one of slow motion in that step.
    """

    past: Annotated[Whole, Field(ge=0, le=MAX_STEPS)] | None = None
    moment: Annotated[Whole, Field(ge=0, le=10_000)] | None = None


class ShowsRun(Record):
    """A run, which all watch."""

    kind: Literal["run"] = "run"
    run: Id
    place: RunPlace = RunPlace()


class ShowsComparison(Record):
    """Runs side by side, which all watch."""

    kind: Literal["comparison"] = "comparison"
    comparison: Id
    place: RunPlace = RunPlace()


class ShowsProgram(Record):
    """A program on the calculator, and what torch made of it."""

    kind: Literal["program"] = "program"
    program: Annotated[str, Field(max_length=MAX_PROGRAM_BYTES)]
    live: Id | None = None
    """The id of the program while it runs live."""
    derivation: Annotated[Whole, Field(ge=1)] | None = None
    """Number of the result: `GET /api/rooms/{id}/derivations/{n}`; null: it was not run."""
    moment: Annotated[Whole, Field(ge=0, le=100_000)] | None = None
    """Where the playback stands; null: at its end."""


class ShowsWall(Record):
    """Everybody's own curve."""

    kind: Literal["wall"] = "wall"
    sort: Literal["name", "loss", "step", "stuck"] = "name"
    overlay: Flag = False
    """All curves in one chart."""
    frozen: Flag = False
    """The curves stand as they were when this was set."""
    member: MemberNumber | None = None
    """The one whose run is shown large: with their consent only."""
    run: Id | None = None
    """The teacher's, from which members begin who have none of their own."""


class ShowsExperiment(Record):
    """The class as one experiment: what came out so far."""

    kind: Literal["experiment"] = "experiment"


class ShowsCode(Record):
    """How to join."""

    kind: Literal["code"] = "code"


Screen = Annotated[
    ShowsCode | ShowsRun | ShowsComparison | ShowsProgram | ShowsWall | ShowsExperiment,
    Field(discriminator="kind"),
]


class LessonPlace(Record):
    """Where a class is in a lesson. step: counted from 1."""

    lesson: Annotated[str, Field(pattern=LESSON)]
    step: Annotated[Whole, Field(ge=1, le=MAX_LESSON_STEPS)]


# What is asked. No question holds its answer: torch gives it when it is revealed.


class Trial(Record):
    """Runs that a question is about, which begin when its answer is revealed."""

    config: RunConfig = RunConfig()
    vary: Annotated[tuple[dict[str, JsonValue], ...], Field(min_length=1, max_length=MAX_CHOICES)] = ({},)
    """For each run a merge patch (RFC 7396) of `config`."""
    steps: Annotated[Whole, Field(ge=1, le=MAX_STEPS)] = 200
    """How many steps they take."""


class AboutProgram(Record):
    """What one thing in a program will be: one of the questions of `POST /api/questions`."""

    kind: Literal["program"] = "program"
    program: Annotated[str, Field(max_length=MAX_PROGRAM_BYTES)]
    question: exercises.Question


class AboutRuns(Record):
    """What will become of runs.

    winner: which has the lowest loss in the end (a choice, by number of the run). order: all of them, the
    lowest loss first (a rank). diverges: whether the one run diverges (a choice: 0 it does not, 1 it does).
    loss: that of the one run in the end (a number). curve: the fitted curve of the one run in the end (a
    sketch).
    """

    kind: Literal["winner", "order", "diverges", "loss", "curve"]
    trial: Trial
    tolerance: Annotated[Number, Field(ge=0, le=1)] = exercises.TOLERANCE
    """How far a number may be off, as a part of the right one; of one below 1, as a number."""

    @model_validator(mode="after")
    def _runs_fit(self) -> "AboutRuns":
        several = self.kind in ("winner", "order")
        if several != (len(self.trial.vary) > 1):
            template = (
                N_("the question needs two runs or more") if several else N_("the question needs one run")
            )
            raise Invalid("trial.vary", template)
        if self.kind == "curve" and not self.trial.config.data.is_curve:
            raise Invalid("trial.config", N_("only a run of one input and no classes has a curve to sketch"))
        return self


class Poll(Record):
    """What people think; torch has no answer to it."""

    kind: Literal["poll"] = "poll"
    choices: Annotated[tuple[Text, ...], Field(min_length=2, max_length=MAX_CHOICES)]


About = Annotated[AboutProgram | AboutRuns | Poll, Field(discriminator="kind")]


class Ask(Record):
    """A question to the room. text: in the teacher's words; null: as the product words it."""

    text: Text | None = None
    about: About


# How it is answered.


class RankAnswer(Record):
    """All choices, the first one first."""

    kind: Literal["rank"] = "rank"
    order: Annotated[
        tuple[Annotated[Whole, Field(ge=0, lt=MAX_CHOICES)], ...],
        Field(min_length=2, max_length=MAX_CHOICES),
    ]


class SketchAnswer(Record):
    """A curve drawn by hand: its height at 100 equal distances; null where nothing was drawn."""

    kind: Literal["sketch"] = "sketch"
    heights: Annotated[
        tuple[Annotated[Number, Field(ge=-1e6, le=1e6)] | None, ...],
        Field(min_length=SKETCHED, max_length=SKETCHED),
    ]


Answer = Annotated[
    NumberAnswer | NoneAnswer | ErrorAnswer | TextAnswer | ChoiceAnswer | RankAnswer | SketchAnswer,
    Field(discriminator="kind"),
]

# What is sent.

Phase = Literal["open", "locked", "revealing", "revealed"]
"""open: answers are taken and may be changed. locked: no more. revealing: torch computes. revealed: all is
seen."""


class Count(Record):
    """Answers that are alike. right: whether torch says so; null: there is no right one."""

    answer: Answer
    count: int
    right: bool | None


class Tally(Record):
    """All answers of one round, the most frequent first; of many different ones, the most frequent.

    sketches: instead of counts, of curves; of many, a choice from the nearest to the farthest. distances: of
    each of them the mean squared distance from torch's curve; null where there is none.
    """

    n_answers: int
    n_right: int | None
    counts: list[Count]
    sketches: list[SketchAnswer]
    distances: list[float | None]


class Truth(Record):
    """What torch computed."""

    answer: Answer | None
    """null: torch gives none, for the program or a run failed, or nobody can tell; `shown` says why."""
    shown: str
    """As torch writes it, or in the reader's language."""
    reason: str | None = None
    chain: list[str] = Field(default_factory=list)
    """The chain rule behind it with its numbers."""


class QuestionState(Record):
    """A question as a viewer may see it."""

    number: int
    text: str | None
    about: About
    phase: Phase
    round: Literal[1, 2]
    n_answered: int
    """How many have answered in this round; of those that may."""
    own: list[Answer | None]
    """The member's own answer in each round."""
    right: bool | None
    """Whether the member's last answer is right, once revealed."""
    distance: float | None
    """The mean squared distance of the member's last sketch from torch's curve, once revealed."""
    tallies: list[Tally]
    """One for each round, once revealed; nobody sees them before."""
    truth: Truth | None
    """Once revealed."""


class MemberState(Record):
    """A member, as the console sees them; a projector sees no names unless the teacher shows them."""

    number: int
    name: str | None
    present: bool
    admitted: bool
    """False: they joined while the room was locked; they work, and are not shown."""
    feeling: Feeling | None
    answered: bool
    """Whether in this round of the question."""
    run: str | None
    """Their own run, if they have one on the wall."""
    consents: bool | None
    """Whether their run may be shown large; null: they have not said."""
    asked: bool
    """Whether they are asked that now."""
    stuck: bool
    """Whether their run has ended badly, or has stood still for a while."""
    answer: Answer | None
    """Their last answer to the question, once revealed, cut where it is long; the console's alone. A sketch
    is left out."""
    right: bool | None
    distance: float | None
    """As in `QuestionState`, the console's alone."""


class Me(Record):
    """The member who reads this."""

    number: int
    name: str
    admitted: bool
    feeling: Feeling | None
    run: str | None
    consents: bool | None
    """Whether their run may be shown large; null: they have not said."""
    asked: bool
    """Whether the teacher asks that now."""
    part: Part | None
    """Their part in the class's experiment, once they have one."""


class RoomState(Record):
    """The room. Sent first, and whenever something in it has changed."""

    type: Literal["room"] = "room"
    id: str
    code: str
    role: Role
    locked: bool
    """Whether those who join now wait until they are admitted."""
    names: Names
    paused: bool
    """Eyes up: members' pages are covered."""
    free: bool
    """Whether members may leave what is shown and try it themselves."""
    named: bool
    """Whether the projector shows names."""
    screen: Screen
    lesson: LessonPlace | None
    """The lesson that the teacher goes through with the class."""
    question: QuestionState | None
    """The one that is asked now."""
    n_asked: int
    experiment: ExperimentState | None
    n_members: int
    n_present: int
    feelings: dict[Feeling, int]
    """How many present members pressed which; the console's alone."""
    members: list[MemberState]
    """Empty for members."""
    me: Me | None
    addresses: list[str]
    """Where other machines on the network reach this server; empty if it listens on this machine alone."""


class RoomEnded(Record):
    """The room is gone, or this member was removed from it. Sent last."""

    type: Literal["ended"] = "ended"
    reason: Literal["ended", "removed"]


RoomMessage = Annotated[RoomState | RoomEnded | Failed | Pong, Field(discriminator="type")]


class RoomHello(Record):
    """The first message. A projector and a console have the owner's token."""

    type: Literal["hello"]
    role: Role
    token: Token


class GiveAnswer(Record):
    """A member's answer, as by `PUT /api/rooms/{id}/questions/{number}/answer`."""

    type: Literal["answer"]
    question: Annotated[Whole, Field(ge=1, le=MAX_QUESTIONS)]
    answer: Answer


class Feel(Record):
    """How a member feels; null: they take it back."""

    type: Literal["feel"]
    feeling: Feeling | None


class Show(Record):
    """The console's: what everybody sees from now on. Of several the newest counts."""

    type: Literal["show"]
    screen: Screen


RoomClientMessage = Annotated[RoomHello | GiveAnswer | Feel | Show | Ping, Field(discriminator="type")]
ROOM_CLIENT_MESSAGE: TypeAdapter[RoomClientMessage] = TypeAdapter(RoomClientMessage)

# Over HTTP.


class RoomRequest(Record):
    """A new room."""

    names: Names = "generated"
    screen: Screen = ShowsCode()


class RoomCreated(Record):
    """The answer to `POST /api/rooms`, the only one that holds this owner token."""

    id: str
    code: str
    owner_token: str


class RoomOffer(Record):
    """The answer to `GET /api/rooms/{code}`, to anybody who has the code."""

    id: str
    code: str
    names: Names
    locked: bool
    suggestion: str
    """A name that nobody there has, in the reader's language."""


class Join(Record):
    """A new member. name: one that the server suggested, or the member's own where the room allows it."""

    name: MemberName | None = None


class Joined(Record):
    """The answer to `POST /api/rooms/{code}/members`. The token is the member: the browser keeps it."""

    id: str
    """The room's."""
    member_id: int
    member_token: str
    name: str


class RoomChange(Record):
    """What the teacher changes of a room; what is left out stays."""

    locked: Flag | None = None
    names: Names | None = None
    paused: Flag | None = None
    free: Flag | None = None
    named: Flag | None = None
    screen: Screen | None = None
    asking: MemberNumber | None = None
    """A member, who is asked whether their run may be shown large; once they say yes, the wall shows it."""


class MemberChange(Record):
    """What the teacher changes of a member (name, admitted), or the member (name, run, consents).

    run: the empty text: they have none any more.
    """

    name: MemberName | None = None
    admitted: Flag | None = None
    run: Id | None = None
    consents: Flag | None = None


class Ticket(Record):
    """What lets another browser own the room, too; to be sent as the part of a link after #.

    helper: for a second teacher or a second device, once, within ten minutes. recovery: as long as the room
    is there.
    """

    kind: Literal["helper", "recovery"]
    ticket: str


class DerivationKept(Record):
    """The answer to `POST /api/rooms/{id}/derivations`: how its result is called in this room."""

    number: int


class ResultMember(Record):
    """A member in the results. name: only if names are asked for."""

    number: int
    name: str | None


class ResultAnswer(Record):
    """The last answer of a member in one round, and what torch says to it."""

    member: int
    answer: Answer
    right: bool | None
    distance: float | None


class ResultQuestion(Record):
    """A question in the results."""

    number: int
    text: str
    about: About
    phase: Phase
    truth: Truth | None
    rounds: list[list[ResultAnswer]]
    """Empty before the question is revealed."""


class RoomResults(Record):
    """The answer to `GET /api/rooms/{id}/results.json`."""

    code: str
    members: list[ResultMember]
    questions: list[ResultQuestion]


class TicketRequest(Record):
    """Which ticket to make."""

    kind: Literal["helper", "recovery"] = "helper"


class Redeem(Record):
    """A ticket."""

    ticket: Token


class RoomOwner(Record):
    """The answer to a ticket: an owner token of one's own."""

    id: str
    code: str
    owner_token: str

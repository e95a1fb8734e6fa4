"""Programs that run live: the messages of `WS /api/programs/stream`, and what a child sends while it runs."""

from typing import Annotated, Literal

from pydantic import Field, TypeAdapter

from app.protocol.gradients import MAX_PROGRAM_BYTES, Derivation
from app.protocol.record import FIRST_WRONG, Many, Number, Record, Whole
from app.protocol.stream import Failed, Ping, Pong

MAX_LOOPS = 50
"""Loops of one program that are followed."""
MAX_NAMES = 12
"""Numbers followed in one loop."""
MAX_ROUNDS = 10_000
"""Rounds kept of one loop; of more, every second is left out, and again."""
MAX_ROUNDS_IN_ALL = 4 * MAX_ROUNDS
"""Rounds kept of all loops of one program."""
MAX_ROWS = 200
"""Rounds in one message."""
MAX_TRACES, MAX_AXES, MAX_POINTS = 100, 16, 4_000
"""Parts of one figure."""
MAX_IMAGE = 300_000
"""Characters of one image."""
MAX_COUNT = 2**50

MAX_TEXT = 6 * 64 * 1024
"""Characters that a program prints at most, invisible ones written as escapes."""

Name = Annotated[str, Field(max_length=100)]
Word = Annotated[str, Field(max_length=500)]
Count = Annotated[int, Field(ge=0, le=MAX_COUNT)]
LoopNumber = Annotated[int, Field(ge=0, lt=MAX_LOOPS)]
Colour = Annotated[str, Field(pattern=r"^rgba\(\d{1,3},\d{1,3},\d{1,3},[0-9.e-]{1,24}\)$")]
Image = Annotated[str, Field(max_length=MAX_IMAGE, pattern=r"^[A-Za-z0-9+/]*={0,2}$")]
"""The bytes of an image in base64."""
Coordinates = Annotated[list[float | str | None], Field(max_length=MAX_POINTS), FIRST_WRONG]
Interval = tuple[float, float]

# What both the child and the server send.


class Printed(Record):
    """Text that the program has printed since the last one."""

    type: Literal["printed"] = "printed"
    text: Annotated[str, Field(max_length=MAX_TEXT)]


class Round(Record):
    """A loop's numbers at the end of one round."""

    tick: Count
    """How many rounds of all loops had ended: what tells moments in different loops apart."""
    printed: Count
    """Characters the program had printed."""
    values: Annotated[list[float | None], Field(max_length=MAX_NAMES), FIRST_WRONG]
    """One for each of `Rounds.names`; null for what is no number, or not finite."""


class Rounds(Record):
    """Rounds of one loop that have ended since the last such message."""

    type: Literal["rounds"] = "rounds"
    loop: LoopNumber
    line: Annotated[int, Field(ge=1, le=MAX_PROGRAM_BYTES)]
    """Where the loop begins."""
    depth: Annotated[int, Field(ge=0, le=MAX_LOOPS)]
    """How many loops it stands in."""
    names: Annotated[list[Name], Field(max_length=MAX_NAMES), FIRST_WRONG]
    """The names that are assigned in the loop's body."""
    first: Count
    """The round of `rows[0]`; rounds count from 1 over all times that the loop was entered."""
    stride: Annotated[int, Field(ge=1, le=MAX_COUNT)]
    """Each row is so many rounds after the one before. When it grows, the rounds before are thinned alike, so
    that at most 10,000 are kept: those stay whose number less one is a multiple of it."""
    rows: Annotated[list[Round], Field(max_length=MAX_ROWS), FIRST_WRONG]
    count: Count
    """Rounds so far."""
    done: Count
    """Rounds since the loop was last entered."""
    total: Count | None
    """How many there will be since then; null where nobody knows."""


class Trace(Record):
    """A trace of Plotly's: lines, markers, areas and texts are all of type "scatter"."""

    type: Literal["scatter"] = "scatter"
    x: Coordinates
    y: Coordinates
    mode: Literal["lines", "markers", "lines+markers", "text", "none"]
    xaxis: Annotated[str, Field(pattern=r"^x\d{0,2}$")]
    yaxis: Annotated[str, Field(pattern=r"^y\d{0,2}$")]
    name: Word = ""
    showlegend: bool = False
    line_color: Colour | None = None
    line_width: Annotated[float, Field(ge=0, le=100)] = 1.5
    line_dash: Literal["solid", "dash", "dot", "dashdot"] = "solid"
    line_shape: Literal["linear", "hv", "vh", "hvh"] = "linear"
    marker_color: Annotated[list[Colour], Field(max_length=MAX_POINTS), FIRST_WRONG] = Field(
        default_factory=list
    )
    """One for all, or one for each."""
    marker_size: Annotated[list[float], Field(max_length=MAX_POINTS), FIRST_WRONG] = Field(
        default_factory=list
    )
    marker_symbol: Literal[
        "circle", "square", "diamond", "cross", "x", "triangle-up", "triangle-down", "star"
    ] = "circle"
    fillcolor: Colour | None = None
    """Of an area whose edge the line is."""
    text: Annotated[list[Word], Field(max_length=MAX_POINTS), FIRST_WRONG] = Field(default_factory=list)
    textposition: Literal[
        "top left", "top center", "top right", "middle left", "middle center", "middle right",
        "bottom left", "bottom center", "bottom right",
    ] = "middle center"  # fmt: skip
    text_size: Annotated[float, Field(ge=0, le=1000)] = 10
    text_color: Colour | None = None


class Ticks(Record):
    """The marks that the program has put on an axis."""

    values: Coordinates
    labels: Annotated[list[Word], Field(max_length=100), FIRST_WRONG]


class Axis(Record):
    """A direction of one pair of axes. domain: its part of the figure, from 0 to 1."""

    title: Word
    domain: Interval
    range: Interval
    """From and to, as numbers even where the axis is logarithmic; the first may be the larger."""
    log: bool
    visible: bool
    grid: bool
    ticks: Ticks | None = None


class Picture(Record):
    """An image in a pair of axes: PNG."""

    x: Interval
    y: Interval
    png: Image
    axes: Annotated[int, Field(ge=0, lt=MAX_AXES)]


class Axes(Record):
    """One pair of axes."""

    title: Word
    x: Axis
    y: Axis
    equal: bool
    """Whether a unit is as long in both directions."""
    legend: bool


class Plot(Record):
    """A figure as data for Plotly: traces name their `axes` as Plotly does, "x", "x2", ... in this order."""

    traces: Annotated[list[Trace], Field(max_length=MAX_TRACES), FIRST_WRONG]
    axes: Annotated[list[Axes], Field(max_length=MAX_AXES), FIRST_WRONG]
    images: Annotated[list[Picture], Field(max_length=MAX_AXES), FIRST_WRONG]


class FigureShown(Record):
    """A figure of matplotlib's, as it is now."""

    type: Literal["figure"] = "figure"
    number: Annotated[int, Field(ge=0, le=MAX_COUNT)]
    tick: Count
    """When it was drawn, as `Round.tick`."""
    title: Word
    width: Annotated[float, Field(gt=0, le=10_000)]
    height: Annotated[float, Field(gt=0, le=10_000)]
    plotly: Plot | None
    svg: Image | None = None
    """Where it has something that Plotly has not: SVG in base64, to be shown as an image."""
    png: Image | None = None
    """The same where SVG would be too long."""


# To the child, and from it alone.


class LiveJob(Record):
    """What a child is to run. seed: of its random numbers. loop, round: only explain that round."""

    program: str
    seed: int
    loop: int | None = None
    round: int | None = None


class Stood(Record):
    """One round was asked for, and has ended."""

    type: Literal["stood"] = "stood"


ChildEvent = Annotated[Printed | Rounds | FigureShown | Stood, Field(discriminator="type")]
CHILD_EVENT: TypeAdapter[ChildEvent] = TypeAdapter(ChildEvent)


# From the client.

Id = Annotated[str, Field(max_length=100)]


class RunProgram(Record):
    """Run a program. Whatever this socket ran before is ended."""

    type: Literal["run"]
    program: Annotated[str, Field(max_length=MAX_PROGRAM_BYTES)]


class WatchProgram(Record):
    """Follow a program that runs. Without its `owner_token` the client may only watch."""

    type: Literal["watch"]
    id: Id
    owner_token: Id | None = None


class PauseProgram(Record):
    """Make the program stand still, wherever it is."""

    type: Literal["pause"]


class ResumeProgram(Record):
    """Let it go on."""

    type: Literal["resume"]


class OneRound(Record):
    """Let it go on to the end of a round."""

    type: Literal["round"]
    loop: Annotated[Whole, Field(ge=0, lt=MAX_LOOPS)] | None = None
    """Of which loop; null: of any."""


class ProgramSpeed(Record):
    """Let it run so many rounds per second at most."""

    type: Literal["speed"]
    rounds_per_second: Annotated[Number, Field(ge=0.1, le=1000)] | None
    """null: as fast as it can."""


class StopProgram(Record):
    """End it, and show how far it came."""

    type: Literal["stop"]


class ExplainRound(Record):
    """Run the program again with the same random numbers, and explain that round of it."""

    type: Literal["explain"]
    loop: Annotated[Whole, Field(ge=0, lt=MAX_LOOPS)]
    round: Annotated[Whole, Field(ge=1, le=MAX_COUNT)]


ProgramClientMessage = Annotated[
    RunProgram
    | WatchProgram
    | PauseProgram
    | ResumeProgram
    | OneRound
    | ProgramSpeed
    | StopProgram
    | ExplainRound
    | Ping,
    Field(discriminator="type"),
]
PROGRAM_CLIENT_MESSAGE: TypeAdapter[ProgramClientMessage] = TypeAdapter(ProgramClientMessage)


# From the server.

LiveStatus = Literal["queued", "running", "paused", "finished"]
Reason = Literal["ended", "stopped", "time", "pause"]


class LiveProgram(Record):
    """A program that runs, or has ended a moment ago."""

    id: str
    program: str
    status: LiveStatus
    place: int | None
    """How many wait before it, and it; null while it does not wait."""
    printed: str
    rounds: Many[Rounds]
    """All rounds that are kept of each loop."""
    derivation: Derivation | None
    """null until it has ended."""


class ProgramStarted(Record):
    """Sent first, and again if the client was too slow to be told everything: begin anew from this."""

    type: Literal["started"] = "started"
    id: str
    owner_token: str | None
    """Allows to pause, stop and explain it; only sent to the socket that began it."""
    control: bool
    """Whether this client may do that."""
    program: str


class ProgramQueued(Record):
    """As many programs as may run for long do so; this one waits. place: 1: it is the next."""

    type: Literal["queued"] = "queued"
    place: int


class ProgramRunning(Record):
    """Sent when it goes on."""

    type: Literal["running"] = "running"
    rounds_per_second: float | None


class ProgramPaused(Record):
    """Sent when it stands still."""

    type: Literal["paused"] = "paused"


class ProgramFinished(Record):
    """The end.

    reason: ended: by itself. stopped: by its owner. time: it had no more. pause: it stood too long.
    """

    type: Literal["finished"] = "finished"
    reason: Reason
    derivation: Derivation


class RoundExplained(Record):
    """One round in full: the graph, the chain rule and the checks of what it did."""

    type: Literal["explained"] = "explained"
    loop: int
    round: int
    derivation: Derivation


ProgramMessage = Annotated[
    ProgramStarted
    | ProgramQueued
    | ProgramRunning
    | ProgramPaused
    | Printed
    | Rounds
    | FigureShown
    | ProgramFinished
    | RoundExplained
    | Failed
    | Pong,
    Field(discriminator="type"),
]

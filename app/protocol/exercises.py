"""Questions about a program, asked before it runs, and what torch says to the answers.

`POST /api/questions` asks, `POST /api/answers` marks, `GET /api/drills/{kind}` makes programs to ask about.
"""

from typing import Annotated, Literal

from pydantic import Field

from app.protocol.gradients import MAX_PROGRAM_BYTES
from app.protocol.record import Flag, Many, Numbers, Record, Whole

MAX_QUESTIONS = 24
"""Questions about one program."""
MAX_TEXT = 2000
"""Characters of a text that is given as an answer, or told as the right one."""
MAX_GIVEN = 1_000
"""Numbers of one answer."""
TOLERANCE = 0.01
"""How far a number may be off, as a part of the right one; near 0, as a number."""
MAX_LEVEL = 5
MAX_SEED = 2**31 - 1

Name = Annotated[str, Field(max_length=200)]
Choice = Annotated[str, Field(max_length=200)]
Line = Annotated[int, Field(ge=1, le=MAX_PROGRAM_BYTES)]
AnswerKind = Literal["number", "none", "error", "text", "choice"]
About = Literal["grad", "printed", "end"]
DrillKind = Literal["chain", "branch", "reuse", "broadcast", "accumulation", "detach", "mix"]
Level = Annotated[int, Field(ge=1, le=MAX_LEVEL)]
Seed = Annotated[int, Field(ge=0, le=MAX_SEED)]


class ProgramText(Record):
    """PyTorch code, as typed."""

    program: Annotated[str, Field(max_length=MAX_PROGRAM_BYTES)]


class Question(Record):
    """What one thing will be when the program has run."""

    id: Annotated[str, Field(max_length=250)]
    """Its own among those of a program: "grad x", "printed 7", "end"."""
    about: About
    """grad: `.grad` of a tensor, at the end of the program. printed: what a line prints, the last time it
    does. end: whether the program comes to its end."""
    name: Name | None = None
    """The tensor that is asked for, or whose `.grad` the line prints."""
    line: Line | None = None
    """The line that prints."""
    repeated: Flag = False
    """Whether that line stands in a loop or a function, and may print more than once."""
    answers: Annotated[list[AnswerKind], Field(min_length=1, max_length=5)]
    """What kinds of answers there may be."""
    choices: Annotated[list[Choice], Field(max_length=8)] = Field(default_factory=list)
    """Of a choice: what there is to choose from, in the reader's language."""
    tolerance: Annotated[float, Field(ge=0, le=1)] = TOLERANCE
    """How far a number may be off, as a part of the right one; of one below 1, as a number."""
    text: Annotated[str, Field(max_length=MAX_TEXT)] | None = None
    """The question in the reader's language."""


class NumberAnswer(Record):
    """Numbers. Brackets do not matter: [[1], [2]] is as good as [1, 2]."""

    kind: Literal["number"] = "number"
    numbers: Numbers


class NoneAnswer(Record):
    """Python's None."""

    kind: Literal["none"] = "none"


class ErrorAnswer(Record):
    """The program stops with an error before it gets there."""

    kind: Literal["error"] = "error"


class TextAnswer(Record):
    """Printed text. Spaces and line ends do not matter, nor what torch writes around numbers."""

    kind: Literal["text"] = "text"
    text: Annotated[str, Field(max_length=MAX_TEXT)]


class ChoiceAnswer(Record):
    """One of `Question.choices`, counted from 0."""

    kind: Literal["choice"] = "choice"
    choice: Annotated[Whole, Field(ge=0, lt=8)]


Answer = Annotated[
    NumberAnswer | NoneAnswer | ErrorAnswer | TextAnswer | ChoiceAnswer, Field(discriminator="kind")
]


class Questions(Record):
    """What can be asked about a program. Empty where it cannot be read."""

    questions: Annotated[list[Question], Field(max_length=MAX_QUESTIONS)]


class Given(Record):
    """A question as it was asked, and somebody's answer."""

    question: Question
    answer: Answer


class Sheet(Record):
    """A program and the answers given before it ran."""

    program: Annotated[str, Field(max_length=MAX_PROGRAM_BYTES)]
    given: Annotated[list[Given], Field(min_length=1, max_length=MAX_QUESTIONS)]


class Mark(Record):
    """What torch says to one answer."""

    question: str
    """Its `id`."""
    right: bool | None
    """None: it cannot be told, for the program ran too long to be watched to its end."""
    truth: Answer | None
    """The right answer."""
    shown: str | None
    """The same as torch or Python writes it."""
    reason: str | None = None
    """Why, in the reader's language."""
    chain: Many[str] = Field(default_factory=list)
    """The chain rule behind it with its numbers, such as "4 × 3 = 12": one per `backward()` and output."""


class Marks(Record):
    """What torch says to all answers, in their order."""

    marks: list[Mark]


class Drill(Record):
    """A program made to be asked about. The same kind, level and seed always make the same."""

    kind: DrillKind
    level: Level
    seed: Seed
    program: str
    questions: list[Question]


class DrillOffer(Record):
    """One kind of drill."""

    kind: DrillKind
    title: str
    """Its name, in the reader's language."""
    about: str
    """What it trains, in the reader's language."""
    levels: int
    """Levels from 1; each harder than the one before."""


class DrillOffers(Record):
    """All kinds of drills, the easiest first."""

    drills: list[DrillOffer]

"""Lessons: what their files hold, and the records of `/api/lessons`."""

from typing import Annotated, Literal

from pydantic import Field, JsonValue, model_validator

from app.errors import N_, Invalid
from app.protocol.gradients import MAX_PROGRAM_BYTES
from app.protocol.record import Flag, Number, Numbers, Record, Whole
from app.protocol.rooms import MAX_CHOICES, MAX_LESSON_STEPS, About, Answer, Truth
from app.protocol.runs import MAX_STEPS, Status

MAX_WORDS = 4000

Program = Annotated[str, Field(min_length=1, max_length=MAX_PROGRAM_BYTES)]
Path = Annotated[str, Field(pattern=r"^[a-z_]+(\.[a-z_]+)*$")]
"""A setting, such as optimizer.lr."""

# In a file.


class Words(Record):
    """A text in one or both languages. What is between backticks is code; an empty line ends a paragraph."""

    en: Annotated[str, Field(min_length=1, max_length=MAX_WORDS)] | None = None
    zh: Annotated[str, Field(min_length=1, max_length=MAX_WORDS)] | None = None

    @model_validator(mode="after")
    def _says_something(self) -> "Words":
        if self.en is None and self.zh is None:
            raise Invalid("en", N_("a text needs one language at least: en or zh"))
        return self

    def own(self, language: str) -> str:
        """The text in a language, or else in the other."""
        return (self.zh or self.en or "") if language == "zh" else (self.en or self.zh or "")


class TrainingScene(Record):
    """The training page. settings: a merge patch of the lesson's run.

    free: the settings that the reader may change, such as optimizer.lr or all of model; the others are fixed
    and hidden. null: all may be changed.
    """

    page: Literal["training"]
    settings: dict[str, JsonValue] = Field(default_factory=dict)
    free: Annotated[list[Path], Field(max_length=40)] | None = None


class ComparisonScene(Record):
    """Runs side by side. vary: for each run a merge patch of `settings`."""

    page: Literal["comparison"]
    settings: dict[str, JsonValue] = Field(default_factory=dict)
    vary: Annotated[list[dict[str, JsonValue]], Field(min_length=2, max_length=MAX_CHOICES)]


class CalculatorScene(Record):
    """A program on the calculator."""

    page: Literal["calculator"]
    program: Program


Scene = Annotated[TrainingScene | ComparisonScene | CalculatorScene, Field(discriminator="page")]


class PredictProgram(Record):
    """What one thing in the scene's program will be, by its name in `POST /api/questions`: "grad x"."""

    what: Literal["program"]
    question: Annotated[str, Field(max_length=250)]
    text: Words | None = None


class PredictRuns(Record):
    """What becomes of the scene's run or runs in so many steps, as `AboutRuns.kind` says."""

    what: Literal["winner", "order", "diverges", "loss", "curve"]
    steps: Annotated[Whole, Field(ge=1, le=MAX_STEPS)] = 200
    tolerance: Annotated[Number, Field(gt=0, le=1)] = 0.2
    text: Words | None = None


Predict = Annotated[PredictProgram | PredictRuns, Field(discriminator="what")]


class RunCheck(Record):
    """What a run of the reader's own must have come to. What is left out does not matter."""

    of: Literal["run"]
    settings: dict[str, JsonValue] = Field(default_factory=dict)
    """Settings that it must have, as a merge patch has them."""
    changed: list[Path] = Field(default_factory=list)
    """Settings that must differ from the scene's."""
    status: list[Status] = Field(default_factory=list)
    """One of these."""
    steps: Annotated[Whole, Field(ge=1, le=MAX_STEPS)] | None = None
    """At least so many steps taken."""
    loss_below: Number | None = None
    loss_above: Number | None = None


class ProgramCheck(Record):
    """What a program of the reader's own must do when torch runs it. What is left out does not matter."""

    of: Literal["program"]
    prints: Annotated[list[str], Field(max_length=20)] = Field(default_factory=list)
    """Lines among those that it prints."""
    grads: dict[str, Numbers] = Field(default_factory=dict)
    """The `.grad` of tensors by name, as `tolist()` gives it; null: there is none."""
    error: Annotated[str, Field(max_length=100)] | None = None
    """The type of the error that ends it; null: none may."""
    uses: Annotated[list[str], Field(max_length=20)] = Field(default_factory=list)
    """Words that its text must hold."""


class Task(Record):
    """What the reader is to do, and by what it is seen that they did."""

    text: Words
    hint: Words | None = None
    check: Annotated[RunCheck | ProgramCheck, Field(discriminator="of")]


class Step(Record):
    """One step. scene: what is shown; null: what the step before shows."""

    title: Words
    text: Words
    scene: Scene | None = None
    predict: Predict | None = None
    task: Task | None = None


class Lesson(Record):
    """A file. order: lessons are listed by it."""

    title: Words
    about: Words
    minutes: Annotated[Whole, Field(ge=1, le=240)]
    order: Annotated[Whole, Field(ge=0, le=10_000)] = 1000
    steps: Annotated[list[Step], Field(min_length=1, max_length=MAX_LESSON_STEPS)]


# Over HTTP, in the reader's language.


class LessonOffer(Record):
    """A lesson in the list."""

    id: str
    """The name of its file."""
    title: str
    about: str
    minutes: int
    steps: int


class LessonOffers(Record):
    """All lessons, in their order."""

    lessons: list[LessonOffer]


class TaskShown(Record):
    """A task."""

    text: str
    hint: str | None
    of: Literal["run", "program"]
    """What `POST .../check` wants."""


class StepShown(Record):
    """A step with its scene, also where that is the one before."""

    title: str
    text: str
    scene: Scene | None
    ask: About | None
    """The prediction as a room asks it."""
    ask_text: str | None
    """The question in the lesson's words, if it has any."""
    task: TaskShown | None


class LessonShown(LessonOffer):
    """A lesson as it is read."""

    shown: list[StepShown]


class Tried(Record):
    """What the reader has done: a run of theirs, or a program."""

    run: Annotated[str, Field(max_length=100)] | None = None
    program: Annotated[str, Field(max_length=MAX_PROGRAM_BYTES)] | None = None


class Checked(Record):
    """Whether a task is done. missing: what is not yet as it should be, in the reader's language."""

    done: Flag
    missing: list[str]


class Predicted(Record):
    """A reader's prediction. runs: those of the scene, once they have ended; empty for a program."""

    answer: Answer
    runs: Annotated[list[Annotated[str, Field(max_length=100)]], Field(max_length=MAX_CHOICES)] = Field(
        default_factory=list
    )


class Revealed(Record):
    """What torch says to a prediction."""

    truth: Truth
    right: bool | None
    """null: that is not told, as of a sketch."""
    distance: float | None
    """A sketch's mean squared distance from torch's curve."""

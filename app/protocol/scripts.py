"""Runs as PyTorch programs: written for a config, and made of a script that was observed."""

from typing import Annotated

from pydantic import Field, JsonValue

from app.protocol.record import Record
from app.protocol.runs import LineName, RunConfig, RunCreated
from app.protocol.snapshots import Nested

MAX_SCRIPT = 64 * 1024
"""Most characters of a script that is read."""
MAX_OBSERVED = 20
"""Most steps of a script that are observed."""
MAX_REASONS = 20


class Script(Record):
    """The answer to `POST /api/scripts`: a program that trains as a run with these settings does."""

    script: str
    lines: dict[LineName, int]
    """The place of each line of the training loop, from 1. A line that is left out is a comment there."""


class ScriptText(Record):
    """A training script. Its first steps are run, in a locked process."""

    script: Annotated[str, Field(max_length=MAX_SCRIPT)]


class Reason(Record):
    """Something in a script that no run has, or that its run has in another way.

    topic: the text, in `REASONS` or `NOTES`. params: the text's fields.
    """

    topic: Annotated[str, Field(max_length=40)]
    params: dict[str, str | int | float] = Field(default_factory=dict)
    line: int | None = None


class Observation(Record):
    """What the sandbox tells of a script's first steps. Untrusted: the trainer finds out whether it is true.

    settings: the fields of a `RunConfig`. losses: of the first steps. reasons: why it is no run; then some
    settings may be missing.
    """

    settings: dict[str, JsonValue] = Field(default_factory=dict)
    losses: list[float] = Field(default_factory=list, max_length=MAX_OBSERVED)
    reasons: list[Reason] = Field(default_factory=list, max_length=MAX_REASONS)
    notes: list[Reason] = Field(default_factory=list, max_length=MAX_REASONS)


class Note(Record):
    """A remark on something in a script that the run has in another way."""

    line: int | None
    message: str
    """In the reader's language."""


class ScriptRead(Record):
    """The answer to `POST /api/scripts/read`: the settings of the run that a script is."""

    config: RunConfig
    proven: int
    """How many of the run's first losses were computed and are the script's, to the last bit."""
    notes: list[Note]


class RunFromScript(RunCreated):
    """The answer to `POST /api/runs/from-script`."""

    proven: int
    """How many of the run's first losses were computed and are the script's, to the last bit."""
    notes: list[Note]


class Parameter(Record):
    """A weight or a bias."""

    shape: tuple[int, ...]
    values: Nested


class Weights(Record):
    """A run's parameters, by their names in the `state_dict`."""

    step: int
    """Number of steps taken."""
    parameters: dict[str, Parameter]

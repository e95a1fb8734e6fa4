"""Runs as PyTorch programs: written for a config, and read back from a text."""

from typing import Annotated

from pydantic import Field

from app.protocol.record import Record
from app.protocol.runs import LineName, RunConfig, RunCreated
from app.protocol.snapshots import Nested

MAX_SCRIPT = 64 * 1024
"""Most characters of a script that is read."""


class Script(Record):
    """The answer to `POST /api/scripts`: a program that trains as a run with these settings does."""

    script: str
    lines: dict[LineName, int]
    """The place of each line of the training loop, from 1. A line that is left out is a comment there."""


class ScriptText(Record):
    """A program to be read. It is never run."""

    script: Annotated[str, Field(max_length=MAX_SCRIPT)]


class Note(Record):
    """A remark on something in a script that the run does not have, or has in another way."""

    line: int
    message: str
    """In the reader's language."""


class ScriptRead(Record):
    """The answer to `POST /api/scripts/read`: the settings that a script describes."""

    config: RunConfig
    notes: list[Note]


class RunFromScript(RunCreated):
    """The answer to `POST /api/runs/from-script`."""

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

"""Runs as PyTorch programs: written for a config, and read back from a text."""

from typing import Annotated

from pydantic import Field

from app.protocol.record import Record
from app.protocol.runs import LineName, RunConfig, RunCreated
from app.protocol.snapshots import Nested

MAX_SCRIPT = 64 * 1024
"""Characters of a script that is read."""


class Script(Record):
    """A program that trains as a run with these settings does: `POST /api/scripts`."""

    script: str
    lines: dict[LineName, int]
    """Where each line of the training loop stands, from 1. One that is left out stands there as a comment."""


class ScriptText(Record):
    """A program to be read. It is never run."""

    script: Annotated[str, Field(max_length=MAX_SCRIPT)]


class Note(Record):
    """Something in a script that the run does not have, or has in another way."""

    line: int
    message: str
    """In the reader's language."""


class ScriptRead(Record):
    """The settings that a script amounts to: `POST /api/scripts/read`."""

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
    """Steps taken before."""
    parameters: dict[str, Parameter]

"""Runs beside each other: one seed, and settings that differ only where it is said.

The binary form of a picture, version 1, little-endian, one message with all runs:

    u8 version (1), u8 number of runs, u16 reserved, u32 step
    for each run, in their order: u32 size, and so many bytes: its snapshot as `snapshots` describes it, with
    the losses it has not had yet. Every size is a multiple of 4.
"""

import json
import struct
from collections.abc import Iterator, Sequence
from typing import Annotated, Literal

from pydantic import Field, JsonValue

from app.protocol.patches import Patch
from app.protocol.record import Record
from app.protocol.runs import FinishReason, ParameterInfo, RunConfig, RunState
from app.protocol.stream import Failed, Paused, Playing, Points, Pong, SnapshotMessage

MIN_RUNS, MAX_RUNS = 2, 8
VERSION = 1
HEADER = struct.Struct("<BBHI")
SIZE = struct.Struct("<I")


class ComparisonRequest(Record):
    """Which runs to compare."""

    config: RunConfig = RunConfig()
    """What they have in common, the seed above all."""
    vary: Annotated[tuple[dict[str, JsonValue], ...], Field(min_length=MIN_RUNS, max_length=MAX_RUNS)]
    """For each run a merge patch (RFC 7396) of `config`: what it has of its own. {} leaves it as it is."""


class ComparedRun(RunState):
    """One of them. It can be read like any run; commands go to all."""

    label: str
    """What it has of its own, such as "optimizer.lr = 0.2"."""
    vary: dict[str, JsonValue]
    """The same as it was asked for: a merge patch of what they have in common."""


class Comparison(Record):
    """The answer to `GET /api/comparisons/{id}`."""

    id: str
    runs: list[ComparedRun]


class ComparisonCreated(Comparison):
    """The answer to `POST /api/comparisons`: the only time the owner token is told."""

    owner_token: str


class ComparedStart(Points):
    """What a viewer needs of one run before the first picture: as in the `started` of a run's own stream."""

    label: str
    vary: dict[str, JsonValue]
    """As in `ComparedRun`."""
    run: RunState
    parameters: list[ParameterInfo]


class ComparisonStarted(Record):
    """Sent first, and again when the runs begin anew."""

    type: Literal["started"] = "started"
    id: str
    control: bool
    """Whether this client may play and pause them."""
    runs: list[ComparedStart]


class ComparisonPicture(Record):
    """All runs at the same step; one that ended earlier is at its end."""

    type: Literal["snapshot"] = "snapshot"
    step: int
    runs: list[SnapshotMessage]
    """In the order of `started`, each with the losses it has not had yet."""


class ComparisonEnded(Record):
    """One of the runs ended. Sent after the picture that shows it; the others go on."""

    type: Literal["ended"] = "ended"
    run: str
    """Its id."""
    step: int
    reason: FinishReason
    error: str | None
    topic: str | None
    explanation: str | None
    remedy: str | None
    suggestion: dict[str, JsonValue] | None


class ComparisonFinished(Record):
    """All of them have ended, the last one at `step`."""

    type: Literal["finished"] = "finished"
    step: int


ComparisonMessage = Annotated[
    ComparisonStarted
    | ComparisonPicture
    | Playing
    | Paused
    | ComparisonEnded
    | ComparisonFinished
    | Failed
    | Pong,
    Field(discriminator="type"),
]
"""What the server sends on a comparison's stream."""


def labels(patches: Sequence[Patch], configs: Sequence[RunConfig]) -> list[str]:
    """What each run has of its own: its values of all settings that any of the patches names.

    >>> slow = RunConfig.model_validate({"optimizer": {"lr": 0.1}})
    >>> labels([{}, {"optimizer": {"lr": 0.1}}], [RunConfig(), slow])
    ['optimizer.lr = 0.2', 'optimizer.lr = 0.1']
    """
    named = list(dict.fromkeys(path for patch in patches for path in paths(patch)))
    told = []
    for config in configs:
        settings = config.model_dump(mode="json")
        values = [(".".join(path), at(settings, path)) for path in named]
        told.append(", ".join(f"{name} = {value}" for name, value in values if value is not None))
    return told


def paths(patch: Patch, above: tuple[str, ...] = ()) -> Iterator[tuple[str, ...]]:
    """The settings that a patch names."""
    for name, value in patch.items():
        if isinstance(value, dict):
            yield from paths(value, (*above, name))
        else:
            yield (*above, name)


def at(settings: JsonValue, path: tuple[str, ...]) -> str | None:
    """The value of a setting as JSON, names without quotes; None if it has parts or is not there."""
    for name in path:
        if not isinstance(settings, dict) or name not in settings:
            return None
        settings = settings[name]
    if isinstance(settings, dict):
        return None
    return settings if isinstance(settings, str) else json.dumps(settings)


def pack(step: int, snapshots: Sequence[bytes]) -> bytes:
    """A picture in its binary form."""
    parts = [HEADER.pack(VERSION, len(snapshots), 0, step)]
    for snapshot in snapshots:
        parts += (SIZE.pack(len(snapshot)), snapshot)
    return b"".join(parts)

"""Comparisons: runs with the same seed whose settings differ only where the request says so.

The binary form of a comparison's snapshot, version 1, little-endian, one message with all runs:

    u8 version (1), u8 number of runs, u16 reserved, u32 step
    for each run, in their order: u32 size, and `size` bytes: its snapshot as `snapshots` describes it, with
    the losses that the client has not been sent yet. Every size is a multiple of 4.
"""

import json
import struct
from collections.abc import Iterator, Sequence
from typing import Annotated, Literal

from pydantic import Field, JsonValue

from app.protocol.patches import Patch
from app.protocol.record import Record
from app.protocol.runs import FinishReason, ParameterInfo, RunConfig, RunState
from app.protocol.stream import Failed, Paused, Playing, Points, Pong, SnapshotMessage, Stored

MIN_RUNS, MAX_RUNS = 2, 8
VERSION = 1
HEADER = struct.Struct("<BBHI")
SIZE = struct.Struct("<I")


class ComparisonRequest(Record):
    """The runs to compare."""

    config: RunConfig = RunConfig()
    """The settings that the runs have in common, the seed above all."""
    vary: Annotated[tuple[dict[str, JsonValue], ...], Field(min_length=MIN_RUNS, max_length=MAX_RUNS)]
    """For each run a merge patch (RFC 7396) of `config` with its own settings. {} changes nothing."""


class ComparedRun(RunState):
    """A member of a comparison. It can be read like any run; commands go to all members."""

    label: str
    """Its own settings, such as "optimizer.lr = 0.2"."""
    vary: dict[str, JsonValue]
    """Its own settings as in the request: a merge patch of `config`."""


class Comparison(Record):
    """The answer to `GET /api/comparisons/{id}`."""

    id: str
    runs: list[ComparedRun]


class ComparisonCreated(Comparison):
    """The answer to `POST /api/comparisons`, the only one that holds the owner token."""

    owner_token: str


class ComparedStart(Points):
    """One run of a comparison before its first snapshot, as in the `started` of a run's own stream."""

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
    """Whether this client may command the runs."""
    runs: list[ComparedStart]


class ComparisonSnapshot(Record):
    """Snapshots of all runs at the same step; a run that has ended is at its last step."""

    type: Literal["snapshot"] = "snapshot"
    step: int
    runs: list[SnapshotMessage]
    """In the order of `started`, each with the losses that this client has not been sent yet."""


class ComparisonEnded(Record):
    """Sent when one run has ended, after the snapshot that shows it; the others go on."""

    type: Literal["ended"] = "ended"
    run: str
    """The id of that run."""
    step: int
    reason: FinishReason
    error: str | None
    topic: str | None
    explanation: str | None
    remedy: str | None
    suggestion: dict[str, JsonValue] | None


class ComparisonFinished(Record):
    """Sent when all runs have ended, the last one at `step`."""

    type: Literal["finished"] = "finished"
    step: int


ComparisonMessage = Annotated[
    ComparisonStarted
    | ComparisonSnapshot
    | Playing
    | Paused
    | ComparisonEnded
    | ComparisonFinished
    | Stored
    | Failed
    | Pong,
    Field(discriminator="type"),
]
"""Messages of the server on a comparison's stream."""


def labels(patches: Sequence[Patch], configs: Sequence[RunConfig]) -> list[str]:
    """The label of each run: its values of all settings that any of the patches names.

    >>> slow = RunConfig.model_validate({"optimizer": {"lr": 0.1}})
    >>> labels([{}, {"optimizer": {"lr": 0.1}}], [RunConfig(), slow])
    ['optimizer.lr = 0.2', 'optimizer.lr = 0.1']
    """
    named = list(dict.fromkeys(path for patch in patches for path in paths(patch)))
    texts = []
    for config in configs:
        settings = config.model_dump(mode="json")
        values = [(".".join(path), at(settings, path)) for path in named]
        texts.append(", ".join(f"{name} = {value}" for name, value in values if value is not None))
    return texts


def paths(patch: Patch, above: tuple[str, ...] = ()) -> Iterator[tuple[str, ...]]:
    """The paths of the settings that a patch names."""
    for name, value in patch.items():
        if isinstance(value, dict):
            yield from paths(value, (*above, name))
        else:
            yield (*above, name)


def at(settings: JsonValue, path: tuple[str, ...]) -> str | None:
    """The value of a setting as JSON, strings without quotes; None if it is an object or is missing."""
    for name in path:
        if not isinstance(settings, dict) or name not in settings:
            return None
        settings = settings[name]
    if isinstance(settings, dict):
        return None
    return settings if isinstance(settings, str) else json.dumps(settings)


def pack(step: int, snapshots: Sequence[bytes]) -> bytes:
    """A comparison's snapshot in its binary form."""
    parts = [HEADER.pack(VERSION, len(snapshots), 0, step)]
    for snapshot in snapshots:
        parts += (SIZE.pack(len(snapshot)), snapshot)
    return b"".join(parts)

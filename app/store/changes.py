"""What is stored, as the store takes it and gives it back."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from app.protocol.events import Beginning, Event, UnderWay
from app.protocol.runs import RunState

CHUNK = 1024
"""Losses in one row."""


class Standing(NamedTuple):
    """Where a run stands. under_way: steps that were not answered; the run must not play on by itself."""

    state: RunState
    under_way: UnderWay | None = None


class Answered(NamedTuple):
    """A reply that was given to a command, as the engine wrote it: a repeat has the same.

    number: of the run's replies, counted. fingerprint: by which the command is known again.
    """

    number: int
    command_id: str
    fingerprint: bytes
    reply: str
    payload: bytes


class Checkpoint(NamedTuple):
    """A run after a step, as the engine wrote it. cursor: how many events of its log came before."""

    step: int
    cursor: int
    data: bytes


@dataclass(frozen=True, slots=True)
class RunChange:
    """What there is to write of a run. What is not set stays as it is.

    begin: set if the run is new or begins anew: then nothing of what was written before holds any more.
    events: by their place in the log. losses: by number of the chunk; float32. answers: by their place; None
    where one is forgotten. owner: the digest of the owner
    token. holder: that of the browser which made the run.
    """

    key: str
    begin: Beginning | None = None
    standing: Standing | None = None
    events: Mapping[int, Event] = field(default_factory=dict)
    losses: Mapping[int, bytes] = field(default_factory=dict)
    answers: Mapping[int, Answered | None] = field(default_factory=dict)
    checkpoint: Checkpoint | None = None
    owner: bytes | None = None
    holder: bytes | None = None
    deleted: bool = False

    def then(self, later: "Change") -> "Change":
        """Both changes as one."""
        if not isinstance(later, RunChange) or later.deleted:
            return later
        anew = later.begin is not None
        return RunChange(
            self.key,
            begin=later.begin or self.begin,
            standing=later.standing or self.standing,
            events=later.events if anew else {**self.events, **later.events},
            losses=later.losses if anew else {**self.losses, **later.losses},
            answers={**self.answers, **later.answers},
            checkpoint=later.checkpoint if anew else later.checkpoint or self.checkpoint,
            owner=later.owner or self.owner,
            holder=later.holder or self.holder,
            deleted=self.deleted,
        )


@dataclass(frozen=True, slots=True)
class ComparisonChange:
    """A comparison that is new, with its members as JSON. It goes when its last run does."""

    key: str
    members: str

    def then(self, later: "Change") -> "Change":
        """Both changes as one."""
        return later


@dataclass(frozen=True, slots=True)
class RoomChange:
    """What there is to write of a room. code: by which it is joined. holder: its maker's browser, a digest.

    events: as JSON, by their place in the log. Without any, it is only noted that the room is used.
    """

    key: str
    code: str
    holder: bytes | None = None
    events: Mapping[int, str] = field(default_factory=dict)
    deleted: bool = False

    def then(self, later: "Change") -> "Change":
        """Both changes as one."""
        if not isinstance(later, RoomChange) or later.deleted:
            return later
        return RoomChange(self.key, self.code, self.holder, {**self.events, **later.events}, self.deleted)


Change = RunChange | ComparisonChange | RoomChange


class StoredRun(NamedTuple):
    """A run as it was written."""

    begin: Beginning
    standing: Standing
    events: tuple[Event, ...]
    losses: bytes
    checkpoint: Checkpoint | None
    answers: tuple[Answered, ...] = ()


class Known(NamedTuple):
    """What is known of a stored run without reading it."""

    run_id: str
    owner: bytes | None
    holder: bytes | None


class KnownRoom(NamedTuple):
    """What is known of a stored room without reading its log."""

    room_id: str
    code: str
    holder: bytes | None


class Index(NamedTuple):
    """Everything that is stored, in short. comparisons: their members as JSON, by id."""

    runs: list[Known]
    comparisons: dict[str, str]
    rooms: Sequence[KnownRoom] = ()

"""What the web process tells the engine process: a JSON record per frame."""

from typing import Annotated, Literal

from pydantic import Field

from app.protocol.data import Values
from app.protocol.events import Event
from app.protocol.history import SnapshotsQuery
from app.protocol.lines import ParameterEdit
from app.protocol.record import Record
from app.protocol.runs import LineName, RunConfig


class EngineOptions(Record):
    """What the engine process is started with; the names are those of `app.settings`."""

    device: Literal["cpu", "cuda", "auto"]
    max_runs: int
    run_memory: int
    runs_memory: int
    run_retention: float
    snapshots_per_second: float


class Command(Record):
    """Something to be done with one run."""

    run_id: str


class Create(Command):
    """A new run under this id. values: of the formula of its data, where they have one."""

    kind: Literal["create"] = "create"
    config: RunConfig
    values: Values | None = None
    race: str | None = None
    """Runs of the same race keep step: what is commanded of one is done to all, at the same moment."""


class Inspect(Command):
    """Its state."""

    kind: Literal["inspect"] = "inspect"


class TakeSnapshot(Command):
    """Its picture now; the reply's payload is a packed snapshot."""

    kind: Literal["snapshot"] = "snapshot"


class GetSnapshot(Command):
    """Its picture after an earlier step; the reply's payload is a packed snapshot."""

    kind: Literal["snapshot_at"] = "snapshot_at"
    step: int


class GetSnapshots(Command):
    """Its pictures at several steps; the reply's payload is packed snapshots, one after the other."""

    kind: Literal["snapshots"] = "snapshots"
    query: SnapshotsQuery
    max_bytes: int


class GetNorms(Command):
    """Its layers' norms from a step on; the reply's payload is float32, (2, steps, layers)."""

    kind: Literal["norms"] = "norms"
    first_step: int


class Fork(Command):
    """Another run that goes on from an earlier step of this one. Answered at once, before it is there."""

    kind: Literal["fork"] = "fork"
    fork_id: str
    step: int


class Arrive(Command):
    """Nothing; answered when a fork has come to the step it goes on from."""

    kind: Literal["arrive"] = "arrive"


class GetLosses(Command):
    """Its losses from a step on; the reply's payload is float32."""

    kind: Literal["losses"] = "losses"
    first_step: int


class SaveWeights(Command):
    """Its parameters now; the reply's payload is a file that `torch.load` reads."""

    kind: Literal["weights"] = "weights"


class Play(Command):
    """Train until paused or finished."""

    kind: Literal["play"] = "play"
    steps_per_second: float | None


class Pause(Command):
    """Stand still."""

    kind: Literal["pause"] = "pause"


class Steps(Command):
    """Train so many steps. Answered, with a packed snapshot, when the run stands still again."""

    kind: Literal["steps"] = "steps"
    count: int


class Lines(Command):
    """Run so many lines of the loop, one at a time. The reply has what they did."""

    kind: Literal["lines"] = "lines"
    count: int


class Edit(Command):
    """Set an element of a parameter. The reply's payload is a packed snapshot."""

    kind: Literal["edit"] = "edit"
    edit: ParameterEdit


class Update(Command):
    """Other settings. values: of their formula, where it has not the ones of before."""

    kind: Literal["update"] = "update"
    config: RunConfig
    values: Values | None = None


class Reset(Command):
    """Back to step 0."""

    kind: Literal["reset"] = "reset"


class Delete(Command):
    """Forget it."""

    kind: Literal["delete"] = "delete"


class Watch(Command):
    """Tell of it in the feed, beginning with everything."""

    kind: Literal["watch"] = "watch"


class Unwatch(Command):
    """No longer."""

    kind: Literal["unwatch"] = "unwatch"


class Rebuild(Command):
    """A run that a former engine process had: train it again to where it was. Answered at once.

    begin: the settings it began with. values: of their formula. events: what was done to it later, in order.
    step, line: where it was last known to be. playing, steps_per_second: whether it goes on from there by
    itself, and how fast.
    """

    kind: Literal["rebuild"] = "rebuild"
    begin: RunConfig
    values: Values | None = None
    events: tuple[Event, ...]
    step: int
    line: LineName | None
    playing: bool
    steps_per_second: float | None
    race: str | None = None
    racers: int = 1
    """Runs of that race, itself included: none goes on before all are where they were."""


class Ping(Record):
    """Answered like any command, to show that the engine is not stuck."""

    kind: Literal["ping"] = "ping"


AnyCommand = Annotated[
    Create
    | Inspect
    | TakeSnapshot
    | GetSnapshot
    | GetSnapshots
    | GetNorms
    | Fork
    | Arrive
    | GetLosses
    | SaveWeights
    | Play
    | Pause
    | Steps
    | Lines
    | Edit
    | Update
    | Reset
    | Delete
    | Watch
    | Unwatch
    | Rebuild
    | Ping,
    Field(discriminator="kind"),
]


class Request(Record):
    """A command and the client's number for it, which the `Reply` repeats."""

    number: int
    command: AnyCommand

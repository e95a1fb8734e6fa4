"""What the web process and the engine process tell each other: a JSON record per frame, and bytes."""

from typing import Annotated, Literal

from pydantic import Field, TypeAdapter

from app.errors import N_, Conflict, Invalid, NotFound, Params, PlaygroundError, TooMany, Unavailable
from app.protocol.data import Values
from app.protocol.events import Event
from app.protocol.history import SnapshotsQuery
from app.protocol.lines import LineRan, ParameterEdit
from app.protocol.record import Record
from app.protocol.runs import LineName, ParameterInfo, RunConfig, RunState


class EngineOptions(Record):
    """What the engine process is started with; the names are those of `app.settings`."""

    device: Literal["cpu", "cuda", "auto"]
    max_runs: int
    run_memory: int
    runs_memory: int
    run_retention: float
    snapshots_per_second: float


# To the engine.


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


# From the engine.


class Ready(Record):
    """torch is imported; commands are answered from now on."""

    kind: Literal["ready"] = "ready"


class Refusal(Record):
    """A `PlaygroundError` on its way."""

    error: Literal["Invalid", "NotFound", "Conflict", "TooMany", "Unavailable"]
    template: str
    params: dict[str, str | int | float | None]
    field: str = ""
    retry_after: float = 0.0

    @classmethod
    def of(cls, error: PlaygroundError) -> "Refusal":
        """From the exception."""
        return cls(
            error=type(error).__name__,
            template=error.template,
            params=dict(error.params),
            field=getattr(error, "field", ""),
            retry_after=getattr(error, "retry_after", 0.0),
        )

    def exception(self) -> PlaygroundError:
        """Back to the exception."""
        params: Params = self.params
        match self.error:
            case "Invalid":
                return Invalid(self.field, self.template, **params)
            case "TooMany":
                return TooMany(self.retry_after, self.template, **params)
            case "Unavailable":
                return Unavailable(self.retry_after, self.template, **params)
            case "NotFound":
                return NotFound(self.template, **params)
            case "Conflict":
                return Conflict(self.template, **params)


def no_such_run(run_id: str) -> NotFound:
    """The answer where an id leads nowhere."""
    return NotFound(N_("There is no run {run_id}."), run_id=run_id)


class Reply(Record):
    """The answer to a request: the run's state, or why not."""

    kind: Literal["reply"] = "reply"
    number: int
    state: RunState | None = None
    others: tuple[RunState, ...] = ()
    """Those of the other runs of its race."""
    parameters: tuple[ParameterInfo, ...] = ()
    """With a snapshot: what its values mean."""
    lines: tuple[LineRan, ...] = ()
    steps: tuple[int, int, int] | None = None
    """With norms: those of `range(*steps)`."""
    refusal: Refusal | None = None


class Begin(Record):
    """What does not change until a run begins anew."""

    parameters: tuple[ParameterInfo, ...]


class DataSizes(Record):
    """How many points a run has. They stand in the payload, float32: x, y, test_x, test_y, grid."""

    n: int
    n_test: int
    n_grid: int

    @property
    def parts(self) -> tuple[int, ...]:
        """The length of each."""
        return self.n, self.n, self.n_test, self.n_test, self.n_grid


class FeedEntry(Record):
    """News of one watched run. Payload: its points if `data`; the packed snapshot; the new losses."""

    run_id: str
    begin: Begin | None = None
    data: DataSizes | None = None
    """With `begin`, and where it goes on with other points."""
    state: RunState | None = None
    """Where anything but the step changed."""
    lines: tuple[LineRan, ...] = ()
    """Lines of the loop that ran one at a time; the last few, if there were many."""
    losses_from: int
    n_losses: int
    snapshot_size: int

    @property
    def size(self) -> int:
        """Bytes of its part of the payload."""
        n_data = sum(self.data.parts) if self.data else 0
        return 4 * n_data + self.snapshot_size + 4 * self.n_losses


class Feed(Record):
    """News of watched runs, at most `snapshots_per_second` times a second."""

    kind: Literal["feed"] = "feed"
    entries: tuple[FeedEntry, ...]


class Gone(Record):
    """Runs that were forgotten because nobody watched or called them for `run_retention`."""

    kind: Literal["gone"] = "gone"
    run_ids: tuple[str, ...]


AnyReport = Annotated[Ready | Reply | Feed | Gone, Field(discriminator="kind")]
REPORT: TypeAdapter[AnyReport] = TypeAdapter(AnyReport)

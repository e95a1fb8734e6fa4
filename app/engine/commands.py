"""Messages of the web process to the engine process: a JSON record per frame."""

from hashlib import blake2b
from typing import Annotated, ClassVar, Literal, TypeGuard, get_args

from pydantic import Field, TypeAdapter

from app.protocol.data import Values
from app.protocol.events import Event
from app.protocol.lines import ParameterEdit
from app.protocol.lookback import SnapshotsQuery
from app.protocol.record import Record
from app.protocol.runs import RunConfig, RunState
from app.protocol.stream import ClientMessage

LONG = 600.0
"""Seconds for which is waited for what may take many steps."""


class EngineOptions(Record):
    """The options of an engine process; they have the names of `app.settings`."""

    device: Literal["cpu", "cuda", "auto"]
    max_runs: int
    run_memory: int
    runs_memory: int
    run_retention: float
    snapshots_per_second: float
    log_format: Literal["text", "json"] = "text"


class Command(Record):
    """A command on one run.

    patience: seconds for which a reply is waited for. makes_run: whether it needs room for one more run.
    worked_out: fields that
    differ when it is repeated.
    """

    patience: ClassVar[float] = 15.0
    worked_out: ClassVar[frozenset[str]] = frozenset()
    makes_run: ClassVar[bool] = False

    run_id: str
    command_id: Annotated[str, Field(max_length=200)] | None = None
    """With one, a repeat of the command is not carried out, and has the reply of the first."""
    asked: str = ""
    """A digest of what the client sent, where another request may come to the same command."""

    @property
    def fingerprint(self) -> bytes:
        """By which a repeat is told from another command."""
        text = self.model_dump_json(exclude={"command_id", *self.worked_out})
        return blake2b(text.encode(), digest_size=16).digest()


class Create(Command):
    """Make a run under this id. values: the values of the formula in its data, where there is one."""

    makes_run = True
    worked_out = frozenset({"values"})
    kind: Literal["create"] = "create"
    config: RunConfig
    values: Values | None = None
    comparison: str | None = None
    """Members of the same comparison keep step: a command to one is carried out on all at the same moment."""


class Inspect(Command):
    """Reply with the run's state."""

    kind: Literal["inspect"] = "inspect"


class TakeSnapshot(Command):
    """Reply with the run's snapshot now: the payload is a packed snapshot."""

    kind: Literal["snapshot"] = "snapshot"


class GetSnapshot(Command):
    """Reply with the run's snapshot after an earlier step: the payload is a packed snapshot."""

    patience = LONG

    kind: Literal["snapshot_at"] = "snapshot_at"
    step: int


class GetSnapshots(Command):
    """Reply with snapshots of several steps: the payload is packed snapshots, one after the other."""

    kind: Literal["snapshots"] = "snapshots"
    query: SnapshotsQuery
    max_bytes: int


class GetNorms(Command):
    """Reply with the norms of all layers from a step on: the payload is float32, (2, steps, layers)."""

    kind: Literal["norms"] = "norms"
    first_step: int


class Fork(Command):
    """Make another run that goes on from an earlier step. Answered when that run has caught up."""

    patience = LONG
    makes_run = True
    worked_out = frozenset({"fork_id"})
    kind: Literal["fork"] = "fork"
    fork_id: str
    step: int


class GetLog(Command):
    """Reply with the run's log: the payload is `Logged` as JSON."""

    kind: Literal["log"] = "log"


class GetLosses(Command):
    """Reply with the run's losses from a step on: the payload is float32."""

    kind: Literal["losses"] = "losses"
    first_step: int


class SaveWeights(Command):
    """Reply with the run's parameters now: the payload is a file that `torch.load` reads."""

    kind: Literal["weights"] = "weights"


class Play(Command):
    """Train until paused or finished."""

    kind: Literal["play"] = "play"
    steps_per_second: float | None


class Pause(Command):
    """Stop playing. spares_steps: leave steps that were asked for alone, which end by themselves."""

    kind: Literal["pause"] = "pause"
    spares_steps: bool = False


class Steps(Command):
    """Train `count` steps. Answered with a packed snapshot when the run stands still again.

    until: if it is set, train to that step instead; not at all if the run is there.
    """

    patience = LONG
    worked_out = frozenset({"until"})
    kind: Literal["step"] = "step"
    count: int
    until: int | None = None


class Lines(Command):
    """Run `count` lines of the loop, one at a time. The reply holds what they did."""

    kind: Literal["line"] = "line"
    count: int


class Edit(ParameterEdit, Command):
    """Set an element of a parameter. The reply's payload is a packed snapshot."""

    kind: Literal["edit"] = "edit"


class Update(Command):
    """Change the settings. values: the values of the formula, where it is another one than before."""

    worked_out = frozenset({"config", "values"})
    kind: Literal["update"] = "update"
    config: RunConfig
    values: Values | None = None


class Reset(Command):
    """Go back to step 0."""

    kind: Literal["reset"] = "reset"


class Delete(Command):
    """Delete the run. for_good: from the store as well."""

    kind: Literal["delete"] = "delete"
    for_good: bool = True


class Watch(Command):
    """Report the run in the feed, beginning with its whole state."""

    kind: Literal["watch"] = "watch"


class Unwatch(Command):
    """Report the run in the feed no longer."""

    kind: Literal["unwatch"] = "unwatch"


class Rebuild(Command):
    """Bring a run of a former engine process to where it was. Answered when it stands there.

    The payload is a checkpoint of the run, if there is one, and the losses of its steps until then.

    begin: the settings it began with. values: the values of their formula. events: of its log. step: to which
    it is trained.
    last: its state when it was last heard of, perhaps at an earlier step. playing, steps_per_second: whether
    it plays on from there, and how fast.
    """

    kind: Literal["rebuild"] = "rebuild"
    begin: RunConfig
    values: Values | None = None
    events: tuple[Event, ...]
    step: int
    last: RunState
    playing: bool
    steps_per_second: float | None
    comparison: str | None = None
    checkpoint_size: int = 0
    n_members: int = 1
    """Number of runs in that comparison, itself included: none plays on before all are where they were."""


class Ping(Command):
    """Reply, to show that the engine is not stuck."""

    run_id: str = ""
    kind: Literal["ping"] = "ping"


AnyCommand = Annotated[
    Create
    | Inspect
    | TakeSnapshot
    | GetSnapshot
    | GetSnapshots
    | GetNorms
    | Fork
    | GetLog
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
COMMAND: TypeAdapter[AnyCommand] = TypeAdapter(AnyCommand)


def command_of(message: ClientMessage, run_id: str) -> Command:
    """The command that an owner's message is: the one of its name, with its fields."""
    fields = message.model_dump(exclude={"type"})
    return COMMAND.validate_python({"kind": message.type, "run_id": run_id, **fields})


def is_known(command: Command) -> TypeGuard[AnyCommand]:
    """Whether an engine knows such a command."""
    return isinstance(command, get_args(get_args(AnyCommand)[0]))


class Request(Record):
    """A command with a number, which the `Reply` repeats."""

    number: int
    command: AnyCommand

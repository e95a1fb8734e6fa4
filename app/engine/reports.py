"""Messages of the engine process to the web process: a JSON record per frame, and bytes."""

from typing import Annotated, Literal

from pydantic import Field, TypeAdapter

from app.errors import N_, Conflict, Invalid, NotFound, Params, PlaygroundError, TooMany, Unavailable
from app.protocol.events import Beginning, Event, UnderWay
from app.protocol.lines import LineRan
from app.protocol.record import Record
from app.protocol.runs import ParameterInfo, RunConfig, RunState


class Ready(Record):
    """Says that torch is imported, and that commands are answered from now on."""

    kind: Literal["ready"] = "ready"


class Refusal(Record):
    """A `PlaygroundError` as a record."""

    error: Literal["Invalid", "NotFound", "Conflict", "TooMany", "Unavailable"]
    template: str
    params: dict[str, str | int | float | None]
    field: str = ""
    retry_after: float = 0.0

    @classmethod
    def of(cls, error: PlaygroundError) -> "Refusal":
        """The record of an exception."""
        return cls(
            error=type(error).__name__,
            template=error.template,
            params=dict(error.params),
            field=getattr(error, "field", ""),
            retry_after=getattr(error, "retry_after", 0.0),
        )

    def exception(self) -> PlaygroundError:
        """The exception of this record."""
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
    """The error for an id that no run has."""
    return NotFound(N_("There is no run {run_id}."), run_id=run_id)


class Logged(Record):
    """A run's log, in reply to `GetLog`."""

    begin: RunConfig
    events: tuple[Event, ...]


class News(Record):
    """What is new of a run's log, and where the run stands: what the web process keeps of it, and stores.

    begin: set if the run is new or begins anew; nothing that was told before holds then. events: those of
    the log from place `first` on.
    """

    begin: Beginning | None = None
    first: int
    events: tuple[Event, ...]
    state: RunState
    under_way: UnderWay | None = None


class Reply(Record):
    """The answer to a request: the run's state, or a refusal."""

    kind: Literal["reply"] = "reply"
    number: int
    state: RunState | None = None
    news: tuple[News, ...] = ()
    """Of the run, and of the other members of its comparison."""
    parameters: tuple[ParameterInfo, ...] = ()
    """With a snapshot: names and shapes of the parameters."""
    lines: tuple[LineRan, ...] = ()
    steps: tuple[int, int, int] | None = None
    """With norms: the arguments of the `range` of their steps."""
    n_steps: int | None = None
    """With the answer to `Ping`: the steps that this process has taken of all runs."""
    refusal: Refusal | None = None


class Begin(Record):
    """The part of a run that does not change until it begins anew."""

    parameters: tuple[ParameterInfo, ...]


class DataSizes(Record):
    """Numbers of a run's points. The payload has them as float32: x, y, test_x, test_y, grid."""

    n: int
    n_test: int
    n_grid: int

    @property
    def parts(self) -> tuple[int, ...]:
        """The length of each of the five arrays."""
        return self.n, self.n, self.n_test, self.n_test, self.n_grid


class FeedEntry(Record):
    """News of one watched run. Payload: the points if `data` is set, the packed snapshot, the new losses."""

    run_id: str
    begin: Begin | None = None
    data: DataSizes | None = None
    """Set with `begin`, and when the run goes on with other points."""
    news: News | None = None
    """Set when anything but the step has changed."""
    lines: tuple[LineRan, ...] = ()
    """Lines of the loop that ran one at a time; only the last of them if there were many."""
    losses_from: int
    n_losses: int
    snapshot_size: int

    @property
    def size(self) -> int:
        """Number of bytes of the entry's part of the payload."""
        n_data = sum(self.data.parts) if self.data else 0
        return 4 * n_data + self.snapshot_size + 4 * self.n_losses


class Feed(Record):
    """News of watched runs, sent at most `snapshots_per_second` times a second."""

    kind: Literal["feed"] = "feed"
    entries: tuple[FeedEntry, ...]


class Noted(Record):
    """News of a run that nobody watches and nobody has asked for."""

    kind: Literal["noted"] = "noted"
    news: News


class Gone(Record):
    """Ids of runs that were deleted because nobody watched or called them for `run_retention`."""

    kind: Literal["gone"] = "gone"
    run_ids: tuple[str, ...]


class Saved(Record):
    """A checkpoint of a run. Payload: the checkpoint, and the losses of steps that were not reported so yet.

    step: the number of steps taken. cursor: how many events of the run's log came before.
    """

    kind: Literal["saved"] = "saved"
    run_id: str
    step: int
    cursor: int
    losses_from: int
    checkpoint_size: int


AnyReport = Annotated[Ready | Reply | Feed | Noted | Gone | Saved, Field(discriminator="kind")]
REPORT: TypeAdapter[AnyReport] = TypeAdapter(AnyReport)

"""Messages of the engine process to the web process: a JSON record per frame, and bytes."""

from collections.abc import Iterator
from typing import Annotated, Literal, NamedTuple

from pydantic import Field, TypeAdapter

from app.errors import N_, Conflict, Invalid, NotFound, Params, PlaygroundError, TooMany, Unavailable
from app.frames import Malformed
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


def sent_before() -> Invalid:
    """The refusal of a request whose key belongs to another."""
    return Invalid("", N_("This key was sent before, with another request."))


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
    """Numbers of a run's points. The payload has them as float32: x, x2, y, test_x, test_x2, test_y, grid.

    n_second: how often there is a second input for each point: once or not at all. area: of the surface.
    """

    n: int
    n_test: int
    n_grid: int
    n_second: int = 0
    area: tuple[float, float, float, float] | None = None

    @property
    def parts(self) -> tuple[int, ...]:
        """The length of each of the seven arrays."""
        second = self.n_second
        return self.n, second * self.n, self.n, self.n_test, second * self.n_test, self.n_test, self.n_grid


class Head(Record):
    """What has changed of one watched run besides the steps it took."""

    begin: Begin | None = None
    data: DataSizes | None = None
    """Set with `begin`, and when the run goes on with other points."""
    news: News | None = None
    """Set when anything but the step has changed."""
    lines: tuple[LineRan, ...] = ()
    """Lines of the loop that ran one at a time; only the last of them if there were many."""


class FeedEntry(NamedTuple):
    """News of one watched run. head: None if it has only taken steps. points, losses: float32.

    points: empty unless the head has their numbers. losses: those of the steps from `losses_from` on.
    """

    run_id: str
    head: Head | None
    points: bytes
    snapshot: bytes
    losses_from: int
    losses: bytes


Size = Annotated[int, Field(ge=0)]


class Feed(Record):
    """News of watched runs, sent at most `snapshots_per_second` times a second.

    The runs one after the other, a column for each number, because most of a frame's runs have only taken
    steps. The payload has of each run the points if its head has `data`, the packed snapshot, the new losses.
    """

    kind: Literal["feed"] = "feed"
    run_ids: tuple[str, ...]
    heads: dict[int, Head]
    """By the run's place among the others."""
    losses_from: tuple[Size, ...]
    n_losses: tuple[Size, ...]
    snapshot_sizes: tuple[Size, ...]

    def entries(self, payload: bytes) -> Iterator[FeedEntry]:
        """The news of each run. Raises: Malformed: the payload is not as long as it says."""
        sizes = zip(self.run_ids, self.losses_from, self.n_losses, self.snapshot_sizes, strict=True)
        start = 0
        for place, (run_id, losses_from, n_losses, snapshot_size) in enumerate(sizes):
            head = self.heads.get(place)
            points = start + 4 * sum(head.data.parts) if head is not None and head.data else start
            snapshot = points + snapshot_size
            losses = snapshot + 4 * n_losses
            yield FeedEntry(
                run_id, head, payload[start:points], payload[points:snapshot],
                losses_from, payload[snapshot:losses],
            )  # fmt: skip
            start = losses
        if start != len(payload):
            raise Malformed(f"{len(payload)} bytes of news, where {start} are told")


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

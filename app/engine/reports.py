"""What the engine process tells the web process: a JSON record per frame, and bytes."""

from typing import Annotated, Literal

from pydantic import Field, TypeAdapter

from app.errors import N_, Conflict, Invalid, NotFound, Params, PlaygroundError, TooMany, Unavailable
from app.protocol.lines import LineRan
from app.protocol.record import Record
from app.protocol.runs import ParameterInfo, RunState


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

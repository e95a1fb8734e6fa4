"""The messages of `WS /api/runs/{id}/stream`, as JSON text; a binary snapshot is described in `snapshots`."""

from typing import Annotated, Literal

from pydantic import Field, JsonValue, TypeAdapter

from app.protocol.lines import LineRan, LinesRequest, ParameterEdit
from app.protocol.problems import Problem
from app.protocol.record import Number, Record, Whole
from app.protocol.runs import MAX_STEPS, FinishReason, ParameterInfo, RunConfig, RunState
from app.protocol.snapshots import Snapshot

# From the client.


class Hello(Record):
    """The first message. Without `owner_token` the client may only watch."""

    type: Literal["hello"]
    owner_token: Annotated[str, Field(max_length=100)] | None = None
    format: Literal["json", "binary"] = "json"
    losses_from: Annotated[Whole, Field(ge=1, le=MAX_STEPS + 1)] = 1
    """The first step whose loss the client still needs: a page that reconnects has the others."""


class Change(Record):
    """What only the owner may send."""

    command_id: Annotated[str, Field(max_length=100)] | None = None
    """Of the client's own choice. A message that is sent again with the same one is not carried out again."""


class Play(Change):
    """Train until paused or finished."""

    type: Literal["play"]
    steps_per_second: Annotated[Number, Field(ge=0.1, le=1000)] | None = None
    """None: as fast as the server can."""


class Pause(Change):
    """Stop after the step that is being taken."""

    type: Literal["pause"]


class Step(Change):
    """Run exactly `count` further steps, then pause."""

    type: Literal["step"]
    count: Annotated[Whole, Field(ge=1, le=MAX_STEPS)] = 1


class RunLine(LinesRequest, Change):
    """Run the next lines of the loop, one at a time. The run must stand still."""

    type: Literal["line"]


class Edit(ParameterEdit, Change):
    """Set an element of a parameter."""

    type: Literal["edit"]


class Update(Change):
    """Change settings: a JSON merge patch (RFC 7396) on the run's config, as `PATCH /api/runs/{id}` takes."""

    type: Literal["update"]
    config: dict[str, JsonValue]


class Reset(Change):
    """Go back to step 0 and the same initial weights."""

    type: Literal["reset"]


class Ack(Record):
    """Sent when the client has drawn the snapshot of this step; at most two may be unacknowledged."""

    type: Literal["ack"]
    step: Annotated[Whole, Field(ge=0, le=MAX_STEPS)]


class Ping(Record):
    """Ask for a `pong`, which shows that the connection still carries both ways. Changes nothing."""

    type: Literal["ping"]


ClientMessage = Annotated[
    Hello | Play | Pause | Step | RunLine | Edit | Update | Reset | Ack | Ping, Field(discriminator="type")
]
CLIENT_MESSAGE: TypeAdapter[ClientMessage] = TypeAdapter(ClientMessage)

# From the server.


class Points(Record):
    """A run's points as it trains on them, scaled if `scale_x` is set."""

    x: list[float]
    """Inputs of the points that the run learns from, in the order of `prediction`, which need not ascend; the
    first of two."""
    x2: list[float] = Field(default_factory=list)
    """The second input of each point; empty if there is one."""
    y: list[float]
    """With classes each point's class, whatever `y_form` makes of it."""
    test_x: list[float]
    """Inputs of the points that are held out for the test loss."""
    test_x2: list[float] = Field(default_factory=list)
    test_y: list[float]
    grid: list[float]
    """The inputs of `grid_prediction`, ascending; empty if the run has a surface."""
    area: tuple[float, float, float, float] | None = None
    """What the snapshots' `surface` covers: x1 from, x1 to, x2 from, x2 to; null if the model is a curve."""


class Started(Points):
    """The run as a viewer needs it before the first snapshot.

    Sent first, and again whenever the run begins anew: after a reset, after a change that makes data or model
    anew, and after the trainer was replaced.
    """

    type: Literal["started"] = "started"
    run: RunState
    control: bool
    """Whether this client may change the run."""
    parameters: list[ParameterInfo]


class SnapshotMessage(Snapshot):
    """A snapshot, and the losses of all steps since the last snapshot that this client was sent."""

    type: Literal["snapshot"] = "snapshot"
    losses_from: int
    """The step whose loss is `losses[0]`; steps count from 1."""
    losses: list[float | None]


class Playing(Record):
    """Sent when the run begins to play, or its pace changes."""

    type: Literal["playing"] = "playing"
    steps_per_second: float | None


class Paused(Record):
    """Sent when the run stands still, after the snapshot of `step`."""

    type: Literal["paused"] = "paused"
    step: int


class Lines(Record):
    """Lines of the loop that ran one at a time. Sent before the snapshot that shows their result."""

    type: Literal["lines"] = "lines"
    lines: list[LineRan]


class Updated(Record):
    """Sent when settings have changed, from step `step` on, and the run goes on."""

    type: Literal["updated"] = "updated"
    step: int
    config: RunConfig
    points: Points | None = None
    """The points of all following snapshots, if they have changed."""


class Finished(Record):
    """Sent when the run has ended, after the snapshot of `step`. The last fields are as in `RunState`."""

    type: Literal["finished"] = "finished"
    step: int
    reason: FinishReason
    error: str | None
    topic: str | None
    explanation: str | None
    remedy: str | None
    suggestion: dict[str, JsonValue] | None


class Warned(Record):
    """Sent when torch has warned in a step, or when a warning no longer holds because the points changed."""

    type: Literal["warned"] = "warned"
    warning: str | None
    """Torch's own words; null: the warning no longer holds."""
    explanation: str | None
    """The meaning of the warning, in the reader's language."""
    remedy: str | None


class Stored(Record):
    """Sent when the server cannot store any more what is done to runs, and when it can again."""

    type: Literal["stored"] = "stored"
    trouble: str | None
    """What keeps it from storing, in the reader's language; null: nothing does."""


class Failed(Record):
    """Sent when a command is refused, or the run is in trouble. The socket may be closed next."""

    type: Literal["failed"] = "failed"
    problem: Problem


class Pong(Record):
    """The answer to `ping`."""

    type: Literal["pong"] = "pong"


ServerMessage = Annotated[
    Started
    | SnapshotMessage
    | Playing
    | Paused
    | Lines
    | Updated
    | Warned
    | Stored
    | Finished
    | Failed
    | Pong,
    Field(discriminator="type"),
]

"""One line of the training loop at a time, and one parameter changed by hand."""

from typing import Annotated, Literal

from pydantic import Field

from app.protocol.record import Number, Record, Whole
from app.protocol.runs import LineName, RunState
from app.protocol.snapshots import Nested

MAX_LINES = 10
"""Lines run by one request."""
MAX_SHOWN = 1024
"""Elements of a tensor whose values are shown."""


class LinesRequest(Record):
    """Run the next `count` lines."""

    count: Annotated[Whole, Field(ge=1, le=MAX_LINES)] = 1


class TensorChange(Record):
    """A tensor that a line made or changed, or its `.grad`."""

    name: str
    """"prediction", "loss", or a parameter such as "hidden.weight"."""
    what: Literal["value", "grad"]
    shape: tuple[int, ...]
    before: Nested | None
    """None: there was none. Also where it has more than 1024 elements; the snapshots have those."""
    after: Nested | None


class LineRan(Record):
    """A line of the training loop, and what it did."""

    step: int
    """The step it is part of; steps count from 1."""
    line: LineName
    changes: list[TensorChange]
    samples: list[int] | None = None
    """Of `forward` with a `batch_size`: which points it took, by their place in the data."""
    lr: float | None = None
    """Of `step`: the learning rate it used."""


class LinesRan(Record):
    """The answer to `POST /api/runs/{id}/lines`.

    Where torch refused a line it is not among them, and the run has failed.
    """

    run: RunState
    lines: list[LineRan]


class ParameterEdit(Record):
    """One element of a parameter set by hand, as `net.hidden.weight[3, 0] = 0.5` under `torch.no_grad()`."""

    name: Annotated[str, Field(max_length=40)]
    """As in `state_dict`, such as "hidden.weight"."""
    index: Annotated[tuple[Annotated[Whole, Field(ge=0)], ...], Field(max_length=2)]
    """[row, column] in a weight, [unit] in a bias."""
    value: Annotated[Number, Field(ge=-1e6, le=1e6)]

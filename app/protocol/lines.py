"""Lines of the training loop that run one at a time, and parameters changed by hand."""

from typing import Annotated, Literal

from pydantic import Field

from app.protocol.record import Number, Record, Whole
from app.protocol.runs import LineName, RunState
from app.protocol.snapshots import Nested

MAX_LINES = 10
"""Most lines run by one request."""
MAX_SHOWN = 1024
"""Most elements of a tensor whose values are shown."""


class LinesRequest(Record):
    """A request to run the next `count` lines."""

    count: Annotated[Whole, Field(ge=1, le=MAX_LINES)] = 1


class TensorChange(Record):
    """A tensor that a line made or changed, or its `.grad`."""

    name: str
    """"prediction", "loss", or a parameter such as "hidden.weight"."""
    what: Literal["value", "grad"]
    shape: tuple[int, ...]
    before: Nested | None
    """None if there was no such tensor, or if it has more than 1024 elements, which the snapshots have."""
    after: Nested | None


class LineRan(Record):
    """A line of the training loop that ran, and what it changed."""

    step: int
    """The step that the line is part of; steps count from 1."""
    line: LineName
    changes: list[TensorChange]
    samples: list[int] | None = None
    """For `forward` with a `batch_size`: the indices of the points that it took."""
    lr: float | None = None
    """For `step`: the learning rate that it used."""


class LinesRan(Record):
    """The answer to `POST /api/runs/{id}/lines`.

    A line that torch refused is not in the list, and the run has failed.
    """

    run: RunState
    lines: list[LineRan]


class ParameterEdit(Record):
    """One element of a parameter set by hand, as `net.hidden.weight[3, 0] = 0.5` under `torch.no_grad()`."""

    name: Annotated[str, Field(max_length=40)]
    """The parameter's name in `state_dict`, such as "hidden.weight"."""
    index: Annotated[tuple[Annotated[Whole, Field(ge=0)], ...], Field(max_length=2)]
    """[row, column] in a weight, [unit] in a bias."""
    value: Annotated[Number, Field(ge=-1e6, le=1e6)]

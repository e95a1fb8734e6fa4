"""Earlier steps of a run: snapshots, gradient and update norms, and forks."""

from collections.abc import Sequence
from typing import Annotated, Literal

from pydantic import ConfigDict, Field

from app.protocol.record import Record, Whole
from app.protocol.runs import MAX_STEPS, ParameterInfo
from app.protocol.snapshots import Snapshot

MAX_SNAPSHOTS = 256
"""Most snapshots in one answer."""


class SnapshotsQuery(Record):
    """The steps to return: at most `count` of the kept ones, evenly spread, with both ends."""

    model_config = ConfigDict(validate_by_name=True)

    first: Annotated[int, Field(alias="from", ge=0, le=MAX_STEPS)] = 0
    last: Annotated[int, Field(alias="to", ge=0, le=MAX_STEPS)] = MAX_STEPS
    count: Annotated[int, Field(ge=1, le=MAX_SNAPSHOTS)] = MAX_SNAPSHOTS
    format: Literal["json", "binary"] = "json"
    """`binary`: snapshots in the stream's binary form, one after the other."""


class Snapshots(Record):
    """Snapshots of several steps, the earliest first."""

    snapshots: list[Snapshot]


class LayerNorms(Record):
    """The norms of one layer, weight and bias together, at each step."""

    gradient: list[float | None]
    """The norm of the layer's gradient; null where `.grad` is None, or the norm is not finite."""
    update: list[float | None]
    """The norm of the change that the step made; null where the step before is not kept."""


class Norms(Record):
    """Gradient and update norms (Euclidean) of each layer."""

    steps: list[int]
    """Every step, or the kept steps of a long run."""
    layers: dict[str, LayerNorms]
    """By the layer's name, such as "hidden", from the input to the output."""


class ForkRequest(Record):
    """A request to train on from step `step` in another run."""

    step: Annotated[Whole, Field(ge=0, le=MAX_STEPS)]


def layers_of(parameters: Sequence[ParameterInfo]) -> dict[str, slice]:
    """The slice of each layer in a flat row of all parameters.

    >>> layers_of([ParameterInfo(name="a.weight", shape=(3, 2)), ParameterInfo(name="a.bias", shape=(3,))])
    {'a': slice(0, 9, None)}
    """
    layers: dict[str, slice] = {}
    end = 0
    for parameter in parameters:
        name = parameter.name.rpartition(".")[0]
        start, end = end, end + parameter.size
        layers[name] = slice(layers.get(name, slice(start, end)).start, end)
    return layers

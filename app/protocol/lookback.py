"""What a run was at earlier steps: snapshots of many, gradient and update norms, and forks."""

from collections.abc import Sequence
from typing import Annotated, Literal

from pydantic import ConfigDict, Field

from app.protocol.record import Record, Whole
from app.protocol.runs import MAX_STEPS, ParameterInfo
from app.protocol.snapshots import Snapshot

MAX_SNAPSHOTS = 256
"""Snapshots in one answer."""


class SnapshotsQuery(Record):
    """Which steps are asked for: at most `count` of those that are kept, evenly spread, with both ends."""

    model_config = ConfigDict(validate_by_name=True)

    first: Annotated[int, Field(alias="from", ge=0, le=MAX_STEPS)] = 0
    last: Annotated[int, Field(alias="to", ge=0, le=MAX_STEPS)] = MAX_STEPS
    count: Annotated[int, Field(ge=1, le=MAX_SNAPSHOTS)] = MAX_SNAPSHOTS
    format: Literal["json", "binary"] = "json"
    """`binary`: those of the stream's binary form, one after the other."""


class Snapshots(Record):
    """Snapshots of several steps, the earliest first."""

    snapshots: list[Snapshot]


class LayerNorms(Record):
    """Of one layer, weight and bias together: two numbers for each of the steps."""

    gradient: list[float | None]
    """The norm of its gradient; null where torch has none, or it is not finite."""
    update: list[float | None]
    """How far the step moved its parameters; null where the step before is not kept."""


class Norms(Record):
    """Gradient and update norms (Euclidean) of each layer."""

    steps: list[int]
    """Every step, or as many as are kept of a long run."""
    layers: dict[str, LayerNorms]
    """By name, such as "hidden", from the input to the output."""


class ForkRequest(Record):
    """Train on from step `step`, in another run."""

    step: Annotated[Whole, Field(ge=0, le=MAX_STEPS)]


def layers_of(parameters: Sequence[ParameterInfo]) -> dict[str, slice]:
    """Where each layer's numbers are in a flat row of all parameters.

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

"""What has been read of a script."""

import ast
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from app.errors import N_

DRAWS = N_("What draws is left out; the page draws by itself.")
SEED = N_("No seed is set here; the run takes 0.")
SEEDED_AGAIN = N_(
    "A run sets its seed before it makes the data and again before it makes the network. This script does "
    "not, so its numbers are others."
)


@dataclass(frozen=True)
class Remark:
    """Something that the run has in another way. text: marked for translation."""

    line: int
    text: str


@dataclass
class Reading:
    """The settings a script amounts to.

    values: fields of a `RunConfig`, not checked yet. nodes: where in the script each of them is from.
    """

    values: dict[str, Any] = field(default_factory=dict)
    nodes: dict[str, ast.AST] = field(default_factory=dict)
    remarks: list[Remark] = field(default_factory=list)

    def put(self, name: str, value: Any, node: ast.AST) -> None:
        """Take down a setting."""
        self.values[name] = value
        self.nodes[name] = node

    def remark(self, node: ast.AST, text: str) -> None:
        """Take down a remark, once."""
        if all(remark.text != text for remark in self.remarks):
            self.remarks.append(Remark(getattr(node, "lineno", 1), text))

    def line_of(self, name: str) -> int:
        """Where a setting is from."""
        return getattr(self.nodes.get(name), "lineno", 1)


# What the names in a script stand for, besides points and numbers.


@dataclass(frozen=True)
class Net:
    """A network. layers: their names, in their order."""

    settings: Mapping[str, Any]
    layers: tuple[str, ...]


@dataclass(frozen=True)
class LossFunc:
    """A loss function of torch."""

    name: str


@dataclass(frozen=True)
class Prediction:
    """What the network makes of x, in a step."""


@dataclass(frozen=True)
class LossValue:
    """The loss of a step."""


@dataclass(frozen=True)
class Optimizer:
    """The optimizer."""


@dataclass(frozen=True)
class Scheduler:
    """Its scheduler."""


@dataclass(frozen=True)
class Order:
    """A permutation of the points."""


@dataclass(frozen=True)
class Count:
    """How many points are held out."""

    fraction: float


@dataclass(frozen=True)
class Part:
    """The indices of the points that are held out, or of the others."""

    fraction: float
    held_out: bool


@dataclass(frozen=True)
class HeldOut:
    """Points that are held out."""

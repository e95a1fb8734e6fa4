"""What of torch's graph is shown: boxes and arrows with what is known of them, before they get a place."""

from dataclasses import dataclass, field
from typing import Any

from app.calculator.explain.matrices import Matrix
from app.calculator.explain.tape import Cut
from app.protocol.explanation import EdgeKind, NodeKind, Saved
from app.protocol.record import Numbers

MAX_ARCS = 200
FOLDED = "folded"
"""The id of the box that stands for everything that is not shown."""


@dataclass(slots=True)
class Vertex:
    """One box. number, call, part: of its `tape.Mark` or `tape.Tag`; the rest as in `GraphNode`."""

    id: str
    kind: NodeKind
    label: str
    number: int = 0
    call: int = 0
    part: str = ""
    line: int | None = None
    shape: tuple[int, ...] = ()
    names: list[str] = field(default_factory=list)
    name: str | None = None
    symbol: str = ""
    value: str | None = None
    grad: str | None = None
    value_numbers: Numbers = None
    grad_numbers: Numbers = None
    saved: Saved = "none"
    cut: Cut | None = None
    output: bool = False
    count: int | None = None


@dataclass(slots=True)
class Arc:
    """One arrow. output: which output of the source it takes.

    local: the derivative of each of the target's outputs by this input, where small.
    """

    id: str
    source: str
    target: str
    kind: EdgeKind
    slot: int | None = None
    output: int = 0
    local: dict[int, Matrix] = field(default_factory=dict)


@dataclass(slots=True)
class Picture:
    """vertices: by id, every operation after the operations and leaves it was computed from.

    whole: nothing is left out.
    """

    vertices: dict[str, Vertex] = field(default_factory=dict)
    arcs: list[Arc] = field(default_factory=list)
    whole: bool = True
    _into: dict[str, list[Arc]] = field(default_factory=dict)

    def join(self, source: str, target: str, kind: EdgeKind, **rest: Any) -> None:
        """Add an arrow, while there is room."""
        if len(self.arcs) == MAX_ARCS:
            self.whole = False
            return
        arc = Arc(f"e{len(self.arcs) + 1}", source, target, kind, **rest)
        self.arcs.append(arc)
        if kind == "flow":
            self._into.setdefault(target, []).append(arc)

    def flows_into(self, vertex: str) -> list[Arc]:
        """The tracked inputs of an operation, in their order."""
        return self._into.get(vertex, [])

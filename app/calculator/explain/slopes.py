"""The slope of what a program computes, at one element of a leaf, measured by running it again."""

from collections.abc import Iterator
from dataclasses import dataclass
from math import isfinite, prod

from app.calculator.explain.bench import RELATIVE, Baseline, Problem, differ
from app.calculator.explain.figures import written
from app.calculator.explain.picture import Picture, Vertex
from app.calculator.explain.rerun import Born

STEP = 1e-4
SMALLEST = 0.1
"""h is STEP times the value, or times this where the value is smaller."""
CURVE_POINTS = 33


@dataclass(frozen=True, slots=True)
class Slopes:
    """left: (f(x) - f(x - h)) / h. right: (f(x + h) - f(x)) / h."""

    h: float
    left: float
    right: float

    @property
    def middle(self) -> float:
        """(f(x + h) - f(x - h)) / 2h."""
        return (self.left + self.right) / 2

    @property
    def bend(self) -> float:
        """How much the slope changes."""
        return abs(self.right - self.left)


class Leaf:
    """One leaf on the bench. values: its elements in the rerun. problem: why it cannot be moved, if so."""

    def __init__(self, base: Baseline, vertex: Vertex) -> None:
        self.base = base
        self.vertex = vertex
        self.born = Born(vertex.call, vertex.part)
        self.values = base.mover.values.get(self.born, [])
        self.problem = base.problem or self._not_the_same()

    def slopes(self, element: int, shrink: float = 1.0) -> Slopes | Problem:
        """Move one element up and down by h, or by a part of it."""
        h = shrink * STEP * max(abs(self.values[element]), SMALLEST)
        up, down = self._value(element, h), self._value(element, -h)
        if isinstance(up, tuple):
            return up
        if isinstance(down, tuple):
            return down
        return Slopes(h, left=(self.base.value - down) / h, right=(up - self.base.value) / h)

    def curve(self) -> Iterator[tuple[float, float]]:
        """F around a leaf of one element, where it has values."""
        if len(self.values) == 1:
            reach = max(abs(self.values[0]), 1.0)
            for k in range(CURVE_POINTS):
                by = reach * (2 * k / (CURVE_POINTS - 1) - 1)
                mover = self.base.moved(self.born, 0, by)
                if mover is not None and mover.value is not None and isfinite(mover.value):
                    yield self.values[0] + by, mover.value

    def why(self, element: int, found: Slopes, autograd: float, picture: Picture) -> Problem:
        """Why autograd says something else. From nearer, a corner stays a corner and a jump gets steeper."""
        nearer = self.slopes(element, shrink=0.1)
        if isinstance(nearer, Slopes):
            if abs(nearer.middle) > 5 * abs(found.middle):
                return "jump", {}
            low, high = sorted((nearer.left, nearer.right))
            slack = RELATIVE * max(abs(low), abs(high))
            between = low - slack <= autograd <= high + slack
            if between and nearer.bend > max(found.bend / 2, slack):
                left, right = written(nearer.left), written(nearer.right)
                return "kink", {"left": left, "right": right, "autograd": written(autograd)}
        if self._changed_after_use(picture):
            return "changed_after_use", {"name": self.vertex.symbol}
        if self._is_cut(picture):
            return "cut_off", {"name": self.vertex.symbol}
        return "changed_on_the_way", {}

    def _value(self, element: int, by: float) -> float | Problem:
        mover = self.base.moved(self.born, element, by)
        if mover is None:
            return "too_long", {}
        if mover.trace != self.base.mover.trace or mover.value is None:
            return "another_way", {"name": self.vertex.symbol}
        return mover.value if isfinite(mover.value) else ("undefined", {})

    def _not_the_same(self) -> Problem | None:
        """Whether the leaf is where it was, with the value it had."""
        recorded = self.base.flow.values[self.vertex.number]
        if len(self.values) != prod(recorded.shape):
            return "not_found", {}
        if any(differ(self.values[element], number) for element, number in recorded.some()):
            return self.base.other_numbers()
        return None

    def _changed_after_use(self, picture: Picture) -> bool:
        """Whether its value was set after something had been computed from it."""
        uses = [picture.vertices[arc.target].call for arc in picture.arcs if arc.source == self.vertex.id]
        return min(uses, default=0) < self.base.mover.changed[self.born]

    def _is_cut(self, picture: Picture) -> bool:
        """Whether something computed from it goes on without torch's knowing."""
        reached = {self.vertex.id}
        for id_ in picture.vertices:
            if any(arc.source in reached for arc in picture.flows_into(id_)):
                reached.add(id_)
        return any(arc.kind == "cut" and arc.source in reached for arc in picture.arcs)

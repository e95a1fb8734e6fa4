"""The slope of what a program computes, at one element of a leaf, measured by running it again."""

from collections.abc import Iterator
from dataclasses import dataclass
from math import isfinite, prod

from app.calculator.explain.bench import RELATIVE, Problem, Trials, differ
from app.calculator.explain.figures import written
from app.calculator.explain.picture import Picture, Vertex
from app.calculator.explain.rerun import Born, Move, Mover

STEP = 1e-4
SMALLEST = 0.1
"""h is STEP times the value, or times this where the value is smaller."""
NEARER = 0.1
"""The part of h that is taken to look again."""
CURVE_POINTS = 33


@dataclass(frozen=True, slots=True)
class Slope:
    """f at x - h and x + h."""

    h: float
    down: float
    up: float

    @property
    def middle(self) -> float:
        """(f(x + h) - f(x - h)) / 2h."""
        return (self.up - self.down) / (2 * self.h)

    def sides(self, value: float) -> tuple[float, float]:
        """The slopes to the left and to the right of x. value: f(x)."""
        return (value - self.down) / self.h, (self.up - value) / self.h


class Leaf:
    """One leaf in the trials of one pass."""

    def __init__(self, trials: Trials, vertex: Vertex) -> None:
        self.trials = trials
        self.vertex = vertex
        self.born = Born(vertex.call, vertex.part)
        self.figures = trials.flow.values[vertex.number]

    def slope(self, element: int, value: float, shrink: float = 1.0) -> Slope | Problem:
        """Move one element up and down by h, or by a part of it. value: what it is."""
        h = shrink * STEP * max(abs(value), SMALLEST)
        up, down = self._moved(element, value, h), self._moved(element, value, -h)
        if not isinstance(up, Mover):
            return up
        if not isinstance(down, Mover):
            return ("another_way", {"name": self.vertex.symbol}) if down[0] == "stopped" else down
        if up.trace != down.trace:
            return "another_way", {"name": self.vertex.symbol}
        if not (isfinite(up.value or 0.0) and isfinite(down.value or 0.0)):
            return "undefined", {}
        return Slope(h, down.value or 0.0, up.value or 0.0)

    def why(self, place: int, found: Slope, autograd: float, picture: Picture) -> Problem:
        """Why autograd says something else. From nearer, a corner stays a corner and a jump gets steeper."""
        still, nearer = self.trials.still, self.slope(*self.figures.some()[place], NEARER)
        if isinstance(still, Mover) and isinstance(nearer, Slope):
            if abs(nearer.middle) > abs(found.middle) / NEARER / 2:
                return "jump", {}
            left, right = nearer.sides(still.value or 0.0)
            before = found.sides(still.value or 0.0)
            slack = RELATIVE * max(abs(left), abs(right))
            between = min(left, right) - slack <= autograd <= max(left, right) + slack
            if between and abs(right - left) > max(abs(before[1] - before[0]) / 2, slack):
                fields = {"left": left, "right": right, "autograd": autograd}
                return "kink", {name: written(number) for name, number in fields.items()}
        if self._changed_after_use(picture):
            return "changed_after_use", {"name": self.vertex.symbol}
        if self._is_cut(picture):
            return "cut_off", {"name": self.vertex.symbol}
        return "changed_on_the_way", {}

    def curve(self) -> Iterator[tuple[float, float]]:
        """The values of f around a leaf of one element, where it has values."""
        if prod(self.figures.shape) == 1:
            ((element, value),) = self.figures.some()
            reach = max(abs(value), 1.0)
            for k in range(CURVE_POINTS):
                by = reach * (2 * k / (CURVE_POINTS - 1) - 1)
                mover = self._moved(element, value, by)
                if isinstance(mover, Mover) and isfinite(mover.value or 0.0):
                    yield value + by, mover.value or 0.0

    def _moved(self, element: int, value: float, by: float) -> Mover | Problem:
        """Run with one element moved, right after the program last set it."""
        after = self._last_set()
        if not isinstance(after, int):
            return after
        mover = self.trials.run(Move(self.born, after, element, by))
        if isinstance(mover, Mover):
            moved = mover.values.get(self.born)
            if moved is None or len(moved) != prod(self.figures.shape):
                return "not_found", {}
            if differ(moved[element] - by, value):
                return self.trials.other_numbers
        return mover

    def _last_set(self) -> int | Problem:
        """The library call that last changed the leaf."""
        if self.vertex.number in self.trials.flow.untouched:
            return self.born.call
        still = self.trials.still
        if not isinstance(still, Mover):
            return still
        return still.changed.get(self.born, ("not_found", {}))

    def _changed_after_use(self, picture: Picture) -> bool:
        """Whether its value was set after something had been computed from it."""
        after = self._last_set()
        uses = [picture.vertices[arc.target].call for arc in picture.arcs if arc.source == self.vertex.id]
        return isinstance(after, int) and min(uses, default=after) < after

    def _is_cut(self, picture: Picture) -> bool:
        """Whether something computed from it goes on without torch's knowing."""
        reached = {self.vertex.id}
        for id_ in picture.vertices:
            if any(arc.source in reached for arc in picture.flows_into(id_)):
                reached.add(id_)
        return any(arc.kind == "cut" and arc.source in reached for arc in picture.arcs)

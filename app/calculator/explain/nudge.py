"""The check: each gradient beside (f(x + h) - f(x - h)) / 2h, found by running the program again."""

from math import prod

from app.calculator.explain.bench import MAX_COST, RELATIVE, Bench, Problem, Trials, differ
from app.calculator.explain.figures import Figures, index_of, nested_text, written
from app.calculator.explain.passes import Pass
from app.calculator.explain.picture import Picture, Vertex
from app.calculator.explain.recording import Recording
from app.calculator.explain.rerun import Born, Mover
from app.calculator.explain.slopes import Leaf, Slope
from app.protocol.explanation import Nudge, NudgeElement, NudgeState
from app.protocol.snapshots import nested

MAX_LEAVES = 16
MAX_ELEMENTS = 32
"""Elements checked of all leaves together, and at most MAX_OF_ONE of each."""
MAX_OF_ONE = 9
ABSOLUTE = 1e-5
"""Tolerance beside the relative one: of the leaf's largest gradient."""
ROUNDING = 1e-6
"""And of f itself: what float32 may lose in sums that cancel."""


def nudges(recording: Recording, picture: Picture, bench: Bench, curves: bool = False) -> list[Nudge]:
    """Check every leaf that a gradient reached, each in the last `backward()` that can be afforded.

    curves: whether to follow f around leaves of one element as well.
    """
    groups = targets(recording, picture)
    n_leaves = sum(len(leaves) for _, leaves in groups)
    limit = max(1, min(MAX_OF_ONE, MAX_ELEMENTS // max(1, n_leaves)))
    exams = []
    for flow, vertices in groups:
        leaves = [Born(vertex.call, vertex.part) for vertex in vertices]
        trials = Trials(bench, flow, leaves, recording.calls.random)
        exams += [Exam(Leaf(trials, vertex)) for vertex in vertices]
    for place in range(limit):  # in rounds, so that no leaf takes all the time
        for exam in exams:
            exam.measure(place)
    return [exam.nudge(picture, curves) for exam in exams]


def targets(recording: Recording, picture: Picture) -> list[tuple[Pass, list[Vertex]]]:
    """Which leaves to check in which pass: the last that reached them, or the first if that is too far in."""
    chosen: dict[int, Pass] = {}
    last = [flow for flow, _ in recording.flows.last.values()]
    for flow in sorted([*recording.flows.first.values(), *last], key=lambda flow: flow.number):
        for number in flow.values:
            affordable = flow.cost <= MAX_COST // 4 or number not in chosen
            if affordable and not flow.failed and flow.gradient(number) is not None:
                chosen[number] = flow
    groups: dict[int, tuple[Pass, list[Vertex]]] = {}
    leaves = [v for v in picture.vertices.values() if v.kind == "leaf" and v.number in chosen]
    for vertex in leaves[:MAX_LEAVES]:
        flow = chosen[vertex.number]
        groups.setdefault(flow.number, (flow, []))[1].append(vertex)
    return list(groups.values())


class Exam:
    """One leaf's gradient, compared element by element. problem: what keeps it from being compared, if so."""

    def __init__(self, leaf: Leaf) -> None:
        self.leaf = leaf
        self.flow = leaf.trials.flow
        self.gradient = self.flow.gradient(leaf.vertex.number) or Figures((), None)
        self.some = self.gradient.some()
        self.largest = max((abs(number) for _, number in self.some), default=0.0)
        self.elements: list[NudgeElement] = []
        self.slopes: list[Slope] = []
        self.problem: Problem | None = None

    def measure(self, place: int) -> None:
        """Compare one of the elements that were kept."""
        values = self.leaf.figures.some()
        if self.problem is not None or place >= min(len(self.some), len(values)):
            return
        slope = self.leaf.slope(*values[place])
        if not isinstance(slope, Slope):
            if not self.elements or slope[0] != "too_long":
                self.problem = slope
            return
        recorded = self.leaf.trials.recorded
        if recorded is not None and differ((slope.up + slope.down) / 2, recorded):
            still = self.leaf.trials.still
            if not isinstance(still, Mover):
                self.problem = still
                return
        self.slopes.append(slope)
        self.elements.append(self._compared(*self.some[place], slope))

    def nudge(self, picture: Picture, curves: bool) -> Nudge:
        """The record."""
        problem = self.problem
        state: NudgeState = "agree" if problem is None else "unchecked"
        odd = next((k for k, element in enumerate(self.elements) if not element.agree), None)
        if odd is not None and problem is None:
            state = "disagree"
            problem = self.leaf.why(odd, self.slopes[odd], self.some[odd][1], picture)
        checked = state != "unchecked"
        topic, params = problem or (None, None)
        return Nudge(
            name=self.leaf.vertex.symbol,
            node=self.leaf.vertex.id,
            backward=self.flow.number,
            state=state,
            autograd=self.gradient.text,
            finite_difference=slopes_text(self.elements, self.gradient.shape) if checked else None,
            agree=state == "agree" if checked else None,
            elements=self.elements,
            topic=topic,
            params=params,
            curve=tuple(self.leaf.curve()) if curves and checked else (),
        )

    def _compared(self, element: int, autograd: float, slope: Slope) -> NudgeElement:
        tolerance = (
            RELATIVE * max(abs(slope.middle), abs(autograd))
            + ABSOLUTE * self.largest
            + ROUNDING * abs(slope.up)
        )
        return NudgeElement(
            index=list(index_of(element, self.gradient.shape)),
            h=slope.h,
            autograd=autograd,
            finite_difference=slope.middle,
            agree=abs(slope.middle - autograd) <= tolerance,
        )


def slopes_text(elements: list[NudgeElement], shape: tuple[int, ...]) -> str:
    """The slopes in the shape of the leaf; if only some were measured, in a row."""
    slopes = [element.finite_difference or 0.0 for element in elements]
    if len(slopes) < prod(shape):
        return f"[{', '.join(map(written, slopes))}, …]"
    return written(slopes[0]) if len(slopes) == 1 else nested_text(nested(slopes, shape))

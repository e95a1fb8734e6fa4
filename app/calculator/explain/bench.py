"""Running a program again as often as that is affordable, and knowing whether it is still the same."""

import operator
import time

from app.calculator.explain.matrices import row_of
from app.calculator.explain.passes import Pass
from app.calculator.explain.rerun import Born, Move, Mover, Rerun

MAX_COST = 20_000
"""Library calls and lines of all reruns together."""
MAX_SECONDS = 0.3
"""Time of all reruns together, and of the program up to the `backward()` in question."""
RELATIVE = 2e-3
"""How near two numbers must be: those of the program are mostly float32, with seven digits at best."""

Problem = tuple[str, dict[str, str]]
"""A topic of `app.protocol.topics.checks`, and its fields."""


class Bench:
    """Runs the program again, until that has taken too long in all."""

    def __init__(self, rerun: Rerun) -> None:
        self._rerun = rerun
        self._room = MAX_COST
        self._deadline = time.monotonic() + MAX_SECONDS

    def run(self, mover: Mover, flow: Pass) -> bool:
        """Run up to that pass. False: it would take too long."""
        self._room -= flow.cost
        if self._room < 0 or flow.seconds > MAX_SECONDS or time.monotonic() > self._deadline:
            return False
        self._rerun(mover)
        return True


class Baseline:
    """The program run again with nothing moved.

    value: f(x), the sum of what the pass flowed back from, times its weights. problem: why there is nothing
    to compare with, if so.
    """

    def __init__(self, bench: Bench, flow: Pass, leaves: list[Born], random: bool) -> None:
        self.bench = bench
        self.flow = flow
        self.random = random
        self.mover = Mover(flow.number, leaves)
        ran = bench.run(self.mover, flow)
        self.problem = self._problem() if ran else ("too_long", {})
        self.value = self.mover.value or 0.0

    def moved(self, born: Born, element: int, by: float) -> Mover | None:
        """The same with one element of a leaf moved; None where that would take too long."""
        move = Move(born, self.mover.changed[born], element, by)
        mover = Mover(self.flow.number, self.mover.leaves, move, self.mover.weights)
        return mover if self.bench.run(mover, self.flow) else None

    def other_numbers(self) -> Problem:
        """Why a rerun comes to other numbers."""
        return ("random" if self.random else "differs_in_float64"), {}

    def _problem(self) -> Problem | None:
        if self.mover.value is None:
            return "stopped", {}
        if self.mover.narrow:
            return "low_precision", {}
        recorded = self._recorded()
        return self.other_numbers() if recorded is not None and differ(self.mover.value, recorded) else None

    def _recorded(self) -> float | None:
        """The value when the program ran, if its output was small enough to keep."""
        total = 0.0
        for figures, weight in zip(self.flow.outputs, self.flow.weights, strict=True):
            row, weights = row_of(figures), None if weight is None else row_of(weight)
            if row is None or (weight is not None and weights is None):
                return None
            weighted = row[0] if weights is None else map(operator.mul, row[0], weights[0])
            total += sum(weighted)
        return total


def differ(found: float, recorded: float) -> bool:
    """Whether two numbers differ by more than the rounding of float32."""
    return abs(found - recorded) > RELATIVE * max(abs(found), abs(recorded), 1e-3)

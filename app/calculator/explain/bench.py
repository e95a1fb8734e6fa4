"""Runs a program again as often as its budget allows, and tells whether it still does the same."""

import operator
import time
from functools import cached_property

from app.calculator.explain.matrices import row_of
from app.calculator.explain.passes import Pass
from app.calculator.explain.rerun import Born, Move, Mover, Rerun

MAX_COST = 20_000
"""Library calls and lines of all reruns together."""
MAX_SECONDS = 0.3
"""Processor time of all reruns together, and of the program up to the `backward()` in question."""
MAX_WAIT = 1.2
"""Time since the program began, on a busy machine, after which none is begun."""
RELATIVE = 2e-3
"""How near two numbers must be: those of the program are mostly float32, with seven digits at best."""

Problem = tuple[str, dict[str, str]]
"""A topic of `app.protocol.topics.checks`, and its fields."""


class Bench:
    """Runs the program again, until that has taken too long in all.

    began: when the program itself did, by `time.monotonic`. late: whether a clock said no.
    """

    def __init__(self, rerun: Rerun, began: float) -> None:
        self._rerun = rerun
        self._room = MAX_COST
        self._processor_deadline = time.process_time() + MAX_SECONDS
        self._deadline = began + MAX_WAIT
        self.late = False

    def run(self, mover: Mover, flow: Pass) -> bool:
        """Run up to that pass. False: it would take too long."""
        self._room -= flow.cost
        if self._room < 0:
            return False
        late = time.process_time() > self._processor_deadline or time.monotonic() > self._deadline
        if late or flow.seconds > MAX_SECONDS:
            self.late = True
            return False
        self._rerun(mover)
        return True


class Trials:
    """Reruns up to one pass, with this or that leaf moved.

    random: whether the program draws random numbers.
    """

    def __init__(self, bench: Bench, flow: Pass, leaves: list[Born], random: bool) -> None:
        self.bench = bench
        self.flow = flow
        self.leaves = leaves
        self.random = random
        self._first: Mover | None = None

    def run(self, move: Move | None) -> Mover | Problem:
        """Run once more. The weights (`gradient=`) are those of the first run."""
        mover = Mover(self.flow.number, self.leaves, move)
        if self._first is not None:
            mover.weights = self._first.weights
        if not self.bench.run(mover, self.flow):
            return "too_long", {}
        if mover.value is None:
            return "stopped", {}
        self._first = self._first or mover
        if mover.narrow:
            return "low_precision", {}
        return mover

    @cached_property
    def still(self) -> Mover | Problem:
        """The run with nothing moved."""
        mover = self.run(None)
        recorded = self.recorded
        if isinstance(mover, Mover) and recorded is not None and differ(mover.value or 0.0, recorded):
            return self.other_numbers
        return mover

    @cached_property
    def recorded(self) -> float | None:
        """The value when the program itself ran, if its output was small enough to keep."""
        total = 0.0
        for figures, weight in zip(self.flow.outputs, self.flow.weights, strict=True):
            row, weights = row_of(figures), None if weight is None else row_of(weight)
            if row is None or (weight is not None and weights is None):
                return None
            weighted = row[0] if weights is None else map(operator.mul, row[0], weights[0])
            total += sum(weighted)
        return total

    @property
    def other_numbers(self) -> Problem:
        """Why a rerun comes to other numbers."""
        return ("random" if self.random else "differs_in_float64"), {}


def differ(found: float, recorded: float) -> bool:
    """Whether two numbers differ by more than the rounding of float32."""
    return abs(found - recorded) > RELATIVE * max(abs(found), abs(recorded), 1e-3)

"""What happened while a program ran: the operations, where they came from, and how gradients flowed back.

A recording watches and leaves everything as it is: `.grad`, `is_leaf`, `_version`, hooks, warnings and the
printed text stay as in plain torch. It watches the first lines of a program closely and only counts the rest.
Of a program that went on, a second recording is made by running it again: it wakes up for the last lines.
"""

import ast
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from itertools import zip_longest
from typing import Any

from torch import Tensor

from app.calculator.explain.calls import Calls, tensors_in
from app.calculator.explain.flows import Flow, Flows, Root
from app.calculator.explain.passes import Pass
from app.calculator.explain.playback import Playback
from app.calculator.explain.survey import Survey
from app.calculator.explain.tape import Ledger, transforming

WATCHED = 100
"""Lines watched from the beginning, and as many up to the end."""


PASSED_COST = 3
"""Library calls and lines that a statement stands for which was not watched."""


class Recording:
    """Watches one program, as an `app.calculator.program.observer.Observer`.

    ledger: what is known of operations and tensors, by number. calls, flows, playback: what was called, how
    gradients flowed, what the lines did. n_lines: how many ran, watched or not. awake: whether it watches.
    began: when, by `time.monotonic`. gave_up: something could not be looked at, and from then on nothing was.
    """

    def __init__(self, wakes_at: int | None = None) -> None:
        """wakes_at: the line, counted as they run, from which on to watch again."""
        self.ledger = Ledger()
        self.survey = Survey(self.ledger)
        self.calls = Calls(self.ledger)
        self.flows = Flows(self.ledger, self.survey)
        self.playback = Playback(self.ledger)
        self.n_lines = 0
        self.gave_up = False
        self.awake = True
        self._wakes_at = wakes_at
        self._cost = 0
        self._n_passes = 0
        self._began = time.process_time()
        self.began = time.monotonic()

    @property
    def complete(self) -> bool:
        """Whether the end was watched."""
        return self.awake

    @property
    def seconds(self) -> float:
        """Processor time since it began."""
        return time.process_time() - self._began

    def executed(self, statement: ast.stmt, names: Mapping[str, Any]) -> None:
        """A statement has run."""
        try:
            self.playback.executed(statement, names)
        except Exception:
            self._give_up()
        self._count(1, 1)

    def passed(self, n_statements: int) -> None:
        """Statements run that are not watched."""
        self.playback.skip(n_statements)
        self._count(n_statements, PASSED_COST * n_statements)

    def _count(self, n_lines: int, cost: int) -> None:
        self.n_lines += n_lines
        self._cost += cost
        self.ledger.begin(self.n_lines)
        wakes = self._wakes_at is not None and self.n_lines >= self._wakes_at
        self.awake = (self.n_lines < WATCHED or wakes) and not self.gave_up

    def called(
        self, node: ast.expr, function: str, args: Sequence[Any], kwargs: Mapping[str, Any], result: Any
    ) -> None:
        """A library function, method or operator has returned, or an attribute that is a tensor was read."""
        self.ledger.calls += 1
        self._cost += 1
        if not transforming():
            self.ledger.line = node.lineno
            try:
                self.calls.called(function, args, kwargs, result)
                if function == "torch.autograd.grad" and isinstance(result, tuple):
                    inputs = tensors_in([args[1] if len(args) > 1 else kwargs.get("inputs")], {})
                    self.flows.answered(node.lineno, inputs, result)
            except Exception:
                self._give_up()

    @contextmanager
    def backward(self, call: ast.AST, roots: Sequence[Tensor], gradients: Sequence[Any]) -> Iterator[None]:
        """Gradients are about to flow back from `roots`."""
        flow = self._begin(call, roots, gradients)
        failed = True
        try:
            yield
            failed = False
        finally:
            if flow is not None:
                flow.end(self.ledger, failed)

    def _begin(self, call: ast.AST, roots: Sequence[Tensor], gradients: Sequence[Any]) -> Flow | None:
        pairs = zip_longest(roots, gradients)
        tracked: list[Root] = [
            (root, given) for root, given in pairs if root is not None and root.requires_grad
        ]
        if not tracked or transforming():
            return None
        self._n_passes += 1
        flow = None
        if self.awake:
            self.ledger.line = getattr(call, "lineno", 0)
            about = Pass(self._n_passes, self.ledger.line, self._cost, self.seconds)
            try:
                flow = self.flows.begin(about, tracked)
                if flow is not None:
                    self.playback.flowed(about)
            except Exception:
                self._give_up()
        return flow

    def _give_up(self) -> None:
        """A tensor may be odder than foreseen. The program must not meet an error that is not its own."""
        self.gave_up = True
        self.awake = False

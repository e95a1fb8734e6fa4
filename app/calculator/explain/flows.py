"""Watching gradients flow back: what is there before torch frees it, and what arrives where."""

from collections.abc import Iterable, Sequence
from functools import partial
from itertools import chain
from math import prod
from typing import Any

import torch
from torch import Tensor
from torch.autograd.function import BackwardCFunction
from torch.utils.hooks import RemovableHandle

from app.calculator.explain import jacobian
from app.calculator.explain.figures import Figures
from app.calculator.explain.passes import Pass
from app.calculator.explain.survey import Survey
from app.calculator.explain.tape import Edge, Ledger, Walk, edge_of, leaf_of, output_shape, walk

MAX_OPERATIONS = 1_000
"""Operations of one backward pass that are walked, in search of leaves."""
MAX_WATCHED = 200
"""And of those, the newest, that are looked at."""
MAX_WALKED = 10_000
"""Operations walked in all passes together."""
MAX_LINES = 32
"""Lines of a program whose `backward()` is remembered."""

Root = tuple[Tensor, Any]
"""A tracked output, and what was given as its `gradient=`."""


class Flows:
    """Notes every backward pass. last: of each line, and where in the graph it began; first: of each line."""

    def __init__(self, ledger: Ledger, survey: Survey) -> None:
        self.ledger = ledger
        self.survey = survey
        self.last: dict[int, tuple[Pass, list[Edge]]] = {}
        self.first: dict[int, Pass] = {}
        self._walked = 0

    def begin(self, flow: Pass, roots: Sequence[Root]) -> "Flow | None":
        """Look at everything the gradients may reach, and wait for them there; None past the limit."""
        if self._walked > MAX_WALKED:
            return None
        edges = [edge_of(root) for root, _ in roots]
        tape = walk([node for node, _ in edges], MAX_OPERATIONS)
        self._walked += len(tape.operations) + len(tape.leaves)
        for (root, given), (_, output) in zip(roots, edges, strict=True):
            flow.roots.append((self.ledger.number(root), output))
            flow.outputs.append(Figures.of(root))
            flow.weights.append(weight_of(root, given))
        with torch.no_grad():
            self._prepare(flow, tape, edges)
        self._remember(flow, edges)
        return Flow(flow, tape)

    def answered(self, line: int, inputs: Iterable[Tensor], result: Sequence[Any]) -> None:
        """`torch.autograd.grad` returned: what it was asked for does not pass through any hook."""
        if line in self.last:
            flow, _ = self.last[line]
            seen = {number for number, _ in flow.flows}
            for tensor, gradient in zip(inputs, result, strict=False):
                number = self.ledger.number(tensor)
                if isinstance(gradient, Tensor) and gradient.shape == tensor.shape and number not in seen:
                    flow.flows.append((number, (Figures.of(gradient),)))

    def _prepare(self, flow: Pass, tape: Walk, edges: Sequence[Edge]) -> None:
        """Read what torch frees during the pass: derivatives, and values that only an operation has kept."""
        for node in tape.operations[:MAX_WATCHED]:
            self.survey.look(node)
            flow.numbers.append(self.ledger.mark(node).number)
        for node in tape.leaves:
            leaf = leaf_of(node)
            tag = self.ledger.tag(leaf)
            flow.numbers.append(tag.number)
            flow.values[tag.number] = Figures.of(leaf)
            if tag.born == (leaf._version, flow.values[tag.number]):
                flow.untouched.add(tag.number)
            flow.before[tag.number] = gradient_of(leaf)
        own_code = any(isinstance(node, BackwardCFunction) for node in tape.operations)
        if not own_code and (any(flow.weights) or any(prod(output_shape(*edge)) > 1 for edge in edges)):
            for place, edge in enumerate(edges):
                for node, matrix in jacobian.pulled_back(tape, edge).items():
                    flow.jacobians[place, self.ledger.tag(leaf_of(node)).number] = matrix

    def _remember(self, flow: Pass, edges: list[Edge]) -> None:
        self.last.pop(flow.line, None)
        self.last[flow.line] = flow, edges
        if len(self.last) > MAX_LINES:
            del self.last[next(iter(self.last))]
        if len(self.first) < MAX_LINES:
            self.first.setdefault(flow.line, flow)


class Flow:
    """One pass while it runs: pre-hooks of torch's note what arrives where. They change nothing."""

    def __init__(self, flow: Pass, tape: Walk) -> None:
        self.flow = flow
        self.tape = tape
        self._handles: list[RemovableHandle] = [
            node.register_prehook(partial(flow.arrived, number))
            for number, node in zip(
                flow.numbers, chain(tape.operations[:MAX_WATCHED], tape.leaves), strict=True
            )
        ]

    def end(self, ledger: Ledger, failed: bool) -> None:
        """The gradients have arrived, or torch raised an error on the way."""
        for handle in self._handles:
            handle.remove()
        self.flow.failed = failed
        for leaf in map(leaf_of, self.tape.leaves):
            self.flow.after[ledger.tag(leaf).number] = gradient_of(leaf)


def weight_of(root: Tensor, given: Any) -> Figures | None:
    """What was given as `gradient=`; without its numbers if torch will refuse it or take it as several."""
    if not isinstance(given, Tensor):
        return None
    return Figures.of(given) if given.shape == root.shape else Figures(tuple(given.shape), None)


def gradient_of(leaf: Tensor) -> Figures | None:
    """A leaf's `.grad` now."""
    return None if leaf.grad is None else Figures.of(leaf.grad)

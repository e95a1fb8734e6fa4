"""Runs the program again, in float64 and with one element of a leaf moved: f(x + h), without autograd.

A rerun stops where the `backward()` in question would begin. Nothing is differentiated for its result: only
the output's value there is taken.
"""

import ast
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import zip_longest
from typing import Any

import torch
from torch import Tensor, nn

from app.calculator.explain.figures import index_of
from app.calculator.explain.tape import CALLS_BITS, transforming
from app.calculator.parameters import named_parameters
from app.calculator.program.observer import Observer

Rerun = Callable[[Observer], Mapping[str, Any]]
"""Runs the program again under an observer, with the random numbers it had. Raises nothing; gives the
program's variables at its end."""
NARROW = (torch.float32, torch.float16, torch.bfloat16)


class Arrived(BaseException):
    """Ends a rerun at the `backward()` it was for. No Exception: the program's `except` must not see it."""


@dataclass(frozen=True, slots=True)
class Born:
    """How to find a leaf again: which library call returned it, and as what part of its result."""

    call: int
    part: str


@dataclass(frozen=True, slots=True)
class Move:
    """Add `by` to one element of a leaf right after a library call."""

    born: Born
    after: int
    element: int
    by: float


@dataclass
class Mover:
    """Observes a rerun up to backward pass `until`.

    awake: always, for what makes numbers has to be seen.
    leaves: what to look after. move: what to move, if anything. weights: by what to multiply each output;
    without them, those that the program gives. value: f, once arrived. values: the leaves then.
    changed: after which call each leaf last changed, if nothing is moved.
    trace: tells two ways through the program apart. narrow: something was computed in less than float64.
    """

    until: int
    leaves: Sequence[Born]
    move: Move | None = None
    weights: list[Tensor | None] | None = None
    value: float | None = None
    changed: dict[Born, int] = field(default_factory=dict)
    values: dict[Born, list[float]] = field(default_factory=dict)
    trace: int = 0
    narrow: bool = False
    awake: bool = True
    _lines: int = 0
    _calls: int = 0
    _passes: int = 0
    _found: dict[Born, Tensor] = field(default_factory=dict)

    def begin(self, n_lines: int, leaves: Mapping[str, Tensor]) -> None:
        """The rerun begins in the middle of the program: after so many lines, with these leaves by name."""
        self.passed(n_lines)
        for born in self.leaves:
            if born.call == self._calls and born.part in leaves:
                self._found[born] = leaves[born.part]
        if self.move is None:
            self._watch()
        elif self.move.after == self._calls:
            self._shift(self.move)

    def executed(self, statement: ast.stmt, names: Mapping[str, Any]) -> None:
        """A statement has run."""
        self.trace = hash((self.trace, statement.lineno))
        self.passed(1)

    def passed(self, n_statements: int) -> None:
        """Statements have run."""
        self._lines += n_statements
        self._calls = self._lines << CALLS_BITS

    def called(
        self, node: ast.expr, function: str, args: Sequence[Any], kwargs: Mapping[str, Any], result: Any
    ) -> None:
        """A library call has returned: widen what it made, find the leaves in it, move the one to move."""
        self._calls += 1
        self.trace = hash((self.trace, node.lineno, node.col_offset))
        if transforming():
            return
        self._widen(result)
        for born in self.leaves:
            if born.call == self._calls and (leaf := part_of(result, born.part)) is not None:
                self._found[born] = leaf
        if self.move is None:
            self._watch()
        elif self.move.after == self._calls:
            self._shift(self.move)

    @contextmanager
    def backward(self, call: ast.AST, roots: Sequence[Tensor], gradients: Sequence[Any]) -> Iterator[None]:
        """Gradients are about to flow back: here a rerun may end."""
        if any(root.requires_grad for root in roots) and not transforming():
            self._passes += 1
            if self._passes == self.until:
                self._arrive(roots, gradients)
        yield

    def _arrive(self, roots: Sequence[Tensor], gradients: Sequence[Any]) -> None:
        if self.weights is None:
            self.weights = [
                given.detach().double().clone() if isinstance(given, Tensor) else None for given in gradients
            ]
        self._watch()
        with torch.no_grad():
            self.value = 0.0
            for root, weight in zip_longest(roots, self.weights):
                self.narrow |= root.dtype in NARROW
                weighted = root if weight is None else root * weight
                self.value += weighted.sum(dtype=torch.float64).item()
        raise Arrived

    def _widen(self, result: Any) -> None:
        """Numbers enter a program through calls that make tensors or layers; from here on as float64."""
        if isinstance(result, nn.Module):
            result.double()
            return
        for tensor in result if isinstance(result, tuple | list) else (result,):
            if isinstance(tensor, Tensor) and tensor.dtype in NARROW:
                if tensor.grad_fn is None:
                    tensor.data = tensor.data.double()
                else:
                    self.narrow = True

    def _watch(self) -> None:
        """Note when a leaf changed: a nudge must come after the last time the program itself set it."""
        for born, leaf in self._found.items():
            now: list[float] = leaf.detach().flatten().tolist()
            if self.values.get(born) != now:
                self.values[born] = now
                self.changed[born] = self._calls

    def _shift(self, move: Move) -> None:
        leaf = self._found.get(move.born)
        if leaf is not None:
            leaf.data[index_of(move.element, leaf.shape)].add_(move.by)


def part_of(result: Any, part: str) -> Tensor | None:
    """The tensor itself, an item of a tuple, or a module's parameter."""
    found: Any = result
    if isinstance(result, nn.Module):
        found = dict(named_parameters(result)).get(part)
    elif isinstance(result, tuple | list):
        found = result[int(part)] if part.isdigit() and int(part) < len(result) else None
    return found if isinstance(found, Tensor) else None

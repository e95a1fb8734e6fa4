"""The loops of a program: where they stand, what they assign, and the numbers of their rounds."""

import ast
import math
import operator
import types
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import torch
from torch import Tensor

from app.protocol.programs import MAX_LOOPS, MAX_NAMES, MAX_ROUNDS, MAX_ROUNDS_IN_ALL, MAX_ROWS, Round, Rounds

LoopNode = ast.For | ast.While | ast.AsyncFor
BLOCKS = ("body", "orelse", "finalbody", "handlers", "cases")
LARGEST = 2**50


@dataclass(slots=True)
class Loop:
    """One loop of the program. names: what its body assigns. most: rounds kept.

    count: rounds so far. done, total: since it was entered, and how many there will be, if that is known.
    stride: of so many rounds one is kept. quiet: nobody need be told of the others when they end. pending:
    those that were not sent yet: number, tick, characters printed, values. told: the count sent last.
    """

    number: int
    line: int
    depth: int
    names: list[str]
    most: int = MAX_ROUNDS
    count: int = 0
    done: int = 0
    total: int | None = None
    stride: int = 1
    kept: int = 0
    pending: list[tuple[int, int, int, list[float | None]]] = field(default_factory=list)
    quiet: bool = False
    told: int = 0

    @property
    def changed(self) -> bool:
        """Whether there is something to send."""
        return bool(self.pending) or self.count != self.told

    def begin(self, iterable: Any) -> None:
        """The loop is entered."""
        self.done = 0
        self.total = length(iterable)

    def end_round(self, names: Mapping[str, Any], tick: int, printed: int) -> None:
        """A round has ended, with these variables."""
        self.count += 1
        self.done += 1
        if (self.count - 1) % self.stride or len(self.pending) >= self.most:
            return
        self.pending.append((self.count, tick, printed, [number(names.get(name)) for name in self.names]))
        self.kept += 1
        if self.kept >= self.most:
            self.stride *= 2
            self.kept //= 2

    def take(self) -> Rounds:
        """What is to be sent now."""
        rows = self.pending[:MAX_ROWS]
        del self.pending[:MAX_ROWS]
        self.told = self.count
        stride = self.stride
        kept = [row for row in rows if (row[0] - 1) % stride == 0]
        return Rounds(
            loop=self.number,
            line=self.line,
            depth=self.depth,
            names=self.names,
            first=kept[0][0] if kept else self.count,
            stride=stride,
            rows=[Round(tick=tick, printed=printed, values=values) for _, tick, printed, values in kept],
            count=self.count,
            done=self.done,
            total=self.total,
        )


def loops_of(tree: ast.Module) -> dict[ast.AST, Loop]:
    """The loops of a program by their place in its tree, the outer before the inner."""
    found: dict[ast.AST, Loop] = {}

    def look(node: ast.AST, depth: int) -> None:
        for child in ast.iter_child_nodes(node):
            if isinstance(child, LoopNode) and len(found) < MAX_LOOPS:
                names = list(dict.fromkeys(assigned(child.body)))[:MAX_NAMES]
                found[child] = Loop(len(found), child.lineno, depth, names)
            look(child, depth + isinstance(child, LoopNode))

    look(tree, 0)
    for loop in found.values():
        loop.most = min(MAX_ROUNDS, MAX_ROUNDS_IN_ALL // len(found))
    return found


def assigned(body: Sequence[ast.stmt]) -> Iterator[str]:
    """The names that statements assign, without those of loops, functions and classes in them."""
    for statement in body:
        match statement:
            case ast.Assign(targets=targets):
                for target in targets:
                    yield from names_in(target)
            case ast.AugAssign(target=target) | ast.AnnAssign(target=target):
                yield from names_in(target)
            case ast.If() | ast.With() | ast.Try() | ast.Match():
                for name in BLOCKS:
                    for part in getattr(statement, name, ()):
                        yield from assigned(part.body if isinstance(part, PARTS) else [part])


PARTS = (ast.ExceptHandler, ast.match_case)


def names_in(target: ast.expr) -> Iterator[str]:
    """The plain names of a target."""
    if isinstance(target, ast.Name):
        yield target.id[:100]
    elif isinstance(target, ast.Tuple | ast.List):
        for part in target.elts:
            yield from names_in(part)


def number(value: Any) -> float | None:
    """A finite number of Python's or NumPy's, or of a tensor that holds one; None for all else."""
    kind = type(value)
    try:
        if kind is Tensor or kind is torch.nn.Parameter:
            if Tensor.numel(value) != 1 or Tensor.is_complex(value):
                return None
            found = float(Tensor.item(value))
        elif kind is float or kind is int or isinstance(value, np.floating | np.integer):
            found = float(value)
        else:
            return None
    except Exception:  # too large, or odder than foreseen
        return None
    return found if math.isfinite(found) else None


def length(iterable: Any) -> int | None:
    """How many rounds a loop over it will have, where Python or a library knows."""
    try:
        if isinstance(iterable, enumerate | zip | map):
            inner = [part for part in reduced(iterable) if hasattr(part, "__iter__")]
            return min((known for part in inner if (known := length(part)) is not None), default=None)
        if type(iterable).__module__ == "__main__" or isinstance(iterable, types.GeneratorType):
            return None
        found = operator.length_hint(iterable, -1)
    except Exception:
        return None
    return found if 0 <= found <= LARGEST else None


def reduced(iterable: Any) -> Iterator[Any]:
    """The iterators that `enumerate`, `zip` or `map` was made of."""
    arguments = iterable.__reduce__()[1]
    for part in arguments:
        yield from part if isinstance(part, tuple) else (part,)

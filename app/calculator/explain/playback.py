"""The program line by line: what each line made and changed, and how gradients flowed back.

Every line is watched; the first and the last are kept, so that a loop shows how it begins and how it ends.
"""

import ast
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from itertools import islice
from typing import Any, Literal

import numpy as np
from torch import Tensor, nn

from app.calculator.explain.figures import Figures, name_text, written
from app.calculator.explain.passes import Pass
from app.calculator.explain.tape import Ledger
from app.calculator.parameters import named_parameters
from app.calculator.program.run import CURRENT

KEPT = 100
"""Lines kept from the beginning, and as many from the end."""
MAX_PASSES = 50
"""`backward()` calls told of one line."""
MAX_COMPARED = 200
"""Names of a program that are compared from line to line; of more, only what each line assigns is told."""
MAX_WATCHED = 32
"""Tensors compared from line to line."""

SILENT = (
    ast.For, ast.While, ast.If, ast.With, ast.Try,  # their lines are told one by one
    ast.FunctionDef, ast.ClassDef, ast.Import, ast.ImportFrom, ast.Pass, ast.Global, ast.Nonlocal,
)  # fmt: skip
NUMBERS = frozenset({bool, int, float, np.float64})
"""By exact type: comparing any other might run the program's own code."""


@dataclass(frozen=True, slots=True)
class Change:
    """A variable, or its `.grad`, before and after a line. None: not there, or None."""

    name: str
    what: Literal["value", "grad"]
    before: str | None
    after: str | None


@dataclass(frozen=True, slots=True)
class Line:
    """One line, once run. calls: its first and last library call. passes: its `backward()` calls.

    printed: characters that the program had printed after it.
    """

    line: int
    changes: tuple[Change, ...]
    calls: tuple[int, int]
    passes: tuple[Pass, ...]
    printed: int


@dataclass(slots=True)
class Seen:
    """A variable as it was after the line before. `key` tells whether it is still the same."""

    key: tuple[Any, ...]
    figures: Figures | None = None
    grad: Figures | None = None
    leaf: bool = False


@dataclass
class Playback:
    """The lines of one program that were watched.

    lines: in the order they ran. skipped: before which of them how many were not watched.
    relabelled: names that stood for a leaf and then for the result of an operation, and where.
    """

    ledger: Ledger
    lines: list[Line] = field(default_factory=list)
    skipped: dict[int, int] = field(default_factory=dict)
    relabelled: dict[str, int] = field(default_factory=dict)
    _seen: dict[str, Seen] = field(default_factory=dict)
    _members: dict[str, tuple[int, list[tuple[str, Tensor]]]] = field(default_factory=dict)
    _passes: list[Pass] = field(default_factory=list)
    _told: int = 0
    _stale: bool = False

    def executed(self, statement: ast.stmt, names: Mapping[str, Any]) -> None:
        """A statement has run; `names` are those of the function it is in, or of the program."""
        if isinstance(statement, SILENT):
            return
        if "__name__" in names and len(names) <= MAX_COMPARED:  # the program's own
            changes = list(self._compared(names, statement.lineno))
            if self._stale:  # what changed in lines that were not watched is not this line's doing
                assigned = set(assigned_names(statement))
                changes = [change for change in changes if change.name in assigned]
                self._stale = False
        else:
            changes = list(self._assigned(statement, names))
        self._tell(statement.lineno, changes)

    def skip(self, n_statements: int) -> None:
        """Statements run that are not watched."""
        here = len(self.lines)
        self.skipped[here] = self.skipped.get(here, 0) + n_statements
        self._told = self.ledger.calls
        self._stale = True

    def stop(self, line: int) -> None:
        """The program stopped in the middle of a line."""
        if self._passes or self.ledger.called:
            self._tell(line, [])

    def flowed(self, flow: Pass) -> None:
        """A backward pass began; it belongs to the line that runs."""
        if len(self._passes) < MAX_PASSES:
            self._passes.append(flow)

    def _tell(self, line: int, changes: list[Change]) -> None:
        calls = (self._told + 1, self.ledger.calls)
        self._told = self.ledger.calls
        run = CURRENT.get()
        printed = 0 if run is None else run.output.length
        self.lines.append(Line(line, tuple(changes), calls, tuple(self._passes), printed))
        self._passes.clear()

    def _assigned(self, statement: ast.stmt, names: Mapping[str, Any]) -> Iterator[Change]:
        """Inside a function: what the statement assigned, without looking at anything else."""
        for target in assigned_names(statement):
            value = names.get(target)
            if isinstance(value, Tensor):
                self.ledger.name(value, target)
                yield Change(name_text(target), "value", None, Figures.of(value).text)

    def _compared(self, names: Mapping[str, Any], line: int) -> Iterator[Change]:
        """At the top level: every number and tensor, compared with how it was before."""
        for name, value in watched(names, self._members):
            before = self._seen.get(name)
            if not isinstance(value, Tensor):
                if before is None or before.key != (value,):
                    self._seen[name] = Seen((value,), Figures((), value))
                    yield Change(name_text(name), "value", text_of(before), written(value))
                continue
            key = key_of(value)
            if before is not None and before.key == key:
                continue
            if before is None and len(self._seen) >= MAX_WATCHED:
                self.ledger.name(value, name)
                continue
            yield from self._changed(name, value, Seen(key), line)
        for name in self._seen.keys() - names.keys():
            if "." not in name:
                yield Change(name_text(name), "value", text_of(self._seen.pop(name)), None)

    def _changed(self, name: str, value: Tensor, now: Seen, line: int) -> Iterator[Change]:
        before = self._seen.get(name)
        self._seen[name] = now
        now.leaf = value.is_leaf and value.requires_grad
        same = before is not None and before.key[:2] == now.key[:2]
        if same and before is not None:
            now.figures = before.figures
        else:
            self.ledger.name(value, name)
            now.figures = Figures.of(value)
        if has_grad(value) and value.grad is not None:
            now.grad = Figures.of(value.grad)
        if not same:
            yield Change(name_text(name), "value", text_of(before), text_of(now))
            if before is not None and before.leaf and value.requires_grad and not now.leaf:
                self.relabelled[name] = line
        old = before.grad if before is not None else None
        if old != now.grad:
            yield Change(
                name_text(name), "grad", old.text if old else None, now.grad.text if now.grad else None
            )


def has_grad(tensor: Tensor) -> bool:
    """Whether torch keeps a gradient for it. Of any other non-leaf, asking for `.grad` warns."""
    return tensor.requires_grad and (tensor.is_leaf or tensor.retains_grad)


def key_of(tensor: Tensor) -> tuple[Any, ...]:
    """What changes when a tensor or its `.grad` does. Holds nothing alive."""
    if tensor.is_inference():  # torch does not count its versions
        return (id(tensor),)
    if not has_grad(tensor):
        return id(tensor), tensor._version
    grad = tensor.grad
    if grad is None:
        return id(tensor), tensor._version, None
    return id(tensor), tensor._version, id(grad), grad._version


def watched(
    names: Mapping[str, Any], members: dict[str, tuple[int, list[tuple[str, Tensor]]]]
) -> Iterator[tuple[str, Any]]:
    """The numbers and tensors among a program's variables, a module's parameters included."""
    for name, value in names.items():
        if type(value) in NUMBERS or isinstance(value, Tensor):
            yield name, value
        elif isinstance(value, nn.Module):
            known = members.get(name)
            if known is None or known[0] != id(value):
                parameters = islice(named_parameters(value, name), MAX_WATCHED)
                known = members[name] = (id(value), list[tuple[str, Tensor]](parameters))
            yield from known[1]


def assigned_names(statement: ast.stmt) -> Iterator[str]:
    """The plain names on the left of an assignment."""
    match statement:
        case ast.Assign(targets=targets):
            parts: list[ast.expr] = targets
        case ast.AugAssign(target=target) | ast.AnnAssign(target=target):
            parts = [target]
        case _:
            return
    for part in parts:
        for node in part.elts if isinstance(part, ast.Tuple | ast.List) else [part]:
            if isinstance(node, ast.Name):
                yield node.id


def text_of(seen: Seen | None) -> str | None:
    """A variable's value as text."""
    return seen.figures.text if seen is not None and seen.figures is not None else None

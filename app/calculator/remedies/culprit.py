"""Which line changed a value that an operation had kept: the program run again, and watched."""

import ast
from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass
from typing import Any

from torch import Tensor
from torch.autograd.graph import saved_tensors_hooks

from app.calculator.program.observer import Observer

Rerun = Callable[[Observer], Mapping[str, Any]]
MAX_STATEMENTS = 2_000
MAX_SAVED = 2_000
"""Values that are watched, the first ones of a program."""


@dataclass(slots=True)
class Saved:
    """A value that an operation keeps: its version then, and the statement that changed it since."""

    tensor: Tensor
    version: int
    changed_by: ast.stmt | None = None


class Changed(Exception):
    """Ends the run where torch's own error ended the first one."""


class Versions:
    """Notes which statement changes which saved value. An `app.calculator.program.observer.Observer`.

    needed: the first changed value that a backward pass asked for.
    """

    def __init__(self) -> None:
        self.awake = True
        self.needed: Saved | None = None
        self._saved: list[Saved] = []
        self._left = MAX_STATEMENTS

    def pack(self, tensor: Tensor) -> Saved:
        """An operation keeps a value."""
        saved = Saved(tensor, tensor._version)
        if len(self._saved) < MAX_SAVED:
            self._saved.append(saved)
        return saved

    def unpack(self, saved: Saved) -> Tensor:
        """A backward pass asks for it. Raises Changed, where torch would complain."""
        if saved.tensor._version != saved.version:
            self.needed = self.needed or saved
            raise Changed
        return saved.tensor

    def executed(self, statement: ast.stmt, names: Mapping[str, Any]) -> None:
        """Compare the versions of all that was saved with those before the statement."""
        self._left -= 1
        self.awake = self._left > 0
        for saved in self._saved:
            if saved.changed_by is None and saved.tensor._version != saved.version:
                saved.changed_by = statement

    def passed(self, n_statements: int) -> None:
        """Nothing is known of these."""

    def called(
        self, node: ast.expr, function: str, args: Sequence[Any], kwargs: Mapping[str, Any], result: Any
    ) -> None:
        """Nothing to note."""

    def backward(
        self, node: ast.AST, roots: Sequence[Tensor], gradients: Sequence[Any]
    ) -> AbstractContextManager[None]:
        """Nothing to note."""
        return nullcontext()


def culprit(again: Rerun, failing: ast.stmt | None) -> ast.stmt | None:
    """The statement that changed what the failing backward pass needed, which may be the failing one."""
    versions = Versions()
    with saved_tensors_hooks(versions.pack, versions.unpack):
        again(versions)
    if versions.needed is None or not versions.awake:
        return None
    return versions.needed.changed_by or failing

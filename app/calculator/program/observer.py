"""What watches a program run, to draw and explain it."""

import ast
from collections.abc import Mapping, Sequence
from contextlib import AbstractContextManager
from typing import Any, Protocol

from torch import Tensor


class Observer(Protocol):
    """Everything it is given it must leave as it is.

    awake: whether it wants to be told of statements and calls. While it does not, it is told how many
    statements ran, and of every backward pass.
    """

    awake: bool

    def executed(self, statement: ast.stmt, names: Mapping[str, Any]) -> None:
        """A statement has run; `names` are those of the function it is in, or of the program."""

    def passed(self, n_statements: int) -> None:
        """So many statements run that nobody is told of."""

    def called(
        self, node: ast.expr, function: str, args: Sequence[Any], kwargs: Mapping[str, Any], result: Any
    ) -> None:
        """A library function, method or operator has returned. function: its name, such as "torch.relu"."""

    def backward(
        self, node: ast.AST, roots: Sequence[Tensor], gradients: Sequence[Any]
    ) -> AbstractContextManager[None]:
        """Gradients are about to flow back from `roots`; the context is left when they have.

        gradients: what was given as `gradient=`, per root; torch has not looked at it yet.
        """

"""An observer sees every line, call and backward, and changes nothing."""

import ast
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any

from torch import Tensor

from app.calculator import derive

PROGRAM = """\
import torch
x = torch.tensor([2.0], requires_grad=True)
def double(t):
    return 2 * t
y = double(x).exp()
y.backward(gradient=torch.tensor([1.0]))
g, = torch.autograd.grad(x * 3, x)
x.data += 1
"""


class Diary:
    """Writes down what it is told."""

    awake = True

    def __init__(self) -> None:
        self.lines: list[int] = []
        self.calls: list[tuple[int, str]] = []
        self.backwards: list[tuple[str, int, int, object]] = []

    def executed(self, statement: ast.stmt, names: Mapping[str, Any]) -> None:
        assert "x" in names or "t" in names or statement.lineno == 1
        self.lines.append(statement.lineno)

    def passed(self, n_statements: int) -> None:
        raise AssertionError("told of no statement")

    def called(
        self, node: ast.expr, function: str, args: Sequence[Any], kwargs: Mapping[str, Any], result: Any
    ) -> None:
        self.calls.append((node.lineno, function))

    @contextmanager
    def backward(self, node: ast.AST, roots: Sequence[Tensor], gradients: Sequence[Any]) -> Iterator[None]:
        self.backwards.append(("before", getattr(node, "lineno", 0), len(roots), gradients[0]))
        yield
        self.backwards.append(("after", getattr(node, "lineno", 0), len(roots), gradients[0]))


def test_lines_are_told_in_the_order_they_ran() -> None:
    diary = Diary()
    derive(PROGRAM, diary)
    assert diary.lines == [1, 2, 3, 4, 5, 6, 7, 8]


def test_calls_operators_and_methods_are_told_with_their_lines() -> None:
    diary = Diary()
    derive(PROGRAM, diary)
    assert (2, "torch.tensor") in diary.calls
    assert (4, "Mult") in diary.calls
    assert (5, "exp") in diary.calls
    assert (8, "Add_") in diary.calls


def test_backward_is_told_before_and_after_with_what_flows_in() -> None:
    diary = Diary()
    derive(PROGRAM, diary)
    assert [entry[:3] for entry in diary.backwards] == [
        ("before", 6, 1), ("after", 6, 1), ("before", 7, 1), ("after", 7, 1),
    ]  # fmt: skip
    assert isinstance(diary.backwards[0][3], Tensor)
    assert diary.backwards[2][3] is None


def test_being_watched_changes_nothing() -> None:
    watched, alone = derive(PROGRAM, Diary()), derive(PROGRAM)
    assert (watched.printed, watched.error) == (alone.printed, alone.error)
    # How to keep a gradient is found by the observer that watches otherwise.
    without_advice = [variable.model_copy(update={"retain": None}) for variable in alone.variables]
    assert watched.variables == without_advice

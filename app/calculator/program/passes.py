"""`Tensor.backward`, `autograd.backward` and `autograd.grad`: the observer is told before and after.

They are put in place of torch's once, for as long as the process lives, and pass on whatever is not called by
the program itself: torch calls them, too.
"""

import ast
import functools
from collections.abc import Callable, Sequence
from contextvars import ContextVar
from sys import _getframe
from types import CodeType
from typing import Any

import torch
from torch import Tensor

from app.calculator.program.observer import Observer
from app.calculator.program.read import FILENAME

WATCHING: ContextVar[Observer | None] = ContextVar("WATCHING", default=None)
"""Who watches the program that runs."""
CALLERS: set[CodeType] = set()
"""The code that calls for the program: its hooks'."""


def install() -> None:
    """Put them in place. Doing it again changes nothing."""
    if not hasattr(Tensor.backward, "__wrapped__"):
        Tensor.backward = told(Tensor.backward, 0, ("self",), 1, "gradient")  # type: ignore[method-assign]
        torch.autograd.backward = told(torch.autograd.backward, 0, ("tensors",), 1, "grad_tensors")
        torch.autograd.grad = told(torch.autograd.grad, 0, ("outputs",), 2, "grad_outputs")


def told(
    real: Callable[..., Any], first: int, names: Sequence[str], second: int, gradients: str
) -> Callable[..., Any]:
    """A function that makes gradients flow back from its first argument.

    second, gradients: where it takes what is given as `gradient=`.
    """

    @functools.wraps(real)
    def call(*args: Any, **kwargs: Any) -> Any:
        observer = WATCHING.get()
        caller = None if observer is None else calling_line()
        if observer is None or caller is None:
            return real(*args, **kwargs)
        roots = args[first] if args else next((kwargs[name] for name in names if name in kwargs), None)
        given = args[second] if len(args) > second else kwargs.get(gradients)
        with observer.backward(caller, tensors(roots), listed(given)):
            return real(*args, **kwargs)

    return call


def calling_line() -> ast.AST | None:
    """The place in the program that calls the function which asks this; None if something else calls it."""
    frame: Any = _getframe(2)
    if frame.f_code in CALLERS:
        frame = frame.f_back
    if frame is None or frame.f_code.co_filename != FILENAME:
        return None
    return ast.Pass(lineno=frame.f_lineno, col_offset=0)


def tensors(value: Any) -> list[Tensor]:
    """One tensor or a sequence of them, as a list."""
    found: Sequence[Any] = value if isinstance(value, tuple | list) else [value]
    return [item for item in found if isinstance(item, Tensor)]


def listed(value: Any) -> list[Any]:
    """What was given as `gradient=`, as a list."""
    return list(value) if isinstance(value, tuple | list) else [value]

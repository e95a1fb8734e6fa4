"""Torch's compiler, left out of a process that compiles nothing."""

import sys
from types import ModuleType
from typing import Any

import torch

NAME = "torch._dynamo"


def leave_out() -> None:
    """Put in the compiler's place what optimizers ask of it: to keep its hands off them.

    They ask at every step. The first time would import 800 modules, in 1.4 s of a core; and the answer means
    nothing where nothing is compiled.
    """
    if NAME in sys.modules:
        return
    compiler: Any = ModuleType(NAME)
    compiler.disable = _as_it_is
    compiler.graph_break = _nothing
    sys.modules[NAME] = torch._dynamo = compiler


def _as_it_is(function: Any, recursive: bool = True, *, wrapping: bool = True) -> Any:
    return function


def _nothing() -> None:
    pass

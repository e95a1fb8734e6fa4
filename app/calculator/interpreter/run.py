"""The state of one program while it runs."""

import ast
import contextvars
import time
import weakref
from collections.abc import Mapping, Sequence
from contextlib import AbstractContextManager
from typing import Any, Protocol

import torch
from torch import Tensor

from app.calculator.gates import check_elements
from app.calculator.limits import MAX_SECONDS, MAX_SEQUENCE_BYTES, MAX_STEPS, MAX_TENSOR_BYTES, MAX_WAIT
from app.calculator.output import Output
from app.calculator.parameters import named_parameters
from app.calculator.randomness import Randomness
from app.calculator.refusals import LimitReached
from app.errors import N_

SMALL_BYTES = 1024
"""Tensors below this are not counted: 200,000 steps cannot make enough of them to matter."""


class Observer(Protocol):
    """Watches a program run, to draw and explain it. Everything it is given it must leave as it is."""

    def executed(self, statement: ast.stmt, names: Mapping[str, Any]) -> None:
        """A statement has run; `names` are those of the function it is in, or of the program."""

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


class Run:
    """One program's running state. A fresh one for every program.

    node: what is being executed, where an error or a warning belongs.
    names: the program's own variables, in the order they were first assigned.
    depth: calls of the program's functions inside one another. backwards: the same of `backward()`.
    handled: the errors whose `except` clauses are running and where each was raised, the innermost last.
    """

    def __init__(self, observer: Observer | None = None) -> None:
        self.observer = observer
        self.names: dict[str, Any] = {"__name__": "__main__"}
        self.output = Output()
        self.randomness = Randomness()
        self.handled: list[tuple[Exception, ast.AST]] = []
        self.node: ast.AST = ast.Pass()
        self.steps = 0
        self.checkpoint = 0
        self.depth = 0
        self.backwards = 0
        self._processor_deadline = time.process_time() + MAX_SECONDS
        self._deadline = time.monotonic() + MAX_WAIT
        self._sequence_bytes = 0
        self._tensor_bytes = 0
        self._storages: dict[int, weakref.ref[Any]] = {}

    def check(self) -> None:
        """Called every few dozen steps: refuse to go on past the limits."""
        if self.steps > MAX_STEPS:
            raise LimitReached(N_("The program took too long: more than {limit:,} steps."), limit=MAX_STEPS)
        self.check_clock()
        self.checkpoint = min(self.steps + 64, MAX_STEPS)

    def check_clock(self) -> None:
        """Refuse to go on past the time limit, while there is still time to show what was done."""
        if time.process_time() > self._processor_deadline or time.monotonic() > self._deadline:
            raise LimitReached(N_("The program took too long: more than {limit} seconds."), limit=MAX_SECONDS)

    def account(self, result: Any) -> None:
        """Count the memory of what a library call returned."""
        if isinstance(result, Tensor):
            self._account_tensor(result)
        elif isinstance(result, str | list | tuple | dict | set):
            if type(result) is not str:
                for item in result if len(result) <= 100 else ():
                    if isinstance(item, Tensor):
                        self._account_tensor(item)
            self.account_bytes(len(result) * (1 if type(result) is str else 8))
        elif isinstance(result, torch.nn.Module):
            for _, parameter in named_parameters(result):
                self._account_tensor(parameter)

    def account_bytes(self, size: int) -> None:
        """Count strings and lists: all ever made, for who holds them is not known."""
        self._sequence_bytes += size
        if self._sequence_bytes > MAX_SEQUENCE_BYTES:
            raise LimitReached(
                N_("Out of memory: more than {limit} MB of texts and lists."), limit=MAX_SEQUENCE_BYTES >> 20
            )

    def _account_tensor(self, tensor: Tensor) -> None:
        if tensor.nbytes < SMALL_BYTES:
            return
        check_elements(tensor.numel())
        try:
            storage = tensor.untyped_storage()
            size = storage.nbytes()
        except (RuntimeError, NotImplementedError):
            return  # a stand-in inside torch.func, without memory of its own
        key = id(storage)
        if key in self._storages:
            return

        def forget(_: object) -> None:
            self._tensor_bytes -= size
            del self._storages[key]

        # The storage's Python object lives as long as its memory, even when only autograd holds it.
        self._storages[key] = weakref.ref(storage, forget)
        self._tensor_bytes += size
        if self._tensor_bytes > MAX_TENSOR_BYTES:
            raise LimitReached(
                N_("Out of memory: tensors of more than {limit} MB together."), limit=MAX_TENSOR_BYTES >> 20
            )
        self.check_clock()


CURRENT: contextvars.ContextVar[Run] = contextvars.ContextVar("CURRENT")
"""The run that library functions with a part in it (print, backward) belong to."""

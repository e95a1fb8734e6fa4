"""From syntax tree to nested Python closures, one per node, made once before the program runs.

Running closures took a quarter of the time of walking the tree on a loop of scalar arithmetic, and they are
as easy to confine: a closure can only do what is written in `expressions` and `statements`.
"""

import ast
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from app.calculator.interpreter.run import Run
from app.calculator.interpreter.scopes import Frame, Scope
from app.calculator.refusals import Refusal

Value = Any
"""Anything a program can hold: its types are the program's business, checked where they are used."""
Evaluate = Callable[[Frame], Value]
Store = Callable[[Frame, Value], None]


class Signal:
    """How a statement leaves the block it is in."""

    __slots__ = ("value",)

    def __init__(self, value: Value = None) -> None:
        self.value = value


BREAK = Signal()
CONTINUE = Signal()
Execute = Callable[[Frame], Signal | None]
"""Runs a statement. None: go on with the next one; BREAK, CONTINUE; any other signal: return its value."""


@dataclass(frozen=True)
class Compiler:
    """Compiles the statements and expressions of one scope.

    qualifier: what stands before the name of a function defined here, in messages ("Net.").
    in_function, in_loop: whether `return`, `break` and `continue` have something to leave.
    first_parameter: of the function, for `super()`.
    """

    run: Run
    scope: Scope
    expressions: Mapping[type[ast.expr], Callable[["Compiler", Any], Evaluate]]
    statements: Mapping[type[ast.stmt], Callable[["Compiler", Any], Execute]]
    qualifier: str = ""
    in_function: bool = False
    in_loop: bool = False
    first_parameter: str | None = None

    def expression(self, node: ast.expr) -> Evaluate:
        """Compile an expression."""
        return self.expressions[type(node)](self, node)

    def optional(self, node: ast.expr | None) -> Evaluate:
        """Compile an expression that may be left out and then is None."""
        return self.expression(node) if node is not None else lambda frame: None

    def syntax_error(self, node: ast.AST, message: str) -> SyntaxError:
        """What CPython finds wrong only after parsing, at this node."""
        self.run.node = node
        return SyntaxError(message)

    def refusal(self, node: ast.AST, refusal: Refusal) -> Refusal:
        """The same for what the calculator does not support."""
        self.run.node = node
        return refusal

    def block(self, nodes: Sequence[ast.stmt]) -> Execute:
        """Compile statements that run one after the other."""
        run = self.run
        steps = [(node, self.statements[type(node)](self, node)) for node in nodes]

        def execute(frame: Frame) -> Signal | None:
            observer = run.observer
            for node, statement in steps:
                run.steps += 1
                if run.steps > run.checkpoint:
                    run.node = node
                    run.check()
                run.node = node
                signal = statement(frame)
                if observer is not None:
                    observer.executed(node, frame.names)
                if signal is not None:
                    return signal
            return None

        return execute

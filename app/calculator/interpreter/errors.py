"""`assert`, `raise` and `try`."""

import ast
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from app.calculator.interpreter.compiler import Compiler, Evaluate, Execute, Signal, Store
from app.calculator.interpreter.run import Run
from app.calculator.interpreter.scopes import Frame
from app.calculator.interpreter.statements import remove
from app.calculator.interpreter.targets import store
from app.calculator.names.values import Class
from app.calculator.refusals import Refusal


def assert_(compiler: Compiler, node: ast.Assert) -> Execute:
    """`assert test, message`."""
    run, test, message = compiler.run, compiler.expression(node.test), compiler.optional(node.msg)

    def execute(frame: Frame) -> None:
        holds = test(frame)
        run.node = node.test
        if not holds:
            if node.msg is None:
                run.node = node
                raise AssertionError
            text = message(frame)
            run.node = node.test
            raise AssertionError(text)

    return execute


def raise_(compiler: Compiler, node: ast.Raise) -> Execute:
    """`raise error from cause`, and `raise` alone inside `except`."""
    run, error = compiler.run, compiler.optional(node.exc)

    def execute(frame: Frame) -> None:
        value = error(frame)
        run.node = node
        if node.exc is None:
            if not run.handled:
                raise RuntimeError("No active exception to reraise")
            value, run.node = run.handled[-1]
            raise value
        if type(value) is Class:
            value = value()
        if not isinstance(value, Exception) or isinstance(value, Refusal):
            raise TypeError("exceptions must derive from BaseException")
        run.node = next((at for handled, at in run.handled if handled is value), node)
        raise value

    return execute


def try_(compiler: Compiler, node: ast.Try) -> Execute:
    """`try: ... except ...: ... else: ... finally: ...`. A refusal ends the program whatever it catches."""
    guarded = guard(compiler, node) if node.handlers else compiler.block([*node.body, *node.orelse])
    if not node.finalbody:
        return guarded
    final = compiler.block(node.finalbody)

    def execute(frame: Frame) -> Signal | None:
        try:
            signal = guarded(frame)
        except Refusal:
            raise
        except Exception:
            at = compiler.run.node
            left = final(frame)
            if left is not None:
                return left
            compiler.run.node = at
            raise
        left = final(frame)
        return left if left is not None else signal

    return execute


@dataclass(frozen=True, slots=True)
class Handler:
    """One `except` clause. kinds: None when it takes any error. bind, unbind: set and unset its name."""

    kinds: Evaluate | None
    block: Execute
    bind: Store | None
    unbind: Callable[[Frame], None] | None

    @classmethod
    def of(cls, compiler: Compiler, node: ast.ExceptHandler) -> "Handler":
        """Compile a clause."""
        return cls(
            compiler.expression(node.type) if node.type is not None else None,
            compiler.block(node.body),
            store(compiler, ast.Name(id=node.name, ctx=ast.Store())) if node.name else None,
            remove(compiler, ast.Name(id=node.name, ctx=ast.Del())) if node.name else None,
        )

    def handle(self, run: Run, frame: Frame, error: Exception, at: ast.AST) -> Signal | None:
        """Run the clause for an error that was raised at a node."""
        run.handled.append((error, at))
        if self.bind is not None:
            self.bind(frame, error)
        try:
            return self.block(frame)
        finally:
            run.handled.pop()
            if self.unbind is not None:
                left = run.node
                forget(frame, self.unbind)
                run.node = left


def guard(compiler: Compiler, node: ast.Try) -> Execute:
    """The part of a `try` before `finally`."""
    run = compiler.run
    body, orelse = compiler.block(node.body), compiler.block(node.orelse)
    handlers = [Handler.of(compiler, handler) for handler in node.handlers]

    def execute(frame: Frame) -> Signal | None:
        try:
            signal = body(frame)
        except Refusal:
            raise
        except Exception as error:
            at = run.node
            for handler in handlers:
                if handler.kinds is None or matches(error, handler.kinds(frame)):
                    return handler.handle(run, frame, error, at)
            run.node = at
            raise
        return signal if signal is not None else orelse(frame)

    return execute


def forget(frame: Frame, unbind: Callable[[Frame], None]) -> None:
    """Unset the name of a handled error, which the handler may have done itself."""
    try:
        unbind(frame)
    except NameError:
        return


def matches(error: Exception, kinds: Any) -> bool:
    """Whether an `except` clause is for this error."""
    for kind in kinds if isinstance(kinds, tuple) else (kinds,):
        if type(kind) is not Class or not (isinstance(kind.real, type) and issubclass(kind.real, Exception)):
            raise TypeError("catching classes that do not inherit from BaseException is not allowed")
        if isinstance(error, kind.real):
            return True
    return False

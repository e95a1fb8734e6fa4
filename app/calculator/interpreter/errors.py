"""`assert`, `raise` and `try`."""

import ast
from collections.abc import Callable
from typing import Any

from app.calculator.interpreter.compiler import Compiler, Execute, Signal
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
            raise run.handled[-1]
        if type(value) is Class:
            value = value()
        if not isinstance(value, Exception) or isinstance(value, Refusal):
            raise TypeError("exceptions must derive from BaseException")
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


def guard(compiler: Compiler, node: ast.Try) -> Execute:
    """The part of a `try` before `finally`."""
    run = compiler.run
    body, orelse = compiler.block(node.body), compiler.block(node.orelse)
    handlers = [
        (
            handler,
            compiler.optional(handler.type),
            compiler.block(handler.body),
            store(compiler, ast.Name(id=handler.name, ctx=ast.Store())) if handler.name else None,
            remove(compiler, ast.Name(id=handler.name, ctx=ast.Del())) if handler.name else None,
        )
        for handler in node.handlers
    ]

    def handle(frame: Frame, error: Exception) -> Signal | None:
        at = run.node
        for handler, kinds, block, bind, unbind in handlers:
            if handler.type is not None and not matches(error, kinds(frame)):
                continue
            run.handled.append(error)
            if bind is not None:
                bind(frame, error)
            try:
                return block(frame)
            finally:
                run.handled.pop()
                if unbind is not None:
                    forget(frame, unbind)
        run.node = at
        raise error

    def execute(frame: Frame) -> Signal | None:
        try:
            signal = body(frame)
        except Refusal:
            raise
        except Exception as error:
            return handle(frame, error)
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

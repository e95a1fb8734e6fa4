"""Branches, loops, and leaving them; `with`."""

import ast
from dataclasses import replace

from app.calculator.gates import TENSORS, check_items
from app.calculator.interpreter.compiler import (
    BREAK,
    CONTINUE,
    Compiler,
    Evaluate,
    Execute,
    Signal,
    Store,
)
from app.calculator.interpreter.scopes import Frame
from app.calculator.interpreter.targets import store
from app.calculator.names.contexts import CONTEXTS


def if_(compiler: Compiler, node: ast.If) -> Execute:
    """`if test: ... else: ...`."""
    run, test = compiler.run, compiler.expression(node.test)
    body = compiler.block(node.body)
    orelse = compiler.block(node.orelse) if node.orelse else None

    def execute(frame: Frame) -> Signal | None:
        decision = test(frame)
        run.node = node.test
        if decision:
            return body(frame)
        return orelse(frame) if orelse is not None else None

    return execute


def while_(compiler: Compiler, node: ast.While) -> Execute:
    """`while test: ... else: ...`."""
    run, test = compiler.run, compiler.expression(node.test)
    body = replace(compiler, in_loop=True).block(node.body)
    orelse = compiler.block(node.orelse)

    def execute(frame: Frame) -> Signal | None:
        while True:
            decision = test(frame)
            run.node = node.test
            if not decision:
                return orelse(frame)
            signal = body(frame)
            if signal is BREAK:
                return None
            if signal is not None and signal is not CONTINUE:
                return signal

    return execute


def for_(compiler: Compiler, node: ast.For) -> Execute:
    """`for target in iterable: ... else: ...`."""
    run, iterable, target = compiler.run, compiler.expression(node.iter), store(compiler, node.target)
    at = node.iter if node.iter.lineno == node.lineno else node  # CPython's line
    body = replace(compiler, in_loop=True).block(node.body)
    orelse = compiler.block(node.orelse)

    def execute(frame: Frame) -> Signal | None:
        values = iterable(frame)
        run.node = at
        if type(values) in TENSORS and values.dim():
            check_items(len(values))
        for value in values:
            target(frame, value)
            signal = body(frame)
            if signal is BREAK:
                return None
            if signal is not None and signal is not CONTINUE:
                return signal
            run.node = at
        return orelse(frame)

    return execute


def break_(compiler: Compiler, node: ast.Break) -> Execute:
    """`break`."""
    if not compiler.in_loop:
        raise compiler.syntax_error(node, "'break' outside loop")
    return lambda frame: BREAK


def continue_(compiler: Compiler, node: ast.Continue) -> Execute:
    """`continue`."""
    if not compiler.in_loop:
        raise compiler.syntax_error(node, "'continue' not properly in loop")
    return lambda frame: CONTINUE


def return_(compiler: Compiler, node: ast.Return) -> Execute:
    """`return value`."""
    if not compiler.in_function:
        raise compiler.syntax_error(node, "'return' outside function")
    value = compiler.optional(node.value)
    return lambda frame: Signal(value(frame))


def with_(compiler: Compiler, node: ast.With) -> Execute:
    """`with torch.no_grad(): ...`."""
    run, body = compiler.run, compiler.block(node.body)
    contexts: list[tuple[ast.expr, Evaluate, Store | None]] = [
        (
            item.context_expr,
            compiler.expression(item.context_expr),
            store(compiler, item.optional_vars) if item.optional_vars is not None else None,
        )
        for item in node.items
    ]

    def enter(frame: Frame, position: int) -> Signal | None:
        if position == len(contexts):
            return body(frame)
        expression, evaluate, target = contexts[position]
        manager = evaluate(frame)
        run.node = expression
        if type(manager) not in CONTEXTS:
            raise TypeError(
                f"'{type(manager).__name__}' object does not support the context manager protocol"
            )
        with manager as entered:
            if target is not None:
                target(frame, entered)
            return enter(frame, position + 1)
        return None  # a manager that swallows an error; none of CONTEXTS does

    return lambda frame: enter(frame, 0)

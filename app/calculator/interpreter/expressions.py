"""What each kind of expression does."""

import ast

from torch import Tensor

from app.calculator.gates import TENSORS
from app.calculator.interpreter.compiler import Compiler, Evaluate, Value
from app.calculator.interpreter.scopes import Frame
from app.calculator.names.arrays import shielded
from app.calculator.names.attributes import get_attr
from app.calculator.operators import BINARY, COMPARISONS, UNARY
from app.calculator.subscripts import get_item


def constant(compiler: Compiler, node: ast.Constant) -> Evaluate:
    """`3`, `"text"`, `None`, `...`."""
    value = node.value
    return lambda frame: value


def binary(compiler: Compiler, node: ast.BinOp) -> Evaluate:
    """`left + right` and its like."""
    run = compiler.run
    left, right = compiler.expression(node.left), compiler.expression(node.right)
    apply, _, check = BINARY[type(node.op)]
    symbol = type(node.op).__name__

    def evaluate(frame: Frame) -> Value:
        first = left(frame)
        second = right(frame)
        run.node = node
        if type(first) is float or type(second) is float:  # cannot grow; the commonest case by far
            result = apply(first, second)
            if type(result) is float:
                return result
        else:
            check(first, second)
            result = shielded(apply(first, second))
        if type(result) in TENSORS or type(result) is str or type(result) is list:
            run.account(result)
            if run.observer is not None:
                run.observer.called(node, symbol, (first, second), {}, result)
        return result

    return evaluate


def unary(compiler: Compiler, node: ast.UnaryOp) -> Evaluate:
    """`-x`, `+x`, `~x`, `not x`."""
    run, operand, apply = compiler.run, compiler.expression(node.operand), UNARY[type(node.op)]
    symbol = type(node.op).__name__

    def evaluate(frame: Frame) -> Value:
        value = operand(frame)
        run.node = node
        result = apply(value)
        if type(result) in TENSORS:
            run.account(result)
            if run.observer is not None:
                run.observer.called(node, symbol, (value,), {}, result)
        return result

    return evaluate


def boolean(compiler: Compiler, node: ast.BoolOp) -> Evaluate:
    """`a and b`, `a or b`: the operand that decides."""
    run = compiler.run
    operands = [compiler.expression(value) for value in node.values]
    first, rest = operands[0], operands[1:]
    wanted = isinstance(node.op, ast.And)

    def evaluate(frame: Frame) -> Value:
        value = first(frame)
        for operand in rest:
            run.node = node
            if bool(value) is not wanted:
                return value
            value = operand(frame)
        return value

    return evaluate


def comparison(compiler: Compiler, node: ast.Compare) -> Evaluate:
    """`a < b`, and chains such as `a < b < c`."""
    run, first = compiler.run, compiler.expression(node.left)
    rest = [
        (*COMPARISONS[type(op)], compiler.expression(right))
        for op, right in zip(node.ops, node.comparators, strict=True)
    ]

    def evaluate(frame: Frame) -> Value:
        left = first(frame)
        result: Value = True
        for position, (apply, check, operand) in enumerate(rest):
            if position and not result:
                return result
            right = operand(frame)
            run.node = node
            if check is not None:
                check(left, right)
            result = apply(left, right)
            if type(result) in TENSORS:
                run.account(result)
            left = right
        return result

    return evaluate


def conditional(compiler: Compiler, node: ast.IfExp) -> Evaluate:
    """`a if test else b`."""
    run = compiler.run
    test, body, orelse = map(compiler.expression, (node.test, node.body, node.orelse))

    def evaluate(frame: Frame) -> Value:
        decision = test(frame)
        run.node = node.test
        return body(frame) if decision else orelse(frame)

    return evaluate


def place(node: ast.Attribute) -> ast.expr:
    """Where CPython places an attribute that stands on another line than its owner: at its own name."""
    if node.lineno == node.end_lineno or node.end_lineno is None or node.end_col_offset is None:
        return node
    offset = max(0, node.end_col_offset - len(node.attr.encode()))
    return ast.Name(id=node.attr, ctx=ast.Load(), lineno=node.end_lineno, col_offset=offset)


def attribute(compiler: Compiler, node: ast.Attribute) -> Evaluate:
    """`owner.name`."""
    run, owner, identifier = compiler.run, compiler.expression(node.value), node.attr
    at = place(node)

    def evaluate(frame: Frame) -> Value:
        value = owner(frame)
        run.node = at
        result = get_attr(value, identifier)
        if run.observer is not None and type(result) is Tensor:  # x.T, x.data, x.grad
            run.observer.called(node, identifier, (value,), {}, result)
        return result

    return evaluate


def subscript(compiler: Compiler, node: ast.Subscript) -> Evaluate:
    """`owner[index]`."""
    run, owner, index = compiler.run, compiler.expression(node.value), compiler.expression(node.slice)

    def evaluate(frame: Frame) -> Value:
        value = owner(frame)
        key = index(frame)
        run.node = node
        result = get_item(value, key)
        if type(value) in TENSORS:
            run.account(result)
            if run.observer is not None:
                run.observer.called(node, "Subscript", (value, key), {}, result)
        return result

    return evaluate


def slice_(compiler: Compiler, node: ast.Slice) -> Evaluate:
    """`start:stop:step` inside a subscript."""
    start, stop, step = map(compiler.optional, (node.lower, node.upper, node.step))
    return lambda frame: slice(start(frame), stop(frame), step(frame))

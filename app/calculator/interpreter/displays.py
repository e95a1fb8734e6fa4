"""Lists, tuples, sets, dicts and f-strings, written out."""

import ast
from collections.abc import Sequence

from app.calculator.formatting import CONVERSIONS, format_value
from app.calculator.gates import check_characters, finite
from app.calculator.interpreter.compiler import Compiler, Evaluate, Value
from app.calculator.interpreter.scopes import Frame
from app.calculator.limits import MAX_ITEMS


def items(
    compiler: Compiler, around: ast.expr, nodes: Sequence[ast.expr], limit: int = MAX_ITEMS
) -> Evaluate:
    """The items of a display or the positional arguments of a call, as a new list of at most `limit`."""
    run = compiler.run
    parts = [
        (
            isinstance(node, ast.Starred),
            compiler.expression(node.value if isinstance(node, ast.Starred) else node),
        )
        for node in nodes
    ]
    if not any(starred for starred, _ in parts):
        plain = [part for _, part in parts]
        return lambda frame: [part(frame) for part in plain]

    def evaluate(frame: Frame) -> list[Value]:
        result: list[Value] = []
        for starred, part in parts:
            value = part(frame)
            if starred:
                run.node = around
                if not hasattr(value, "__iter__"):
                    raise TypeError(f"Value after * must be an iterable, not {type(value).__name__}")
                result.extend(finite(value, limit))
            else:
                result.append(value)
        run.account_bytes(8 * len(result))
        return result

    return evaluate


def list_(compiler: Compiler, node: ast.List) -> Evaluate:
    """`[a, b]`."""
    return items(compiler, node, node.elts)


def tuple_(compiler: Compiler, node: ast.Tuple) -> Evaluate:
    """`a, b`."""
    parts = items(compiler, node, node.elts)
    return lambda frame: tuple(parts(frame))


def set_(compiler: Compiler, node: ast.Set) -> Evaluate:
    """`{a, b}`."""
    parts = items(compiler, node, node.elts)
    return lambda frame: set(parts(frame))


def dict_(compiler: Compiler, node: ast.Dict) -> Evaluate:
    """`{key: value, **more}`."""
    run = compiler.run
    pairs = [
        (compiler.expression(key) if key is not None else None, compiler.expression(value))
        for key, value in zip(node.keys, node.values, strict=True)
    ]

    def evaluate(frame: Frame) -> dict[Value, Value]:
        result: dict[Value, Value] = {}
        for key, value in pairs:
            if key is None:
                more = value(frame)
                run.node = node
                result.update(more)
            else:
                label, content = key(frame), value(frame)
                run.node = node
                result[label] = content
        return result

    return evaluate


def formatted(compiler: Compiler, node: ast.JoinedStr) -> Evaluate:
    """`f"{value!r:spec}"`."""
    run = compiler.run
    parts = [compiler.expression(part) for part in node.values]

    def evaluate(frame: Frame) -> str:
        text = "".join([part(frame) for part in parts])
        run.node = node
        check_characters(len(text))
        return text

    return evaluate


def formatted_value(compiler: Compiler, node: ast.FormattedValue) -> Evaluate:
    """One replacement in an f-string."""
    run, expression = compiler.run, compiler.expression(node.value)
    spec = compiler.expression(node.format_spec) if node.format_spec is not None else None
    convert = CONVERSIONS[chr(node.conversion)] if node.conversion > 0 else None

    def evaluate(frame: Frame) -> str:
        value = expression(frame)
        run.node = node.value
        if convert is not None:
            value = convert(value)
        return format_value(value, spec(frame) if spec is not None else "")

    return evaluate


def starred(compiler: Compiler, node: ast.Starred) -> Evaluate:
    """`*values` where nothing takes them."""
    raise compiler.syntax_error(node, "can't use starred expression here")

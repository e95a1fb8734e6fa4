"""What each kind of expression does."""

import ast
import builtins
from collections.abc import Sequence

from torch import Tensor

from app.calculator.formatting import CONVERSIONS, format_value
from app.calculator.gates import TENSORS, check_characters, finite
from app.calculator.interpreter.compiler import Compiler, Evaluate, Value
from app.calculator.interpreter.run import Run
from app.calculator.interpreter.scopes import Frame
from app.calculator.limits import MAX_ITEMS
from app.calculator.names.attributes import get_attr
from app.calculator.names.namespaces import BUILTINS
from app.calculator.operators import BINARY, COMPARISONS, UNARY
from app.calculator.refusals import NotSupported
from app.calculator.subscripts import get_item
from app.errors import N_

MISSING = object()
COMPARISON_NAMES: dict[type[ast.cmpop], str] = {}


def constant(compiler: Compiler, node: ast.Constant) -> Evaluate:
    """`3`, `"text"`, `None`, `...`."""
    value = node.value
    return lambda frame: value


def name(compiler: Compiler, node: ast.Name) -> Evaluate:
    """A variable, a global, or a built-in function."""
    run, identifier = compiler.run, node.id
    hops = compiler.scope.hops(identifier)
    if hops is None:
        return global_name(run, node)

    def local(frame: Frame) -> Value:
        try:
            return frame.names[identifier]
        except KeyError:
            run.node = node
            raise UnboundLocalError(
                f"cannot access local variable '{identifier}' where it is not associated with a value"
            ) from None

    def enclosing(frame: Frame) -> Value:
        holder = outer(frame, hops)
        if identifier not in holder.names:
            run.node = node
            raise NameError(
                f"cannot access free variable '{identifier}' where it is not associated with a value "
                "in enclosing scope"
            )
        return holder.names[identifier]

    return local if hops == 0 else enclosing


def outer(frame: Frame, hops: int) -> Frame:
    """The frame that many functions out."""
    for _ in range(hops):
        if frame.outer is None:
            break
        frame = frame.outer
    return frame


def global_name(run: Run, node: ast.Name) -> Evaluate:
    """A name of the program's own, or a built-in one."""
    identifier, names = node.id, run.names

    def evaluate(frame: Frame) -> Value:
        value = names.get(identifier, MISSING)
        if value is MISSING:
            value = BUILTINS.get(identifier, MISSING)
            if value is MISSING:
                run.node = node
                raise unknown(identifier)
        return value

    return evaluate


def unknown(identifier: str) -> Exception:
    """The error for a name nobody assigned: Python's own, unless Python would know it."""
    if hasattr(builtins, identifier) or identifier in ("super", "exit", "quit", "help"):
        return NotSupported(N_("`{name}` is not available here."), name=identifier)
    return NameError(f"name '{identifier}' is not defined")


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
            result = apply(first, second)
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


def walrus(compiler: Compiler, node: ast.NamedExpr) -> Evaluate:
    """`(name := value)`."""
    identifier, value = node.target.id, compiler.expression(node.value)
    hops = compiler.scope.assigned(identifier)
    names = compiler.run.names

    def evaluate(frame: Frame) -> Value:
        result = value(frame)
        (names if hops is None else outer(frame, hops).names)[identifier] = result
        return result

    return evaluate


def starred(compiler: Compiler, node: ast.Starred) -> Evaluate:
    """`*values` where nothing takes them."""
    raise compiler.syntax_error(node, "can't use starred expression here")

"""What can stand left of `=`: names, subscripts, attributes, and tuples of them."""

import ast

from app.calculator.gates import finite
from app.calculator.interpreter.compiler import Compiler, Store, Value
from app.calculator.interpreter.lookups import outer
from app.calculator.interpreter.scopes import Frame
from app.calculator.names.attributes import set_attr
from app.calculator.subscripts import set_item


def store(compiler: Compiler, node: ast.expr) -> Store:
    """Compile an assignment to `node`."""
    match node:
        case ast.Name():
            return store_name(compiler, node.id)
        case ast.Subscript():
            return store_subscript(compiler, node)
        case ast.Attribute():
            return store_attribute(compiler, node)
        case ast.Tuple() | ast.List():
            return store_items(compiler, node)
    raise compiler.syntax_error(node, "starred assignment target must be in a list or tuple")


def store_name(compiler: Compiler, identifier: str) -> Store:
    """`name = value`."""
    names = compiler.run.names
    hops = compiler.scope.hops(identifier)

    def global_(frame: Frame, value: Value) -> None:
        names[identifier] = value

    def local(frame: Frame, value: Value) -> None:
        frame.names[identifier] = value

    def enclosing(frame: Frame, value: Value) -> None:
        outer(frame, hops or 0).names[identifier] = value

    if hops is None:
        return global_
    return local if hops == 0 else enclosing


def store_subscript(compiler: Compiler, node: ast.Subscript) -> Store:
    """`owner[index] = value`."""
    run, owner, index = compiler.run, compiler.expression(node.value), compiler.expression(node.slice)

    def assign(frame: Frame, value: Value) -> None:
        container = owner(frame)
        key = index(frame)
        run.node = node
        set_item(container, key, value)

    return assign


def store_attribute(compiler: Compiler, node: ast.Attribute) -> Store:
    """`owner.name = value`."""
    run, owner, name = compiler.run, compiler.expression(node.value), node.attr

    def assign(frame: Frame, value: Value) -> None:
        target = owner(frame)
        run.node = node
        set_attr(target, name, value)

    return assign


def store_items(compiler: Compiler, node: ast.Tuple | ast.List) -> Store:
    """`a, *b = values`."""
    run, elements = compiler.run, node.elts
    stars = [position for position, element in enumerate(elements) if isinstance(element, ast.Starred)]
    if len(stars) > 1:
        raise compiler.syntax_error(node, "multiple starred expressions in assignment")
    star = stars[0] if stars else None
    parts = [
        store(compiler, element.value if isinstance(element, ast.Starred) else element)
        for element in elements
    ]

    def assign(frame: Frame, value: Value) -> None:
        run.node = node
        run.account(value)
        for part, item in zip(parts, unpacked(value, len(parts), star), strict=True):
            part(frame, item)

    return assign


def unpacked(value: Value, count: int, star: int | None = None) -> list[Value]:
    """The items of an iterable for `count` targets, the one at `star` taking what is left over.

    Raises ValueError in CPython's words when the number does not fit.
    """
    try:
        iterator = iter(value)
    except TypeError as error:
        if hasattr(type(value), "__iter__"):
            raise
        raise TypeError(f"cannot unpack non-iterable {type(value).__name__} object") from error
    found: list[Value] = []
    for item in finite(value) if iterator is not value else finite(iterator):
        found.append(item)
        if star is None and len(found) > count:
            raise ValueError(f"too many values to unpack (expected {count})")
    wanted = count if star is None else count - 1
    if len(found) < wanted:
        least = "at least " if star is not None else ""
        raise ValueError(f"not enough values to unpack (expected {least}{wanted}, got {len(found)})")
    if star is not None:
        tail = len(found) - (count - star - 1)
        found[star:tail] = [found[star:tail]]
    return found

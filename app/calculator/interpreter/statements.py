"""What each kind of statement does."""

import ast
from collections.abc import Callable

from app.calculator.gates import TENSORS
from app.calculator.interpreter.calls import call
from app.calculator.interpreter.compiler import (
    Compiler,
    Execute,
    Value,
)
from app.calculator.interpreter.functions import function
from app.calculator.interpreter.scopes import Frame
from app.calculator.interpreter.targets import store
from app.calculator.names.attributes import del_attr, get_attr, set_attr
from app.calculator.names.imports import import_from, import_module
from app.calculator.operators import BINARY
from app.calculator.subscripts import del_item, get_item, set_item


def expression_statement(compiler: Compiler, node: ast.Expr) -> Execute:
    """An expression for its effect."""
    evaluate = compiler.expression(node.value)

    def execute(frame: Frame) -> None:
        evaluate(frame)

    return execute


def assign(compiler: Compiler, node: ast.Assign) -> Execute:
    """`a = b = value`."""
    value = compiler.expression(node.value)
    targets = [store(compiler, target) for target in node.targets]
    if len(targets) == 1:
        target = targets[0]

        def execute_one(frame: Frame) -> None:
            target(frame, value(frame))

        return execute_one

    def execute(frame: Frame) -> None:
        result = value(frame)
        for target in targets:
            target(frame, result)

    return execute


def annotated(compiler: Compiler, node: ast.AnnAssign) -> Execute:
    """`name: type = value`; the annotation is not evaluated."""
    if node.value is None:
        return nothing(compiler, node)
    value, target = compiler.expression(node.value), store(compiler, node.target)

    def execute(frame: Frame) -> None:
        target(frame, value(frame))

    return execute


def augmented(compiler: Compiler, node: ast.AugAssign) -> Execute:
    """`target += value`, in place where the object can: torch's `x += 1` changes x itself."""
    run = compiler.run
    value = compiler.expression(node.value)
    _, in_place, check = BINARY[type(node.op)]
    symbol = type(node.op).__name__ + "_"
    read, write = place(compiler, node.target)

    def execute(frame: Frame) -> None:
        where = read(frame)
        second = value(frame)
        run.node = node
        check(where[0], second)
        result = in_place(where[0], second)
        if type(result) in TENSORS or type(result) is str or type(result) is list:
            run.account(result)
            if run.observer is not None:
                run.observer.called(node.target, symbol, (where[0], second), {}, result)
        write(frame, where, result)

    return execute


def place(
    compiler: Compiler, node: ast.Name | ast.Attribute | ast.Subscript
) -> tuple[Callable[[Frame], tuple[Value, ...]], Callable[[Frame, tuple[Value, ...], Value], None]]:
    """How to read a target (its value, its owner, its index) and to write it back, parts evaluated once."""
    run = compiler.run
    if isinstance(node, ast.Name):
        value = compiler.expression(ast.copy_location(ast.Name(id=node.id, ctx=ast.Load()), node))
        write_name = store(compiler, node)
        return lambda frame: (value(frame),), lambda frame, where, result: write_name(frame, result)
    owner = compiler.expression(node.value)
    if isinstance(node, ast.Attribute):
        name = node.attr

        def read_attribute(frame: Frame) -> tuple[Value, ...]:
            target = owner(frame)
            run.node = node
            return get_attr(target, name), target

        return read_attribute, lambda frame, where, result: set_attr(where[1], name, result)
    index = compiler.expression(node.slice)

    def read_item(frame: Frame) -> tuple[Value, ...]:
        target = owner(frame)
        key = index(frame)
        run.node = node
        return get_item(target, key), target, key

    return read_item, lambda frame, where, result: set_item(where[1], where[2], result)


def delete(compiler: Compiler, node: ast.Delete) -> Execute:
    """`del name`, `del owner[index]`, `del owner.name`."""
    removals = [remove(compiler, target) for target in node.targets]

    def execute(frame: Frame) -> None:
        for removal in removals:
            removal(frame)

    return execute


def remove(compiler: Compiler, node: ast.expr) -> Callable[[Frame], None]:
    """Compile the removal of one target."""
    run = compiler.run
    match node:
        case ast.Name(id=identifier):
            hops = compiler.scope.hops(identifier)

            def remove_name(frame: Frame) -> None:
                run.node = node
                names = run.names if hops is None else frame.names
                if identifier not in names:
                    raise NameError(f"name '{identifier}' is not defined")
                del names[identifier]

            return remove_name
        case ast.Subscript():
            owner, index = compiler.expression(node.value), compiler.expression(node.slice)

            def remove_item(frame: Frame) -> None:
                container, key = owner(frame), index(frame)
                run.node = node
                del_item(container, key)

            return remove_item
        case ast.Attribute(attr=name):
            holder = compiler.expression(node.value)

            def remove_attribute(frame: Frame) -> None:
                target = holder(frame)
                run.node = node
                del_attr(target, name)

            return remove_attribute
        case ast.Tuple(elts=elements) | ast.List(elts=elements):
            removals = [remove(compiler, element) for element in elements]
            return lambda frame: [removal(frame) for removal in removals].clear()
    raise compiler.syntax_error(node, "cannot delete expression")


def nothing(compiler: Compiler, node: ast.stmt) -> Execute:
    """`pass`."""
    return lambda frame: None


def function_definition(compiler: Compiler, node: ast.FunctionDef) -> Execute:
    """`def name(...): ...`, with `@torch.no_grad()` and its like as the only decorators."""
    run, make = compiler.run, function(compiler, node)
    decorators = [(decorator, compiler.expression(decorator)) for decorator in reversed(node.decorator_list)]
    target = store(compiler, ast.copy_location(ast.Name(id=node.name, ctx=ast.Store()), node))

    def execute(frame: Frame) -> None:
        applied = [(place, decorator(frame)) for place, decorator in decorators]
        result: Value = make(frame)
        for place, decorator in applied:
            run.node = place
            result = call(run, place, decorator, [result], {})
        target(frame, result)

    return execute


def global_(compiler: Compiler, node: ast.Global) -> Execute:
    """`global name`: `scopes` has taken account of it."""
    return nothing(compiler, node)


def nonlocal_(compiler: Compiler, node: ast.Nonlocal) -> Execute:
    """`nonlocal name`, likewise."""
    if compiler.scope.kind == "module":
        raise compiler.syntax_error(node, "nonlocal declaration not allowed at module level")
    for name in node.names:
        if compiler.scope.hops(name) is None:
            raise compiler.syntax_error(node, f"no binding for nonlocal '{name}' found")
    return nothing(compiler, node)


def import_(compiler: Compiler, node: ast.Import) -> Execute:
    """`import torch.nn as nn`."""
    run = compiler.run
    targets = [
        (
            alias.name,
            alias.asname is not None,
            store(compiler, ast.Name(id=alias.asname or alias.name.partition(".")[0], ctx=ast.Store())),
        )
        for alias in node.names
    ]

    def execute(frame: Frame) -> None:
        for name, renamed, target in targets:
            run.node = node
            target(frame, import_module(name, renamed))

    return execute


def import_names(compiler: Compiler, node: ast.ImportFrom) -> Execute:
    """`from torch import nn`."""
    run, module, level = compiler.run, node.module or "", node.level
    targets = [
        (alias.name, store(compiler, ast.Name(id=alias.asname or alias.name, ctx=ast.Store())))
        for alias in node.names
    ]

    def execute(frame: Frame) -> None:
        for name, target in targets:
            run.node = node
            target(frame, import_from("." * level + module, name))

    return execute

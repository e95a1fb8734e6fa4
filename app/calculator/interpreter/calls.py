"""Calling: what may be called, and the gates it passes."""

import ast

import torch

from app.calculator.gates import finite
from app.calculator.interpreter.compiler import Compiler, Evaluate, Value
from app.calculator.interpreter.displays import items
from app.calculator.interpreter.expressions import place
from app.calculator.interpreter.functions import Super, UserFunction
from app.calculator.interpreter.lookups import outer
from app.calculator.interpreter.run import Run
from app.calculator.interpreter.scopes import CLASS_CELL, Frame
from app.calculator.limits import MAX_ELEMENTS
from app.calculator.names.attributes import get_attr
from app.calculator.names.contexts import DECORATORS
from app.calculator.names.table import MEMBERS
from app.calculator.names.values import Bound, Class, Function
from app.calculator.refusals import NotSupported
from app.errors import N_


def call(run: Run, node: ast.expr, callee: Value, args: list[Value], kwargs: dict[str, Value]) -> Value:
    """Call anything a program may hold. Raises TypeError, as Python does, for what cannot be called."""
    kind = type(callee)
    if kind is UserFunction:
        return callee.invoke(args, kwargs)
    if kind is Function or kind is Class:
        return call_library(run, node, callee, args, kwargs)
    if kind is Bound:
        if type(callee.member) is UserFunction:
            return callee.member.invoke([callee.owner, *args], kwargs)
        return call_method(run, node, callee, args, kwargs)
    if kind in DECORATORS and len(args) == 1 and type(args[0]) is UserFunction:
        if kind is torch.set_grad_enabled:
            torch.set_grad_enabled(callee.prev)  # making it has switched already
        return args[0].within(callee.clone)
    if isinstance(callee, torch.nn.Module):
        return call_library(run, node, Function(kind.__name__, callee), args, kwargs)
    if callable(callee) and not isinstance(callee, torch.Tensor):
        raise NotSupported(N_("`{name}` is not available here."), name=kind.__name__)
    raise TypeError(f"'{kind.__name__}' object is not callable")


def call_library(
    run: Run, node: ast.expr, function: Function | Class, args: list[Value], kwargs: dict[str, Value]
) -> Value:
    """Call a library's function or class: check, call, account, tell."""
    result = function(*args, **kwargs)
    run.node = node  # a callback may have moved it
    if result is not None:
        run.account(result)
    if run.observer is not None:
        run.observer.called(node, function.name, args, kwargs, result)
    return result


def call_method(
    run: Run, node: ast.expr, method: Bound, args: list[Value], kwargs: dict[str, Value]
) -> Value:
    """Call a method of a library's object, likewise."""
    result = method(*args, **kwargs)
    run.node = node
    if result is not None and result is not method.owner:
        run.account(result)
    if run.observer is not None:
        run.observer.called(node, method.member.name, (method.owner, *args), kwargs, result)
    return result


def call_expression(compiler: Compiler, node: ast.Call) -> Evaluate:
    """`callee(args, *more, key=value, **rest)`."""
    if isinstance(node.func, ast.Name) and node.func.id == "super":
        return super_call(compiler, node)
    run = compiler.run
    if isinstance(node.func, ast.Attribute):
        return method_call(compiler, node, node.func)
    callee = compiler.expression(node.func)
    arguments, keywords = positional_arguments(compiler, node), keyword_arguments(compiler, node)

    def evaluate(frame: Frame) -> Value:
        target = callee(frame)
        try:
            args = arguments(frame)
            kwargs = keywords(frame) if keywords is not None else {}
        except BadArguments as bad:
            raise TypeError(f"{title(target)} {bad}") from None
        run.node = node
        return call(run, node, target, args, kwargs)

    return evaluate


def method_call(compiler: Compiler, node: ast.Call, function: ast.Attribute) -> Evaluate:
    """`owner.name(...)`, without making the bound method first."""
    run, name = compiler.run, function.attr
    owner = compiler.expression(function.value)
    arguments, keywords = positional_arguments(compiler, node), keyword_arguments(compiler, node)
    at = place(function)
    call_at = node if at is function else at

    def evaluate(frame: Frame) -> Value:
        value = owner(frame)
        member = MEMBERS.get(type(value), {}).get(name)
        if member is not None and member.call:
            args = arguments(frame)
            kwargs = keywords(frame) if keywords is not None else {}
            run.node = call_at
            return call_method(run, call_at, Bound(value, member), args, kwargs)
        run.node = at
        callee = get_attr(value, name)
        try:
            args = arguments(frame)
            kwargs = keywords(frame) if keywords is not None else {}
        except BadArguments as bad:
            raise TypeError(f"{title(callee)} {bad}") from None
        run.node = call_at
        return call(run, call_at, callee, args, kwargs)

    return evaluate


def title(callee: Value) -> str:
    """How CPython names what is called, in an error about its arguments."""
    if type(callee) is UserFunction:
        return f"__main__.{callee.signature.name}()"
    if type(callee) is Function and "." not in callee.name:
        return f"{callee.name}()"
    real = callee.real if type(callee) in (Function, Class) else callee
    return f"{getattr(real, '__qualname__', type(callee).__name__)}()"


class BadArguments(TypeError):
    """`*` or `**` before something that does not fit; the message lacks the name of what is called."""


def positional_arguments(compiler: Compiler, node: ast.Call) -> Evaluate:
    """The positional arguments of a call, as a new list."""
    match node.args:
        case [ast.Starred(value=only)]:
            run, expression = compiler.run, compiler.expression(only)

            def evaluate(frame: Frame) -> list[Value]:
                value = expression(frame)
                run.node = node
                if not hasattr(value, "__iter__"):
                    raise BadArguments(f"argument after * must be an iterable, not {type(value).__name__}")
                return list(finite(value, MAX_ELEMENTS))

            return evaluate
    return items(compiler, node, node.args, MAX_ELEMENTS)


def keyword_arguments(compiler: Compiler, node: ast.Call) -> Evaluate | None:
    """The keyword arguments of a call, as a new dict; None when there are none."""
    if not node.keywords:
        return None
    pairs = [(keyword.arg, compiler.expression(keyword.value)) for keyword in node.keywords]
    if all(name is not None for name, _ in pairs):
        return lambda frame: {name: value(frame) for name, value in pairs}

    def evaluate(frame: Frame) -> dict[str, Value]:
        result: dict[str, Value] = {}
        for name, value in pairs:
            more = value(frame) if name is None else {name: value(frame)}
            if not isinstance(more, dict):
                raise BadArguments(f"argument after ** must be a mapping, not {type(more).__name__}")
            for key in more:
                if key in result:
                    raise BadArguments(f"got multiple values for keyword argument '{key}'")
                if not isinstance(key, str):
                    raise TypeError("keywords must be strings")
                if key.startswith("_"):
                    raise NotSupported(N_("The argument `{name}` is not available here."), name=key[:50])
            result.update(more)
        return result

    return evaluate


def super_call(compiler: Compiler, node: ast.Call) -> Evaluate:
    """`super()` and `super(Net, self)`."""
    run, arguments = compiler.run, items(compiler, node, node.args)
    hops, first = compiler.scope.hops(CLASS_CELL), compiler.first_parameter

    def evaluate(frame: Frame) -> Super:
        args = arguments(frame)
        run.node = node
        if not args:
            if hops is None or first is None:
                raise RuntimeError("super(): no arguments")
            args = [outer(frame, hops).names[CLASS_CELL], frame.names[first]]
        if len(args) != 2 or type(args[0]) is not Class:
            raise TypeError("super() argument 1 must be a type")
        kind, instance = args
        if not isinstance(instance, kind.real):
            raise TypeError("super(type, obj): obj must be an instance or subtype of type")
        return Super(kind, instance)

    return evaluate

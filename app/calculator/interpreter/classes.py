"""`class Net(nn.Module)` and `class Square(autograd.Function)`: real subclasses with interpreted methods."""

import ast
from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

import torch
from torch import nn

from app.calculator.interpreter.compiler import Compiler, Execute, Value
from app.calculator.interpreter.engine import autograd_function
from app.calculator.interpreter.functions import Static, UserFunction
from app.calculator.interpreter.scopes import CLASS_CELL, Frame, Scope
from app.calculator.interpreter.targets import store
from app.calculator.names.values import PROGRAM_CLASS, Class
from app.calculator.parse import private
from app.calculator.refusals import NotSupported
from app.errors import N_

BODY = (ast.FunctionDef, ast.Assign, ast.AnnAssign, ast.Pass, ast.Expr)
"""What may stand in a class."""
EXTENSIBLE = (nn.Module, torch.autograd.Function)


def class_definition(compiler: Compiler, node: ast.ClassDef) -> Execute:
    """`class Net(nn.Module): ...`."""
    run = compiler.run
    if node.keywords or node.decorator_list:
        raise compiler.refusal(
            node, NotSupported(N_("Keywords and decorators of a class are not supported here."))
        )
    for statement in node.body:
        if not isinstance(statement, BODY):
            raise compiler.refusal(
                statement,
                NotSupported(N_("In a class only methods and plain assignments are supported here.")),
            )
    plain = [base for base in node.bases if isinstance(base, ast.Name) and base.id == "object"]
    bases = [compiler.expression(base) for base in node.bases if base not in plain]
    scope = Scope("class", compiler.scope, node.body, [CLASS_CELL])
    inner = replace(
        compiler, scope=scope, qualifier=f"{compiler.qualifier}{node.name}.", in_function=False, in_loop=False
    )
    body = inner.block(node.body)
    target = store(compiler, ast.copy_location(ast.Name(id=node.name, ctx=ast.Store()), node))

    def execute(frame: Frame) -> None:
        parents = [base(frame) for base in bases]
        run.node = node
        base = supported_base(node.name, parents)
        names = Frame({}, frame)
        body(names)
        run.node = node
        made = make_class(node.name, compiler.qualifier, base, dict(names.names))
        names.names[CLASS_CELL] = made
        target(frame, made)

    return execute


def supported_base(name: str, parents: list[Value]) -> Class:
    """The one class a program's class may extend."""
    base = parents[0] if len(parents) == 1 else None
    if type(base) is Class and isinstance(base.real, type) and issubclass(base.real, EXTENSIBLE):
        return base
    raise NotSupported(
        N_("`class {name}` is not supported here: extend torch.nn.Module or torch.autograd.Function."),
        name=name,
    )


def make_class(name: str, qualifier: str, base: Class, names: Mapping[str, Value]) -> Class:
    """A real subclass of what `base` stands for, each method of which runs the interpreted one.

    Raises NotSupported for a name with which torch's own methods would call the program's, and hand it what
    no program gets hold of.
    """
    for key in names:
        if key.startswith("_") and key != "__init__" and hasattr(base.real, key):
            raise private(key)
    methods = {**base.methods, **names}
    functions = {key: value for key, value in names.items() if isinstance(value, UserFunction | Static)}
    body: dict[str, Any] = {"__module__": "__main__", "__qualname__": qualifier + name}
    for key, value in functions.items():
        body[key] = method(value) if isinstance(value, UserFunction) else staticmethod(static(value))
    real = type(name, (base.real,), body)
    statics = autograd_function(real) if issubclass(real, torch.autograd.Function) else {}
    made = Class(name, real, methods=methods, base=base, statics=statics)
    setattr(real, PROGRAM_CLASS, made)
    return made


def method(function: UserFunction) -> Callable[..., Any]:
    """A real method, for torch to call."""

    def run_method(self: Any, /, *args: Any, **kwargs: Any) -> Any:
        return function.invoke([self, *args], kwargs)

    return run_method


def static(function: Static) -> Callable[..., Any]:
    """A real static method, for torch to call."""

    def run_method(*args: Any, **kwargs: Any) -> Any:
        return function.function.invoke(args, kwargs)

    return run_method

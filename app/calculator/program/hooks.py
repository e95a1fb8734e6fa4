"""What the code of a watched program calls in between: each hook does what stood there, and tells of it.

A hook is made for one place in the program. While the observer is asleep it only does what stood there.
"""
# ruff: noqa: D102  # the protocol says what each does

import ast
import operator
from collections.abc import Callable
from sys import _getframe
from types import BuiltinFunctionType, FunctionType, MethodType, ModuleType
from typing import Any

from torch import Tensor, nn

from app.calculator.program import instrument, passes
from app.calculator.program.observer import Observer
from app.calculator.program.read import FILENAME

Hook = instrument.Hook
PROGRAM = frozenset({FILENAME})
"""A set, for comparing two texts fails where the program calls itself without end."""
TENSORS = (Tensor, nn.Parameter)
TOLD = (*TENSORS, str, list)
"""Results of operators that are told of, by exact type."""
UNTOLD = frozenset({vars, dir, eval, exec, print, input, globals, locals, breakpoint, __import__})
BINARY: dict[type[ast.operator], tuple[Callable[..., Any], Callable[..., Any]]] = {
    ast.Add: (operator.add, operator.iadd),
    ast.Sub: (operator.sub, operator.isub),
    ast.Mult: (operator.mul, operator.imul),
    ast.Div: (operator.truediv, operator.itruediv),
    ast.FloorDiv: (operator.floordiv, operator.ifloordiv),
    ast.Mod: (operator.mod, operator.imod),
    ast.Pow: (operator.pow, operator.ipow),
    ast.MatMult: (operator.matmul, operator.imatmul),
    ast.LShift: (operator.lshift, operator.ilshift),
    ast.RShift: (operator.rshift, operator.irshift),
    ast.BitAnd: (operator.and_, operator.iand),
    ast.BitOr: (operator.or_, operator.ior),
    ast.BitXor: (operator.xor, operator.ixor),
}
LoopHook = Callable[[ast.stmt], instrument.LoopHooks | None]
UNARY: dict[type[ast.unaryop], Callable[..., Any]] = {
    ast.USub: operator.neg,
    ast.UAdd: operator.pos,
    ast.Invert: operator.invert,
}


def nobody(_: ast.stmt) -> None:
    """No hooks at the rounds of a loop."""


class Hooks:
    """The hooks of one program. observer: who is told; it may be another one in each run.

    loop: makes those at the rounds of a loop.
    """

    def __init__(self, observer: Observer, loop: LoopHook = nobody) -> None:
        self.observer = observer
        self.loop = loop

    def call(self, node: ast.expr) -> Hook:
        def chosen(function: Any) -> Any:
            if not self.observer.awake:
                return function
            about = name_of(function)
            return function if about is None else Watched(self, node, function, *about)

        return chosen

    def attribute(self, node: ast.expr) -> Hook:
        def read(owner: Any, name: str) -> Any:
            result = getattr(owner, name)
            if type(result) is Tensor and self.observer.awake:  # x.T, x.data, x.grad
                self.observer.called(node, name, (owner,), {}, result)
            return result

        return read

    def subscript(self, node: ast.expr) -> Hook:
        def item(owner: Any, key: Any) -> Any:
            result = owner[key]
            if type(owner) in TENSORS and self.observer.awake:
                self.observer.called(node, "Subscript", (owner, key), {}, result)
            return result

        return item

    def binary(self, node: ast.BinOp) -> Hook:
        apply, symbol = BINARY[type(node.op)][0], type(node.op).__name__

        def computed(left: Any, right: Any) -> Any:
            result = apply(left, right)
            if type(result) in TOLD and self.observer.awake:
                self.observer.called(node, symbol, (left, right), {}, result)
            return result

        return computed

    def unary(self, node: ast.UnaryOp) -> Hook:
        apply, symbol = UNARY[type(node.op)], type(node.op).__name__

        def computed(operand: Any) -> Any:
            result = apply(operand)
            if type(result) in TENSORS and self.observer.awake:
                self.observer.called(node, symbol, (operand,), {}, result)
            return result

        return computed

    def augmented(self, node: ast.AugAssign) -> Hook:
        apply, symbol = BINARY[type(node.op)][1], type(node.op).__name__ + "_"

        def computed(value: Any, operand: Any) -> Any:
            result = apply(value, operand)
            if type(result) in TOLD and self.observer.awake:
                self.observer.called(node.target, symbol, (value, operand), {}, result)
            return result

        return computed

    def load(self, node: ast.AugAssign) -> Hook:
        if isinstance(node.target, ast.Attribute):
            return lambda owner, name: (owner, name, getattr(owner, name))
        return lambda owner, key: (owner, key, owner[key])

    def store(self, node: ast.AugAssign) -> Hook:
        computed, of_attribute = self.augmented(node), isinstance(node.target, ast.Attribute)

        def changed(loaded: tuple[Any, Any, Any], operand: Any) -> None:
            owner, key, value = loaded
            result = computed(value, operand)
            if of_attribute:
                setattr(owner, key, result)
            else:
                owner[key] = result

        return changed

    def executed(self, node: ast.stmt) -> Hook:
        def told() -> None:
            if self.observer.awake:
                self.observer.executed(node, _getframe(1).f_locals)
            else:
                self.observer.passed(1)

        return told

    def returned(self, node: ast.Return) -> Hook:
        def told(value: Any) -> Any:
            if self.observer.awake:
                self.observer.executed(node, _getframe(1).f_locals)
            else:
                self.observer.passed(1)
            return value

        return told

    def entered(self, n_statements: int) -> Hook:
        def awake() -> bool:
            if self.observer.awake:
                return True
            self.observer.passed(n_statements)
            return False

        return awake

    def passed(self, n_statements: int) -> Hook:
        def told() -> None:
            self.observer.passed(n_statements)

        return told


class Watched:
    """Stands for a library's function while it is called, and tells of the call."""

    __slots__ = ("function", "hooks", "name", "node", "owner")

    def __init__(
        self, hooks: Hooks, node: ast.expr, function: Any, name: str, owner: tuple[Any, ...]
    ) -> None:
        self.hooks = hooks
        self.node = node
        self.function = function
        self.name = name
        self.owner = owner

    def __call__(self, /, *args: Any, **kwargs: Any) -> Any:
        result = self.function(*args, **kwargs)
        if self.hooks.observer.awake:
            self.hooks.observer.called(self.node, self.name, (*self.owner, *args), kwargs, result)
        return result

    def __getattr__(self, name: str) -> Any:
        # Python's errors about `*` and `**` name what is called, by its own name.
        return getattr(self.function, name)


Watched.__module__ = property(lambda self: self.function.__module__)  # type: ignore[assignment]
passes.CALLERS.add(Watched.__call__.__code__)


def name_of(function: Any) -> tuple[str, tuple[Any, ...]] | None:
    """What a library's function is called and the object it is a method of; None for all that is not told of.

    Looks at exact types only: anything else may be the program's own code.
    """
    kind = type(function)
    if kind is FunctionType:
        return None if is_own(function) else (full_name(function), ())
    if kind is MethodType:
        method, owner = function.__func__, function.__self__
        if type(method) is not FunctionType or is_own(method):
            return None
        return (method.__name__, (owner,)) if not isinstance(owner, type) else (full_name(method), ())
    if kind is BuiltinFunctionType:
        owner = function.__self__
        if owner is None or isinstance(owner, ModuleType | type):
            return None if function in UNTOLD else (full_name(function), ())
        return function.__name__, (owner,)
    if issubclass(kind, type):
        return type.__dict__["__name__"].__get__(function), ()
    return (kind.__name__, ()) if issubclass(kind, nn.Module) else None


def is_own(function: FunctionType) -> bool:
    """Whether the program defined it."""
    return function.__code__.co_filename in PROGRAM


def full_name(function: Any) -> str:
    """Its name with its module's."""
    module = function.__module__
    return function.__name__ if module in (None, "builtins") else f"{module}.{function.__name__}"

"""Functions the program defines."""

import ast
import types
from collections.abc import Callable, Mapping, Sequence
from contextlib import nullcontext
from dataclasses import dataclass
from typing import Any

from app.calculator.gates import finite
from app.calculator.interpreter.compiler import Compiler, Evaluate, Execute, Signal, Value
from app.calculator.interpreter.run import Run
from app.calculator.interpreter.scopes import Frame, Scope
from app.calculator.limits import MAX_CALLS
from app.calculator.names.values import Class, Opaque


@dataclass(frozen=True, slots=True)
class Signature:
    """A function's parameters.

    name: as error messages write it. positional: names, the first `positional_only` of them not usable as
    keywords. rest, keywords: the names of `*args` and `**kwargs`. defaults: of `positional` and `named`.
    """

    name: str
    positional: tuple[str, ...]
    positional_only: int
    named: tuple[str, ...]
    rest: str | None
    keywords: str | None
    defaults: Mapping[str, Value]

    def bind(self, args: Sequence[Value], kwargs: Mapping[str, Value]) -> dict[str, Value]:
        """The parameters' values. Raises TypeError in CPython's words where they do not fit."""
        count = len(self.positional)
        names = dict(zip(self.positional, args, strict=False))
        extra = self._bind_keywords(names, kwargs)
        if self.rest is not None:
            names[self.rest] = tuple(args[count:])
        elif len(args) > count:
            raise TypeError(self._too_many(len(args), names))
        for missing, kind in ((self.positional, "positional"), (self.named, "keyword-only")):
            self._fill(names, missing, kind)
        if self.keywords is not None:
            names[self.keywords] = extra
        return names

    def _bind_keywords(self, names: dict[str, Value], kwargs: Mapping[str, Value]) -> dict[str, Value]:
        extra: dict[str, Value] = {}
        known = {*self.positional[self.positional_only :], *self.named}
        for name, value in kwargs.items():
            if name not in known:
                if self.keywords is None:
                    raise TypeError(self._unexpected(name, kwargs))
                extra[name] = value
            elif name in names:
                raise TypeError(f"{self.name}() got multiple values for argument '{name}'")
            else:
                names[name] = value
        return extra

    def _unexpected(self, name: str, kwargs: Mapping[str, Value]) -> str:
        hidden = [given for given in kwargs if given in self.positional[: self.positional_only]]
        if hidden:
            listed = ", ".join(hidden)
            return f"{self.name}() got some positional-only arguments passed as keyword arguments: '{listed}'"
        return f"{self.name}() got an unexpected keyword argument '{name}'"

    def _fill(self, names: dict[str, Value], wanted: Sequence[str], kind: str) -> None:
        for name in wanted:
            if name not in names and name in self.defaults:
                names[name] = self.defaults[name]
        missing = [f"'{name}'" for name in wanted if name not in names]
        if not missing:
            return
        if len(missing) > 2:
            listed = ", ".join(missing[:-1]) + f", and {missing[-1]}"
        else:
            listed = " and ".join(missing)
        plural = "s" if len(missing) > 1 else ""
        raise TypeError(f"{self.name}() missing {len(missing)} required {kind} argument{plural}: {listed}")

    def _too_many(self, given: int, names: Mapping[str, Value]) -> str:
        count = len(self.positional)
        optional = sum(name in self.defaults for name in self.positional)
        takes = f"from {count - optional} to {count}" if optional else str(count)
        plural = "" if takes == "1" else "s"
        named = sum(name in names for name in self.named)
        if named:
            also = f" positional argument{'s' if given != 1 else ''} (and {named} keyword-only argument"
            also += f"{'s' if named != 1 else ''})"
            return f"{self.name}() takes {takes} positional argument{plural} but {given}{also} were given"
        verb = "was" if given == 1 else "were"
        return f"{self.name}() takes {takes} positional argument{plural} but {given} {verb} given"


class UserFunction(Opaque, stands_for=types.FunctionType):
    """A `def` or `lambda` of the program; also a plain callable, so that torch can call it back."""

    __slots__ = ("body", "context", "frame", "run", "signature")

    def __init__(
        self,
        run: Run,
        signature: Signature,
        body: Execute,
        frame: Frame,
        context: Callable[[], Any] = nullcontext,
    ) -> None:
        self.run = run
        self.signature = signature
        self.body = body
        self.frame = frame
        self.context = context

    @property
    def name(self) -> str:
        """What Python shows as `__name__`."""
        return self.signature.name.rpartition(".")[2]

    def __call__(self, *args: Value, **kwargs: Value) -> Value:
        """How torch and Python's built-ins call it."""
        return self.invoke(args, kwargs)

    def invoke(self, args: Sequence[Value], kwargs: Mapping[str, Value]) -> Value:
        """Run the body and give what it returns."""
        run, signature = self.run, self.signature
        caller = run.node
        if len(args) == len(signature.positional) and not (
            kwargs or signature.named or signature.rest or signature.keywords
        ):
            names = dict(zip(signature.positional, args, strict=True))
        else:
            names = signature.bind(args, kwargs)
        if run.depth >= MAX_CALLS:
            raise RecursionError("maximum recursion depth exceeded")
        run.depth += 1
        run.steps += 1
        try:
            if self.context is nullcontext:
                signal = self.body(Frame(names, self.frame))
            else:
                with self.context():
                    signal = self.body(Frame(names, self.frame))
        finally:
            run.depth -= 1
        run.node = caller
        return signal.value if signal is not None else None

    def within(self, context: Callable[[], Any]) -> "UserFunction":
        """The same function, each call of it inside a `with context()` (`@torch.no_grad()`)."""
        return UserFunction(self.run, self.signature, self.body, self.frame, context)

    def __repr__(self) -> str:
        return f"<function {self.signature.name} at 0x...>"


class Static(Opaque, stands_for=staticmethod):
    """A function under `@staticmethod`, in the body of a class."""

    __slots__ = ("function",)

    def __init__(self, function: UserFunction) -> None:
        self.function = function


class Super(Opaque, stands_for=super):
    """`super()`: an instance seen as one of its base classes."""

    __slots__ = ("kind", "owner")

    def __init__(self, kind: Class, owner: Value) -> None:
        self.kind = kind
        self.owner = owner


def function(compiler: Compiler, node: ast.FunctionDef | ast.Lambda) -> Callable[[Frame], UserFunction]:
    """Compile a definition to what makes the function, each time the definition is executed."""
    arguments = node.args
    given_names = parameter_names(compiler, arguments)
    statements = node.body if isinstance(node, ast.FunctionDef) else [node.body]
    scope = Scope("function", compiler.scope, statements, given_names)
    title = node.name if isinstance(node, ast.FunctionDef) else "<lambda>"
    positional = [argument.arg for argument in (*arguments.posonlyargs, *arguments.args)]
    inner = Compiler(
        compiler.run,
        scope,
        compiler.expressions,
        compiler.statements,
        qualifier=f"{compiler.qualifier}{title}.<locals>.",
        in_function=True,
        first_parameter=positional[0] if positional else None,
    )
    body = (
        inner.block(node.body)
        if isinstance(node, ast.FunctionDef)
        else returning(inner.expression(node.body))
    )
    defaults = parameter_defaults(compiler, arguments)
    run, qualified = compiler.run, compiler.qualifier + title

    def make(frame: Frame) -> UserFunction:
        signature = Signature(
            qualified,
            tuple(positional),
            len(arguments.posonlyargs),
            tuple(argument.arg for argument in arguments.kwonlyargs),
            arguments.vararg.arg if arguments.vararg else None,
            arguments.kwarg.arg if arguments.kwarg else None,
            {name: value(frame) for name, value in defaults.items()},
        )
        return UserFunction(run, signature, body, frame)

    return make


def parameter_names(compiler: Compiler, arguments: ast.arguments) -> list[str]:
    """The names of all parameters."""
    given = [
        *arguments.posonlyargs, *arguments.args, *arguments.kwonlyargs, arguments.vararg, arguments.kwarg,
    ]  # fmt: skip
    names: list[str] = []
    for argument in filter(None, given):
        if argument.arg in names:
            message = f"duplicate argument '{argument.arg}' in function definition"
            raise compiler.syntax_error(argument, message)
        names.append(argument.arg)
    return names


def returning(expression: Evaluate) -> Execute:
    """The body of a lambda."""
    return lambda frame: Signal(expression(frame))


def parameter_defaults(compiler: Compiler, arguments: ast.arguments) -> dict[str, Evaluate]:
    """The default of each parameter that has one."""
    positional = [*arguments.posonlyargs, *arguments.args]
    with_default = positional[len(positional) - len(arguments.defaults) :]
    defaults = {
        argument.arg: compiler.expression(value)
        for argument, value in zip(with_default, arguments.defaults, strict=True)
    }
    for argument, value in zip(arguments.kwonlyargs, arguments.kw_defaults, strict=True):
        if value is not None:
            defaults[argument.arg] = compiler.expression(value)
    return defaults


def lambda_(compiler: Compiler, node: ast.Lambda) -> Evaluate:
    """`lambda x: ...`."""
    return function(compiler, node)


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

"""The parameters of the program's functions, and how a call's arguments fill them."""

import ast
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from app.calculator.interpreter.compiler import Compiler, Evaluate, Value


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

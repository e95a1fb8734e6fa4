"""Every call of torch's that a script makes, and which call made which tensor."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from sys import _getframe
from typing import Any

import torch
from torch import Tensor
from torch.overrides import TorchFunctionMode

from app.calculator.program.stage import program_line

MOST = 60_000
"""Calls that are kept: a script that makes more before its first steps are over is not read."""
DRAWING = frozenset({"randperm", "random"})
ELSEWHERE = frozenset({"cuda", "mps", "xpu"})
"""Devices of scripts that are not there: what would go to one stays on the CPU."""


class Enough(BaseException):
    """Ends a script of which enough is known. No Exception: its `except` should not see it."""


@dataclass(eq=False, slots=True)
class Call:
    """A call of torch's. sources: the calls that made its tensors, by their ids. place: in the tape.

    state: for a call that draws an order, that of torch's random numbers before it.
    """

    name: str
    function: Any
    args: tuple[Any, ...]
    kwargs: Mapping[str, Any]
    line: int
    place: int
    result: Any = None
    sources: dict[int, "Call"] = field(default_factory=dict)
    state: Tensor | None = None

    def argument(self, place: int, name: str, default: Any = None) -> Any:
        """What was given at a place or by a name."""
        return self.args[place] if len(self.args) > place else self.kwargs.get(name, default)

    def source(self, value: Any) -> "Call | None":
        """The call that made a tensor that this one was given."""
        return self.sources.get(id(value))

    @property
    def tensors(self) -> Iterator[Tensor]:
        """The tensors that it was given."""
        return (value for value in flat((*self.args, *self.kwargs.values())) if isinstance(value, Tensor))

    @property
    def ancestors(self) -> Iterator["Call"]:
        """The calls that led to it, the latest first, and itself."""
        waiting, seen = [self], set()
        while waiting:
            call = waiting.pop()
            if call.place not in seen:
                seen.add(call.place)
                yield call
                waiting += call.sources.values()


class Tape(TorchFunctionMode):
    """Takes down calls while it is entered and `on`. device: that the script asked for, and on which line."""

    def __init__(self) -> None:
        super().__init__()
        self.calls: list[Call] = []
        self.on = True
        self.device: tuple[str, int] | None = None
        self._made: dict[int, Call] = {}

    def maker(self, value: Any) -> Call | None:
        """The call that made a tensor, or changed it last."""
        return self._made.get(id(value))

    def __torch_function__(
        self, func: Any, types: Any, args: tuple[Any, ...] = (), kwargs: Mapping[str, Any] | None = None
    ) -> Any:
        name = name_of(func)
        if name in ELSEWHERE:  # x.cuda()
            self._go_elsewhere(name)
            return args[0]
        args = tuple(map(self._here, args))
        kwargs = {key: self._here(value) for key, value in (kwargs or {}).items()}
        if not self.on:
            return func(*args, **kwargs)
        if len(self.calls) >= MOST:
            raise Enough
        call = Call(name, func, args, kwargs, program_line(_getframe()), len(self.calls))
        for value in call.tensors:
            if maker := self._made.get(id(value)):
                call.sources[id(value)] = maker
        if name in DRAWING:
            call.state = torch.get_rng_state()
        call.result = func(*args, **kwargs)
        if name == "iter":
            call.result = list(call.result)
        self.calls.append(call)
        for value in flat((call.result,)):
            if isinstance(value, Tensor):
                self._made[id(value)] = call
        return iter(call.result) if name == "iter" else call.result

    def _here(self, value: Any) -> Any:
        """An argument, the CPU in place of a device that is not there."""
        name = value.type if type(value) is torch.device else value if type(value) is str else ""
        kind = name.partition(":")[0]
        if kind not in ELSEWHERE:
            return value
        self._go_elsewhere(kind)
        return torch.device("cpu")

    def _go_elsewhere(self, kind: str) -> None:
        self.device = self.device or (kind, program_line(_getframe()))


def flat(values: Any) -> Iterator[Any]:
    """What is in some values, one level of lists and tuples down."""
    for value in values:
        if isinstance(value, list | tuple):
            yield from value
        else:
            yield value


def name_of(function: Any) -> str:
    """What a function is called, without the underscores of operators and of what changes a tensor.

    >>> name_of(torch.Tensor.add_), name_of(torch.Tensor.__rsub__), name_of(torch.Tensor.T.__get__)
    ('add', 'rsub', '.T')
    """
    name: str = getattr(function, "__name__", "")
    if name == "__get__":
        return "." + getattr(getattr(function, "__self__", None), "__name__", "")
    return name.strip("_")

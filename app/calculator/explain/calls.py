"""What a library call made, from what: the results torch tracks, and those it does not and why."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import chain, islice
from typing import Any

import torch
from torch import Tensor, nn

from app.calculator.explain.figures import Figures
from app.calculator.explain.tape import Cut, Ledger, Operand, Tag, leaf_of, mark_of, walk
from app.calculator.parameters import named_parameters

MAX_RESULTS = 3_000
"""Results looked at in one recording; a comprehension may make many in one line."""
MAX_BROADCASTS = 8
"""Lines that are told to have repeated both operands."""
MAX_ITEMS = 64
"""Tensors looked at in one list, tuple or module."""
MAX_CUT_WALK = 50
"""Operations walked from a cut to the leaves before it."""
ARITHMETIC = frozenset(
    {"Add", "Sub", "Mult", "Div", "Pow", "Mod", "FloorDiv"}
    | {"add", "sub", "mul", "div", "pow", "subtract", "multiply", "divide", "true_divide"}
)
"""Of these, plain numbers are inputs like tensors; of other calls they say how."""
CUTS: Mapping[str, Cut] = {
    "detach": "detach",
    "detach_": "detach",
    "data": "detach",
    "tensor": "copied",
    "as_tensor": "copied",
    "Tensor": "copied",
    "FloatTensor": "copied",
    "DoubleTensor": "copied",
    "Parameter": "detach",
    "Variable": "detach",
    "grad": "gradient",
}
RANDOM = ("rand", "normal", "uniform", "dropout", "bernoulli", "multinomial", "exponential")
"""In the names of what draws random numbers."""


@dataclass(frozen=True, slots=True)
class Broadcast:
    """Two shapes that torch repeated to fit each other, and the shape of the result."""

    operands: tuple[tuple[int, ...], tuple[int, ...]]
    result: tuple[int, ...]


class Calls:
    """Notes in a ledger what every library call made."""

    def __init__(self, ledger: Ledger) -> None:
        self.ledger = ledger
        self._functions: set[str] = set()
        self._n_results = 0
        self.broadcasts: dict[int, Broadcast] = {}

    @property
    def random(self) -> bool:
        """Whether anything was called that draws random numbers."""
        return any(word in name.lower() for name in self._functions for word in RANDOM)

    def called(self, function: str, args: Sequence[Any], kwargs: Mapping[str, Any], result: Any) -> None:
        """A call has returned."""
        self._functions.add(function)
        self._n_results += 1
        if self._n_results > MAX_RESULTS:
            return
        if isinstance(result, Tensor):
            self._see(result, function, args, kwargs)
            found = broadcast(function, args, result) if len(self.broadcasts) < MAX_BROADCASTS else None
            if found is not None:
                self.broadcasts.setdefault(self.ledger.line, found)
        elif isinstance(result, tuple | list):
            for place, item in enumerate(islice(result, MAX_ITEMS)):
                if isinstance(item, Tensor):
                    self._see(item, function, args, kwargs, part=str(place))
        elif isinstance(result, nn.Module):
            for name, parameter in islice(named_parameters(result), MAX_ITEMS):
                if self.ledger.known(parameter) is None:
                    self.born(parameter, name)

    def _see(
        self, tensor: Tensor, function: str, args: Sequence[Any], kwargs: Mapping[str, Any], *, part: str = ""
    ) -> None:
        node: Any = tensor.grad_fn
        if node is None:
            if self.ledger.known(tensor) is None:
                operands = list(tensors_in(args, kwargs))
                self._note_cuts(self.born(tensor, part), function, operands)
            return
        mark = mark_of(node)
        if mark is None:
            mark = self.ledger.mark(node)
            arithmetic = function.rpartition(".")[2].rstrip("_") in ARITHMETIC
            mark.operands = tuple(self._operands(values_in(args, kwargs), arithmetic))
        if tensor.output_nr not in mark.values:
            mark.values[tensor.output_nr] = Figures.of(tensor)

    def born(self, tensor: Tensor, part: str) -> Tag:
        """A leaf or untracked tensor is there from now on."""
        tag = self.ledger.tag(tensor, part)
        if not tensor.is_inference():
            tag.born = tensor._version, Figures.of(tensor)
        return tag

    def _operands(self, values: Iterable[Any], arithmetic: bool) -> Iterator[Operand]:
        for value in values:
            if isinstance(value, Tensor):
                if not value.requires_grad:
                    yield Operand(Figures.of(value), self.ledger.tag(value))
            elif arithmetic and isinstance(value, int | float | complex):
                yield Operand(Figures((), value), None)

    def _note_cuts(self, tag: Tag, function: str, operands: Sequence[Tensor]) -> None:
        name = function.rpartition(".")[2]
        if name.endswith("_like") or name.startswith("new_"):
            return  # takes the shape only
        reason: Cut = CUTS.get(name, "not_differentiable" if torch.is_grad_enabled() else "no_grad")
        for operand in operands:
            if operand.requires_grad:
                tag.cuts[self.ledger.number(operand)] = reason
                before = [] if operand.grad_fn is None else walk([operand.grad_fn], MAX_CUT_WALK).leaves
                for leaf in map(leaf_of, before):
                    tag.origins[self.ledger.tag(leaf).number] = reason
            elif (known := self.ledger.known(operand)) is not None and len(tag.cuts) < MAX_ITEMS:
                tag.cuts.update(known.cuts)
                tag.origins.update(known.origins)


def broadcast(function: str, operands: Sequence[Any], result: Any) -> Broadcast | None:
    """A column minus a row, which is every pair of them: seldom meant where gradients flow."""
    if function != "Sub" or not all(isinstance(one, Tensor) for one in (*operands, result)):
        return None
    shapes = [tuple(one.shape) for one in operands]
    for column, row in (shapes, shapes[::-1]):
        if result.requires_grad and len(row) == 1 and row[0] > 1 and column == (*row, 1):
            return Broadcast((shapes[0], shapes[1]), tuple(result.shape))
    return None


def values_in(args: Sequence[Any], kwargs: Mapping[str, Any]) -> Iterator[Any]:
    """The arguments of a call, those inside lists and tuples included, and inside lists of these."""
    for value in chain(args, kwargs.values()):
        for part in islice(value, MAX_ITEMS) if isinstance(value, list | tuple) else (value,):
            if isinstance(part, list | tuple):
                yield from islice(part, MAX_ITEMS)
            else:
                yield part


def tensors_in(args: Sequence[Any], kwargs: Mapping[str, Any]) -> Iterator[Tensor]:
    """The tensors among the arguments of a call."""
    return (value for value in values_in(args, kwargs) if isinstance(value, Tensor))

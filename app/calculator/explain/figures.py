"""A tensor's numbers at one moment, kept small: what the graph, the chain rule and the steps show.

A few microseconds each, and no tensor is kept alive: a program's memory stays what it would be in torch.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from math import prod
from typing import Any

import torch

from app.calculator.numbers import one_number
from app.calculator.output import visible
from app.protocol.record import Numbers

MAX_NUMBERS = 64
"""Elements kept of one tensor: an 8 by 8 matrix. Of a larger one only the first few and the last."""
HEAD = 3
DIGITS = 5
"""Significant digits shown; the cards show what torch prints."""
MAX_TEXT = 100
MAX_NAME = 100
MAX_LISTED = 4

Number = int | float | complex


@dataclass(frozen=True, slots=True)
class Figures:
    """shape: the tensor's. numbers: all elements, as `tolist` gives them; None where there are too many.
    head: then the first few elements and the last.
    """

    shape: tuple[int, ...]
    numbers: Any
    head: tuple[Number, ...] = ()

    @classmethod
    def of(cls, tensor: torch.Tensor) -> "Figures":
        """The figures of a tensor, tracked or not."""
        shape = tuple(tensor.shape)
        if tensor.layout is not torch.strided:
            return cls(shape, None)
        if tensor.numel() <= MAX_NUMBERS:
            return cls(shape, tensor.tolist())
        plain = tensor.detach()
        if not plain.is_contiguous():
            return cls(shape, None)
        flat = plain.view(-1)
        return cls(shape, None, (*flat[:HEAD].tolist(), flat[-1].item()))

    @property
    def flat(self) -> list[Number] | None:
        """All elements in one row, or None where there were too many to keep."""
        return None if self.numbers is None else list(_flattened(self.numbers))

    def some(self) -> list[tuple[int, float]]:
        """The real elements that were kept, each with its place in the row of all."""
        flat = self.flat
        places = range(len(flat)) if flat is not None else (*range(HEAD), prod(self.shape) - 1)
        numbers = zip(places, flat if flat is not None else self.head, strict=False)
        return [(place, number) for place, number in numbers if not isinstance(number, complex)]

    @property
    def single(self) -> Numbers:
        """The number, in its brackets, of a tensor that has one finite real number; else None."""
        return one_number(self.numbers)

    @property
    def text(self) -> str:
        """As text: "12", "[1, 2, 3]", "[0.1, 0.2, 0.3, …, 9] (100×1)"."""
        flat = self.flat
        if flat is not None:
            text = written(flat[0]) if len(flat) == 1 else nested_text(self.numbers)
            if len(text) <= MAX_TEXT:
                return text
        size = size_text(self.shape)
        head = self.head if flat is None else (*flat[:HEAD], flat[-1])
        return f"[{', '.join(map(written, head[:-1]))}, …, {written(head[-1])}] {size}" if head else size


def written(number: Number) -> str:
    """A number in at most five significant digits, or seven of a whole one.

    >>> written(12.0), written(1 / 3), written(-0.0), written(123456.0), written(1e-9), written(float("nan"))
    ('12', '0.33333', '0', '123456', '1e-09', 'nan')
    """
    if isinstance(number, bool):
        return str(number)
    if isinstance(number, complex):
        return f"{number:.{DIGITS}g}"
    if abs(number) < 1e7 and number == int(number):
        return str(int(number))
    try:
        return f"{float(number):.{DIGITS}g}"
    except OverflowError:  # an int beyond all floats
        return f"{str(number)[:DIGITS]}…"


def index_of(element: int, shape: Sequence[int]) -> tuple[int, ...]:
    """Where an element of the row of all elements is in its tensor.

    >>> index_of(5, (2, 3))
    (1, 2)
    """
    index: list[int] = []
    for length in reversed(shape):
        element, here = divmod(element, length)
        index.append(here)
    return tuple(reversed(index))


def name_text(name: str) -> str:
    """A name of the program's, as short and visible as a name should be."""
    return visible(name)[:MAX_NAME]


def listed(texts: Iterable[str], separator: str) -> str | None:
    """The first few texts in one; None if there are none.

    >>> listed("abcdef", ", ")
    'a, b, c, d, …'
    """
    first = list(islice(texts, MAX_LISTED + 1))
    if len(first) > MAX_LISTED:
        first[-1] = "…"
    return separator.join(first) or None


def size_text(shape: tuple[int, ...]) -> str:
    """A shape as text.

    >>> size_text((100, 1))
    '(100×1)'
    """
    return f"({'×'.join(map(str, shape))})"


def nested_text(numbers: Any) -> str:
    """Numbers in nested lists.

    >>> nested_text([[1.0, 2.5], [3.0, 4.0]])
    '[[1, 2.5], [3, 4]]'
    """
    if isinstance(numbers, list):
        return f"[{', '.join(map(nested_text, numbers))}]"
    return written(numbers)


def _flattened(numbers: Any) -> Iterator[Number]:
    if isinstance(numbers, list):
        for part in numbers:
            yield from _flattened(part)
    else:
        yield numbers

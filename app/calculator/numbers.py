"""A tensor's numbers as JSON has them."""

import math
from typing import Any

import torch

from app.protocol.record import Numbers

MAX_NUMBERS = 1_000
"""Numbers told of one tensor."""


def numbers_of(tensor: torch.Tensor | None, room: int = MAX_NUMBERS) -> Numbers:
    """A tensor's numbers as `tolist` gives them, nested like its shape, None for each that is not finite.

    room: how many there may be. None for no tensor, for more numbers than that, and for complex numbers.

    >>> numbers_of(torch.tensor([[1.0, float("nan")], [3.5, 4.0]]))
    [[1.0, None], [3.5, 4.0]]
    """
    if tensor is None or tensor.numel() > min(room, MAX_NUMBERS) or tensor.is_complex():
        return None
    return finite(tensor.detach().to_dense().tolist())


def one_number(values: Any) -> Numbers:
    """What `tolist` gave, if it is one finite real number, in however many brackets; else None.

    >>> one_number([[2.0]]), one_number([1.0, 2.0]), one_number(float("inf"))
    ([[2.0]], None, None)
    """
    inner = values
    while isinstance(inner, list):
        if len(inner) != 1:
            return None
        inner = inner[0]
    return finite(values) if isinstance(inner, float | int) and math.isfinite(inner) else None


def finite(values: Any) -> Numbers:
    """What `tolist` gave, with None for every number that is not finite."""
    if isinstance(values, list):
        return [finite(value) for value in values]
    return values if math.isfinite(values) else None

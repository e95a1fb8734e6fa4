"""The place of each parameter of a model in one row that holds all parameters."""

from collections.abc import Iterable
from dataclasses import dataclass
from itertools import accumulate
from math import ceil, prod

import torch
from torch import Tensor

ALIGNMENT = 16
"""Floats. Each parameter begins at a multiple of 64 bytes, as every tensor that torch makes does. Matrix
products of tensors that begin elsewhere add in another order, and differ in the last bits."""


@dataclass(frozen=True, slots=True)
class Layout:
    """Rows of `size` float32: parameters of these shapes, each followed by zeros up to the next one.

    "Values" are a row without the zeros, (P,), in `state_dict` order.
    """

    shapes: tuple[tuple[int, ...], ...]

    @property
    def widths(self) -> list[int]:
        """Number of floats from the beginning of each parameter to that of the next."""
        return [ceil(prod(shape) / ALIGNMENT) * ALIGNMENT for shape in self.shapes]

    @property
    def size(self) -> int:
        """Number of floats in a row."""
        return sum(self.widths)

    @property
    def n_values(self) -> int:
        """P, the number of values."""
        return sum(map(prod, self.shapes))

    def blocks(self, rows: Tensor) -> list[Tensor]:
        """Views of the parameters. rows: (size,) or (runs, size); a view is (*shape) or (runs, *shape)."""
        lead = rows.shape[:-1]
        starts = accumulate(self.widths[:-1], initial=0)
        return [
            rows[..., start : start + prod(shape)].view(*lead, *shape)
            for start, shape in zip(starts, self.shapes, strict=True)
        ]

    def row(self, parameters: Iterable[Tensor]) -> Tensor:
        """A row that holds these parameters."""
        row = torch.zeros(self.size)
        for block, parameter in zip(self.blocks(row), parameters, strict=True):
            block.copy_(parameter)
        return row

    def values(self, rows: Tensor) -> Tensor:
        """The values in (size,) or (runs, size): (P,) or (runs, P)."""
        lead = rows.shape[:-1]
        return torch.cat([block.reshape(*lead, -1) for block in self.blocks(rows)], dim=-1)

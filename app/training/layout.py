"""How the parameters of several runs lie in one flat tensor."""

from collections.abc import Sequence
from itertools import accumulate, pairwise
from math import prod

import torch
from torch import Tensor


class Layout:
    """Block by block: each parameter of all runs is contiguous. For a run alone that is its own row.

    shapes: of the parameters of one run, in their order.
    """

    def __init__(self, shapes: Sequence[tuple[int, ...]], n_runs: int) -> None:
        self._n_runs = n_runs
        self._shapes = [shape if n_runs == 1 else (n_runs, *shape) for shape in shapes]
        self._ends = list(accumulate(map(prod, shapes), initial=0))

    def join(self, rows: Sequence[Tensor]) -> Tensor:
        """One row per run, each (P,), made flat. Always a copy."""
        if self._n_runs == 1:
            return rows[0].clone()
        table = torch.stack(list(rows))
        return torch.cat([table[:, start:end].flatten() for start, end in pairwise(self._ends)])

    def rows(self, flat: Tensor) -> Tensor:
        """The opposite of `join`: (runs, P). For a run alone a view."""
        if self._n_runs == 1:
            return flat.view(1, -1)
        return torch.cat([block.view(self._n_runs, -1) for block in self.blocks(flat)], dim=1)

    def blocks(self, flat: Tensor) -> list[Tensor]:
        """Views of a flat tensor, one per parameter: (runs, *shape), or just its shape for a run alone."""
        spans = pairwise(end * self._n_runs for end in self._ends)
        return [flat[start:end].view(shape) for (start, end), shape in zip(spans, self._shapes, strict=True)]

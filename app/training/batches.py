"""Which points a step learns from: all of them, or the next mini-batch."""

from collections.abc import Sequence

import torch
from torch import Tensor
from torch.nn.utils.rnn import pad_sequence


class Batches:
    """Mini-batches as a plain loop draws them: a `torch.randperm` for each epoch, cut into pieces.

    n: how many points there are. The last batch of an epoch has what is left.
    generator: where the order comes from.
    """

    def __init__(self, n: int, size: int, generator: torch.Generator) -> None:
        self.n = n
        self.size = size
        self.generator = generator
        self._order = torch.empty(0, dtype=torch.int64)
        self._next = n

    def draw(self) -> Tensor:
        """Indices of the next batch: (size,) or fewer, int64, on the CPU."""
        if self._next >= self.n:
            self._order = torch.randperm(self.n, generator=self.generator)
            self._next = 0
        start, self._next = self._next, self._next + self.size
        return self._order[start : self._next]

    @property
    def last(self) -> Tensor:
        """The batch that was drawn last."""
        return self._order[max(0, self._next - self.size) : self._next]


class Stack:
    """The points of many runs side by side, as (runs, points, 1) float32.

    Where runs have unequally many, the shorter ones are filled up with zeros, which weigh nothing.
    x, y: one pair of (n, 1) for each run. batches: one for each run, or none at all.
    weights: each point's weight in its run's mean, (runs, points, 1); None where they are equally many.
    """

    def __init__(self, x: Sequence[Tensor], y: Sequence[Tensor], batches: Sequence[Batches] = ()) -> None:
        self.x, self.y = side_by_side(x), side_by_side(y)
        self._batches = batches
        self.weights = weights_of([points.shape[0] for points in x], self.x.device)

    @property
    def is_point(self) -> Tensor | None:
        """What is no filling: (runs, points, 1), bool; None if all are equally long."""
        return None if self.weights is None else self.weights > 0

    def draw(self) -> tuple[Tensor, Tensor, Tensor | None]:
        """What the next step learns from: x, y, and each point's weight in the mean where they differ."""
        if not self._batches:
            return self.x, self.y, self.weights
        picks = [batches.draw() for batches in self._batches]
        index = side_by_side(picks).to(self.x.device).unsqueeze(2)
        weights = weights_of([pick.shape[0] for pick in picks], self.x.device)
        return self.x.gather(1, index), self.y.gather(1, index), weights


def side_by_side(tensors: Sequence[Tensor]) -> Tensor:
    """Stacked on a new first dimension, and filled up with zeros if they are not equally long.

    >>> side_by_side([torch.tensor([1, 2]), torch.tensor([3])])
    tensor([[1, 2],
            [3, 0]])
    """
    if len({tensor.shape[0] for tensor in tensors}) == 1:
        return torch.stack(list(tensors))
    return pad_sequence(list(tensors), batch_first=True)


def weights_of(sizes: Sequence[int], device: torch.device) -> Tensor | None:
    """Weights that make sums over filled-up rows the means of what is real; None if all are equally long.

    >>> weights_of([2, 1], torch.device("cpu")).squeeze()
    tensor([[0.5000, 0.5000],
            [1.0000, 0.0000]])
    """
    if len(set(sizes)) == 1:
        return None
    counts = torch.tensor(sizes, device=device).view(-1, 1, 1)
    real = torch.arange(max(sizes), device=device).view(1, -1, 1) < counts
    return real / counts

"""Which points a step learns from: all points, or the next mini-batch."""

from collections.abc import Sequence

import torch
from torch import Tensor
from torch.nn.utils.rnn import pad_sequence

from app.protocol.runs import BatchOrder


class Batches:
    """Mini-batches as a plain loop draws them: the points in some order, cut into pieces.

    n: number of points. size: points in a batch; the last batch of an epoch may have fewer.
    generator: draws the order. order: how it does. epoch, next: all points in the order of this epoch, and
    the place of the next batch in it.
    """

    def __init__(self, n: int, size: int, generator: torch.Generator, order: BatchOrder = "epochs") -> None:
        self.order = order
        self.n = n
        self.size = size
        self.generator = generator
        self.epoch = torch.empty(0, dtype=torch.int64)
        self.next = n

    def draw(self) -> Tensor:
        """Indices of the next batch: (size,) or fewer, int64, on the CPU."""
        if self.next >= self.n or self.order == "steps":
            self.epoch = self._epoch()
            self.next = 0
        start, self.next = self.next, self.next + self.size
        return self.epoch[start : self.next]

    def _epoch(self) -> Tensor:
        """All points in the order of an epoch that begins."""
        if self.order == "in_order":
            return torch.arange(self.n)
        generator = self.generator
        if self.order == "DataLoader":
            # It draws a seed for workers, which is not used here, and another one for its sampler.
            _, seed = (torch.empty((), dtype=torch.int64).random_(generator=generator) for _ in range(2))
            generator = torch.Generator().manual_seed(int(seed))
        return torch.randperm(self.n, generator=generator)

    @property
    def last(self) -> Tensor:
        """The batch that was drawn last."""
        return self.epoch[max(0, self.next - self.size) : self.next]


class PaddedPoints:
    """The points of many runs side by side, (runs, points, features) and (runs, points, 1).

    Where the runs have different numbers of points, the shorter rows are padded with zeros of weight 0.
    x, y: one pair of (n, features) and (n, 1), or labels (n,), for each run. batches: one for each run, or
    none at all.
    weights: each point's weight in its run's mean, (runs, points, 1); None where all rows are equally long.
    """

    def __init__(self, x: Sequence[Tensor], y: Sequence[Tensor], batches: Sequence[Batches] = ()) -> None:
        self.x = side_by_side(x)
        self.y = side_by_side([part.view(len(part), 1) for part in y])
        self._batches = batches
        self.weights = weights_of([points.shape[0] for points in x], self.x.device)

    @property
    def is_point(self) -> Tensor | None:
        """Which entries are no padding: (runs, points, 1), bool; None if all rows are equally long."""
        return None if self.weights is None else self.weights > 0

    def draw(self) -> tuple[Tensor, Tensor, Tensor | None]:
        """The points of the next step: x, y, and each point's weight, or None where all weights are equal."""
        if not self._batches:
            return self.x, self.y, self.weights
        picks = [batches.draw() for batches in self._batches]
        index = side_by_side(picks).to(self.x.device).unsqueeze(2)
        weights = weights_of([pick.shape[0] for pick in picks], self.x.device)
        x = self.x.gather(1, index.expand(-1, -1, self.x.shape[2]))
        return x, self.y.gather(1, index), weights


def side_by_side(tensors: Sequence[Tensor]) -> Tensor:
    """The tensors stacked on a new first dimension, padded with zeros if they are not equally long.

    >>> side_by_side([torch.tensor([1, 2]), torch.tensor([3])])
    tensor([[1, 2],
            [3, 0]])
    """
    if len({tensor.shape[0] for tensor in tensors}) == 1:
        return torch.stack(list(tensors))
    return pad_sequence(list(tensors), batch_first=True)


def weights_of(sizes: Sequence[int], device: torch.device) -> Tensor | None:
    """Weights with which a sum over a padded row is the mean of its points; None if all are equally long.

    >>> weights_of([2, 1], torch.device("cpu")).squeeze()
    tensor([[0.5000, 0.5000],
            [1.0000, 0.0000]])
    """
    if len(set(sizes)) == 1:
        return None
    counts = torch.tensor(sizes, device=device).view(-1, 1, 1)
    real = torch.arange(max(sizes), device=device).view(1, -1, 1) < counts
    return real / counts

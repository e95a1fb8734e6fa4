"""Mini-batches: which points each step of a run takes."""

import torch
from torch import Tensor

from app.protocol.runs import ModelConfig
from app.training.model import make_net
from app.training.random import seeded


class Batches:
    """As in a script that draws `torch.randperm(n)` at the start of each epoch, after making its model.

    position: points of the present epoch that were taken.
    """

    def __init__(self, model: ModelConfig, seed: int, n_samples: int, batch_size: int) -> None:
        with seeded(seed):
            make_net(model)
            self._generator = torch.Generator().set_state(torch.get_rng_state())
        self._n_samples = n_samples
        self._batch_size = batch_size
        self._order = torch.empty(0, dtype=torch.int64)
        self.position = n_samples

    def resize(self, batch_size: int) -> None:
        """Take so many from now on, beginning a new epoch."""
        self._batch_size = batch_size
        self.position = self._n_samples

    def draw(self) -> Tensor:
        """Indices of the next step's points: int64, (batch_size,) or what is left of the epoch."""
        if self.position >= self._n_samples:
            self._order = torch.randperm(self._n_samples, generator=self._generator)
            self.position = 0
        start = self.position
        self.position = min(start + self._batch_size, self._n_samples)
        return self._order[start : self.position]

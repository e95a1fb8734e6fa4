"""A run that trains by itself: its own loop, which is bit for bit the plain script's."""

from collections.abc import Collection

import torch
from torch import Tensor

from app.protocol.snapshots import PackedSnapshot
from app.training.pictures import pictures_of
from app.training.run import Run


class Alone:
    """The same to its owner as a `Cohort`, for one run."""

    def __init__(self, run: Run) -> None:
        self.run = run
        self.runs = (run,)

    def step(self) -> bool:
        """One training step. Returns whether the run plays on.

        Raises: RuntimeError, NameError: as the script would, and no step was recorded.
        """
        return self.run.record(self.run.loop.step())

    def snapshots(self, runs: Collection[Run] | None = None) -> dict[Run, PackedSnapshot]:
        """The picture of the run as it is now."""
        loop = self.run.loop
        grad = loop.grad.unsqueeze(0) if loop.has_grads else None
        layers = [outputs.unsqueeze(0) for outputs in self._layers()]
        return pictures_of([self.run], layers, loop.theta.unsqueeze(0), grad, [loop.lr])

    def _layers(self) -> list[Tensor]:
        """What the layers give on the grid and at the data; NaN where torch refuses, as it did the step."""
        x = torch.cat((self.run.data.grid, self.run.data.x))
        try:
            with torch.no_grad():
                return self.run.loop.layers(x)
        except RuntimeError:
            return [x.new_full((x.shape[0], 1), torch.nan)]

    def disband(self) -> None:
        """Nothing to give back: the run's tensors are its own."""

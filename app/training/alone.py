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
        return self.run.end_step(self.run.loop.step())

    def snapshots(self, runs: Collection[Run] | None = None) -> dict[Run, PackedSnapshot]:
        """The picture of the run as it is now."""
        loop = self.run.loop
        grad = loop.grad.unsqueeze(0) if loop.has_grads else None
        with torch.no_grad():
            layers, test_loss = self._layers(), self._test_loss()
        each = [outputs.unsqueeze(0) for outputs in layers]
        return pictures_of([self.run], each, loop.theta.unsqueeze(0), grad, [loop.lr], test_losses=test_loss)

    def _layers(self) -> list[Tensor]:
        """What the layers give on the grid and at the data; NaN where torch refuses, as it did the step."""
        layers, data = self.run.loop.layers, self.run.data
        if data.x.shape[1:] == data.grid.shape[1:]:
            return layers(torch.cat((data.grid, data.x)))
        on_grid = layers(data.grid)
        try:
            at_data = [outputs.view(len(data.x), -1) for outputs in layers(data.x)]
        except RuntimeError:
            at_data = [outputs.new_full((len(data.x), outputs.shape[1]), torch.nan) for outputs in on_grid]
        return [torch.cat(both) for both in zip(on_grid, at_data, strict=True)]

    def _test_loss(self) -> list[float] | None:
        """None where no points are held out, or torch refuses them."""
        loop, data = self.run.loop, self.run.data
        if not len(data.test_x):
            return None
        try:
            loss, _ = loop.compare(loop.net(data.test_x), data.test_y)
        except RuntimeError:
            return None
        return [loss.item()]

    def hand_over(self) -> None:
        """Nothing to bring up to date: the history is the run's own."""

    def disband(self) -> None:
        """Nothing to give back: the run's tensors are its own."""

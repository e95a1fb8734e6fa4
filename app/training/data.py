"""The points a run learns from."""

from collections.abc import Callable
from dataclasses import dataclass

import torch
from torch import Tensor

from app.protocol.data import DataConfig
from app.training.random import seeded

GRID_POINTS = 200
GRID_MARGIN = 0.1
"""The curve is drawn this far beyond the data on both sides, as a fraction of their range."""

TARGETS: dict[str, Callable[[Tensor], Tensor]] = {
    "x.pow(2) + 0.2*torch.rand(x.size())": lambda x: x.pow(2) + 0.2 * torch.rand(x.size()),
}


@dataclass(frozen=True, slots=True)
class Data:
    """One run's points, and where its curve is drawn. All float32.

    x: inputs, shape (n, 1), ascending.
    y: targets, shape (n, 1).
    grid: inputs of the curve, shape (GRID_POINTS, 1), ascending, wider than x.
    """

    x: Tensor
    y: Tensor
    grid: Tensor


def make_data(config: DataConfig, seed: int, device: torch.device) -> Data:
    """The points that the lesson's two lines make after `torch.manual_seed(seed)`.

    They are made on the CPU and then moved, so that every device sees the same numbers.
    """
    with seeded(seed):
        x = torch.unsqueeze(torch.linspace(config.x_min, config.x_max, config.n_samples), dim=1)
        y = TARGETS[config.target](x)
    margin = GRID_MARGIN * (config.x_max - config.x_min)
    grid = torch.linspace(config.x_min - margin, config.x_max + margin, GRID_POINTS).unsqueeze(1)
    return Data(x.to(device), y.to(device), grid.to(device))

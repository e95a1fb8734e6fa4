"""The points a run learns from."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import torch
from torch import Tensor

from app.errors import N_, Invalid
from app.protocol.data import DataConfig, PresetName, Values, check_left, n_held_out, preset_name
from app.training.random import seeded

GRID_POINTS = 200
GRID_MARGIN = 0.1
"""The curve extends this far beyond the data on both sides, as a fraction of their range."""

Y: Mapping[PresetName, Callable[[Tensor], Tensor]] = {
    "parabola": lambda x: x.pow(2) + 0.2 * torch.rand(x.size()),
    "line": lambda x: 0.7 * x + 0.2 + 0.1 * torch.randn(x.size()),
    "cubic": lambda x: 2 * x.pow(3) - x + 0.05 * torch.randn(x.size()),
    "sine": lambda x: torch.sin(4 * x) + 0.1 * torch.randn(x.size()),
    "x_sin_x": lambda x: 2 * x * torch.sin(5 * x) + 0.1 * torch.randn(x.size()),
    "step": lambda x: (x > 0).float() + 0.05 * torch.randn(x.size()),
    "absolute": lambda x: x.abs() + 0.05 * torch.randn(x.size()),
    "gap": lambda x: torch.sin(4 * x) + 0.05 * torch.randn(x.size()),
    "outliers": lambda x: x.pow(2) + 2 * (torch.rand(x.size()) < 0.08) + 0.1 * torch.rand(x.size()),
}
"""The formula for y of each preset, as in `app.protocol.data.PRESETS`."""
X: Mapping[PresetName, Callable[[Tensor], Tensor]] = {"gap": lambda x: x[x.abs() > 0.4]}
"""The formula for x of the presets that leave some x out."""


@dataclass(frozen=True, slots=True)
class Points:
    """The points a run learns from, and the inputs at which its curve is drawn. All float32.

    x: inputs, shape (n, 1), or (n,) without `unsqueeze_x`.
    y: targets, shape (n, 1), or (n,) without `unsqueeze_y`.
    test_x, test_y: points held out for the test loss, likewise; (0, ...) if there are none.
    grid: inputs of the curve, shape (GRID_POINTS, 1), ascending, wider than x.
    """

    x: Tensor
    y: Tensor
    test_x: Tensor
    test_y: Tensor
    grid: Tensor


def make_data(config: DataConfig, seed: int, device: torch.device, values: Values | None = None) -> Points:
    """The points that a script's lines make after `torch.manual_seed(seed)`.

    They are made on the CPU and then moved, so that every device sees the same numbers.

    values: the values of the formula, where the target is no preset. Raises: Invalid: points that nobody can
    learn from.
    """
    with seeded(seed):
        x, y, drawn = points_of(config, seed, values)
        n_test = n_held_out(len(x), config.test_fraction)
        check_left(len(x) - n_test, "data.test_fraction" if n_test else "data.n_samples")
        order = torch.arange(len(x))
        if config.test_fraction > 0:
            order = torch.randperm(len(x)) if drawn is None else torch.tensor(drawn)
    if config.scale_x:
        x = scaled(x)
    grid = grid_around(x)
    if config.unsqueeze_x:
        x = torch.unsqueeze(x, dim=1)
    if config.unsqueeze_y:
        y = torch.unsqueeze(y, dim=1)
    test, train = order[:n_test].sort().values, order[n_test:].sort().values
    return Points(*(part.to(device) for part in (x[train], y[train], x[test], y[test], grid)))


def points_of(
    config: DataConfig, seed: int, values: Values | None
) -> tuple[Tensor, Tensor, list[int] | None]:
    """X and y before scaling and splitting, each (n,), and the order for the split where the sandbox drew it.

    Raises: Invalid: nobody evaluated the formula.
    """
    if config.points is not None:
        # Two tensors of their own, as a script has them: on every second number mean() adds in another order.
        x, y = (torch.tensor(values) for values in zip(*config.points, strict=True))
        return x, y, None
    x = torch.linspace(config.x_min, config.x_max, config.n_samples)
    name = preset_name(config.target)
    if name is None:
        if values is None or values.recipe != config.recipe(seed):
            raise Invalid("data.target", N_("The values of {target} are missing."), target=config.target)
        return x, torch.tensor(values.y), values.order
    x = X[name](x) if name in X else x
    y = Y[name](x)
    if config.noise != 0:
        y = y + config.noise * torch.randn(y.size())
    return x, y, None


def scaled(x: Tensor) -> Tensor:
    """X with mean 0 and standard deviation 1. Raises: Invalid: all x are equal."""
    if bool((x == x[:1]).all()):
        # Not std() == 0: rounding leaves some.
        raise Invalid("data.scale_x", N_("All x are equal, so they cannot be scaled by their spread."))
    return (x - x.mean()) / x.std()


def grid_around(x: Tensor) -> Tensor:
    """Inputs at which the curve is drawn: all of x with a margin, (GRID_POINTS, 1)."""
    low, high = x.min().item(), x.max().item()
    margin = GRID_MARGIN * ((high - low) or 1.0)
    return torch.linspace(low - margin, high + margin, GRID_POINTS).unsqueeze(1)

"""The points a run learns from."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor

from app.errors import N_, Invalid
from app.protocol.data import (
    DataConfig,
    PresetName,
    Values,
    YForm,
    check_left,
    n_held_out,
    preset_name,
)
from app.protocol.planes import CLASS_COUNTS, SURFACES, class_points, drawn_inputs
from app.training.random import seeded

GRID_POINTS = 200
COARSE, FINE = 40, 100
"""Cells along each side of a surface, while a run plays and while it stands still."""
GRID_MARGIN = 0.1
"""Curve and surface extend this far beyond the data on all sides, as a fraction of their range."""

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


FORMS: Mapping[YForm, Callable[[Tensor, int], Tensor]] = {
    "long": lambda y, _: y,
    "long_column": lambda y, _: torch.unsqueeze(y, dim=1),
    "float": lambda y, _: y.float(),
    "float_column": lambda y, _: torch.unsqueeze(y.float(), dim=1),
    "one_hot": torch.nn.functional.one_hot,
}
"""Labels, (n,) int64, in each form, as in `app.script.data`."""

Area = tuple[float, float, float, float]
"""A rectangle of inputs: x1 from, x1 to, x2 from, x2 to. With one input x2 goes from 0 to 0."""


@dataclass(frozen=True, slots=True)
class Points:
    """The points a run learns from, and the inputs at which its model is drawn. float32, but for labels.

    x: inputs, shape (n, features), or (n,) without `unsqueeze_x`.
    y: targets, shape (n, 1), or (n,) without `unsqueeze_y`; labels in their form.
    test_x, test_y: points held out for the test loss, likewise; (0, ...) if there are none.
    grid: inputs of the curve, shape (GRID_POINTS, 1), ascending, wider than x; or the middles of the cells of
    a surface.
    labels, test_labels: each point's class, (n,) int64; None without classes.
    area: what the surface covers; None if the model is a curve.
    """

    x: Tensor
    y: Tensor
    test_x: Tensor
    test_y: Tensor
    grid: Tensor
    labels: Tensor | None = None
    test_labels: Tensor | None = None
    area: Area | None = None

    def surface_grid(self, *, fine: bool) -> Tensor:
        """The inputs at which the model is drawn. fine: of a run that stands still."""
        return self.grid if self.area is None or not fine else cells(self.area, FINE, self.grid)


def make_data(
    config: DataConfig,
    seed: int,
    device: torch.device,
    values: Values | None = None,
    form: YForm | None = None,
) -> Points:
    """The points that a script's lines make after `torch.manual_seed(seed)`.

    They are made on the CPU and then moved, so that every device sees the same numbers.

    values: the values of the formula, where the target is no preset. form: of labels. Raises: Invalid: points
    that nobody can learn from.
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
    area = None if config.is_curve else area_around(x)
    grid = grid_around(x) if area is None else cells(area, COARSE)
    test, train = order[:n_test].sort().values, order[n_test:].sort().values
    if x.dim() == 1 and config.unsqueeze_x:
        x = torch.unsqueeze(x, dim=1)
    labels = None if form is None else y
    if form is not None:
        y = FORMS[form](y, config.classes or 0)
    elif config.unsqueeze_y:
        y = torch.unsqueeze(y, dim=1)

    def at(values: Tensor, places: Tensor) -> Tensor:
        return values[places].to(device)

    return Points(
        x=at(x, train),
        y=at(y, train),
        test_x=at(x, test),
        test_y=at(y, test),
        grid=grid.to(device),
        labels=None if labels is None else at(labels, train),
        test_labels=None if labels is None else at(labels, test),
        area=area,
    )


def points_of(
    config: DataConfig, seed: int, values: Values | None
) -> tuple[Tensor, Tensor, list[int] | None]:
    """X and y before scaling and splitting, and the order for the split where the sandbox drew it.

    x: (n,), or (n, 2) of two inputs. y: (n,); labels are int64. Raises: Invalid: nobody evaluated the
    formula.
    """
    if config.points is not None:
        # Tensors of their own, as a script has them: on every second number mean() adds in another order.
        inputs = [point[:-1] if config.features == 2 else point[0] for point in config.points]
        x, y = torch.tensor(inputs), torch.tensor([point[-1] for point in config.points])
        return x, y if config.classes is None else y.long(), None
    if not config.has_preset:
        return evaluated(config, seed, values)
    if config.target in CLASS_COUNTS:
        assert config.classes is not None
        x, y = ran(
            class_points(config.target, config.classes, config.n_samples, config.balance, config.noise)
        )
        return x, y, None
    if config.target in SURFACES:
        drawn = drawn_inputs(config.n_samples, config.x_min, config.x_max)
        x, y = ran([drawn, f"y = {SURFACES[config.target]}"])
    else:
        name = preset_name(config.target)
        assert name is not None
        x = torch.linspace(config.x_min, config.x_max, config.n_samples)
        x = X[name](x) if name in X else x
        y = Y[name](x)
    if config.noise != 0:
        y = y + config.noise * torch.randn(y.size())
    return x, y, None


def evaluated(config: DataConfig, seed: int, values: Values | None) -> tuple[Tensor, Tensor, list[int]]:
    """The points of a formula, as the sandbox has computed them. Raises: Invalid: it has not."""
    if values is None or values.recipe != config.recipe(seed):
        raise Invalid("data.target", N_("The values of {target} are missing."), target=config.target)
    y = torch.tensor(values.y)
    if config.classes is not None:
        y = y.long()
    if values.x is None:
        x = torch.linspace(config.x_min, config.x_max, config.n_samples)
    else:
        x = torch.tensor(values.x).view(-1, config.features).squeeze(1)
    return x, y, values.order


def ran(lines: list[str]) -> tuple[Tensor, Tensor]:
    """X and y after these lines of our own, which are the script's lines too."""
    names: dict[str, Any] = {"torch": torch}
    exec("\n".join(lines), names)  # of app.protocol.planes, with numbers from checked settings
    return names["x"], names["y"]


def scaled(x: Tensor) -> Tensor:
    """X with mean 0 and standard deviation 1, each input by itself. Raises: Invalid: all x are equal."""
    if bool((x == x[:1]).all(dim=0).any()):
        # Not std() == 0: rounding leaves some.
        raise Invalid("data.scale_x", N_("All x are equal, so they cannot be scaled by their spread."))
    if x.dim() == 2:
        return (x - x.mean(dim=0)) / x.std(dim=0)
    return (x - x.mean()) / x.std()


def grid_around(x: Tensor) -> Tensor:
    """Inputs at which the curve is drawn: all of x with a margin, (GRID_POINTS, 1)."""
    return torch.linspace(*spread(x), GRID_POINTS).unsqueeze(1)


def spread(x: Tensor) -> tuple[float, float]:
    """The range of one input with a margin. x: (n,)."""
    low, high = x.min().item(), x.max().item()
    margin = GRID_MARGIN * ((high - low) or 1.0)
    return low - margin, high + margin


def area_around(x: Tensor) -> Area:
    """What a surface covers: all of x with a margin."""
    if x.dim() == 1:
        return (*spread(x), 0.0, 0.0)
    return (*spread(x[:, 0]), *spread(x[:, 1]))


def cells(area: Area, n: int, like: Tensor | None = None) -> Tensor:
    """The middles of the cells of a surface, row by row from the least x2: (n * n, 2), or (GRID_POINTS, 1).

    like: a tensor on the device that they are made on.
    """
    device = None if like is None else like.device
    x1_from, x1_to, x2_from, x2_to = area
    if x2_from == x2_to:
        return middles(x1_from, x1_to, GRID_POINTS, device).unsqueeze(1)
    x2, x1 = torch.meshgrid(
        middles(x2_from, x2_to, n, device), middles(x1_from, x1_to, n, device), indexing="ij"
    )
    return torch.stack((x1.reshape(-1), x2.reshape(-1)), dim=1)


def middles(low: float, high: float, n: int, device: torch.device | None) -> Tensor:
    """The middles of n equal parts of a range."""
    half = (high - low) / (2 * n)
    return torch.linspace(low + half, high - half, n, device=device)

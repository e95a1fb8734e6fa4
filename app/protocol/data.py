"""The points that a run learns from: their settings, and the presets."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated, Literal, get_args

from pydantic import BeforeValidator, Field, model_validator

from app.errors import N_, Invalid
from app.protocol.record import Flag, Many, Number, Record, Whole

MAX_SAMPLES = 1000
MAX_FORMULA = 200
MAX_COORDINATE = 1_000_000

Coordinate = Annotated[Number, Field(ge=-MAX_COORDINATE, le=MAX_COORDINATE)]
PresetName = Literal[
    "parabola", "line", "cubic", "sine", "x_sin_x", "step", "absolute", "gap", "outliers"
]  # fmt: skip
Formula = Annotated[str, Field(min_length=1, max_length=MAX_FORMULA)]
"""An expression in `x`, as in Python with torch."""


def _target(value: object) -> object:
    """Check a target with one message, in place of two: that it is no preset, and that it is no formula."""
    if not (isinstance(value, str) and value.strip() and value.isprintable() and len(value) <= MAX_FORMULA):
        raise Invalid(
            "",
            N_(
                "it must be one of {presets}, or a formula in x on one line, of up to {most}"
                " {most:character|characters}"
            ),
            presets=", ".join(get_args(PresetName)), most=MAX_FORMULA,
        )  # fmt: skip
    return value


Target = Annotated[PresetName | Formula, BeforeValidator(_target)]
"""A preset's name, or a formula."""


@dataclass(frozen=True, slots=True)
class Preset:
    """Points with a name. y: a formula in x. x: a formula for the x that are kept, if not all are."""

    y: str
    x: str | None = None


PRESETS: Mapping[PresetName, Preset] = {
    "parabola": Preset("x.pow(2) + 0.2*torch.rand(x.size())"),
    "line": Preset("0.7*x + 0.2 + 0.1*torch.randn(x.size())"),
    "cubic": Preset("2*x.pow(3) - x + 0.05*torch.randn(x.size())"),
    "sine": Preset("torch.sin(4*x) + 0.1*torch.randn(x.size())"),
    "x_sin_x": Preset("2*x*torch.sin(5*x) + 0.1*torch.randn(x.size())"),
    "step": Preset("(x > 0).float() + 0.05*torch.randn(x.size())"),
    "absolute": Preset("x.abs() + 0.05*torch.randn(x.size())"),
    "gap": Preset("torch.sin(4*x) + 0.05*torch.randn(x.size())", x="x[x.abs() > 0.4]"),
    "outliers": Preset("x.pow(2) + 2*(torch.rand(x.size()) < 0.08) + 0.1*torch.rand(x.size())"),
}


def preset_name(target: str) -> PresetName | None:
    """The preset that a target names or spells out; None for any other formula."""
    return next(
        (
            name
            for name, preset in PRESETS.items()
            if target == name or (preset.x is None and preset.y == target)
        ),
        None,
    )


def preset_of(target: str) -> Preset | None:
    """The formulas of the preset that a target names or spells out; None for any other formula."""
    name = preset_name(target)
    return PRESETS[name] if name else None


class Recipe(Record):
    """The settings that decide the `Values` of a formula."""

    formula: str
    seed: int
    n_samples: int
    x_min: float
    x_max: float
    noise: float


class Values(Record):
    """The values of a formula, which the sandbox computes and which are sent along with the settings."""

    recipe: Recipe
    y: Many[float]
    """One float32 number for each x, noise included."""
    order: Many[int]
    """The `torch.randperm(n)` drawn after the values; a split holds out its first points."""


class DataConfig(Record):
    """The points to fit.

    As a script makes them: `x = torch.linspace(x_min, x_max, n_samples)`, `y` by the target's formula on that
    (n,) tensor, then noise, then scaling, then the split, and `torch.unsqueeze(..., dim=1)` last.
    """

    target: Target = "x.pow(2) + 0.2*torch.rand(x.size())"
    """A preset's name, or a formula in `x`, whose result is expanded to the size of `x`."""
    n_samples: Annotated[Whole, Field(ge=2, le=MAX_SAMPLES)] = 100
    x_min: Annotated[Number, Field(ge=-1000, le=1000)] = -1.0
    x_max: Annotated[Number, Field(ge=-1000, le=1000)] = 1.0
    noise: Annotated[Number, Field(ge=0, le=1000)] = 0.0
    """`noise * torch.randn(y.size())` is added to y, unless `noise` is 0."""
    points: (
        Annotated[tuple[tuple[Coordinate, Coordinate], ...], Field(min_length=2, max_length=MAX_SAMPLES)]
        | None
    ) = None
    """[x, y] of each point, in any order, in place of all settings above."""
    scale_x: Flag = False
    """Whether the model sees `(x - x.mean()) / x.std()`."""
    test_fraction: Annotated[Number, Field(ge=0, le=0.9)] = 0.0
    """The part of the points held out for the test loss: `round(test_fraction * n)` points, the first of a
    `torch.randperm(n)`. At least 2 points must be left to learn from."""
    unsqueeze_x: Flag = True
    """`x = torch.unsqueeze(x, dim=1)`: from [n] to [n, 1]. Without it torch refuses the first step."""
    unsqueeze_y: Flag = True
    """The same for y. Without it the loss compares each prediction with every y."""

    @model_validator(mode="after")
    def _x_ascends(self) -> "DataConfig":
        if self.x_min >= self.x_max:
            template = N_("x_min ({x_min}) must be less than x_max ({x_max})")
            raise Invalid("x_min", template, x_min=self.x_min, x_max=self.x_max)
        return self

    @model_validator(mode="after")
    def _split_leaves_some(self) -> "DataConfig":
        check_left(self.most_to_learn_from, "test_fraction")
        return self

    @property
    def most_points(self) -> int:
        """The number of points; a preset that leaves some out has fewer."""
        return self.n_samples if self.points is None else len(self.points)

    @property
    def most_to_learn_from(self) -> int:
        """The number of points outside of the test split, likewise."""
        return self.most_points - n_held_out(self.most_points, self.test_fraction)

    def made_like(self, old: "DataConfig") -> bool:
        """Whether a run can go on from `old` with these points: they were changed by hand, or are only used
        in another way. Otherwise the points are made anew, and the run begins anew.
        """
        if self.unsqueeze_x != old.unsqueeze_x:
            return False
        if self.points is not None:
            return True
        return old.points is None and self._origin == old._origin

    @property
    def _origin(self) -> tuple[str, int, float, float, float]:
        return self.target, self.n_samples, self.x_min, self.x_max, self.noise

    def recipe(self, seed: int) -> Recipe | None:
        """The recipe of the values that the sandbox computes; None if the trainer makes the points."""
        if self.points is not None or preset_name(self.target) is not None:
            return None
        formula, n_samples, x_min, x_max, noise = self._origin
        return Recipe(formula=formula, seed=seed, n_samples=n_samples, x_min=x_min, x_max=x_max, noise=noise)


def n_held_out(n: int, test_fraction: float) -> int:
    """The number of points, of n, that are held out for the test loss."""
    return round(test_fraction * n)


def check_left(n: int, field: str) -> None:
    """Check that enough points are left to learn from. field: the setting to blame. Raises: Invalid."""
    if n < 2:
        raise Invalid(field, N_("{n} {n:point is|points are} left to learn from; at least 2 are needed"), n=n)

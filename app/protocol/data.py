"""The points a run learns from: what is asked for, and the presets."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated, Literal

from pydantic import Field, model_validator

from app.errors import N_, Invalid
from app.protocol.record import Flag, Number, Record, Whole

MAX_SAMPLES = 1000
MAX_FORMULA = 200

Coordinate = Annotated[Number, Field(ge=-1e6, le=1e6)]
PresetName = Literal[
    "parabola", "line", "cubic", "sine", "x_sin_x", "step", "absolute", "gap", "outliers"
]  # fmt: skip
Formula = Annotated[str, Field(min_length=1, max_length=MAX_FORMULA)]
"""An expression in `x`, as in Python with torch."""


@dataclass(frozen=True, slots=True)
class Preset:
    """Points by name. y: a formula in x. x: which of the evenly spaced x are kept, where not all are."""

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


def preset_of(target: str) -> Preset | None:
    """The preset that a target names or spells out; None for any other formula."""
    named = PRESETS.get(target)  # type: ignore[call-overload]
    spelt = (preset for preset in PRESETS.values() if preset.x is None and preset.y == target)
    return named or next(spelt, None)


class DataConfig(Record):
    """The points to fit.

    As a script makes them: `x = torch.linspace(x_min, x_max, n_samples)`, `y` by the target's formula on that
    (n,) tensor, then noise, then scaling, then the split, and `torch.unsqueeze(..., dim=1)` last.
    """

    target: PresetName | Formula = "x.pow(2) + 0.2*torch.rand(x.size())"
    """A preset's name, or a formula in `x`."""
    n_samples: Annotated[Whole, Field(ge=2, le=MAX_SAMPLES)] = 100
    x_min: Annotated[Number, Field(ge=-1000, le=1000)] = -1.0
    x_max: Annotated[Number, Field(ge=-1000, le=1000)] = 1.0
    noise: Annotated[Number, Field(ge=0, le=1000)] = 0.0
    """Added where it is not 0: `noise * torch.randn(y.size())`."""
    points: Annotated[tuple[tuple[Coordinate, Coordinate], ...], Field(max_length=MAX_SAMPLES)] | None = None
    """[x, y] of each, in place of all of the above."""
    scale_x: Flag = False
    """Whether the model sees `(x - x.mean()) / x.std()`."""
    test_fraction: Annotated[Number, Field(ge=0, le=0.9)] = 0.0
    """Held out for the test loss: `round(test_fraction * n)` points, the first of a `torch.randperm(n)`."""
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

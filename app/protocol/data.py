"""The points that a run learns from: their settings, and the presets."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated, Literal

from pydantic import BeforeValidator, Field, model_validator

from app.errors import N_, Invalid
from app.protocol.planes import CLASS_COUNTS, SURFACES, ClassSource, Surface
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
YForm = Literal["long", "long_column", "float", "float_column", "one_hot"]
"""What the labels are as a tensor: Long [n], Long [n, 1], Float [n], Float [n, 1], or Long [n, classes] of
zeros and a one. Only one of them is what a loss wants."""
MAX_CLASSES = 6


def _target(value: object) -> object:
    """Check a target with one message, in place of two: that it is no preset, and that it is no formula."""
    if not (isinstance(value, str) and value.strip() and value.isprintable() and len(value) <= MAX_FORMULA):
        raise Invalid(
            "",
            N_(
                "it must be one of {presets}, or a formula in x on one line, of up to {most}"
                " {most:character|characters}"
            ),
            presets=", ".join(map(str, (*PRESETS, *CLASS_COUNTS, *SURFACES))), most=MAX_FORMULA,
        )  # fmt: skip
    return value


Target = Annotated[PresetName | ClassSource | Surface | Formula, BeforeValidator(_target)]
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
    features: int = 1
    classes: int | None = None


class Values(Record):
    """The values of a formula, which the sandbox computes and which are sent along with the settings."""

    recipe: Recipe
    y: Many[float]
    """One float32 number for each x, noise included; with classes its label."""
    x: Many[float] | None = None
    """The inputs, point by point, where they are drawn: with classes, or two inputs."""
    order: Many[int]
    """The `torch.randperm(n)` drawn after the values; a split holds out its first points."""


class DataConfig(Record):
    """The points to fit.

    As a script makes them: `x = torch.linspace(x_min, x_max, n_samples)`, `y` by the target's formula on that
    (n,) tensor, then noise, then scaling, then the split, and `torch.unsqueeze(..., dim=1)` last.
    """

    features: Annotated[Whole, Field(ge=1, le=2)] = 1
    """The number of inputs: x is [n, 1] or [n, 2]."""
    classes: Annotated[Whole, Field(ge=2, le=MAX_CLASSES)] | None = None
    """The number of classes; null: y is a number, as in the lesson."""
    target: Target = "x.pow(2) + 0.2*torch.rand(x.size())"
    """A preset's name, or a formula in `x`, whose result is expanded to the number of points. With two inputs
    `x` is [n, 2], and `x1`, `x2` are its columns. With classes a formula gives true or false, or each point's
    class as a whole number."""
    n_samples: Annotated[Whole, Field(ge=2, le=MAX_SAMPLES)] = 100
    x_min: Annotated[Number, Field(ge=-1000, le=1000)] = -1.0
    """With two inputs the least of both; presets of classes have their own places."""
    x_max: Annotated[Number, Field(ge=-1000, le=1000)] = 1.0
    noise: Annotated[Number, Field(ge=0, le=1000)] = 0.0
    """`noise * torch.randn(y.size())` is added to y, unless `noise` is 0; with classes, which know no halves,
    `noise * torch.randn(x.size())` to x."""
    balance: Annotated[Number, Field(ge=0.05, le=1)] = 1.0
    """How many points class 0 has for each point of another class; a matter of presets of classes alone."""
    points: (
        Annotated[tuple[tuple[Coordinate, ...], ...], Field(min_length=2, max_length=MAX_SAMPLES)] | None
    ) = None
    """[x, y] or [x1, x2, y] of each point, in any order, in place of the settings above; with classes y is
    the point's class, from 0."""
    scale_x: Flag = False
    """Whether the model sees `(x - x.mean()) / x.std()`, each input by itself."""
    test_fraction: Annotated[Number, Field(ge=0, le=0.9)] = 0.0
    """The part of the points held out for the test loss: `round(test_fraction * n)` points, the first of a
    `torch.randperm(n)`. At least 2 points must be left to learn from."""
    unsqueeze_x: Flag = True
    """`x = torch.unsqueeze(x, dim=1)`: from [n] to [n, 1]. Without it torch refuses the first step."""
    unsqueeze_y: Flag = True
    """The same for y. Without it the loss compares each prediction with every y."""
    y_form: YForm | None = None
    """With classes: what the labels are as a tensor; null: what the loss wants, Long [n] for
    CrossEntropyLoss, else Float [n, 1]."""

    @model_validator(mode="before")
    @classmethod
    def _own_target(cls, given: object) -> object:
        """What is not the lesson's task has a target of its own, and a preset of another task means that."""
        if not isinstance(given, dict):
            return given
        target = given.get("target")
        if target is None:
            two, classes = given.get("features") == 2, given.get("classes") is not None
            own = ("blobs" if classes else "saddle") if two else "x > 0"
            return {**given, "target": own} if two or classes else given
        if isinstance(target, str) and target in CLASS_COUNTS:
            return {"features": 2, "classes": 2, **given}
        return {"features": 2, **given} if isinstance(target, str) and target in SURFACES else given

    @model_validator(mode="after")
    def _x_ascends(self) -> "DataConfig":
        if self.x_min >= self.x_max:
            template = N_("x_min ({x_min}) must be less than x_max ({x_max})")
            raise Invalid("x_min", template, x_min=self.x_min, x_max=self.x_max)
        return self

    @model_validator(mode="after")
    def _points_fit(self) -> "DataConfig":
        if self.points is None:
            self._check_source()
            return self
        for i, point in enumerate(self.points):
            if len(point) != self.features + 1:
                template = N_("a point with {features} {features:input|inputs} is {wanted} numbers, not {n}")
                raise Invalid(
                    f"points[{i}]", template, features=self.features, wanted=self.features + 1, n=len(point)
                )
            if self.classes is not None and point[-1] not in range(self.classes):
                template = N_("{label} is no class; with {classes} classes they are 0 to {last}")
                raise Invalid(
                    f"points[{i}]", template, label=point[-1], classes=self.classes, last=self.classes - 1
                )
        return self

    def _check_source(self) -> None:
        counts = CLASS_COUNTS.get(self.target)
        if self.preset_kind != self.kind:
            template = N_("{target} has another number of inputs, or is for classes where these are none")
            raise Invalid("target", template, target=self.target)
        if counts is not None and self.classes not in counts:
            raise Invalid(
                "classes",
                N_("{target} has {counts} classes"),
                target=self.target,
                counts=", ".join(map(str, counts)),
            )

    @model_validator(mode="after")
    def _shapes_fit(self) -> "DataConfig":
        if self.features == 2 and not self.unsqueeze_x:
            raise Invalid("unsqueeze_x", N_("x of two inputs is [n, 2] and needs no unsqueeze"))
        if self.classes is not None and not self.unsqueeze_y:
            raise Invalid("unsqueeze_y", N_("the shape of labels is set by y_form"))
        if self.classes is None and self.y_form is not None:
            raise Invalid("y_form", N_("only labels of classes have another form"))
        return self

    @model_validator(mode="after")
    def _split_leaves_some(self) -> "DataConfig":
        check_left(self.most_to_learn_from, "test_fraction")
        return self

    @property
    def kind(self) -> tuple[int, bool]:
        """The number of inputs, and whether there are classes."""
        return self.features, self.classes is not None

    @property
    def preset_kind(self) -> tuple[int, bool]:
        """The kind of points that the target's preset makes; a formula makes any."""
        if preset_name(self.target) is not None:
            return 1, False
        if self.target in CLASS_COUNTS:
            return 2, True
        return (2, False) if self.target in SURFACES else self.kind

    @property
    def is_curve(self) -> bool:
        """Whether the model is a curve: y over one x."""
        return self.kind == (1, False)

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
        if self._shape != old._shape:
            return False
        if self.points is not None:
            return True
        return old.points is None and self._origin == old._origin

    @property
    def _shape(self) -> tuple[int, int | None, bool, str | None]:
        return self.features, self.classes, self.unsqueeze_x, self.y_form

    @property
    def _origin(self) -> tuple[str, int, float, float, float, float]:
        return self.target, self.n_samples, self.x_min, self.x_max, self.noise, self.balance

    def recipe(self, seed: int) -> Recipe | None:
        """The recipe of the values that the sandbox computes; None if the trainer makes the points."""
        if self.points is not None or self.has_preset:
            return None
        return Recipe(
            formula=self.target, seed=seed, n_samples=self.n_samples, x_min=self.x_min, x_max=self.x_max,
            noise=self.noise, features=self.features, classes=self.classes,
        )  # fmt: skip

    @property
    def has_preset(self) -> bool:
        """Whether the target names a preset."""
        return preset_name(self.target) is not None or self.target in CLASS_COUNTS or self.target in SURFACES


def n_held_out(n: int, test_fraction: float) -> int:
    """The number of points, of n, that are held out for the test loss."""
    return round(test_fraction * n)


def check_left(n: int, field: str) -> None:
    """Check that enough points are left to learn from. field: the setting to blame. Raises: Invalid."""
    if n < 2:
        raise Invalid(field, N_("{n} {n:point is|points are} left to learn from; at least 2 are needed"), n=n)

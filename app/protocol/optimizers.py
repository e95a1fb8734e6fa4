"""The optimizers of `torch.optim` and their schedulers, with torch's own names, arguments and defaults.

The class is chosen by `name`; an optimizer without a name is SGD. A setting without a default in torch has
none here either.
"""

from collections.abc import Hashable, Mapping
from typing import Annotated, Literal

from pydantic import Discriminator, Field, Tag, model_validator

from app.errors import N_, Invalid
from app.protocol.record import Flag, Number, Record, Whole

MAX_PERIOD = 100_000
"""Most steps of a period: the number of steps of the longest run."""
MAX_MILESTONES = 20

MIN_RATE = 1e-10
"""Least learning rate, and least factor of one: with less than that float32 parameters stand still."""

LearningRate = Annotated[Number, Field(ge=MIN_RATE, le=1000)]
Fraction = Annotated[Number, Field(ge=0, le=1)]
Beta = Annotated[Number, Field(ge=0, lt=1)]
WeightDecay = Annotated[Number, Field(ge=0, le=1000)]
Factor = Annotated[Number, Field(ge=MIN_RATE, le=10)]
Period = Annotated[Whole, Field(ge=1, le=MAX_PERIOD)]


class SGD(Record):
    """`torch.optim.SGD`, the lesson's optimizer."""

    name: Literal["SGD"] = "SGD"
    lr: LearningRate = 0.2
    """The lesson's value; torch's default is 0.001."""
    momentum: Fraction = 0.0
    dampening: Fraction = 0.0
    weight_decay: WeightDecay = 0.0
    nesterov: Flag = False
    by_hand: Flag = False
    """Whether `parameter -= lr * parameter.grad` stands there, as in a script without an optimizer. It is the
    same step, but rounds twice."""

    @model_validator(mode="after")
    def _by_hand_is_plain(self) -> "SGD":
        if self.by_hand and (self.momentum or self.weight_decay):
            raise Invalid("by_hand", N_("by hand there is no momentum and no weight_decay"))
        return self

    @model_validator(mode="after")
    def _nesterov_has_momentum(self) -> "SGD":
        if self.nesterov and (self.momentum == 0 or self.dampening != 0):
            template = N_(
                "nesterov needs momentum above 0 and dampening 0; here momentum is {momentum} and dampening "
                "is {dampening}"
            )
            raise Invalid("nesterov", template, momentum=self.momentum, dampening=self.dampening)
        return self


class Adam(Record):
    """`torch.optim.Adam` (Kingma and Ba 2015)."""

    name: Literal["Adam"]
    lr: LearningRate = 0.001
    betas: tuple[Beta, Beta] = (0.9, 0.999)
    eps: Fraction = 1e-8
    weight_decay: WeightDecay = 0.0
    amsgrad: Flag = False


class AdamW(Record):
    """`torch.optim.AdamW` (Loshchilov and Hutter 2019): Adam with weight decay apart from the gradient."""

    name: Literal["AdamW"]
    lr: LearningRate = 0.001
    betas: tuple[Beta, Beta] = (0.9, 0.999)
    eps: Fraction = 1e-8
    weight_decay: WeightDecay = 0.01
    amsgrad: Flag = False


class RMSprop(Record):
    """`torch.optim.RMSprop` (Hinton 2012)."""

    name: Literal["RMSprop"]
    lr: LearningRate = 0.01
    alpha: Fraction = 0.99
    eps: Fraction = 1e-8
    weight_decay: WeightDecay = 0.0
    momentum: Fraction = 0.0
    centered: Flag = False


class Adagrad(Record):
    """`torch.optim.Adagrad` (Duchi et al. 2011)."""

    name: Literal["Adagrad"]
    lr: LearningRate = 0.01
    lr_decay: Fraction = 0.0
    weight_decay: WeightDecay = 0.0
    initial_accumulator_value: Annotated[Number, Field(ge=0, le=1000)] = 0.0
    eps: Fraction = 1e-10


class StepLR(Record):
    """`torch.optim.lr_scheduler.StepLR`: times gamma after every `step_size` steps."""

    name: Literal["StepLR"]
    step_size: Period
    gamma: Factor = 0.1


class MultiStepLR(Record):
    """`torch.optim.lr_scheduler.MultiStepLR`: times gamma at each milestone."""

    name: Literal["MultiStepLR"]
    milestones: Annotated[tuple[Period, ...], Field(min_length=1, max_length=MAX_MILESTONES)]
    gamma: Factor = 0.1


class ExponentialLR(Record):
    """`torch.optim.lr_scheduler.ExponentialLR`: times gamma after every step."""

    name: Literal["ExponentialLR"]
    gamma: Factor


class CosineAnnealingLR(Record):
    """`torch.optim.lr_scheduler.CosineAnnealingLR`: down to `eta_min` in `T_max` steps, and up again."""

    name: Literal["CosineAnnealingLR"]
    T_max: Period
    eta_min: Annotated[Number, Field(ge=0, le=1000)] = 0.0


class LinearLR(Record):
    """`torch.optim.lr_scheduler.LinearLR`: from one factor to the other in `total_iters` steps."""

    name: Literal["LinearLR"]
    start_factor: Annotated[Number, Field(ge=MIN_RATE, le=1)] = 1 / 3
    end_factor: Fraction = 1.0
    total_iters: Period = 5


def optimizer_name(value: object) -> str | None:
    """The name of the optimizer that a value describes: SGD if it has none."""
    name = value.get("name", "SGD") if isinstance(value, Mapping) else getattr(value, "name", None)
    return None if name is None else str(name)


OptimizerConfig = Annotated[
    Annotated[SGD, Tag("SGD")]
    | Annotated[Adam, Tag("Adam")]
    | Annotated[AdamW, Tag("AdamW")]
    | Annotated[RMSprop, Tag("RMSprop")]
    | Annotated[Adagrad, Tag("Adagrad")],
    Discriminator(optimizer_name),
]
SchedulerConfig = Annotated[
    StepLR | MultiStepLR | ExponentialLR | CosineAnnealingLR | LinearLR, Field(discriminator="name")
]
"""A scheduler. `scheduler.step()` is called after every `optimizer.step()`."""


def kept_things(config: OptimizerConfig) -> Hashable:
    """The kind of state that torch keeps under these settings: equal if an optimizer can go on with it."""
    names = ("amsgrad", "centered", "initial_accumulator_value", "by_hand")
    extra = tuple(getattr(config, name, 0) for name in names)
    return (config.name, extra, config.name == "RMSprop" and config.momentum > 0)

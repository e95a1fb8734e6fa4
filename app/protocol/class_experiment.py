"""The class as one experiment: each member of a room trains a run that differs in one setting."""

from typing import Annotated, Literal

from pydantic import Field, model_validator

from app.errors import N_, Invalid
from app.protocol.optimizers import LearningRate
from app.protocol.record import Record
from app.protocol.runs import RunConfig

MAX_EXPERIMENTS = 100
"""Experiments of one room, one after the other."""


class Experiment(Record):
    """What a class trains. The server gives each member the next value.

    seed: the seed of `config` and those that follow it. lr: learning rates from `low` to `high`; however many
    have one, they lie over the whole range. All take `config.max_steps` steps; `stop_loss` is left out.
    """

    config: RunConfig = RunConfig()
    vary: Literal["seed", "lr"] = "seed"
    low: LearningRate = 0.01
    high: LearningRate = 1.0
    scale: Literal["log", "linear"] = "log"

    @model_validator(mode="after")
    def _range_is_one(self) -> "Experiment":
        if self.vary == "lr" and self.low >= self.high:
            raise Invalid("high", N_("the highest learning rate must be above the lowest"))
        return self


class ExperimentState(Record):
    """The experiment as everybody sees it: the ends of the runs that have ended, in that order.

    Item i of `members`, `values`, `steps` and `losses` is of the same run. losses: null where it diverged.
    """

    number: int
    vary: Literal["seed", "lr"]
    low: float
    high: float
    scale: Literal["log", "linear"]
    max_steps: int
    n_dealt: int
    """How many members have a run in it."""
    n_changed: int
    """How many of these have another setting by now: their ends do not count."""
    members: list[int]
    values: list[float]
    steps: list[int]
    losses: list[float | None]


class Part(Record):
    """A member's own part in the experiment. changed: they changed a setting: its end does not count."""

    value: Annotated[float, Field(description="The seed or the learning rate.")]
    run: str
    step: int | None = None
    """Where it ended; null while it has not."""
    loss: float | None = None
    """The last loss, as the trainer computed it; null while it has not ended, and where it diverged."""
    changed: bool = False

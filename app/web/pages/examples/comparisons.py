"""Comparisons on offer on the page of comparisons, each with what one sees and why."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from app.errors import N_
from app.protocol.patches import Patch


@dataclass(frozen=True, slots=True)
class ComparisonExample:
    """Settings whose runs are worth comparing.

    button, title, text: marked for translation. They hold whatever the runs have in common, `text` also for
    other values of the same settings. vary: what each run has of its own, as `POST /api/comparisons` takes
    it.
    """

    button: str
    title: str
    text: str
    vary: tuple[Patch, ...]


def each(section: str, name: str, *values: Any) -> tuple[Patch, ...]:
    """One run for each value of a setting."""
    return tuple({section: {name: value}} for value in values)


LR = 0.02
"""Of all optimizers in their comparison: the lesson's 0.2 is too much for some, and too little is dull."""

COMPARISONS: Mapping[str, ComparisonExample] = {
    "zero_grad": ComparisonExample(
        N_("With or without zero_grad()"),
        N_("With and without optimizer.zero_grad()"),
        N_(
            "Both runs begin with the same weights and see the same points, but one of them never clears"
            " its gradients. backward() then adds each new gradient to all earlier ones, so that old steps"
            " keep pushing: the curve swings past the points and back, and its loss goes up and down in"
            " waves. With SGD and a constant lr, that is momentum 1.0: a ball that nothing slows down."
        ),
        each("loop", "zero_grad", True, False),
    ),
    "lr": ComparisonExample(
        N_("Learning rates"),
        N_("One model, several learning rates"),
        N_(
            "All runs begin with the same weights and the same gradient. They differ in how far they go"
            " along it: a step is lr times the gradient. A small lr crawls. A large one jumps across the"
            " valley and lands higher on the other side, until the loss grows beyond all bounds. The best"
            " lies in between."
        ),
        each("optimizer", "lr", 0.002, 0.02, 0.2, 2.0),
    ),
    "optimizers": ComparisonExample(
        N_("Optimizers"),
        N_("One model, several optimizers"),
        N_(
            "All runs begin with the same weights and the same gradient. They differ in the step they"
            " make of it: SGD goes straight down the slope, with momentum it keeps rolling the way it"
            " went, and RMSprop and Adam give every parameter a step of its own length."
        ),
        (
            {"optimizer": {"name": "SGD", "lr": LR, "momentum": 0.0}},
            {"optimizer": {"name": "SGD", "lr": LR, "momentum": 0.9}},
            {"optimizer": {"name": "RMSprop", "lr": LR}},
            {"optimizer": {"name": "Adam", "lr": LR}},
        ),
    ),
    "units": ComparisonExample(
        N_("Hidden units"),
        N_("One set of points, models of several sizes"),
        N_(
            "All runs see the same points and take the same number of steps. They differ in how many"
            " hidden units they have, and so in how often their curve can bend: one ReLU unit gives a"
            " single kink, and none once it is dead. More units follow the points more closely, until"
            " more of them hardly help."
        ),
        each("model", "hidden", [1], [2], [3], [4], [6], [10], [20], [64]),
    ),
}

"""Experiments on offer on the training page: good and bad settings, with what one sees and why."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from app.errors import N_
from app.protocol.patches import Patch


@dataclass(frozen=True, slots=True)
class Experiment:
    """Settings worth trying.

    title, sees, why: marked for translation. settings: those that differ from the lesson's, as
    `POST /api/runs` takes them.
    """

    kind: Literal["good", "bad"]
    title: str
    sees: str
    why: str
    settings: Patch


EXPERIMENTS: Mapping[str, Experiment] = {
    "lesson": Experiment(
        "good",
        N_("The lesson's run"),
        N_("The curve bends into the points within a few hundred steps."),
        N_("Ten ReLU units give ten kinks, enough for a parabola, and lr = 0.2 suits this loss."),
        {},
    ),
    "wave": Experiment(
        "good",
        N_("A wave, with Adam"),
        N_("Two layers of 32 Tanh units follow a wave that grows to both sides."),
        N_("Adam gives every parameter a step of its own length, so that all layers learn at once."),
        {
            "data": {"target": "x_sin_x"},
            "model": {"hidden": [32, 32], "activation": "Tanh"},
            "optimizer": {"name": "Adam", "lr": 0.01},
        },
    ),
    "outliers": Experiment(
        "good",
        N_("Outliers, with L1Loss"),
        N_("A few points lie far above; the curve goes through the others as if they were not there."),
        N_(
            "L1Loss counts a distance as it is. MSELoss squares it, so that one far point pulls more than"
            " many near ones: switch to it and see the curve rise."
        ),
        {"data": {"target": "outliers"}, "loss": "L1Loss", "optimizer": {"name": "Adam", "lr": 0.01}},
    ),
    "classification": Experiment(
        "good",
        N_("Two classes: the lesson on classification"),
        N_("A straight boundary turns between two clouds; after 100 steps nearly all points are right."),
        N_(
            "Net(2, 10, 2) gives each class a number, and CrossEntropyLoss takes the larger one for the"
            " answer: it falls as that number grows beyond the other."
        ),
        {
            "data": {"features": 2, "classes": 2, "target": "blobs", "n_samples": 200},
            "loss": "CrossEntropyLoss",
            "optimizer": {"lr": 0.02},
            "max_steps": 100,
        },
    ),
    "spirals": Experiment(
        "good",
        N_("Three spirals"),
        N_("The boundary winds itself around the arms, from the outside inwards."),
        N_("Two layers of 16 Tanh units bend lines that the layer before has bent, and Adam finds the way."),
        {
            "data": {"features": 2, "classes": 3, "target": "spirals", "n_samples": 300},
            "model": {"hidden": [16, 16], "activation": "Tanh"},
            "loss": "CrossEntropyLoss",
            "optimizer": {"name": "Adam", "lr": 0.02},
        },
    ),
    "lr_too_large": Experiment(
        "bad",
        N_("Learning rate too large"),
        N_("The loss grows with every step, and the run stops after a few."),
        N_("Each step goes beyond the bottom of the valley and ends higher on the other side."),
        {"optimizer": {"lr": 2.0}},
    ),
    "lr_too_small": Experiment(
        "bad",
        N_("Learning rate too small"),
        N_("The loss falls, but after 1000 steps the curve has hardly begun to bend."),
        N_("Nothing is wrong with any step; each is only a hundred times too short."),
        {"optimizer": {"lr": 0.002}},
    ),
    "no_zero_grad": Experiment(
        "bad",
        N_("zero_grad() forgotten"),
        N_("The curve swings past the points and back, and the loss goes up and down in waves."),
        N_(
            "backward() adds to the gradients of all earlier steps, which push on long after they were right."
        ),
        {"loop": {"zero_grad": False}},
    ),
    "no_activation": Experiment(
        "bad",
        N_("No activation"),
        N_("The fit is a straight line, however long it trains."),
        N_("A linear layer of a linear layer is a linear layer: without an activation nothing can bend."),
        {"model": {"activation": "Identity"}},
    ),
    "too_few_units": Experiment(
        "bad",
        N_("Too few units"),
        N_("The curve has a bend or two where the wave has more, and stays away from many points."),
        N_("Each ReLU unit gives at most one kink, and two units give two."),
        {
            "seed": 1,
            "data": {"target": "sine"},
            "model": {"hidden": [2]},
            "optimizer": {"name": "Adam", "lr": 0.02},
        },
    ),
    "x_without_unsqueeze": Experiment(
        "bad",
        N_("x without unsqueeze"),
        N_("torch refuses the first step: mat1 and mat2 shapes cannot be multiplied."),
        N_("A layer takes rows of features. [100] is one row of 100; unsqueeze makes it 100 rows of one."),
        {"data": {"unsqueeze_x": False}},
    ),
    "y_without_unsqueeze": Experiment(
        "bad",
        N_("y without unsqueeze"),
        N_("torch only warns, the loss falls, and the curve ends flat at the mean of y."),
        N_("[100, 1] and [100] are spread out to [100, 100]: every prediction is compared with every y."),
        {"data": {"unsqueeze_y": False}},
    ),
    "dead_units": Experiment(
        "bad",
        N_("All units dead"),
        N_("The curve is flat from the first step on, and stays so; the units are grey."),
        N_("With this seed all ReLUs of a layer get values below 0: they give 0, and no gradient passes."),
        {"seed": 4, "model": {"hidden": [2, 2]}},
    ),
    "one_point_a_step": Experiment(
        "bad",
        N_("One point a step"),
        N_("The loss jumps up and down by powers of ten, and the curve trembles."),
        N_("Each step sees one point and follows its noise; the next step sees another."),
        {"batch_size": 1, "optimizer": {"lr": 0.05}},
    ),
    "overfitting": Experiment(
        "bad",
        N_("Few points, many parameters"),
        N_("The curve goes through every point it learns from, and misses those held out ever more."),
        N_("4,353 parameters can learn the noise of ten points by heart; the test loss shows it."),
        {
            "data": {"target": "sine", "n_samples": 16, "noise": 0.3, "test_fraction": 0.4},
            "model": {"hidden": [64, 64], "activation": "Tanh"},
            "optimizer": {"name": "Adam", "lr": 0.01},
        },
    ),
    "vanishing_gradients": Experiment(
        "bad",
        N_("Four layers of Sigmoid"),
        N_("The curve stays flat: the arrows of the gradients fade from right to left."),
        N_("Sigmoid has a slope of at most 1/4, and the way back to the first layer goes through four."),
        {"model": {"hidden": [10, 10, 10, 10], "activation": "Sigmoid"}},
    ),
    "linear_xor": Experiment(
        "bad",
        N_("Exclusive or, without an activation"),
        N_("The loss stays near 0.69, and at best three of the four corners are right."),
        N_("Without an activation the boundary is one straight line, and no line parts these classes."),
        {
            "data": {"features": 2, "classes": 2, "target": "xor", "n_samples": 200},
            "model": {"activation": "Identity"},
            "loss": "CrossEntropyLoss",
        },
    ),
    "labels_with_decimals": Experiment(
        "bad",
        N_("Labels with decimals"),
        N_("torch refuses the first step: it wants the labels to be Long, and they are Float."),
        N_("CrossEntropyLoss looks up the output of a point's class, for which it needs a whole number."),
        {
            "data": {
                "features": 2,
                "classes": 2,
                "target": "blobs",
                "n_samples": 200,
                "y_form": "float",
            },
            "loss": "CrossEntropyLoss",
        },
    ),
}

"""What the training page promises of its ready settings, held to runs of them."""

from collections.abc import Callable
from functools import cache
from itertools import pairwise
from typing import Any

import pytest
import torch
from torch import Tensor

from app.protocol.patches import patched
from app.protocol.runs import RunConfig
from app.training.run import Run
from app.web.pages.examples.experiments import EXPERIMENTS
from tests.training.device import DEVICE
from tests.training.test_diagnosis import ended


def ran(key: str, **changes: Any) -> Run:
    return ended(patched(patched(RunConfig(), EXPERIMENTS[key].settings), changes))


as_it_is = cache(ran)
"""A run of an experiment that nobody changes."""


def curve(run: Run) -> Tensor:
    """The prediction at each point of the grid."""
    with torch.no_grad():
        return run.loop.net(run.data.grid).flatten()


def test_loss(run: Run) -> float:
    with torch.no_grad():
        return float((run.loop.net(run.data.test_x) - run.data.test_y).pow(2).mean())


test_loss.__test__ = False  # type: ignore[attr-defined]


def lesson(run: Run) -> bool:
    # The noise is uniform in [0, 0.2): no curve beats its variance of 0.2^2 / 12 by more than chance.
    return 0.5 * 0.2**2 / 12 < run.losses[-1] < 0.008 and run.losses[299] < 0.02


def wave(run: Run) -> bool:
    return 0.005 < run.losses[-1] < 0.015  # the noise has a variance of 0.01


def outliers(run: Run) -> bool:
    def miss(run: Run) -> float:
        x, y = run.data.x, run.data.y
        near = y < 1.15
        with torch.no_grad():
            return float((run.loop.net(x) - y)[near].abs().mean())

    return miss(run) < 0.06 and miss(ran("outliers", loss="MSELoss")) > 2 * miss(run)


def lr_too_large(run: Run) -> bool:
    return run.status == "diverged" and run.step < 20 and sorted(run.losses) == list(run.losses)


def lr_too_small(run: Run) -> bool:
    return as_it_is("lesson").losses[-1] * 10 < run.losses[-1] < run.losses[0]


def no_zero_grad(run: Run) -> bool:
    losses = torch.tensor(list(run.losses))
    turns = ((losses[2:] - losses[1:-1]) * (losses[1:-1] - losses[:-2]) < 0).sum()
    return bool(turns > 10) and run.losses[-1] > 5 * min(run.losses)


def no_activation(run: Run) -> bool:
    values = curve(run)
    return bool((values[2:] - 2 * values[1:-1] + values[:-2]).abs().max() < 1e-5)


def too_few_units(run: Run) -> bool:
    values = curve(run)
    kinks = ((values[2:] - 2 * values[1:-1] + values[:-2]).abs() > 1e-4).sum()
    # A kink lies between two points of the grid, so it bends the lines on both sides of it.
    many = ran("too_few_units", model={"hidden": [16]})
    return 1 <= int(kinks) <= 4 and run.losses[-1] > 5 * many.losses[-1]


def x_without_unsqueeze(run: Run) -> bool:
    error = run.error or ""
    return run.step == 0 and error.startswith("mat1 and mat2 shapes cannot be multiplied")


def y_without_unsqueeze(run: Run) -> bool:
    flat = (curve(run) - run.data.y.mean()).abs().max() < 0.05
    return bool(flat) and run.losses[-1] < run.losses[0] and run.loop.warning is not None


def dead_units(run: Run) -> bool:
    begun = Run("begun", run.config, DEVICE)
    return all(bool(curve(each).max() == curve(each).min()) for each in (begun, run))


def one_point_a_step(run: Run) -> bool:
    last = sorted(run.losses[-100:])
    return last[-5] > 100 * last[5]


def overfitting(run: Run) -> bool:
    early = ran("overfitting", max_steps=50)
    n_parameters = sum(parameter.size for parameter in run.parameters)
    return (
        n_parameters == 4353
        and len(run.data.x) == 10
        and run.losses[-1] < 1e-6
        and test_loss(run) > max(0.09, 1.2 * test_loss(early))
    )


def vanishing_gradients(run: Run) -> bool:
    begun = Run("begun", run.config, DEVICE)
    begun.loop.step()
    norms = [float(grad.norm()) for grad in begun.loop.layout.blocks(begun.loop.grad)][::2]
    fading = all(first < 0.5 * second for first, second in pairwise(norms))
    return fading and float(curve(run).max() - curve(run).min()) < 0.05


def accuracy(run: Run) -> float:
    assert run.data.labels is not None
    with torch.no_grad():
        return float((run.loop.net(run.data.x).argmax(dim=1) == run.data.labels).float().mean())


def classification(run: Run) -> bool:
    return run.step == 100 and accuracy(run) > 0.97 and run.losses[-1] < 0.2 * run.losses[0]


def spirals(run: Run) -> bool:
    return accuracy(run) > 0.97 > accuracy(ran("spirals", max_steps=50))


def linear_xor(run: Run) -> bool:
    return 0.6 < run.losses[-1] < 0.7 and accuracy(run) < 0.8 < accuracy(
        ran("linear_xor", model={"activation": "ReLU"})
    )


def labels_with_decimals(run: Run) -> bool:
    error = run.error or ""
    return run.step == 0 and "Long" in error and "Float" in error


PROMISES: dict[str, Callable[[Run], bool]] = {
    promise.__name__: promise
    for promise in (
        lesson, wave, outliers, lr_too_large, lr_too_small, no_zero_grad, no_activation, too_few_units,
        x_without_unsqueeze, y_without_unsqueeze, dead_units, one_point_a_step, overfitting,
        vanishing_gradients, classification, spirals, linear_xor, labels_with_decimals,
    )
}  # fmt: skip


def test_every_experiment_is_held_to_its_promise() -> None:
    assert PROMISES.keys() == EXPERIMENTS.keys()


@pytest.mark.parametrize("key", EXPERIMENTS)
def test_an_experiment_does_what_its_text_says(key: str) -> None:
    assert PROMISES[key](as_it_is(key))


@pytest.mark.parametrize("key", [key for key, experiment in EXPERIMENTS.items() if experiment.kind == "good"])
def test_a_good_one_ends_well(key: str) -> None:
    assert as_it_is(key).finding.topic == "max_steps_reached"

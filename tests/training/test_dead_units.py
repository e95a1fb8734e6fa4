"""Units that give 0 at every data point, counted with the picture, beside plain torch's forward."""

from collections.abc import Sequence

import pytest
import torch

from app.protocol.lines import ParameterEdit
from app.protocol.runs import RunConfig
from app.training.alone import Alone
from app.training.cohort import Cohort
from app.training.run import Run
from tests.training.device import DEVICE


def make(seed: int, hidden: Sequence[int], activation: str = "ReLU", n_samples: int = 100) -> Run:
    config = {
        "seed": seed,
        "data": {"n_samples": n_samples, "x_min": -1, "x_max": 0.5},
        "model": {"hidden": hidden, "activation": activation},
        "optimizer": {"lr": 0.9},
    }
    return Run(f"run {seed}", RunConfig.model_validate(config), DEVICE)


def dead_in_plain_torch(run: Run) -> list[list[int]]:
    """From the `state_dict` in the picture, through torch's own modules."""
    picture = Alone(run).snapshots()[run].unpack(run.parameters)
    tensors = [torch.tensor(picture.parameters[p.name]) for p in run.parameters]
    x = run.data.x.cpu()
    dead = []
    for weight, bias in list(zip(tensors[::2], tensors[1::2], strict=True))[:-1]:
        layer = torch.nn.Linear(weight.shape[1], weight.shape[0])
        layer.load_state_dict({"weight": weight, "bias": bias})
        x = torch.relu(layer(x)).detach()
        dead.append([unit for unit in range(x.shape[1]) if not x[:, unit].any()])
    return dead


def dead_of(snapshots: Alone | Cohort, run: Run) -> list[list[int]]:
    return snapshots.snapshots([run])[run].unpack(run.parameters).dead_units


@pytest.mark.parametrize("hidden", [[10], [8, 6], [3, 2, 2, 1]])
def test_each_layers_dead_units_are_those_that_plain_torch_finds(hidden: list[int]) -> None:
    runs = [make(seed, hidden) for seed in range(12)]
    for run in runs:
        run.play(None)
        alone = Alone(run)
        while run.step < 10 and alone.step():
            pass
    expected = [dead_in_plain_torch(run) for run in runs]
    assert [dead_of(Alone(run), run) for run in runs] == expected
    n_dead = sum(len(units) for layers in expected for units in layers)
    assert 0 < n_dead < len(runs) * sum(hidden)


def test_in_a_cohort_of_runs_with_unequally_many_points_the_filling_does_not_count() -> None:
    runs = [make(seed, [10, 4], n_samples=64 + 20 * (seed % 4)) for seed in range(12)]
    expected = [dead_of(Alone(run), run) for run in runs]
    cohort = Cohort(runs)
    assert [dead_of(cohort, run) for run in runs] == expected
    assert any(any(layers) for layers in expected)


def test_a_unit_that_is_moved_below_zero_everywhere_is_named() -> None:
    run = make(3, [4, 3])
    for name, index in (("hidden1.bias", (2,)), ("hidden2.bias", (1,))):
        run.edit(ParameterEdit(name=name, index=index, value=-1000))
    first, second = dead_of(Alone(run), run)
    assert 2 in first
    assert 1 in second


@pytest.mark.parametrize("activation", ["LeakyReLU", "GELU", "Sigmoid", "Identity"])
def test_activations_that_have_a_slope_everywhere_cannot_die(activation: str) -> None:
    run = make(0, [3], activation)
    for unit in range(3):
        run.edit(ParameterEdit(name="hidden.weight", index=(unit, 0), value=0))
        run.edit(ParameterEdit(name="hidden.bias", index=(unit,), value=-1000))
    assert dead_of(Alone(run), run) == [[]]


def test_a_model_without_hidden_layers_has_none() -> None:
    run = make(0, [])
    assert dead_of(Alone(run), run) == []

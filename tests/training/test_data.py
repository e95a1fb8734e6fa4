from random import Random
from typing import Any, get_args

import pytest
import torch

from app.errors import Invalid
from app.protocol.data import DataConfig, PresetName
from app.protocol.runs import RunConfig
from app.training.data import Points, make_data
from app.training.random import seeded
from tests.training.device import DEVICE
from tests.training.plain import plain, values_of

POINTS = ((0.5, 1.0), (-0.1, 0.3), (0.5, 0.7), (2.0, -1.0), (0.0, 0.2))
MADE: dict[str, dict[str, Any]] = {
    "the lesson's points": {"n_samples": 33, "x_min": -3, "x_max": 0.5},
    **{name: {"target": name} for name in get_args(PresetName)},
    "a preset with noise": {"target": "gap", "noise": 0.3, "n_samples": 60, "x_min": -2.0},
    "a formula": {"target": "torch.exp(-x**2) + 0.1*torch.randn(x.size())"},
    "a formula with noise and a split": {
        "target": "torch.rand(3)[0] * x",
        "noise": 0.1,
        "test_fraction": 0.3,
    },
    "a formula of one number": {"target": "torch.tensor(0.5)", "noise": 0.2},
    "points": {"points": POINTS},
    "points, scaled and split": {"points": POINTS, "scale_x": True, "test_fraction": 0.4},
    "a split": {"test_fraction": 0.25},
    "a split of so few that none are held out": {"points": POINTS, "test_fraction": 0.05},
    "scaled": {"scale_x": True, "x_min": 3, "x_max": 900},
    "everything": {"target": "gap", "noise": 0.1, "scale_x": True, "test_fraction": 0.9, "n_samples": 1000},
    "x left flat": {"unsqueeze_x": False, "test_fraction": 0.1},
    "y left flat": {"unsqueeze_y": False, "test_fraction": 0.1},
}


def made(data: DataConfig, seed: int = 0) -> Points:
    return make_data(data, seed, DEVICE, values_of(RunConfig(seed=seed, data=data)))


def test_points_are_bit_for_bit_those_of_the_settings_texts_run_by_plain_torch() -> None:
    configs = {name: RunConfig(seed=7, data=DataConfig(**data)) for name, data in MADE.items()}
    results = plain([(config, 0) for config in configs.values()])
    for (name, config), expected in zip(configs.items(), results, strict=True):
        data = made(config.data, config.seed)
        assert data.x.tolist() == expected.x, name
        assert data.y.tolist() == expected.y, name


def test_points_are_columns_of_float32() -> None:
    data = made(DataConfig())
    assert data.x.shape == data.y.shape == (100, 1)
    assert data.x.dtype == data.y.dtype == data.grid.dtype == torch.float32


def test_a_split_parts_the_points_and_keeps_their_order() -> None:
    whole, parted = made(DataConfig()), made(DataConfig(test_fraction=0.3))
    assert (len(parted.x), len(parted.test_x)) == (70, 30)
    for part in (parted.x, parted.test_x):
        assert torch.equal(part, part.sort(dim=0).values)
    x = torch.cat((parted.x, parted.test_x)).flatten().tolist()
    y = torch.cat((parted.y, parted.test_y)).flatten().tolist()
    assert sorted(zip(x, y, strict=True)) == [
        *zip(whole.x.flatten().tolist(), whole.y.flatten().tolist(), strict=True)
    ]


@pytest.mark.parametrize(
    "config", [DataConfig(x_min=0, x_max=10), DataConfig(points=((10, 1), (0, 2), (5, 3)))]
)
def test_grid_spans_the_data_with_a_tenth_to_spare_on_both_sides(config: DataConfig) -> None:
    grid = made(config).grid.flatten().tolist()
    assert len(grid) == 200
    assert grid[0] == -1
    assert grid[-1] == 11
    assert grid == sorted(grid)


def test_points_above_each_other_have_a_grid_around_them() -> None:
    grid = made(DataConfig(points=((1, 1), (1, 2)))).grid.flatten().tolist()
    assert grid[0] < 1 < grid[-1]


SPLIT_GAP = {"target": "gap", "x_min": 0, "x_max": 0.8, "n_samples": 4, "test_fraction": 0.5}
EQUAL = [(0.1, 1), (0.1, 2), (0.1 + 1e-12, 3)] * 3


@pytest.mark.parametrize(
    ("data", "field", "message"),
    [
        ({"target": "gap", "x_min": -0.3, "x_max": 0.3}, "data.n_samples", "0 points are left"),
        (SPLIT_GAP, "data.test_fraction", "1 point is left"),
        ({"points": EQUAL, "scale_x": True}, "data.scale_x", "All x are equal"),
        ({"target": "2 * x"}, "data.target", "The values of 2 * x are missing"),
    ],
)
def test_points_that_nobody_can_learn_from_are_refused(
    data: dict[str, Any], field: str, message: str
) -> None:
    with pytest.raises(Invalid) as refused:
        make_data(DataConfig(**data), 0, DEVICE)
    assert (refused.value.field, str(refused.value)[: len(message)]) == (field, message)


def test_values_of_another_formula_or_seed_are_not_taken() -> None:
    values = values_of(RunConfig(data=DataConfig(target="2*x")))
    make_data(DataConfig(target="2*x"), 0, DEVICE, values)
    for target, seed in (("2*x", 1), ("3*x", 0)):
        with pytest.raises(Invalid, match="missing"):
            make_data(DataConfig(target=target), seed, DEVICE, values)


def test_of_more_points_no_fewer_are_left_to_learn_from() -> None:
    # So that what is left of n_samples bounds what is left of a preset with a gap.
    random = Random(0)
    for _ in range(1000):
        fraction, n = random.uniform(0, 0.9), random.randint(30, 999)
        fewer, more = (DataConfig(n_samples=k, test_fraction=fraction) for k in (n, n + 1))
        assert fewer.most_to_learn_from <= more.most_to_learn_from


def test_making_points_leaves_everybody_elses_random_numbers_alone() -> None:
    torch.manual_seed(11)
    expected = torch.rand(3)
    torch.manual_seed(11)
    make_data(DataConfig(test_fraction=0.5, noise=0.1), seed=0, device=DEVICE)
    with seeded(5):
        torch.rand(7)
    assert torch.equal(torch.rand(3), expected)

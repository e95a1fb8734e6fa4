import torch

from app.protocol.data import DataConfig
from app.protocol.runs import RunConfig
from app.training.data import make_data
from app.training.random import seeded
from tests.training.device import DEVICE
from tests.training.plain import plain


def test_points_are_those_of_the_lesson_after_manual_seed() -> None:
    config = RunConfig(seed=7, data=DataConfig(n_samples=33, x_min=-3, x_max=0.5))
    (expected,) = plain([(config, 0)])
    data = make_data(config.data, config.seed, DEVICE)
    assert data.x.tolist() == expected.x
    assert data.y.tolist() == expected.y


def test_points_are_columns_of_float32() -> None:
    data = make_data(DataConfig(), seed=0, device=DEVICE)
    assert data.x.shape == data.y.shape == (100, 1)
    assert data.x.dtype == data.y.dtype == data.grid.dtype == torch.float32


def test_grid_spans_the_data_with_a_tenth_to_spare_on_both_sides() -> None:
    grid = make_data(DataConfig(x_min=0, x_max=10), seed=0, device=DEVICE).grid.flatten().tolist()
    assert len(grid) == 200
    assert grid[0] == -1
    assert grid[-1] == 11
    assert grid == sorted(grid)


def test_making_points_leaves_everybody_elses_random_numbers_alone() -> None:
    torch.manual_seed(11)
    expected = torch.rand(3)
    torch.manual_seed(11)
    make_data(DataConfig(), seed=0, device=DEVICE)
    with seeded(5):
        torch.rand(7)
    assert torch.equal(torch.rand(3), expected)

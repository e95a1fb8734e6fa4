import pytest
import torch
from torch import nn

from app.protocol.runs import ModelConfig
from app.training.model import initial_weights, parameters_of


def test_initial_weights_are_those_of_plain_torch_after_manual_seed() -> None:
    with torch.random.fork_rng():
        torch.manual_seed(42)
        hidden1, hidden2, predict = nn.Linear(1, 5), nn.Linear(5, 3), nn.Linear(3, 1)
    expected = [p.flatten() for layer in (hidden1, hidden2, predict) for p in (layer.weight, layer.bias)]
    weights = initial_weights(ModelConfig(hidden=(5, 3)), seed=42)
    assert torch.equal(weights, torch.cat(expected))
    assert weights.dtype == torch.float32


@pytest.mark.parametrize(
    ("hidden", "layers"),
    [
        ((), ["predict"]),
        ((10,), ["hidden", "predict"]),
        ((4, 3), ["hidden1", "hidden2", "predict"]),
    ],
)
def test_parameters_are_named_as_in_the_lesson(hidden: tuple[int, ...], layers: list[str]) -> None:
    names = [parameter.name for parameter in parameters_of(ModelConfig(hidden=hidden))]
    assert names == [f"{layer}.{kind}" for layer in layers for kind in ("weight", "bias")]


def test_parameters_have_torchs_shapes() -> None:
    shapes = [parameter.shape for parameter in parameters_of(ModelConfig(hidden=(4, 3)))]
    assert shapes == [(4, 1), (4,), (3, 4), (3,), (1, 3), (1,)]

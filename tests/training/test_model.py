import pytest
import torch
from torch import nn

from app.protocol.runs import ModelConfig, RunConfig
from app.training.model import initial_parameters


def test_initial_weights_are_those_of_plain_torch_after_manual_seed() -> None:
    with torch.random.fork_rng():
        torch.manual_seed(42)
        hidden1, hidden2, predict = nn.Linear(1, 5), nn.Linear(5, 3), nn.Linear(3, 1)
    layers = {"hidden1": hidden1, "hidden2": hidden2, "predict": predict}
    expected = {
        f"{name}.{p}": getattr(layer, p) for name, layer in layers.items() for p in ("weight", "bias")
    }
    parameters = initial_parameters(RunConfig(model=ModelConfig(hidden=(5, 3)), seed=42))
    assert list(parameters) == list(expected)
    assert all(torch.equal(parameters[name], expected[name]) for name in expected)
    assert {parameter.dtype for parameter in parameters.values()} == {torch.float32}


def test_initial_weights_that_are_given_are_taken_in_the_order_of_the_state_dict() -> None:
    config = RunConfig(model=ModelConfig(hidden=(2,), weights=(0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7)))
    assert {name: values.tolist() for name, values in initial_parameters(config).items()} == {
        "hidden.weight": torch.tensor([[0.1], [0.2]]).tolist(),
        "hidden.bias": torch.tensor([0.3, 0.4]).tolist(),
        "predict.weight": torch.tensor([[0.5, 0.6]]).tolist(),
        "predict.bias": torch.tensor([0.7]).tolist(),
    }


def test_numbers_drawn_before_the_model_change_its_weights() -> None:
    with torch.random.fork_rng():
        torch.manual_seed(42)
        torch.randn(100)
        expected = nn.Linear(1, 1).weight
    assert torch.equal(
        initial_parameters(RunConfig(model=ModelConfig(hidden=(), drawn=116), seed=42))["predict.weight"],
        expected,
    )


@pytest.mark.parametrize(
    ("hidden", "layers"),
    [
        ((), ["predict"]),
        ((10,), ["hidden", "predict"]),
        ((4, 3), ["hidden1", "hidden2", "predict"]),
    ],
)
def test_parameters_are_named_as_in_the_lesson(hidden: tuple[int, ...], layers: list[str]) -> None:
    names = list(initial_parameters(RunConfig(model=ModelConfig(hidden=hidden))))
    assert names == [f"{layer}.{kind}" for layer in layers for kind in ("weight", "bias")]


def test_parameters_have_torchs_shapes() -> None:
    config = RunConfig(model=ModelConfig(hidden=(4, 3)))
    shapes = [tuple(p.shape) for p in initial_parameters(config).values()]
    assert shapes == [(4, 1), (4,), (3, 4), (3,), (1, 3), (1,)]

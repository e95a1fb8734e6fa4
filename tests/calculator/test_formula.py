"""Formulas of training runs, as the child evaluates them. tests/training has their numbers."""

import pytest
import torch

from app.calculator import evaluate
from app.protocol.data import Recipe


def recipe(formula: str, **changes: float) -> Recipe:
    return Recipe.model_validate(
        {"formula": formula, "seed": 0, "n_samples": 5, "x_min": -1.0, "x_max": 1.0, "noise": 0.0, **changes}
    )


@pytest.mark.parametrize(
    ("formula", "kind", "message"),
    [
        ("x +", "SyntaxError", "invalid syntax"),
        ("y = x", "WrongValue", "A formula is one expression in x"),
        ("x; x", "WrongValue", "A formula is one expression in x"),
        ("# x", "WrongValue", "A formula is one expression in x"),
        ("import torch", "WrongValue", "A formula is one expression in x"),
        ("z", "NameError", "name 'z' is not defined"),
        ("math.sin(x)", "NameError", "name 'math' is not defined"),
        ("x @ torch.ones(3)", "RuntimeError", "inconsistent tensor size"),
        ("x + torch.ones(3)", "RuntimeError", "The size of tensor a (5) must match the size of tensor b (3)"),
        ("x.__class__", "WrongValue", "not a tensor"),
        ("torch.save(x, 'a')", "WrongValue", "a value of type NoneType, not a tensor"),
        ("torch.load('a')", "FileNotFoundError", "No such file or directory: 'a'"),
        ("setattr(x, 'shape', 1)", "AttributeError", ""),
        ("0.5", "WrongValue", "a value of type float, not a tensor"),
        ("'x'", "WrongValue", "a value of type str, not a tensor"),
        ("[x]", "WrongValue", "a value of type list, not a tensor"),
        ("lambda x: x", "WrongValue", "not a tensor"),
        ("x > 0", "WrongValue", "The formula gives torch.bool"),
        ("x.double()", "WrongValue", "The formula gives torch.float64"),
        ("x + 1j", "WrongValue", "The formula gives torch.complex64"),
        ("x.unsqueeze(dim=1)", "WrongValue", "a tensor of shape [5, 1]; x has shape [5]"),
        ("x[1:]", "WrongValue", "a tensor of shape [4]"),
        ("torch.rand(1, 5)", "WrongValue", "a tensor of shape [1, 5]"),
        ("x / 0", "WrongValue", "no number for 5 of 5 points: -inf at index 0"),
        ("torch.log(x)", "WrongValue", "no number for 3 of 5 points: nan at index 0"),
        ("1e38 * 10 * (x + 2)", "WrongValue", "points: inf at index"),
        ("x.add_(1)", "WrongValue", "The formula changes x"),
        ("(x := x + 1)", "WrongValue", "The formula changes x"),
        ("x.requires_grad_()", "WrongValue", "The formula changes x"),
    ],
)
def test_a_formula_that_gives_nothing_to_learn_from_says_why(formula: str, kind: str, message: str) -> None:
    result = evaluate(recipe(formula))
    assert result.error is not None
    assert (result.y, result.order) == (None, None)
    assert result.error.type == kind
    assert message in result.error.message


@pytest.mark.parametrize(
    ("formula", "expected"),
    [
        ("2*x", [-2.0, -1.0, 0.0, 1.0, 2.0]),
        (" x ", [-1.0, -0.5, 0.0, 0.5, 1.0]),
        ("torch.tensor(3.0)", [3.0] * 5),
        ("torch.tensor([3.0])", [3.0] * 5),
        ("[x, 2*x][1]", [-2.0, -1.0, 0.0, 1.0, 2.0]),
        ("x.requires_grad and 0 or -x", [1.0, 0.5, 0.0, -0.5, -1.0]),
        ("(lambda t: t*t)(x)", [1.0, 0.25, 0.0, 0.25, 1.0]),
    ],
)
def test_a_formula_is_any_expression(formula: str, expected: list[float]) -> None:
    result = evaluate(recipe(formula))
    assert (result.error, result.y) == (None, expected)


def test_what_a_formula_sets_in_torch_ends_with_it() -> None:
    assert evaluate(recipe("torch.set_default_dtype(torch.float64) or x")).error is None
    assert torch.get_default_dtype() == torch.float32
    assert evaluate(recipe("x", noise=0.5)).error is None

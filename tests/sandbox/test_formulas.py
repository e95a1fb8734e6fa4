"""Formulas in the locked child, and replies about them that may be anything."""

import asyncio
import contextlib
import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.calculator import evaluate
from app.protocol.data import Recipe, Values
from app.protocol.gradients import ProgramError
from app.sandbox.client.replies import Hostile, values
from app.sandbox.client.sandbox import Sandbox
from tests.sandbox.conftest import JSON

RECIPE = Recipe(formula="x + torch.rand(1)", seed=3, n_samples=4, x_min=-1, x_max=1, noise=0.5)
HONEST: dict[str, Any] = {"y": [0.0, 0.5, -1.0, 2.0], "order": [3, 1, 0, 2], "error": None}


@pytest.mark.asyncio(loop_scope="package")
async def test_a_child_gives_the_values_of_a_formula(product: Sandbox) -> None:
    given_values = await product.evaluate(RECIPE)
    assert isinstance(given_values, Values)
    assert given_values == evaluate(RECIPE).values_of(RECIPE)


@pytest.mark.asyncio(loop_scope="package")
@pytest.mark.parametrize(
    ("formula", "kind"),
    [
        ("x +", "SyntaxError"),
        ("z", "NameError"),
        ("9**9**9 * x", "Timeout"),
        ("torch.ones(10**9)", "MemoryError"),
        ("x/0", "WrongValue"),
    ],
)
async def test_what_a_formula_fails_with_is_told(product: Sandbox, formula: str, kind: str) -> None:
    error = await product.evaluate(RECIPE.model_copy(update={"formula": formula}))
    assert isinstance(error, ProgramError)
    assert error.type == kind


async def read(**changes: Any) -> Values | ProgramError:
    return await values(json.dumps({**HONEST, **changes}).encode(), RECIPE)


def test_an_honest_reply_is_taken() -> None:
    assert asyncio.run(read()) == Values(recipe=RECIPE, y=HONEST["y"], order=HONEST["order"])


@pytest.mark.parametrize(
    "changes",
    [
        {"y": None},
        {"order": None},
        {"y": [0.0, 0.5, -1.0]},
        {"y": [0.0, 0.5, -1.0, 2.0, 3.0]},
        {"y": [0.0, 0.5, -1.0, None]},
        {"y": [0.0, 0.5, -1.0, "2"]},
        {"y": [0.0, 0.5, -1.0, True]},
        {"y": [0.0, 0.5, -1.0, float("nan")]},
        {"y": [0.0, 0.5, -1.0, float("inf")]},
        {"y": [0.0, 0.5, -1.0, 1e300]},
        {"y": [0.0, 0.5, -1.0, 10**400]},
        {"y": [0.0, 0.5, -1.0, 0.1]},  # no float32
        {"order": [0, 1, 2]},
        {"order": [0, 1, 2, 2]},
        {"order": [0, 1, 2, 4]},
        {"order": [0, 1, 2, -3]},
        {"order": [0, 1, 2, 3.0]},
        {"order": [0, 1, 2, True]},
        {"surplus": 1},
    ],
)
def test_a_reply_that_is_not_of_this_formula_is_hostile(changes: dict[str, Any]) -> None:
    with pytest.raises(Hostile):
        asyncio.run(read(**changes))


@given(st.binary() | JSON.map(lambda value: json.dumps(value).encode()))
def test_a_reply_is_values_an_error_or_hostile(reply: bytes) -> None:
    with contextlib.suppress(Hostile):
        assert isinstance(asyncio.run(values(reply, RECIPE)), Values | ProgramError)

"""Merge patches on a run's settings."""

import pytest
from pydantic import ValidationError

from app.protocol.patches import Patch, patched
from app.protocol.runs import ModelConfig, RunConfig

GIVEN = RunConfig(model=ModelConfig(hidden=(2,), weights=(0.5,) * 7))


@pytest.mark.parametrize("patch", [{"seed": 1}, {"model": {"hidden": [3]}}, {"model": {"init": "ones_"}}])
def test_other_initial_weights_take_the_place_of_those_given(patch: Patch) -> None:
    assert patched(GIVEN, patch).model.weights is None


@pytest.mark.parametrize(
    "patch", [{"seed": 0}, {"optimizer": {"lr": 0.1}}, {"model": {"activation": "Tanh"}}, {"max_steps": 5}]
)
def test_weights_that_are_given_outlive_other_changes(patch: Patch) -> None:
    assert patched(GIVEN, patch).model.weights == GIVEN.model.weights


def test_weights_must_fit_the_layers() -> None:
    both = patched(GIVEN, {"seed": 3, "model": {"hidden": [1], "weights": [1.0, 2.0, 3.0, 4.0]}})
    assert both.model.weights == (1.0, 2.0, 3.0, 4.0)
    with pytest.raises(ValidationError, match="1 weight is given; a model of these layers has 7"):
        patched(GIVEN, {"model": {"weights": [1.0]}})

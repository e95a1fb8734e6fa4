"""What the settings of two inputs and of classes mean, and which are refused."""

from typing import Any

import pytest
from pydantic import ValidationError

from app.protocol.rooms import AboutRuns
from app.protocol.runs import RunConfig

POINTS = [[0, 0, 0], [1, 1, 2]]


@pytest.mark.parametrize(
    ("given", "kind", "target", "loss"),
    [
        ({}, (1, None), "x.pow(2) + 0.2*torch.rand(x.size())", "MSELoss"),
        ({"features": 2}, (2, None), "saddle", "MSELoss"),
        ({"classes": 2}, (1, 2), "x > 0", "CrossEntropyLoss"),
        ({"features": 2, "classes": 3}, (2, 3), "blobs", "CrossEntropyLoss"),
        ({"target": "xor"}, (2, 2), "xor", "CrossEntropyLoss"),
        ({"target": "hills"}, (2, None), "hills", "MSELoss"),
    ],
)
def test_a_task_has_a_target_and_a_loss_of_its_own(
    given: dict[str, Any], kind: tuple[int, int | None], target: str, loss: str
) -> None:
    config = RunConfig.model_validate({"data": given})
    assert ((config.data.features, config.data.classes), config.data.target) == (kind, target)
    assert config.loss == loss
    # Written out it means the same again.
    assert RunConfig.model_validate_json(config.model_dump_json()) == config


def test_a_loss_that_is_said_stays_and_sets_the_outputs() -> None:
    sizes = {
        loss: RunConfig.model_validate({"data": {"target": "xor"}, "loss": loss}).sizes
        for loss in ("CrossEntropyLoss", "BCEWithLogitsLoss", "MSELoss")
    }
    assert sizes == {
        "CrossEntropyLoss": (2, 10, 2),
        "BCEWithLogitsLoss": (2, 10, 1),
        "MSELoss": (2, 10, 1),
    }


@pytest.mark.parametrize(
    ("settings", "why"),
    [
        ({"loss": "CrossEntropyLoss"}, "CrossEntropyLoss is for classes"),
        ({"data": {"target": "blobs", "classes": 3}, "loss": "BCEWithLogitsLoss"}, "for two classes"),
        ({"data": {"features": 2, "unsqueeze_x": False}}, "needs no unsqueeze"),
        ({"data": {"classes": 2, "unsqueeze_y": False}}, "set by y_form"),
        ({"data": {"y_form": "long"}}, "only labels of classes"),
        ({"data": {"features": 2, "classes": 2, "points": POINTS}}, "2.0 is no class"),
        ({"data": {"features": 1, "target": "moons"}}, "another number of inputs"),
        ({"data": {"target": "blobs"}, "model": {"weights": [0.0] * 31}}, "a model of these layers has 52"),
    ],
)
def test_what_does_not_fit_together_is_refused(settings: dict[str, Any], why: str) -> None:
    with pytest.raises(ValidationError, match=why):
        RunConfig.model_validate(settings)


def test_only_a_curve_can_be_sketched() -> None:
    trial = {"config": {"data": {"target": "moons"}}, "steps": 10}
    AboutRuns.model_validate({"kind": "loss", "trial": trial})
    with pytest.raises(ValidationError, match="has a curve to sketch"):
        AboutRuns.model_validate({"kind": "curve", "trial": trial})

"""What goes wrong in one run ends that run, and not the engine."""

import pytest

from app.protocol.runs import RunConfig
from app.training.device import device_of
from app.training.run import Run
from tests.script.histories import train


@pytest.mark.parametrize(
    "settings",
    [
        {"data": {"unsqueeze_x": False}, "batch_size": 1, "max_steps": 5},
        {"optimizer": {"lr": 5e-324}, "max_steps": 5},
    ],
    ids=["one point without its dimension", "the smallest lr"],
)
def test_a_run_that_cannot_be_diagnosed_ends_without_a_reason(
    settings: dict[str, object], caplog: pytest.LogCaptureFixture
) -> None:
    run = Run("a run", RunConfig.model_validate(settings), device_of("cpu"))
    train(run, 5)
    state = run.state
    assert state.status in ("finished", "failed")
    assert state.suggestion is None
    assert "its diagnosis failed" in caplog.text

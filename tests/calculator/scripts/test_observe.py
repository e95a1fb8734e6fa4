"""Training scripts as runs: the first losses are those of the script in plain Python, to the last bit."""

import json
from pathlib import Path
from typing import Any

import pytest
import torch

from app.calculator import evaluate, observe
from app.protocol.runs import RunConfig
from app.protocol.scripts import Observation
from app.training.run import Run
from tests.calculator.scripts.losses import losses_of

FOLDER = Path(__file__).parents[2] / "data" / "cases" / "scripts"
SCRIPTS = {path.stem[:2]: path.read_text(encoding="utf-8") for path in sorted(FOLDER.glob("*.py"))}
REASONS: dict[str, list[tuple[str, int | None]]] = {
    "01": [("not_a_layer", 19), ("no_optimizer", None)],
    "03": [("not_a_layer", 15)],
    "05": [("no_bias", 11)],
    "11": [("several_optimizers", 41), ("accumulated", 52)],
    "13": [("not_a_layer", 27)],
    "33": [("no_optimizer", None)],
    "47": [("closure", 9), ("other_optimizer", 9)],
    "49": [],
    "59": [("fails", 5)],
}
"""Why some are no runs, and on which line that is. The check finds out about 49: its losses differ."""
RUNS = sorted(SCRIPTS.keys() - REASONS)


def settings(script: str) -> dict[str, Any]:
    """Those that are not the defaults, of a script that is a run."""
    observation = observe(script)
    assert observation.reasons == []
    return config_of(observation).model_dump(mode="json", exclude_defaults=True)


def config_of(observation: Observation) -> RunConfig:
    return RunConfig.model_validate_json(json.dumps(observation.settings))


def losses_as_run(observation: Observation) -> list[float]:
    """The losses that the trainer computes for these settings."""
    config = config_of(observation)
    values = evaluate(config.recipe).values_of(config.recipe) if config.recipe else None
    run = Run("run", config, torch.device("cpu"), values)
    for _ in range(min(len(observation.losses), config.max_steps)):
        run.end_step(run.loop.step())
    return list(run.losses)


def reasons(script: str) -> list[tuple[str, int | None]]:
    observation = observe(script)
    assert observation.settings is None or observation.reasons == []
    return [(reason.topic, reason.line) for reason in observation.reasons]


def test_the_runs_of_real_scripts_have_their_losses() -> None:
    for name, losses in zip(RUNS, losses_of([SCRIPTS[name] for name in RUNS]), strict=True):
        observation = observe(SCRIPTS[name])
        assert observation.reasons == [], name
        assert losses_as_run(observation) == losses == observation.losses, name


@pytest.mark.parametrize("name", REASONS)
def test_other_scripts_say_all_reasons_at_once(name: str) -> None:
    assert reasons(SCRIPTS[name]) == REASONS[name]

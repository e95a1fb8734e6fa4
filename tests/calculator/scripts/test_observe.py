"""Training scripts as runs: the first losses are those of the script in plain Python, to the last bit."""

import json
from pathlib import Path
from random import Random
from typing import Any

import pytest
import torch

from app.calculator import evaluate, observe
from app.protocol.events import EventLog
from app.protocol.runs import LoopConfig, RunConfig
from app.protocol.scripts import Observation
from app.script.write import write
from app.training.run import Run
from tests.calculator.scripts.losses import losses_of
from tests.training.configs import random_config, random_task
from tests.training.plain import values_of

DATA = Path(__file__).parents[2] / "data"
REAL = {path.stem[:2]: path.read_text(encoding="utf-8") for path in (DATA / "cases" / "scripts").glob("*.py")}
OURS = {path.stem: path.read_text(encoding="utf-8") for path in (DATA / "scripts").glob("*.py")}
SCRIPTS = REAL | OURS
REASONS: dict[str, list[tuple[str, int | None]]] = {
    "01": [("not_a_layer", 19)],
    "03": [("not_a_layer", 15)],
    "05": [("no_bias", 11)],
    "11": [("several_optimizers", 41)],
    "13": [("not_a_layer", 27)],
    "47": [("closure", 9), ("other_optimizer", 9)],
    "no-polynomial": [("inputs", 10)],
    "no-clipping": [("clipped", 16), ("other_scheduler", 12)],
    "no-double-and-wide": [("dtype", None)],
    "no-classes": [("classes", 8), ("last_activation", 8)],
    "no-batch-norm": [
        ("more_than_a_loss", 7),
        ("not_a_layer", 6),
        ("lr_by_hand", 8),
        ("activations", 6),
    ],
}
"""Why some are no runs, and on which line that is."""
RUNS = sorted(SCRIPTS.keys() - REASONS)


def settings(name: str) -> dict[str, Any]:
    """Those that are not the defaults, of a script that is a run."""
    return config_of(observe(SCRIPTS[name])).model_dump(mode="json", exclude_defaults=True)


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
    return [(reason.topic, reason.line) for reason in observe(script).reasons]


def test_the_runs_of_scripts_have_their_losses() -> None:
    for name, losses in zip(RUNS, losses_of([SCRIPTS[name] for name in RUNS]), strict=True):
        observation = observe(SCRIPTS[name])
        assert observation.reasons == [], name
        assert losses_as_run(observation) == losses == observation.losses, name


def test_of_the_real_scripts_four_fifths_are_runs() -> None:
    assert len(REAL.keys() & set(RUNS)) >= 4 / 5 * len(REAL)


def test_layers_and_steps_that_are_written_out_are_settings() -> None:
    written = {name: settings(name) for name in ("33", "49", "by-hand")}
    assert {name: found["model"]["linear"] for name, found in written.items() if name != "by-hand"} == {
        "33": "matmul", "49": "mul",
    }  # fmt: skip
    assert {name: found["optimizer"] for name, found in written.items()} == {
        "33": {"lr": 0.1, "by_hand": True}, "49": {"lr": 0.01}, "by-hand": {"lr": 0.05},
    }  # fmt: skip


@pytest.mark.parametrize("name", REASONS)
def test_other_scripts_say_all_reasons_at_once(name: str) -> None:
    assert reasons(SCRIPTS[name]) == REASONS[name]


def test_settings_are_what_the_script_says_and_no_more() -> None:
    assert settings("27") == {
        "seed": 42,
        "data": {"target": "x ** 3 + 0.1 * torch.randn(x.shape)", "n_samples": 200},
        "model": {"hidden": [16, 16], "activation": "Tanh", "drawn": 216},
        "optimizer": {"name": "Adam", "lr": 0.01, "weight_decay": 1e-05},
        "scheduler": {"name": "StepLR", "step_size": 100, "gamma": 0.5},
        "max_steps": 300,
    }
    assert settings("lesson-with-plots") == {"seed": 1, "model": {"drawn": 100}, "max_steps": 200}
    assert {name: settings(name)["batch_order"] for name in ("41", "43")} == {
        "41": "steps", "43": "DataLoader",
    }  # fmt: skip
    by_epoch = settings("split-and-scheduler-by-epoch")
    assert by_epoch["scheduler"] == {"name": "StepLR", "step_size": 5, "gamma": 0.99}
    assert by_epoch["max_steps"] == 250


def test_what_a_run_has_in_another_way_is_noted() -> None:
    notes = {
        name: [note.topic for note in observe(SCRIPTS[name]).notes]
        for name in ("45", "51", "59", "until-small")
    }
    assert notes == {
        "45": ["no_seed", "ends_early"],
        "51": [],
        "59": ["no_device", "no_seed"],
        "until-small": ["no_seed", "no_end"],
    }


@pytest.mark.parametrize("seed", range(12))
def test_our_own_scripts_come_back_as_runs_with_the_same_losses(seed: int) -> None:
    """Lines that are switched off leave no loop to be seen."""
    config = random_config(Random(seed)).model_copy(update={"loop": LoopConfig(zero_grad=seed % 3 > 0)})
    script = write(EventLog(config)).script.script
    observation = observe(script)
    assert observation.reasons == [], script
    values = evaluate(config.recipe).values_of(config.recipe) if config.recipe else None
    run = Run("run", config, torch.device("cpu"), values)
    for _ in observation.losses:
        run.end_step(run.loop.step())
    assert losses_as_run(observation) == observation.losses == list(run.losses)


@pytest.mark.parametrize(
    ("script", "topics"),
    [
        ("x = (", ["fails"]),
        ("print(1)", ["no_backward"]),
        ("raise SystemExit", ["no_backward"]),
        ("import torch\nx = torch.ones(1, requires_grad=True)\nx.backward()", ["other_loss", "no_optimizer"]),
    ],
)
def test_what_is_no_training_is_told_too(script: str, topics: list[str]) -> None:
    assert [topic for topic, _ in reasons(script)] == topics


def test_a_script_of_two_inputs_and_classes_is_a_run_of_its_points() -> None:
    found = settings("classification-302")
    points = found["data"].pop("points")
    assert found == {
        "data": {"features": 2, "classes": 2, "target": "blobs"},
        "loss": "CrossEntropyLoss",
        "optimizer": {"lr": 0.02},
        "max_steps": 100,
    }
    assert [label for _, _, label in points] == [0.0] * 100 + [1.0] * 100
    assert settings("two-inputs-loader")["loss"] == "BCEWithLogitsLoss"
    surface = settings("surface-batches")
    assert (surface["batch_size"], surface["data"]["features"]) == (10, 2)


@pytest.mark.parametrize("seed", range(8))
def test_our_own_scripts_of_other_tasks_come_back_as_runs_with_the_same_losses(seed: int) -> None:
    config = random_task(Random(seed)).model_copy(update={"loop": LoopConfig(), "l1": 0.0})
    config = config.model_copy(update={"model": config.model.model_copy(update={"dropout": 0.0})})
    script = write(EventLog(config)).script.script
    observation = observe(script)
    assert observation.reasons == [], script
    run = Run("run", config, torch.device("cpu"), values_of(config))
    for _ in observation.losses:
        run.end_step(run.loop.step())
    assert losses_as_run(observation) == observation.losses == list(run.losses)

"""Scripts of classes and of two inputs, beside the runs they were written for."""

from random import Random
from typing import get_args

import pytest
import torch

from app.protocol.data import YForm
from app.protocol.runs import RunConfig
from app.protocol.topics import TOPICS
from app.script.write import write
from app.training.run import Run
from tests.script.scripts import run_scripts
from tests.training.configs import random_task
from tests.training.plain import values_of

SEED = 15
CPU = torch.device("cpu")


def taken(config: RunConfig, steps: int, first: int | None = None) -> Run:
    """A run that has taken so many steps alone, or the first of them, or as many as torch lets it."""
    run = Run("run", config.model_copy(update={"max_steps": steps}), CPU, values_of(config))
    run.play_steps(first or steps)
    while run.status == "playing":
        try:
            run.end_step(run.loop.step())
        except RuntimeError as error:
            run.fail(str(error))
    return run


def test_losses_of_many_tasks_are_those_of_their_scripts_to_the_last_bit() -> None:
    random = Random(SEED)
    runs = [taken(random_task(random), 40) for _ in range(80)]
    results = run_scripts([write(run.log, run.state).script.script for run in runs])
    for run, result in zip(runs, results, strict=True):
        about = run.config.model_dump_json()
        assert result.error is None, about
        assert result.losses == list(run.losses), about
        assert torch.equal(torch.tensor(result.x), run.data.x), about
        assert torch.equal(torch.tensor(result.y), run.data.y), about


@pytest.mark.parametrize("loss", ["CrossEntropyLoss", "BCEWithLogitsLoss", "MSELoss"])
def test_labels_in_a_form_the_loss_does_not_want_are_torchs_own_error_with_the_cure(loss: str) -> None:
    forms = [{"loss": loss, "data": {"target": "moons", "y_form": form}} for form in get_args(YForm)]
    runs = [taken(RunConfig.model_validate(settings), 20) for settings in forms]
    results = run_scripts([write(run.log, None).script.script for run in runs])
    for run, result in zip(runs, results, strict=True):
        told = None if result.error is None else result.error.partition(": ")[2]
        assert run.error == told
        if run.config.y_form == run.config.wanted_form:
            assert (run.error, run.loop.warning) == (None, None)
        elif run.error is not None or run.loop.warning is not None:
            assert run.finding.topic in TOPICS
            assert run.finding.suggestion == {"data": {"y_form": None}}
        else:  # MSELoss takes whole numbers for what they are.
            assert (loss, run.config.y_form) == ("MSELoss", "long_column")


def test_the_default_blobs_are_the_points_of_morvans_lesson() -> None:
    lesson = """
import torch
torch.manual_seed(3)
n_data = torch.ones(100, 2)
x0 = torch.normal(2*n_data, 1)
y0 = torch.zeros(100)
x1 = torch.normal(-2*n_data, 1)
y1 = torch.ones(100)
x = torch.cat((x0, x1), 0).type(torch.FloatTensor)
y = torch.cat((y0, y1), ).type(torch.LongTensor)
"""
    (result,) = run_scripts([lesson])
    settings = {"seed": 3, "data": {"target": "blobs", "n_samples": 200}}
    data = taken(RunConfig.model_validate(settings), 1).data
    assert (data.x.tolist(), data.y.tolist()) == (result.x, result.y)


def test_a_run_goes_on_from_a_checkpoint_with_the_same_bits() -> None:
    random = Random(SEED)
    for config in (random_task(random) for _ in range(25)):
        whole, half = taken(config, 20), taken(config, 20, 10)
        again = Run("run", whole.config, CPU, values_of(config))
        if not half.loop.config.loop.backward:
            continue
        again.resume(half.save(), [], half.losses.tobytes())
        again.play_steps(10)
        while again.status == "playing":
            again.end_step(again.loop.step())
        assert again.losses == whole.losses, config.model_dump_json()

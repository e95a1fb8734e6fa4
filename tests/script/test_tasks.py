"""Scripts of classes and of two inputs, beside the runs they were written for."""

from random import Random

import torch

from app.protocol.runs import RunConfig
from app.script.write import write
from app.training.run import Run
from tests.script.scripts import run_scripts
from tests.training.configs import random_task
from tests.training.plain import values_of

SEED = 15


def taken(config: RunConfig, steps: int) -> Run:
    """A run that has taken so many steps alone, or as many as torch lets it."""
    run = Run("run", config.model_copy(update={"max_steps": steps}), torch.device("cpu"), values_of(config))
    run.play_steps(steps)
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

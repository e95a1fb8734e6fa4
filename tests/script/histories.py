"""Runs that are changed many times while they train."""

from random import Random
from typing import Any, get_args

from app.errors import Conflict
from app.protocol.lines import ParameterEdit
from app.protocol.patches import merge_patch
from app.protocol.runs import LineName, RunConfig
from app.training.alone import Alone
from app.training.run import Run
from tests.training.configs import CURVE_LOSSES, random_config, random_optimizer, random_scheduler
from tests.training.device import DEVICE
from tests.training.plain import values_of

STEPS = 24


def config_of(random: Random, **changes: Any) -> RunConfig:
    """Random settings of a short run."""
    return RunConfig.model_validate({**random_config(random).model_dump(), "max_steps": STEPS, **changes})


def finished(config: RunConfig) -> Run:
    """A run of these settings, trained to its end."""
    run = Run("a run", config, DEVICE, values_of(config))
    train(run, config.max_steps)
    return run


def train(run: Run, count: int) -> None:
    """Train a number of steps, or to the end."""
    run.play_steps(min(count, run.config.max_steps - run.step))
    alone = Alone(run)
    try:
        while run.status == "playing" and alone.step():
            pass
    except (RuntimeError, NameError) as error:
        run.fail(str(error))


def eventful(random: Random) -> Run:
    """A run that was changed again and again, between its steps and within them."""
    config = config_of(random)
    run = Run("a run", config, DEVICE, values_of(config))
    while run.status not in ("diverged", "failed") and run.step < STEPS - 5:
        for _ in range(random.choice([1, 1, 2, 3])):
            change(run, random)
        if run.status in ("ready", "paused"):
            advance(run, random)
    if run.status in ("ready", "paused"):
        train(run, STEPS)
    return run


def advance(run: Run, random: Random) -> None:
    try:
        if random.random() < 0.4:
            run.run_lines(random.randint(1, 7))
        else:
            train(run, random.randint(1, 8))
    except Conflict:  # no line is switched on
        run.update(RunConfig.model_validate({**run.config.model_dump(), "loop": {}}))


def change(run: Run, random: Random) -> None:
    """An edit, or other settings of the kind that keeps the weights."""
    if random.random() < 0.2 and run.status in ("ready", "paused", "finished"):
        parameter = random.choice(run.parameters)
        index = tuple(random.randrange(n) for n in parameter.shape)
        run.edit(ParameterEdit(name=parameter.name, index=index, value=random.uniform(-1, 1)))
        return
    config = run.config.model_dump(mode="json")
    patch: dict[str, Any] = random.choice([
        {"optimizer": {"lr": random.uniform(0.001, 0.1)}},
        {"optimizer": {"weight_decay": random.choice([0.0, 0.1])}},
        {"optimizer": random_optimizer(random)},
        {"scheduler": random_scheduler(random)},
        {"batch_size": random.choice([None, random.randint(1, len(run.data.x))])},
        {"loss": random.choice(CURVE_LOSSES)},
        {"loop": {random.choice(get_args(LineName)[2:]): random.random() < 0.5}},
        {"loop": {random.choice(get_args(LineName)): random.random() < 0.9}},
        {"loop": {}},
        {"stop_loss": random.choice([None, None, 0.05])},
        {"data": {"points": [[random.random(), random.random()] for _ in range(random.randint(5, 60))]}},
        {"data": {"test_fraction": random.choice([0.0, 0.25]), "scale_x": random.random() < 0.5}},
    ])  # fmt: skip
    for whole in ("optimizer", "loop"):
        if patch.get(whole) == {} or "name" in (patch.get(whole) or ()):
            config[whole] = {}
    if patch.get("data"):
        config["batch_size"] = random.choice([None, 2])
    run.update(RunConfig.model_validate(merge_patch(config, patch)))

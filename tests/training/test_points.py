"""Points that change while a run trains, and what becomes of those that torch does not take."""

from math import isnan
from typing import Any

import pytest
import torch

from app.protocol.data import DataConfig
from app.protocol.runs import RunConfig
from app.training.alone import Alone
from app.training.catch_up import CatchUp
from app.training.cohort import form
from app.training.run import Run
from tests.training.device import DEVICE
from tests.training.plain import plain, values_of

BEGIN = ((0.5, 0.4), (-1.0, 0.9), (0.1, 0.0), (0.8, 0.7), (-0.3, 0.2), (0.5, 0.1), (-0.7, 0.6), (0.3, 0.2))
MOVED = (*BEGIN[:3], (0.9, -0.5), *BEGIN[4:])
ADDED = (*MOVED, (0.2, 0.7), (-0.1, 0.3))
DELETED = (*ADDED[:2], *ADDED[5:])
STEPS = 40

CHANGES: dict[str, tuple[RunConfig, dict[int, DataConfig]]] = {
    "moved, added, deleted": (
        RunConfig(seed=3, data=DataConfig(points=BEGIN)),
        {step: DataConfig(points=points) for step, points in ((5, MOVED), (11, ADDED), (12, DELETED))},
    ),
    "the same in batches": (
        RunConfig(seed=3, data=DataConfig(points=BEGIN), batch_size=3),
        {step: DataConfig(points=points) for step, points in ((4, MOVED), (11, ADDED), (12, DELETED))},
    ),
    "from a preset to points": (
        RunConfig(data=DataConfig(target="sine", n_samples=40), batch_size=8),
        {9: DataConfig(target="sine", n_samples=40, points=ADDED)},
    ),
    "from a formula to points": (
        RunConfig(data=DataConfig(target="torch.sin(x)")),
        {9: DataConfig(target="torch.sin(x)", points=ADDED)},
    ),
    "a split that comes and goes": (
        RunConfig(batch_size=30),
        {10: DataConfig(test_fraction=0.4), 25: DataConfig(), 30: DataConfig(test_fraction=0.1)},
    ),
    "scaled on the way": (RunConfig(), {10: DataConfig(scale_x=True)}),
    "y left flat on the way": (RunConfig(), {10: DataConfig(unsqueeze_y=False), 20: DataConfig()}),
}


def make(config: RunConfig) -> Run:
    run = Run("a run", config, DEVICE, values_of(config))
    run.play(None)
    return run


def train(run: Run, steps: int) -> None:
    alone = Alone(run)
    for _ in range(steps):
        alone.step()


def changed(config: RunConfig, data: DataConfig) -> RunConfig:
    return RunConfig.model_validate({**config.model_dump(), "data": data.model_dump()})


def test_a_run_whose_points_change_is_bit_for_bit_a_script_that_assigns_to_x_and_y() -> None:
    jobs = [(config, STEPS) for config, _ in CHANGES.values()]
    results = plain(jobs, {i: changes for i, (_, changes) in enumerate(CHANGES.values())})
    for (name, (config, changes)), expected in zip(CHANGES.items(), results, strict=True):
        run = make(config)
        for step, data in changes.items():
            train(run, step - run.step)
            run.update(changed(run.config, data))
        train(run, STEPS - run.step)
        assert list(run.losses) == expected.losses, name
        assert run.generation == 0, name
        assert run.data_version == len(changes), name
        picture = Alone(run).snapshots()[run].unpack(run.parameters)
        assert picture.parameters == expected.parameters, name
        assert picture.test_loss == (expected.test_loss and torch.tensor(expected.test_loss).item()), name
        assert len(picture.prediction) == len(expected.x), name


def test_what_was_done_to_the_points_can_be_repeated() -> None:
    config, changes = CHANGES["the same in batches"]
    run = make(config)
    for step, data in changes.items():
        train(run, step - run.step)
        run.update(changed(run.config, data))
    train(run, STEPS - run.step)
    again = Run("again", config, DEVICE)
    replay = CatchUp(again, run.log.events, STEPS, None)
    while replay.go_on():
        alone = Alone(again)
        while alone.step():
            pass
    assert again.losses == run.losses
    assert torch.equal(again.weights, run.weights)


def test_a_step_in_hand_keeps_the_points_it_began_with() -> None:
    run, other = make(RunConfig()), make(RunConfig())
    for each in (run, other):
        each.pause()
        each.run_lines(1)
    points = changed(run.config, DataConfig(points=BEGIN))
    run.update(points)
    for each in (run, other):
        each.run_lines(4)
    assert (run.step, run.losses) == (1, other.losses)
    assert torch.equal(run.weights, other.weights)
    run.run_lines(2)
    assert run.lines_ran[-2].changes[0].shape == (len(BEGIN), 1)


def test_after_a_cohort_the_last_prediction_is_still_that_of_the_old_points() -> None:
    runs = [make(RunConfig(seed=seed)) for seed in range(2)]
    cohort = form(runs)
    cohort.step()
    cohort.disband()
    runs[0].update(changed(runs[0].config, DataConfig(points=BEGIN)))
    assert runs[0].loop.variables["prediction"].shape == (100, 1)


@pytest.mark.parametrize(
    "data",
    [{"target": "sine"}, {"n_samples": 50}, {"x_max": 2.0}, {"noise": 0.5}, {"unsqueeze_x": False}],
)
def test_points_made_anew_begin_the_run_anew(data: dict[str, Any]) -> None:
    run = make(RunConfig())
    train(run, 3)
    run.update(changed(run.config, DataConfig(**data)))
    assert (run.step, run.generation, run.status) == (0, 1, "ready")


def test_points_taken_away_begin_the_run_anew_with_those_that_are_made() -> None:
    run = make(RunConfig(data=DataConfig(points=BEGIN)))
    train(run, 3)
    # What does not matter while points are given may change meanwhile.
    run.update(changed(run.config, DataConfig(points=BEGIN, target="sine")))
    assert run.step == 3
    run.update(changed(run.config, DataConfig(target="sine")))
    assert (run.step, len(run.data.x)) == (0, 100)


def test_a_change_that_is_refused_leaves_the_run_as_it_was() -> None:
    run = make(RunConfig(batch_size=8, data=DataConfig(points=BEGIN)))
    train(run, 3)
    before = run.config, run.data, run.version, list(run.log.events)
    scaled = DataConfig(points=tuple((0.5, y) for _, y in BEGIN), scale_x=True)
    with pytest.raises(ValueError, match="All x are equal"):
        run.update(changed(run.config, scaled))
    gap = DataConfig(target="gap", n_samples=10)
    with pytest.raises(ValueError, match="batch_size"):
        run.update(changed(run.config, gap))
    assert (run.config, run.data, run.version, list(run.log.events)) == before


def test_a_run_that_reached_its_loss_goes_on_with_other_points() -> None:
    run = make(RunConfig(stop_loss=0.05))
    alone = Alone(run)
    while alone.step():
        pass
    assert (run.status, run.reason) == ("finished", "stop_loss")
    run.update(changed(run.config, DataConfig(points=BEGIN)))
    assert run.status == "paused"


def test_x_left_flat_is_torchs_own_error_and_leaves_no_prediction() -> None:
    config = RunConfig(data=DataConfig(unsqueeze_x=False, test_fraction=0.2))
    (expected,) = plain([(config, 5)])
    run = make(config)
    with pytest.raises(RuntimeError) as refused:
        Alone(run).step()
    assert str(refused.value) == expected.error
    picture = Alone(run).snapshots()[run].unpack(run.parameters)
    assert all(value is not None and isnan(value) for value in picture.prediction)
    assert picture.test_loss is None
    assert None not in picture.grid_prediction


def test_with_y_left_flat_the_curve_becomes_flat_and_torchs_warning_is_told() -> None:
    run = make(RunConfig(data=DataConfig(unsqueeze_y=False), optimizer={"lr": 0.05}))
    before = run.version
    train(run, 1)
    warning = run.state.warning
    assert warning is not None
    assert warning.startswith("Using a target size (torch.Size([100])) that is different to the input")
    assert run.version == before + 1
    train(run, 500)
    # Compared with every y, each prediction does best at their mean.
    picture = Alone(run).snapshots()[run].unpack(run.parameters)
    mean = run.data.y.mean().item()
    assert picture.prediction == pytest.approx([mean] * 100, abs=0.05)
    run.update(changed(run.config, DataConfig()))
    assert run.state.warning is None

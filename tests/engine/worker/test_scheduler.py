import json

import pytest
import torch

from app.engine.worker.scheduler import MAX_COHORT, SLICE, Scheduler
from app.protocol.runs import ModelConfig, RunConfig
from app.training.run import Run
from tests.training.device import DEVICE


class Clock:
    """Stands still but for `per_look` seconds each time it is looked at."""

    def __init__(self, per_look: float = 0.0) -> None:
        self.now = 1000.0
        self.per_look = per_look

    def __call__(self) -> float:
        self.now += self.per_look
        return self.now


class Stage:
    """A scheduler, its clock, and what stopped."""

    def __init__(self, per_look: float = 0.0) -> None:
        self.clock = Clock(per_look)
        self.stopped: list[Run] = []
        self.scheduler = Scheduler(self.clock, self.stopped.append)

    def play(self, config: RunConfig, pace: float | None, steps: int | None = None) -> Run:
        run = Run("a run", config, DEVICE)
        if steps is None:
            run.play(pace)
        else:
            run.play_steps(steps)
        self.scheduler.add(run)
        return run

    def pass_time(self, seconds: float, tick: float = 0.01) -> None:
        end = self.clock.now + seconds
        while self.clock.now < end:
            self.clock.now += tick
            self.scheduler.run()


def test_nothing_is_due_where_nothing_plays() -> None:
    stage = Stage()
    assert stage.scheduler.due() == float("inf")
    assert not stage.scheduler.run()


@pytest.mark.parametrize("pace", [0.5, 3.0, 7.0, 10.0, 33.0])
def test_a_paced_run_takes_that_many_steps_a_second(pace: float) -> None:
    stage = Stage()
    run = stage.play(RunConfig(), pace)
    stage.pass_time(20.0)
    assert run.step == pytest.approx(20 * pace, abs=1.01)


def test_a_slow_run_takes_its_first_step_soon() -> None:
    stage = Stage()
    run = stage.play(RunConfig(), pace=0.1)
    stage.pass_time(0.11)
    assert run.step == 1


def test_runs_of_one_pace_begun_at_different_times_fall_due_together() -> None:
    stage = Stage()
    runs = []
    for seed in range(5):
        runs.append(stage.play(RunConfig(seed=seed), pace=10.0))
        stage.clock.now += 0.013
    stage.pass_time(0.2)
    dues = []
    for _ in range(3):
        due = stage.scheduler.due()
        stage.clock.now = due
        before = [run.step for run in runs]
        stage.scheduler.run()
        dues.append(due)
        assert [run.step for run in runs] == [step + 1 for step in before]
    assert dues[2] - dues[1] == pytest.approx(0.1)


def test_a_paced_run_that_was_held_up_does_not_hurry_for_ever() -> None:
    stage = Stage()
    run = stage.play(RunConfig(), pace=100.0)
    stage.pass_time(0.1)
    stage.clock.now += 60.0
    step = run.step
    stage.pass_time(1.0)
    assert run.step - step < 1.5 * 100


def test_full_speed_runs_share_the_time_between_the_paced_ones() -> None:
    stage = Stage(per_look=0.0005)
    fast = [
        stage.play(RunConfig.model_validate({"optimizer": {"lr": lr}, "max_steps": 100_000}), None)
        for lr in (0.1, 0.2, 0.3)
    ]
    paced = stage.play(RunConfig(), pace=20.0)
    for _ in range(200):
        stage.scheduler.run()
    steps = [run.step for run in fast]
    assert min(steps) > 0
    assert max(steps) <= 1.2 * min(steps)
    assert paced.step > 0


def test_a_turn_of_full_speed_training_is_bounded() -> None:
    stage = Stage(per_look=0.0005)
    for units in range(1, 30):
        stage.play(RunConfig(model=ModelConfig(hidden=(units,))), None)
    start = stage.clock.now
    stage.scheduler.run()
    assert stage.clock.now - start < 0.01


def test_steps_are_exact_and_the_run_is_handed_back() -> None:
    stage = Stage(per_look=0.0001)
    run = stage.play(RunConfig(), None, steps=37)
    other = stage.play(RunConfig(seed=1), None)
    while run not in stage.stopped:
        stage.scheduler.run()
    assert (run.step, run.status) == (37, "paused")
    assert other.status == "playing"
    stage.scheduler.remove(other)
    assert stage.scheduler.due() == float("inf")


def test_a_run_that_leaves_has_its_numbers_and_takes_no_more_steps() -> None:
    stage = Stage(per_look=0.0001)
    runs = [stage.play(RunConfig(seed=seed), None) for seed in range(3)]
    stage.scheduler.run()
    stage.scheduler.remove(runs[0])
    left_at, weights = runs[0].step, runs[0].weights.clone()
    stage.scheduler.run()
    assert (runs[0].step, runs[1].step > left_at) == (left_at, True)
    assert torch.equal(runs[0].weights, weights)


def test_a_run_that_torch_refuses_fails_alone() -> None:
    stage = Stage()
    runs = [stage.play(RunConfig(seed=seed), pace=10.0) for seed in range(3)]
    break_shape(runs[1])
    stage.pass_time(0.5)
    assert runs[1].status == "failed"
    assert "mat1 and mat2" in (runs[1].error or "")
    assert stage.stopped == [runs[1]]
    assert runs[0].status == runs[2].status == "playing"
    assert runs[0].step == runs[2].step > 3


def test_a_failed_run_still_has_a_picture() -> None:
    stage = Stage()
    run = stage.play(RunConfig(), None)
    break_shape(run)
    stage.scheduler.run()
    picture = stage.scheduler.snapshots([run])[run].unpack(run.parameters)
    assert run.status == "failed"
    assert json.loads(picture.model_dump_json())["prediction"] == 100 * [None]
    assert len(picture.grid_prediction) == 200


def break_shape(run: Run) -> None:
    object.__setattr__(run.data, "x", run.data.x.expand(-1, 2))


def test_runs_whose_optimizers_are_at_different_steps_do_not_disturb_each_other() -> None:
    adam = {"optimizer": {"name": "Adam", "lr": 0.01}, "max_steps": 100_000}
    configs = [RunConfig.model_validate({"seed": seed, **adam}) for seed in range(3)]
    stage = Stage()
    together = []
    for config in configs:
        together.append(stage.play(config, pace=10.0))
        stage.pass_time(0.7)
    for run, config in zip(together, configs, strict=True):
        own = Stage()
        alone = own.play(config, pace=10.0, steps=None)
        while alone.step < run.step:
            own.pass_time(0.1)
        assert list(run.losses) == pytest.approx(list(alone.losses[: run.step]), rel=1e-5)


def test_more_runs_than_a_cohort_holds_make_several() -> None:
    stage = Stage()
    runs = [stage.play(RunConfig(seed=seed), pace=10.0) for seed in range(MAX_COHORT + 1)]
    stage.pass_time(0.3)
    assert {run.step for run in runs} <= {2, 3}


def test_a_cohort_of_wide_runs_is_no_larger_than_one_turn_has_time_for() -> None:
    stage = Stage(per_look=SLICE)
    wide = RunConfig(model=ModelConfig(hidden=(64, 64, 64, 64)))
    runs = [stage.play(wide, None) for _ in range(40)]
    stage.scheduler.run()
    stepped = sum(run.step for run in runs)
    assert 1 < stepped < 40
    while stepped < 40:
        stage.scheduler.run()
        stepped = sum(run.step for run in runs)
    assert {run.step for run in runs} == {1}


def test_between_two_looks_at_the_commands_nobody_takes_more_than_one_turn() -> None:
    """So a pause waits for a slice and a step, however many runs train and however fast they are."""
    stage = Stage(per_look=SLICE / 10)
    configs = [RunConfig(model=ModelConfig(hidden=(n,))) for n in range(1, 31)]
    runs = [stage.play(config, None) for config in configs]
    for _ in range(30):
        before = [run.step for run in runs]
        stage.scheduler.run()
        assert 1 <= sum(run.step for run in runs) - sum(before) <= 10
    steps = [run.step for run in runs]
    assert max(steps) - min(steps) <= 2


@pytest.mark.parametrize("playing", [True, False])
def test_pictures_of_playing_and_of_resting_runs(playing: bool) -> None:
    stage = Stage()
    runs = [stage.play(RunConfig(seed=seed), pace=10.0) for seed in range(3)]
    stage.pass_time(0.5)
    if not playing:
        for run in runs:
            stage.scheduler.remove(run)
    pictures = stage.scheduler.snapshots(runs[1:])
    for run in runs[1:]:
        picture = pictures[run].unpack(run.parameters)
        assert (picture.step, picture.loss) == (run.step, run.losses[-1])


@pytest.mark.parametrize("changed", [{"optimizer": {"lr": 0.01}}, {"loop": {"step": False}}])
def test_a_change_of_settings_moves_a_run_to_others_of_its_kind(changed: dict[str, object]) -> None:
    stage = Stage()
    runs = [stage.play(RunConfig(seed=seed), pace=10.0) for seed in range(2)]
    alone = Run("alone", RunConfig(), DEVICE)
    alone.play(10.0)
    own = Stage()
    own.scheduler.add(alone)
    for each, mover in ((stage, runs[0]), (own, alone)):
        each.pass_time(1.0)
        each.scheduler.remove(mover)
        mover.update(RunConfig.model_validate(changed))
        each.scheduler.add(mover)
        each.pass_time(1.0)
    assert list(runs[0].losses) == pytest.approx(list(alone.losses), rel=1e-5)

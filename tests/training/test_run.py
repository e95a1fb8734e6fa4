import math
from collections.abc import Callable

import pytest
import torch

from app.errors import Conflict, Invalid
from app.protocol.data import DataConfig
from app.protocol.optimizers import SGD
from app.protocol.runs import LoopConfig, ModelConfig, RunConfig
from app.training.run import Run
from tests.training.device import DEVICE


def make(config: RunConfig | None = None) -> Run:
    return Run("a run", config or RunConfig(), DEVICE)


def played(losses: list[float], config: RunConfig | None = None) -> Run:
    """A run that was played for these losses, as if a cohort had computed them."""
    run = make(config)
    run.play(None)
    for loss in losses:
        run.record(loss)
    return run


def test_a_new_run_is_ready_at_step_0() -> None:
    state = make().state
    assert (state.status, state.step, state.reason) == ("ready", 0, None)


def test_playing_then_pausing() -> None:
    run = played([1.0])
    statuses = [run.state.status]
    for _ in range(2):
        run.pause()
        statuses.append(run.state.status)
    assert statuses == ["playing", "paused", "paused"]


def test_pausing_before_the_first_step_leaves_it_ready() -> None:
    run = played([])
    run.pause()
    assert run.status == "ready"


def test_the_pace_is_told_while_playing_only() -> None:
    run = make()
    run.play(10.0)
    assert run.state.steps_per_second == 10.0
    run.pause()
    assert run.state.steps_per_second is None


def test_it_finishes_at_max_steps() -> None:
    run = played([1.0, 0.5], RunConfig(max_steps=2))
    assert (run.status, run.reason) == ("finished", "max_steps")


def test_it_finishes_at_the_first_loss_at_or_below_stop_loss() -> None:
    run = played([1.0, 0.5], RunConfig(stop_loss=0.5))
    assert (run.status, run.reason, run.step) == ("finished", "stop_loss", 2)


@pytest.mark.parametrize("loss", [math.nan, math.inf, 1.1e6])
def test_a_loss_that_is_not_finite_or_a_million_times_the_first_is_a_result(loss: float) -> None:
    run = played([1.0, loss])
    assert (run.status, run.reason, run.step) == ("diverged", "diverged", 2)


def test_a_large_first_loss_alone_is_no_divergence() -> None:
    assert played([2e11, 1e12]).status == "playing"


def test_steps_stop_after_exactly_that_many() -> None:
    run = played([1.0] * 3)
    run.play_steps(2)
    assert run.record(1.0)
    assert not run.record(1.0)
    assert (run.status, run.step) == ("paused", 5)


def test_more_steps_than_are_left_are_refused_naming_what_is_left() -> None:
    run = played([1.0] * 3, RunConfig(max_steps=10))
    run.pause()
    with pytest.raises(Invalid, match="the 7 left") as refusal:
        run.play_steps(8)
    assert refusal.value.field == "count"
    run.play_steps(7)


@pytest.mark.parametrize(
    ("losses", "config"), [([1.0], RunConfig(max_steps=1)), ([1.0, math.nan], RunConfig())]
)
def test_a_run_that_has_ended_refuses_to_go_on(losses: list[float], config: RunConfig) -> None:
    run = played(losses, config)
    with pytest.raises(Conflict):
        run.play(None)
    with pytest.raises(Conflict):
        run.play_steps(1)


def test_a_failed_run_says_what_torch_said() -> None:
    run = played([1.0])
    run.fail("mat1 and mat2 shapes cannot be multiplied")
    assert (run.status, run.reason, run.state.error) == (
        "failed",
        "failed",
        "mat1 and mat2 shapes cannot be multiplied",
    )
    with pytest.raises(Conflict, match="mat1 and mat2"):
        run.play(None)


def test_reset_begins_anew_from_any_end_with_the_same_weights() -> None:
    run = played([1.0, math.nan])
    initial = run.weights
    run.loop.theta.add_(1)
    run.reset()
    assert (run.status, run.step, run.reason, run.generation) == ("ready", 0, None, 1)
    assert torch.equal(run.weights, initial)
    assert run.grads is None


@pytest.mark.parametrize(
    "config",
    [RunConfig(seed=1), RunConfig(data=DataConfig(n_samples=50)), RunConfig(model=ModelConfig(hidden=(3,)))],
)
def test_another_seed_data_or_model_begins_anew(config: RunConfig) -> None:
    run = played([1.0])
    run.update(config)
    assert (run.status, run.step, run.generation) == ("ready", 0, 1)
    assert run.weights.numel() == sum(math.prod(p.shape) for p in run.parameters)


@pytest.mark.parametrize(
    "config",
    [
        RunConfig(optimizer=SGD(lr=0.01)),
        RunConfig(loop=LoopConfig(zero_grad=False)),
        RunConfig(max_steps=50),
        RunConfig(stop_loss=0.001),
    ],
)
def test_other_changes_keep_the_weights_and_the_losses(config: RunConfig) -> None:
    run = played([1.0])
    weights = run.weights
    run.update(config)
    assert (run.status, run.step, run.generation) == ("playing", 1, 0)
    assert torch.equal(run.weights, weights)
    assert run.config == config


def test_raising_max_steps_lets_a_finished_run_go_on() -> None:
    run = played([1.0] * 2, RunConfig(max_steps=2))
    run.update(RunConfig(max_steps=3))
    assert (run.status, run.reason) == ("paused", None)
    run.play(None)
    assert not run.record(1.0)
    assert run.status == "finished"


def test_raising_max_steps_does_not_undo_a_stop_at_a_loss() -> None:
    run = played([0.5], RunConfig(stop_loss=0.5))
    run.update(RunConfig(stop_loss=0.5, max_steps=5000))
    statuses = [run.state.status]
    run.update(RunConfig(stop_loss=0.1))
    statuses.append(run.state.status)
    assert statuses == ["finished", "paused"]


def test_lowering_max_steps_below_the_step_finishes_it() -> None:
    run = played([1.0] * 5)
    run.update(RunConfig(max_steps=3))
    assert (run.status, run.reason, run.step) == ("finished", "max_steps", 5)


def test_lowering_max_steps_while_playing_moves_the_end() -> None:
    run = played([1.0] * 2)
    run.update(RunConfig(max_steps=3))
    assert not run.record(1.0)
    assert run.status == "finished"


def test_a_diverged_run_stays_diverged_whatever_the_settings() -> None:
    run = played([1.0, math.nan])
    run.update(RunConfig(optimizer=SGD(lr=0.01), max_steps=2000))
    assert run.status == "diverged"


def test_an_illegal_transition_is_a_mistake_of_ours() -> None:
    run = played([1.0, math.nan])
    run.update(RunConfig(stop_loss=0.5))
    with pytest.raises(AssertionError, match="diverged to finished"):
        run.record(0.1)


def test_every_change_of_settings_or_status_is_a_new_version() -> None:
    run = make()
    changes: list[Callable[[], object]] = [
        lambda: run.play(None),
        lambda: run.play(5.0),
        run.pause,
        lambda: run.update(RunConfig(max_steps=3)),
        run.reset,
    ]
    versions = [run.version]
    for change in changes:
        change()
        versions.append(run.version)
    assert versions == sorted(set(versions))

"""Forks beside twins that were never disturbed."""

from collections.abc import Callable, Sequence

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.protocol.lines import ParameterEdit
from app.protocol.runs import RunConfig
from app.protocol.snapshots import Snapshot
from app.training import trace
from app.training.alone import Alone
from app.training.catch_up import bring, resumed
from app.training.cohort import form
from app.training.run import Run
from tests.training.device import DEVICE

BEGINNINGS: dict[str, dict[str, object]] = {
    "Adam, batches, a schedule": {
        "optimizer": {"name": "Adam", "lr": 0.02},
        "batch_size": 30,
        "scheduler": {"name": "CosineAnnealingLR", "T_max": 20},
    },
    "momentum": {"optimizer": {"lr": 0.05, "momentum": 0.9}},
    "accumulation": {"optimizer": {"lr": 0.01}, "loop": {"zero_grad": False}},
}


def change(run: Run, kind: str, value: float) -> None:
    """Something that can be done to a run on its way."""
    config = run.config.model_dump()
    match kind:
        case "rate":
            config["optimizer"]["lr"] *= 0.5 + value
            run.update(RunConfig.model_validate(config))
        case "optimizer":
            config["optimizer"] = {"name": "RMSprop", "lr": 0.001}
            run.update(RunConfig.model_validate(config))
        case "batches":
            config["batch_size"] = int(1 + 90 * value)
            run.update(RunConfig.model_validate(config))
        case "edit":
            run.edit(ParameterEdit(name="hidden.weight", index=(3, 0), value=value))
        case "lines":
            run.run_lines(1 + int(9 * value))


def go(run: Run, steps: int, *beside: Run) -> None:
    """Train on, alone or in a cohort with others, and save where that is possible."""
    for each in (run, *beside):
        each.play_steps(steps)
    formed = form([run, *beside])
    while run.status == "playing":
        formed.step()
    formed.disband()
    if run.can_be_saved:
        run.save()


def forked(run: Run, step: int) -> Run:
    """A run that caught up with another at a step."""
    other = Run("a fork", run.log.begin, DEVICE)
    for _ in bring(other, run, step):
        pass
    return other


def picture(run: Run) -> Snapshot:
    return Alone(run).snapshots()[run].unpack(run.parameters)


@pytest.mark.parametrize("name", sorted(BEGINNINGS))
def test_a_run_goes_on_from_a_checkpoint_and_needs_none_of_the_steps_before(name: str) -> None:
    original, again = (Run("a run", RunConfig.model_validate(BEGINNINGS[name]), DEVICE) for _ in range(2))
    go(original, 9)
    change(original, "rate", 0.7)
    go(original, 8)
    (at, checkpoint) = original.checkpoints[-1]
    left = resumed(again, checkpoint, original.log.events, original.losses.tobytes())
    assert (at, again.step, again.trace.first, list(left)) == (17, 17, 17, [])
    go(original, 30)
    go(again, 30)
    assert again.losses == original.losses
    assert picture(again) == picture(original)


@pytest.mark.parametrize("size", [0, 7, 300, -1])
def test_a_checkpoint_that_is_damaged_is_left_out(size: int, caplog: pytest.LogCaptureFixture) -> None:
    original, again = (Run("a run", RunConfig(), DEVICE) for _ in range(2))
    go(original, 5)
    change(original, "rate", 0.7)
    go(original, 5)
    (*_, (_, checkpoint)) = original.checkpoints
    left = resumed(again, checkpoint[:size], original.log.events, original.losses.tobytes())
    assert (again.step, left) == (0, original.log.events)
    assert "is of no use" in caplog.text


CHANGES = st.tuples(
    st.integers(1, 12), st.sampled_from(["rate", "optimizer", "batches", "edit", "lines"]), st.floats(0, 1)
)


@settings(max_examples=20)
@given(st.sampled_from(sorted(BEGINNINGS)), st.lists(CHANGES, max_size=5), st.floats(0, 1))
def test_a_fork_goes_on_bit_for_bit_as_the_original_did(
    name: str, changes: Sequence[tuple[int, str, float]], where: float
) -> None:
    config = RunConfig.model_validate(BEGINNINGS[name])
    original = Run("a run", config, DEVICE)
    for steps, kind, value in changes:
        go(original, steps)
        change(original, kind, value)
    go(original, 10)
    step = int(where * original.step)
    fork = forked(original, step)
    assert (fork.step, fork.loop.line) == (step, None)
    assert list(fork.losses) == list(original.losses[:step])
    moment = original.trace.at(step)
    assert moment is not None
    assert fork.weights.tolist() == moment.values.tolist()
    repeat(original, fork)
    assert fork.losses == original.losses
    assert picture(fork) == picture(original)


def repeat(original: Run, fork: Run) -> None:
    """Make the changes to the fork that the original had after that step."""
    done = original.log.until(fork.step).events
    for event in original.log.events[len(done) :]:
        advance(fork, event.step)
        while fork.loop.line != event.line:
            fork.run_lines(1)
        if event.config is not None:
            fork.update(event.config)
        if event.edit is not None:
            fork.edit(event.edit)
    advance(fork, original.step)


def advance(run: Run, step: int) -> None:
    if step > run.step:
        run.play_steps(step - run.step)
        while run.status == "playing":
            Alone(run).step()


def ending(patch: dict[str, object]) -> Callable[[], Run]:
    def make() -> Run:
        run = Run("a run", RunConfig.model_validate(patch), DEVICE)
        run.play(None)
        alone = Alone(run)
        while alone.step():
            pass
        return run

    return make


@pytest.mark.parametrize(
    "make",
    [
        ending({"max_steps": 30}),
        ending({"optimizer": {"lr": 3.0}}),
        ending({"stop_loss": 0.02}),
    ],
    ids=["max_steps", "diverged", "stop_loss"],
)
def test_a_fork_from_the_end_has_ended_and_one_from_before_has_not(make: Callable[[], Run]) -> None:
    original = make()
    assert forked(original, original.step).state == original.state.model_copy(update={"id": "a fork"})
    assert forked(original, original.step - 1).status == "paused"
    assert forked(original, 0).status == "ready"


@pytest.mark.parametrize("rows", [10_001, 9], ids=["every step kept", "thinned out"])
def test_the_fork_of_a_run_that_trained_in_a_cohort_takes_over_its_numbers(
    rows: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(trace, "MAX_ROWS", rows)
    original, *others = (
        Run(f"run {seed}", RunConfig.model_validate({"seed": seed, **BEGINNINGS["momentum"]}), DEVICE)
        for seed in range(3)
    )
    go(original, 64, *others)
    assert original.trace.stride == (1 if rows > 64 else 8)
    fork = forked(original, 64)
    assert fork.losses == original.losses
    assert picture(fork) == picture(original)
    go(fork, 30)
    go(original, 30)
    assert list(fork.losses) == pytest.approx(list(original.losses), rel=1e-5)

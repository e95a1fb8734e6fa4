"""Runs in cohorts beside the same runs alone, whatever is done to them on the way."""

from collections.abc import Hashable, Sequence
from random import Random
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from app.protocol.lines import ParameterEdit
from app.protocol.runs import RunConfig
from app.training.alone import Alone
from app.training.cohort import Cohort, form
from app.training.run import Run
from tests.training.configs import random_config
from tests.training.device import DEVICE
from tests.training.plain import values_of

# Well-conditioned: with a rate at the edge of stability a last bit grows into another run.
SETTINGS: dict[str, dict[str, Any]] = {
    "SGD": {"optimizer": {"lr": 0.01}},
    "momentum": {"optimizer": {"lr": 0.003, "momentum": 0.9, "nesterov": True}},
    "dampening": {"optimizer": {"lr": 0.003, "momentum": 0.9, "dampening": 0.5}},
    "Adam": {"optimizer": {"name": "Adam", "lr": 0.0005}},
    "AdamW, amsgrad": {"optimizer": {"name": "AdamW", "lr": 0.0003, "amsgrad": True}},
    "RMSprop": {"optimizer": {"name": "RMSprop", "lr": 0.0001}},
    "Adagrad": {"optimizer": {"name": "Adagrad", "lr": 0.01, "lr_decay": 0.001}},
    "a schedule": {"optimizer": {"lr": 0.01}, "scheduler": {"name": "CosineAnnealingLR", "T_max": 300}},
    "batches": {"optimizer": {"lr": 0.005}, "batch_size": 32},
    "accumulation": {"optimizer": {"lr": 1e-5}, "loop": {"zero_grad": False}},
    "Huber, two layers of Tanh": {
        "optimizer": {"lr": 0.01},
        "loss": "HuberLoss",
        "model": {"hidden": [8, 5], "activation": "Tanh"},
    },
}
N_RUNS = 4


def make(seed: int, patch: dict[str, Any]) -> Run:
    """Runs with these settings, each with another seed and another number of points."""
    data = {"n_samples": 64 + 10 * (seed % 4)}
    config = RunConfig.model_validate({"seed": seed, "data": data, "max_steps": 100_000, **patch})
    run = Run(f"run {seed}", config, DEVICE)
    run.play(None)
    return run


def train(runs: Sequence[Run], steps: int) -> list[Alone | Cohort]:
    """Train all runs, together where they can be. Returns what stepped them."""
    alike: dict[Hashable, list[Run]] = {}
    for run in runs:
        alike.setdefault(run.cohort_key, []).append(run)
    formed = [form(members) for members in alike.values()]
    for cohort in formed:
        for _ in range(steps):
            cohort.step()
        cohort.disband()
    return formed


def train_each(runs: Sequence[Run], steps: int) -> None:
    for run in runs:
        alone = Alone(run)
        for _ in range(steps):
            alone.step()


def drift(ours: Sequence[Run], theirs: Sequence[Run]) -> float:
    """The largest relative difference of any two losses."""
    return max(
        (
            abs(a - b) / abs(b)
            for one, other in zip(ours, theirs, strict=True)
            for a, b in zip(one.losses, other.losses, strict=True)
        ),
        default=0.0,
    )


@pytest.mark.parametrize("name", SETTINGS)
def test_a_cohort_of_runs_at_different_steps_stays_within_a_millionth(name: str) -> None:
    patch, steps = SETTINGS[name], 1000 if name == "momentum" else 300
    together, alone = ([make(seed, patch) for seed in range(N_RUNS)] for _ in range(2))
    for seed, (one, other) in enumerate(zip(together, alone, strict=True)):
        train_each([one, other], 3 * seed)
    (cohort,) = train(together, steps)
    assert isinstance(cohort, Cohort)
    train_each(alone, steps)
    assert drift(together, alone) < 1e-6


@pytest.mark.filterwarnings("ignore:Using a target size")
@pytest.mark.parametrize("seed", range(16))
def test_in_any_settings_steps_together_are_those_alone(seed: int) -> None:
    """Few of them: where the loss swings or grows, so does a difference in the last bit."""
    random = Random(seed)
    config = random_config(random, rate=random.choice([1.0, 10.0]))
    configs = [
        config.model_copy(
            update={
                "seed": config.seed // 2 + i,
                "data": config.data.model_copy(update={"n_samples": config.data.n_samples + i}),
            }
        )
        for i in range(N_RUNS)
    ]
    together, alone = (
        [Run(f"run {config.seed}", config, DEVICE, values_of(config)) for config in configs] for _ in "ab"
    )
    for one, other in zip(together, alone, strict=True):
        one.play(None)
        other.play(None)
        train_each([one, other], random.randint(0, 9))
    train(together, 3)
    train_each(alone, 3)
    assert [(run.status, run.step) for run in together] == [(run.status, run.step) for run in alone]
    for one, other in zip(together, alone, strict=True):
        assert list(one.losses) == pytest.approx(list(other.losses), rel=1e-4, nan_ok=True)


def do(kind: str, run: Run, value: float) -> None:
    """Make one random change to a run."""
    config = run.config.model_dump()
    match kind:
        case "another rate":
            config["optimizer"]["lr"] *= 0.5 + value
            run.update(RunConfig.model_validate(config))
        case "another optimizer":
            config["optimizer"] = {"name": "Adam", "lr": 0.0005}
            run.update(RunConfig.model_validate(config))
        case "another batch size":
            config["batch_size"] = int(1 + 60 * value)
            run.update(RunConfig.model_validate(config))
        case "other points":
            config["data"]["points"] = [[i / 64 - 0.5, value] for i in range(64 + int(60 * value))]
            run.update(RunConfig.model_validate(config))
        case "an edit":
            run.edit(ParameterEdit(name="hidden.weight", index=(3, 0), value=value))
        case "a reset":
            run.reset()
            run.play(None)
        case "lines":
            run.pause()
            run.run_lines(3)
            run.play(None)
        case "a pause":
            run.pause()
            run.play(5.0)


EVENTS = (
    "another rate", "another optimizer", "another batch size", "other points", "an edit", "a reset", "lines",
    "a pause",
)  # fmt: skip
ROUNDS = st.lists(
    st.tuples(
        st.sets(st.integers(0, N_RUNS - 1), min_size=1),
        st.integers(1, 30),
        st.lists(
            st.tuples(st.integers(0, N_RUNS - 1), st.sampled_from(EVENTS), st.floats(0.0, 1.0)), max_size=3
        ),
    ),
    min_size=2,
    max_size=8,
)


@settings(max_examples=15, suppress_health_check=[HealthCheck.too_slow])
@given(st.sampled_from(["SGD", "momentum", "dampening", "Adam", "a schedule", "batches"]), ROUNDS)
def test_coming_and_going_and_whatever_is_done_disturbs_nobodys_numbers(
    name: str, rounds: list[tuple[set[int], int, list[tuple[int, str, float]]]]
) -> None:
    together, alone = ([make(seed, SETTINGS[name]) for seed in range(N_RUNS)] for _ in range(2))
    for members, steps, events in rounds:
        train([together[i] for i in sorted(members)], steps)
        train_each([alone[i] for i in sorted(members)], steps)
        for i, kind, value in events:
            do(kind, together[i], value)
            do(kind, alone[i], value)
        assert [run.step for run in together] == [run.step for run in alone]
        assert [run.loop.lr for run in together] == [run.loop.lr for run in alone]
        assert drift(together, alone) < 2e-6


def test_learning_rates_and_other_settings_of_one_optimizer_share_a_cohort() -> None:
    patches: list[dict[str, Any]] = [
        {"optimizer": {"lr": 0.01}},
        {"optimizer": {"lr": 0.02}},
        {"optimizer": {"lr": 0.01, "momentum": 0.5}},
        {"optimizer": {"lr": 0.01}, "scheduler": {"name": "ExponentialLR", "gamma": 0.99}},
        {"optimizer": {"lr": 0.01}, "model": {"init": "xavier_uniform_"}},
    ]
    together, alone = ([make(seed, patch) for seed, patch in enumerate(patches)] for _ in range(2))
    (cohort,) = train(together, 200)
    assert isinstance(cohort, Cohort)
    train_each(alone, 200)
    assert drift(together, alone) < 1e-6


@pytest.mark.parametrize(
    "patch",
    [
        {"model": {"hidden": [11]}},
        {"model": {"activation": "Tanh"}},
        {"loss": "L1Loss"},
        {"optimizer": {"name": "Adam"}},
        {"batch_size": 10},
        {"loop": {"zero_grad": False}},
        {"loop": {"forward": False}},
        {"data": {"n_samples": 1000}},
        {"data": {"test_fraction": 0.5}},
        {"data": {"unsqueeze_y": False}},
    ],
)
def test_runs_that_compute_something_else_do_not(patch: dict[str, Any]) -> None:
    config = RunConfig.model_validate(patch)
    keys = {Run("a", c, DEVICE).cohort_key for c in (RunConfig(), config)}
    assert len(keys) == 2


def test_a_run_that_leaves_a_cohort_keeps_nothing_of_it_alive() -> None:
    runs = [make(seed, SETTINGS["Adam"]) for seed in range(4)]
    train(runs, 3)
    loop = runs[0].loop
    tensors = [loop.theta, loop.grad, *loop.optimizer_state.values()]
    assert all(tensor.untyped_storage().nbytes() <= 4 * loop.layout.size for tensor in tensors)


def test_pictures_tell_the_learning_rate_that_each_runs_schedule_has_come_to() -> None:
    decay = {"scheduler": {"name": "ExponentialLR", "gamma": 0.5}, "optimizer": {"lr": 0.1}}
    runs = [make(seed, decay) for seed in range(3)] + [make(3, {"optimizer": {"lr": 0.1}})]
    for seed, run in enumerate(runs):
        train_each([run], seed)
    cohort = form(runs)
    cohort.step()
    lrs = {run.config.seed: picture.unpack(run.parameters).lr for run, picture in cohort.snapshots().items()}
    assert lrs == pytest.approx({0: 0.05, 1: 0.025, 2: 0.0125, 3: 0.1})
    (some,) = cohort.snapshots([runs[1]]).values()
    assert some.unpack(runs[1].parameters).lr == pytest.approx(0.025)

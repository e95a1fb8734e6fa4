"""The trace of a run, compared with plain scripts that stopped at a step."""

from random import Random
from typing import Any

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from app.protocol.lines import ParameterEdit
from app.protocol.lookback import layers_of
from app.protocol.runs import RunConfig
from app.protocol.snapshots import Snapshot
from app.training import trace
from app.training.alone import Alone
from app.training.cohort import Cohort, form
from app.training.run import Run
from app.training.snapshots import EarlierSnapshots
from tests.training.configs import random_config
from tests.training.device import DEVICE
from tests.training.plain import plain

STEPS = 30
LOOKED_AT = (0, 1, 17, 30)


def trained(config: RunConfig, steps: int = STEPS) -> Run:
    run = Run("a run", config, DEVICE)
    run.play(None)
    alone = Alone(run)
    while run.step < steps and alone.step():
        pass
    return run


def seen(run: Run, step: int) -> Snapshot:
    moment = run.trace.at(step)
    assert moment is not None
    return EarlierSnapshots(run).render(moment).unpack(run.parameters)


def test_every_step_is_as_in_a_plain_script_that_stopped_there() -> None:
    random = Random(5)
    configs = [random_config(random) for _ in range(12)]
    expected = iter(plain([(config, step) for config in configs for step in LOOKED_AT]))
    for config in configs:
        run = trained(config)
        for step in LOOKED_AT:
            then = next(expected)
            if step > run.step:
                continue
            picture = seen(run, step)
            assert picture.parameters == then.parameters
            assert picture.gradients == then.gradients
            assert picture.prediction == pytest.approx(then.prediction, rel=1e-4, abs=1e-5)
            assert picture.loss == (then.losses[-1] if step else None)


def test_a_picture_of_the_past_is_the_one_that_was_shown() -> None:
    run = Run("a", RunConfig.model_validate(
        {"optimizer": {"name": "Adam"}, "scheduler": {"name": "StepLR", "step_size": 3}, "batch_size": 30}
    ), DEVICE)  # fmt: skip
    run.play(None)
    alone = Alone(run)
    shown = [alone.snapshots()[run]]
    for _ in range(20):
        alone.step()
        shown.append(alone.snapshots()[run])
    assert [seen(run, picture.step) for picture in shown] == [p.unpack(run.parameters) for p in shown]


def test_a_cohort_hands_over_what_each_run_was_at_every_step(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("app.training.pending_rows.MAX_STEPS", 4)
    patches: list[dict[str, Any]] = [
        {},
        {"scheduler": {"name": "ExponentialLR", "gamma": 0.9}},
        {"data": {"n_samples": 70}},
    ]
    configs = [RunConfig.model_validate({"seed": seed, **patch}) for seed, patch in enumerate(patches)]
    runs = [Run(f"run {config.seed}", config, DEVICE) for config in configs]
    for run in runs:
        run.play(None)
    Alone(runs[0]).step()
    cohort = form(runs)
    assert isinstance(cohort, Cohort)
    shown = []
    for _ in range(10):
        cohort.step()
        shown.append({run: picture.unpack(run.parameters) for run, picture in cohort.snapshots().items()})
    cohort.disband()
    for pictures in shown:
        for run, picture in pictures.items():
            past = seen(run, picture.step)
            assert (past.parameters, past.gradients) == (picture.parameters, picture.gradients)
            assert (past.loss, past.lr) == (picture.loss, picture.lr)
            assert past.grid_prediction == pytest.approx(picture.grid_prediction, abs=1e-6)


@settings(max_examples=20)
@given(st.integers(2, 9), st.lists(st.integers(1, 25), min_size=1, max_size=6))
def test_a_long_run_is_thinned_out_evenly_and_keeps_its_first_step(limit: int, lengths: list[int]) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(trace, "MAX_ROWS", limit)
        config = RunConfig.model_validate({"seed": 1, "max_steps": 1000})
        run, other = Run("a", config, DEVICE), Run("b", config, DEVICE)
        weights = [run.weights.tolist()]
        for i, length in enumerate(lengths):
            run.play(None)
            other.play(None)
            cohort = form([run, other]) if i % 2 else Alone(run)
            for _ in range(length):
                cohort.step()
                if isinstance(cohort, Cohort):
                    cohort.disband()
                weights.append(run.weights.tolist())
                cohort = form([run, other]) if i % 2 else cohort
            run.pause()
            other.pause()
    stride = run.trace.stride
    kept = [step for step in range(run.step + 1) if run.trace.at(step) is not None]
    assert kept == [*range(0, run.step + 1, stride)]
    assert len(kept) <= limit
    assert stride == 1 or 2 * len(kept) >= limit - 1
    for step in kept:
        moment = run.trace.at(step)
        assert moment is not None
        assert moment.values.tolist() == weights[step]


def test_steps_asked_for_are_spread_evenly_with_both_ends() -> None:
    past = trained(RunConfig(), 20).trace
    assert past.steps_between(0, 20, 100) == [*range(21)]
    assert past.steps_between(0, 20, 5) == [0, 5, 10, 15, 20]
    assert past.steps_between(3, 10**5, 2) == [3, 20]
    assert past.steps_between(3, 9, 1) == [9]
    assert past.steps_between(21, 30, 5) == []


def whole(values: dict[str, Any], layer: str) -> torch.Tensor:
    """All numbers of a layer."""
    return torch.cat([torch.tensor(values[f"{layer}.{part}"]).flatten() for part in ("weight", "bias")])


def test_norms_are_those_of_torch() -> None:
    patches: list[dict[str, Any]] = [
        {},
        {"optimizer": {"name": "Adam"}, "model": {"hidden": [5, 4]}},
        {"loop": {"zero_grad": False}},
    ]
    configs = [RunConfig.model_validate(patch) for patch in patches]
    expected = iter(plain([(config, step) for config in configs for step in (6, 7)]))
    for config, before, after in zip(configs, expected, expected, strict=True):
        run = trained(config, 12)
        layers = layers_of(run.parameters)
        steps, norms = run.trace.norms(1, [*layers.values()])
        assert [*steps] == [*range(1, 13)]
        for i, layer in enumerate(layers):
            gradient = whole(after.gradients, layer)
            update = whole(after.parameters, layer) - whole(before.parameters, layer)
            assert norms[:, 6, i].tolist() == pytest.approx(
                [gradient.norm().item(), update.norm().item()], rel=1e-6
            )


def test_without_a_gradient_there_is_no_norm_of_one() -> None:
    run = trained(RunConfig.model_validate({"loop": {"backward": False}}), 3)
    _, norms = run.trace.norms(1, [slice(0, 31)])
    assert norms[0].isnan().all()
    assert norms[1].tolist() == [[0.0]] * 3
    picture = seen(run, 2)
    assert set(picture.gradients.values()) == {None}


def test_when_steps_between_are_not_kept_the_update_has_no_norm(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(trace, "MAX_ROWS", 5)
    run = trained(RunConfig(), 9)
    steps, norms = run.trace.norms(3, [slice(0, 31)])
    assert [*steps] == [4, 6, 8]
    assert not norms[0].isnan().any()
    assert norms[1].isnan().all()


def test_a_change_by_hand_belongs_to_the_step_it_was_made_after() -> None:
    run = trained(RunConfig(), 5)
    run.pause()
    run.edit(ParameterEdit(name="predict.bias", index=(0,), value=0.5))
    assert seen(run, 5).parameters["predict.bias"] == [0.5]
    run.run_lines(3)
    run.edit(ParameterEdit(name="predict.bias", index=(0,), value=0.7))
    assert seen(run, 5).parameters["predict.bias"] == [0.5]


def test_a_wide_network_keeps_as_many_steps_as_fit() -> None:
    n_values = 12_737
    assert 30 <= trace.rows_kept(n_values) <= 50
    assert trace.rows_kept(n_values) * trace.row_size(n_values) <= trace.MAX_BYTES
    assert trace.rows_kept(31) == 10_001

import math
from collections.abc import Sequence
from dataclasses import replace
from typing import get_args

import pytest
import torch

from app.protocol.data import DataConfig
from app.protocol.optimizers import (
    SGD,
    Adagrad,
    Adam,
    AdamW,
    CosineAnnealingLR,
    ExponentialLR,
    LinearLR,
    MultiStepLR,
    RMSprop,
    StepLR,
)
from app.protocol.runs import Activation, Init, LoopConfig, ModelConfig, RunConfig
from app.protocol.snapshots import Snapshot
from app.training.alone import Alone
from app.training.cohort import Cohort, form
from app.training.run import Run
from tests.training.configs import CURVE_LOSSES
from tests.training.device import DEVICE
from tests.training.plain import Plain, plain, values_of

POINTS = ((0.5, 0.4), (-1.0, 0.9), (0.1, 0.0), (0.8, 0.7), (-0.3, 0.2), (0.5, 0.1), (-0.7, 0.6), (0.3, 0.2))
ALONE = {
    "the lesson's run": RunConfig(),
    "another seed": RunConfig(seed=2**31 - 1),
    "no hidden layer": RunConfig(model=ModelConfig(hidden=())),
    "one unit": RunConfig(model=ModelConfig(hidden=(1,))),
    "two layers, Tanh": RunConfig(model=ModelConfig(hidden=(16, 7), activation="Tanh")),
    "four wide layers, Sigmoid": RunConfig(model=ModelConfig(hidden=(64, 64, 64, 64), activation="Sigmoid")),
    "few points": RunConfig(data=DataConfig(n_samples=3, x_min=0, x_max=2), optimizer=SGD(lr=0.01)),
    "many points": RunConfig(data=DataConfig(n_samples=1000)),
    "points out of order": RunConfig(data=DataConfig(points=POINTS)),
    "points in batches, and some held out": RunConfig(
        data=DataConfig(points=POINTS, test_fraction=0.25), batch_size=4
    ),
    "a gap": RunConfig(data=DataConfig(target="gap", noise=0.1, test_fraction=0.3), batch_size=20),
    "a formula": RunConfig(data=DataConfig(target="torch.sin(3*x) + torch.rand(1)", test_fraction=0.5)),
    "scaled x": RunConfig(data=DataConfig(target="torch.cos(x / 50)", x_min=-100, x_max=300, scale_x=True)),
    "every prediction compared with every y": RunConfig(
        data=DataConfig(unsqueeze_y=False, n_samples=60, test_fraction=0.2)
    ),
    "the same in batches": RunConfig(data=DataConfig(unsqueeze_y=False, n_samples=60), batch_size=7),
    "gradients accumulate": RunConfig(loop=LoopConfig(zero_grad=False)),
    "no step": RunConfig(loop=LoopConfig(step=False)),
    "no backward": RunConfig(loop=LoopConfig(backward=False)),
    "no zero_grad, no step": RunConfig(loop=LoopConfig(zero_grad=False, step=False)),
    "batches that divide the points": RunConfig(batch_size=20),
    "batches that do not": RunConfig(batch_size=32, seed=3),
    "batches of one": RunConfig(batch_size=1, optimizer=SGD(lr=0.01)),
    **{
        f"{optimizer.name} {optimizer.model_dump(exclude_defaults=True)}": RunConfig(optimizer=optimizer)
        for optimizer in (
            SGD(lr=0.05, momentum=0.9, dampening=0.1, weight_decay=0.01),
            SGD(lr=0.05, momentum=0.9, nesterov=True),
            Adam(name="Adam"),
            Adam(name="Adam", lr=0.05, betas=(0.8, 0.99), weight_decay=0.1, amsgrad=True),
            AdamW(name="AdamW", lr=0.02),
            RMSprop(name="RMSprop"),
            RMSprop(name="RMSprop", momentum=0.5, centered=True, weight_decay=0.01),
            Adagrad(name="Adagrad", lr=0.1, lr_decay=0.01, initial_accumulator_value=0.1),
        )
    },
    **{
        f"{scheduler.name}": RunConfig(scheduler=scheduler, optimizer=SGD(momentum=0.5))
        for scheduler in (
            StepLR(name="StepLR", step_size=30, gamma=0.5),
            MultiStepLR(name="MultiStepLR", milestones=(20, 50, 51)),
            ExponentialLR(name="ExponentialLR", gamma=0.99),
            CosineAnnealingLR(name="CosineAnnealingLR", T_max=40, eta_min=0.01),
            LinearLR(name="LinearLR", total_iters=25),
        )
    },
    "a schedule without gradients": RunConfig(
        scheduler=ExponentialLR(name="ExponentialLR", gamma=0.99), loop=LoopConfig(backward=False)
    ),
    **{f"init {name}": RunConfig(model=ModelConfig(hidden=(6, 4), init=name)) for name in get_args(Init)},
    **{f"activation {name}": RunConfig(model=ModelConfig(activation=name)) for name in get_args(Activation)},
    **{f"loss {name}": RunConfig(loss=name) for name in CURVE_LOSSES},
}


@pytest.fixture(scope="module")
def expected() -> dict[str, Plain]:
    """What the plain loop gives."""
    jobs = [(config, steps_of(name)) for name, config in ALONE.items()]
    return dict(zip(ALONE, plain(jobs), strict=True))


def steps_of(name: str) -> int:
    return 1000 if name == "the lesson's run" else 80


def float32(value: float | None) -> float:
    return torch.tensor(value).item()


def make(config: RunConfig | None = None) -> Run:
    config = config or RunConfig()
    run = Run("a run", config, DEVICE, values_of(config))
    run.play(None)
    return run


def train(runs: Sequence[Run], steps: int) -> Alone | Cohort:
    cohort = form(runs)
    for _ in range(steps):
        cohort.step()
    return cohort


def picture(cohort: Alone | Cohort, run: Run) -> Snapshot:
    return cohort.snapshots([run])[run].unpack(run.parameters)


def relative_difference(ours: Sequence[float], theirs: Sequence[float]) -> float:
    return max(abs(a - b) / abs(b) for a, b in zip(ours, theirs, strict=True))


@pytest.mark.parametrize("name", ALONE)
def test_a_run_alone_is_bit_for_bit_the_plain_loop(name: str, expected: dict[str, Plain]) -> None:
    run = make(ALONE[name])
    cohort = train([run], steps_of(name))
    snapshot = picture(cohort, run)
    assert list(run.losses) == expected[name].losses
    assert snapshot.parameters == expected[name].parameters
    assert snapshot.gradients == expected[name].gradients
    assert snapshot.prediction == pytest.approx(expected[name].prediction, rel=1e-5, abs=1e-6)
    assert snapshot.test_loss == (
        None if expected[name].test_loss is None else float32(expected[name].test_loss)
    )
    assert run.state.warning == next(iter(expected[name].warnings), None)


def test_each_run_of_a_cohort_of_32_is_what_it_is_alone_within_a_millionth() -> None:
    # Well-conditioned: with a rate at the edge of stability a last bit grows into another run.
    configs = [RunConfig(seed=seed, optimizer=SGD(lr=0.01)) for seed in range(32)]
    runs = [make(config) for config in configs]
    train(runs, 1000)
    for together, config in list(zip(runs, configs, strict=True))[::4]:
        alone = make(config)
        train([alone], 1000)
        assert relative_difference(together.losses, alone.losses) < 1e-6


def test_without_zero_grad_descent_is_momentum_of_one() -> None:
    # Sum of all gradients so far = the buffer of SGD(momentum=1.0): v = 1.0 * v + g; p = p - lr * v.
    run = make(RunConfig(model=ModelConfig(hidden=()), loop=LoopConfig(zero_grad=False)))
    x, y = run.data.x.flatten().double().tolist(), run.data.y.flatten().double().tolist()
    weight, bias = run.weights.double().tolist()
    train([run], 20)
    velocity_w = velocity_b = 0.0
    losses = []
    for _ in range(20):
        errors = [weight * xi + bias - yi for xi, yi in zip(x, y, strict=True)]
        losses.append(sum(e * e for e in errors) / len(x))
        velocity_w += sum(2 * e * xi for e, xi in zip(errors, x, strict=True)) / len(x)
        velocity_b += sum(2 * e for e in errors) / len(x)
        weight -= 0.2 * velocity_w
        bias -= 0.2 * velocity_b
    assert list(run.losses) == pytest.approx(losses, rel=1e-4)


def test_gradients_are_none_before_the_first_backward() -> None:
    run = make()
    assert set(picture(Alone(run), run).gradients.values()) == {None}
    cohort = train([run], 1)
    assert None not in picture(cohort, run).gradients.values()


def test_zero_grad_without_backward_leaves_no_gradients_as_in_torch() -> None:
    run = make()
    train([run], 1).disband()
    run.update(RunConfig(loop=LoopConfig(backward=False)))
    cohort = train([run], 1)
    assert set(picture(cohort, run).gradients.values()) == {None}


def test_without_backward_and_zero_grad_old_gradients_go_on_being_applied() -> None:
    run = make(RunConfig(model=ModelConfig(hidden=())))
    train([run], 1).disband()
    assert run.grads is not None
    weights, grads = run.weights.clone(), run.grads.clone()
    run.update(run.config.model_copy(update={"loop": LoopConfig(zero_grad=False, backward=False)}))
    train([run], 3).disband()
    assert torch.allclose(run.weights, weights - 3 * 0.2 * grads)


def test_reset_repeats_the_run_bit_for_bit() -> None:
    run = make()
    train([run], 300).disband()
    losses, weights = list(run.losses), run.weights
    run.reset()
    run.play(None)
    train([run], 300).disband()
    assert list(run.losses) == losses
    assert torch.equal(run.weights, weights)


STATEFUL = {
    "momentum": RunConfig(optimizer=SGD(lr=0.02, momentum=0.9)),
    "Adam": RunConfig(optimizer=Adam(name="Adam", lr=0.01, amsgrad=True)),
    "RMSprop": RunConfig(optimizer=RMSprop(name="RMSprop", lr=0.001, momentum=0.5)),
    "Adagrad": RunConfig(optimizer=Adagrad(name="Adagrad", lr=0.1, lr_decay=0.01)),
    "a schedule": RunConfig(
        optimizer=SGD(lr=0.1), scheduler=CosineAnnealingLR(name="CosineAnnealingLR", T_max=30)
    ),
    "batches": RunConfig(optimizer=SGD(lr=0.01), batch_size=30),
    "accumulation": RunConfig(optimizer=SGD(lr=0.001), loop=LoopConfig(zero_grad=False)),
}


@pytest.mark.parametrize("config", STATEFUL.values(), ids=STATEFUL)
def test_a_run_split_over_many_cohorts_of_one_does_not_notice(config: RunConfig) -> None:
    split, whole = make(config), make(config)
    for steps in (1, 2, 3, 94):
        train([split], steps).disband()
    train([whole], 100).disband()
    assert split.losses == whole.losses
    assert torch.equal(split.weights, whole.weights)


def test_without_a_forward_line_torch_refuses_to_go_backward_again() -> None:
    run = make()
    train([run], 5).disband()
    weights = run.weights.clone()
    run.update(RunConfig(loop=LoopConfig(forward=False)))
    cohort = Alone(run)
    with pytest.raises(RuntimeError, match="Trying to backward through the graph a second time"):
        cohort.step()
    cohort.disband()
    assert run.step == 5
    assert torch.equal(run.weights, weights)


@pytest.mark.parametrize(("missing", "loop"), [("prediction", {"forward": False}), ("loss", {"loss": False})])
def test_a_line_left_out_from_the_start_is_a_name_that_is_not_defined(
    missing: str, loop: dict[str, bool]
) -> None:
    cohort = Alone(make(RunConfig(loop=LoopConfig(**loop))))
    with pytest.raises(NameError, match=f"name '{missing}' is not defined"):
        cohort.step()


def test_without_loss_and_backward_lines_the_loss_stays_what_it_was() -> None:
    run = make()
    train([run], 5).disband()
    run.update(RunConfig(loop=LoopConfig(loss=False, backward=False)))
    train([run], 3)
    assert list(run.losses[5:]) == [run.losses[4]] * 3


def test_a_diverged_run_ends_and_the_others_of_its_cohort_go_on() -> None:
    lively = RunConfig(optimizer=SGD(lr=2.0))
    runs = [make(lively.model_copy(update={"seed": seed})) for seed in (0, 1, 2)]
    runs[1].data.y.mul_(1e18)
    cohort = Cohort(runs)
    assert cohort.step()
    assert not cohort.step()
    assert runs[1].status == "diverged"
    assert {runs[0].status, runs[2].status} == {"playing"}
    assert all(math.isfinite(loss) for loss in runs[0].losses)


def test_the_snapshot_of_a_diverged_run_says_so_and_has_no_numbers_where_there_are_none() -> None:
    run = make(RunConfig(optimizer=SGD(lr=1000.0)))
    cohort = Alone(run)
    while cohort.step():
        pass
    snapshot = picture(cohort, run)
    assert snapshot.diverged
    assert "NaN" not in snapshot.model_dump_json()


def test_snapshots_of_some_runs_are_theirs() -> None:
    runs = [make(RunConfig(seed=seed)) for seed in range(4)]
    cohort = train(runs, 5)
    every = cohort.snapshots()
    some = cohort.snapshots([runs[3], runs[1]])
    assert some.keys() == {runs[1], runs[3]}
    assert {run: snapshot.body for run, snapshot in some.items()}.items() <= {
        run: snapshot.body for run, snapshot in every.items()
    }.items()


def test_test_losses_in_a_cohort_are_those_of_each_run() -> None:
    configs = [
        RunConfig(
            seed=seed, data=DataConfig(n_samples=90 + 5 * seed, test_fraction=0.3), optimizer=SGD(lr=0.01)
        )
        for seed in range(4)
    ]
    runs = [make(config) for config in configs]
    cohort = train(runs, 50)
    some = cohort.snapshots([runs[3], runs[1]])
    pictures = cohort.snapshots() | some
    assert isinstance(cohort, Cohort)
    cohort.disband()
    for run in runs:
        # The same sum, by the definition.
        x, y, (w1, b1, w2, b2) = run.data.test_x, run.data.test_y, (leaf.detach() for leaf in run.loop.leaves)
        errors = (torch.relu(x @ w1.T + b1) @ w2.T + b2 - y).flatten().double().tolist()
        expected = sum(error * error for error in errors) / len(errors)
        assert pictures[run].unpack(run.parameters).test_loss == pytest.approx(expected, rel=1e-5)


def test_a_snapshot_holds_the_model_at_the_data_and_on_the_grid() -> None:
    runs = [make(RunConfig(seed=seed)) for seed in range(2)]
    cohort = train(runs, 10)
    snapshot = picture(cohort, runs[1])
    w1, b1, w2, b2 = (torch.tensor(snapshot.parameters[p.name]) for p in runs[1].loop.parameters)

    def model(x: torch.Tensor) -> list[float]:
        return (torch.relu(x @ w1.T + b1) @ w2.T + b2).flatten().tolist()

    assert snapshot.step == 10
    assert snapshot.loss == runs[1].losses[-1]
    assert snapshot.prediction == pytest.approx(model(runs[1].data.x.cpu()), rel=1e-5, abs=1e-6)
    assert snapshot.grid_prediction == pytest.approx(model(runs[1].data.grid.cpu()), rel=1e-5, abs=1e-6)


def test_a_step_that_torch_refuses_raises_and_is_not_recorded() -> None:
    run = make()
    broken = Alone(run)
    run.loop.data = replace(run.data, x=run.data.x.T)
    with pytest.raises(RuntimeError, match="mat1 and mat2"):
        broken.step()
    assert run.step == 0

"""Settings changed in the middle of a run, beside the same changes made by hand in plain torch."""

from collections.abc import Callable

import pytest
import torch
from torch import nn

from app.protocol.optimizers import SGD, Adam, ExponentialLR, OptimizerConfig, RMSprop, SchedulerConfig
from app.protocol.runs import RunConfig
from app.training.alone import Alone
from app.training.run import Run
from tests.training.device import DEVICE

Change = Callable[[torch.optim.Optimizer], None]
ADAM = Adam(name="Adam", lr=0.01)
DECAY = ExponentialLR(name="ExponentialLR", gamma=0.95)


def by_hand(optimizer: OptimizerConfig, scheduler: SchedulerConfig | None, change: Change) -> list[float]:
    """The lesson's loop, 20 steps before the change and 20 after."""
    with torch.random.fork_rng():
        torch.manual_seed(0)
        x = torch.unsqueeze(torch.linspace(-1, 1, 100), dim=1)
        y = x.pow(2) + 0.2 * torch.rand(x.size())
        torch.manual_seed(0)
        net = nn.Sequential(nn.Linear(1, 10), nn.ReLU(), nn.Linear(10, 1))
    x, y, net = x.to(DEVICE), y.to(DEVICE), net.to(DEVICE)
    options = optimizer.model_dump(exclude={"name", "by_hand"})
    stepper = getattr(torch.optim, optimizer.name)(net.parameters(), **options)
    schedule = None if scheduler is None else torch.optim.lr_scheduler.ExponentialLR(stepper, gamma=0.95)
    losses = []
    for t in range(40):
        if t == 20:
            change(stepper)
        loss = nn.functional.mse_loss(net(x), y)
        stepper.zero_grad()
        loss.backward()  # type: ignore[no-untyped-call]
        stepper.step()
        if schedule is not None:
            schedule.step()
        losses.append(loss.item())
    return losses


def ours(before: RunConfig, after: RunConfig) -> list[float]:
    run = Run("a run", before, DEVICE)
    run.play(None)
    for config in (before, after):
        if config is after:
            run.update(after)
        alone = Alone(run)
        for _ in range(20):
            alone.step()
    return list(run.losses)


def set_group(**settings: object) -> Change:
    return lambda optimizer: optimizer.param_groups[0].update(settings)


@pytest.mark.parametrize("scheduler", [None, DECAY], ids=["constant", "decaying"])
@pytest.mark.parametrize(
    ("before", "after", "change"),
    [
        (SGD(momentum=0.9), SGD(momentum=0.9, lr=0.01), set_group(lr=0.01)),
        (SGD(lr=0.1), SGD(lr=0.1, momentum=0.9), set_group(momentum=0.9)),
        (SGD(momentum=0.5), SGD(), set_group(momentum=0.0)),
        (ADAM, Adam(name="Adam", lr=0.1), set_group(lr=0.1)),
        (ADAM, Adam(name="Adam", lr=0.01, betas=(0.5, 0.9)), set_group(betas=(0.5, 0.9))),
        (
            RMSprop(name="RMSprop"),
            RMSprop(name="RMSprop", weight_decay=0.1),
            set_group(weight_decay=0.1),
        ),
    ],
)
def test_other_settings_of_the_same_optimizer_hold_as_if_set_in_its_param_group(
    before: OptimizerConfig, after: OptimizerConfig, change: Change, scheduler: SchedulerConfig | None
) -> None:
    configs = [RunConfig(optimizer=optimizer, scheduler=scheduler) for optimizer in (before, after)]
    assert ours(*configs) == by_hand(before, scheduler, change)


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (SGD(momentum=0.9), ADAM),
        (ADAM, SGD()),
        (ADAM, Adam(name="Adam", lr=0.01, amsgrad=True)),
        (RMSprop(name="RMSprop"), RMSprop(name="RMSprop", centered=True)),
        (RMSprop(name="RMSprop"), RMSprop(name="RMSprop", momentum=0.5)),
    ],
)
def test_another_optimizer_starts_with_nothing_remembered(
    before: OptimizerConfig, after: OptimizerConfig
) -> None:
    losses = ours(RunConfig(optimizer=before), RunConfig(optimizer=after))
    fresh = Run("fresh", RunConfig(optimizer=before), DEVICE)
    fresh.play(None)
    first = Alone(fresh)
    for _ in range(20):
        first.step()
    second = Run("second", RunConfig(optimizer=after), DEVICE)
    second.play(None)
    second.loop.theta.copy_(fresh.loop.theta)
    alone = Alone(second)
    for _ in range(20):
        alone.step()
    assert losses[20:] == list(second.losses)


def test_another_schedule_starts_from_the_rate_that_is_set() -> None:
    before = RunConfig(optimizer=SGD(lr=0.1), scheduler=DECAY)
    run = Run("a run", before, DEVICE)
    run.play(None)
    alone = Alone(run)
    for _ in range(5):
        alone.step()
    assert run.loop.lr == pytest.approx(0.1 * 0.95**5)
    run.update(RunConfig(optimizer=SGD(lr=0.1), scheduler=ExponentialLR(name="ExponentialLR", gamma=0.5)))
    assert run.loop.lr == 0.1
    Alone(run).step()
    assert run.loop.lr == pytest.approx(0.05)


def test_without_a_schedule_the_rate_is_again_the_one_that_is_set() -> None:
    run = Run("a run", RunConfig(optimizer=SGD(lr=0.1), scheduler=DECAY), DEVICE)
    run.play(None)
    Alone(run).step()
    run.update(RunConfig(optimizer=SGD(lr=0.1)))
    assert run.loop.lr == 0.1

"""torch's optimizer and learning-rate scheduler, over one flat parameter."""

from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import torch
from torch import Tensor
from torch.optim import Optimizer
from torch.optim.lr_scheduler import LRScheduler

from app.protocol.optimizers import OptimizerConfig, SchedulerConfig
from app.protocol.runs import RunConfig
from app.training.layout import Layout


@dataclass(frozen=True, slots=True)
class Schedule:
    """Where a learning rate is on its way. state: the scheduler's `state_dict`."""

    lr: float
    initial_lr: float
    state: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class OptimizerState:
    """What a torch optimizer and its scheduler remember of one run.

    tensors: each (P,), under torch's names: "momentum_buffer", "exp_avg", ...
    counts: numbers that are the same for all parameters: "step".
    schedule: None without a scheduler.
    """

    tensors: Mapping[str, Tensor] = field(default_factory=dict)
    counts: Mapping[str, float] = field(default_factory=dict)
    schedule: Schedule | None = None

    def after(self, old: RunConfig, new: RunConfig) -> "OptimizerState":
        """What is kept when the settings change, as in a script that changes `optimizer.param_groups`.

        Another class, or settings for which torch keeps other things, need a new optimizer. Another scheduler
        starts anew from the new rate. A new rate holds at once, and a scheduler goes on from it.
        """
        schedule = self.schedule if new.scheduler == old.scheduler else None
        if kept_things(new.optimizer) != kept_things(old.optimizer):
            return OptimizerState()
        if schedule is not None and new.optimizer.lr != old.optimizer.lr:
            schedule = Schedule(new.optimizer.lr, schedule.initial_lr, schedule.state)
        return OptimizerState(self.tensors, self.counts, schedule)

    @property
    def phase(self) -> Hashable:
        """Runs can share an optimizer while these are equal."""
        return phase(self.tensors, self.counts, self.schedule)


class FlatOptimizer:
    """The optimizer of a cohort. theta: the flat parameter, without `requires_grad`.

    states: one per run, in order; their `phase`s must be equal.
    """

    def __init__(
        self, config: RunConfig, theta: Tensor, layout: Layout, states: Sequence[OptimizerState]
    ) -> None:
        self._theta = theta
        self._layout = layout
        self._optimizer = make_optimizer(config.optimizer, theta)
        self._scheduler: LRScheduler | None = None
        first = states[0]
        for name in first.tensors:
            self._kept[name] = layout.join([state.tensors[name] for state in states])
        for name, count in first.counts.items():
            self._kept[name] = torch.tensor(count)
        # What Optimizer.step's profiler hook wraps: the hook alone costs a fifth of a whole training step.
        self._step = type(self._optimizer).step.__wrapped__  # type: ignore[attr-defined]
        if config.scheduler is not None:
            self._scheduler = make_scheduler(config.scheduler, self._optimizer, first.schedule)

    def step(self) -> None:
        """`optimizer.step()`, and `scheduler.step()` where there is one."""
        if self._scheduler is None:
            if self._theta.grad is not None:
                self._step(self._optimizer)
        else:
            self._optimizer.step()
            self._scheduler.step()

    def states(self) -> list[OptimizerState]:
        """What it remembers of each run."""
        schedule = self._schedule()
        counts = self._counts()
        tensors = {name: self._layout.rows(value) for name, value in self._tensors().items()}
        n_runs = len(self._layout.rows(self._theta))
        return [
            OptimizerState({name: rows[i].clone() for name, rows in tensors.items()}, counts, schedule)
            for i in range(n_runs)
        ]

    @property
    def phase(self) -> Hashable:
        """As `OptimizerState.phase`, now."""
        return phase(self._tensors(), self._counts(), self._schedule())

    @property
    def _kept(self) -> dict[str, Any]:
        kept: dict[str, Any] = self._optimizer.state[self._theta]
        return kept

    def _tensors(self) -> dict[str, Tensor]:
        return {name: value for name, value in self._kept.items() if value is not None and value.dim()}

    def _counts(self) -> dict[str, float]:
        return {
            name: value.item() for name, value in self._kept.items() if value is not None and not value.dim()
        }

    def _schedule(self) -> Schedule | None:
        if self._scheduler is None:
            return None
        group = self._optimizer.param_groups[0]
        return Schedule(group["lr"], group["initial_lr"], self._scheduler.state_dict())


def make_optimizer(config: OptimizerConfig, theta: Tensor) -> Optimizer:
    """The `torch.optim` class of that name."""
    optimizer: Optimizer = getattr(torch.optim, config.name)([theta], **config.model_dump(exclude={"name"}))
    return optimizer


def make_scheduler(config: SchedulerConfig, optimizer: Optimizer, schedule: Schedule | None) -> LRScheduler:
    """The `torch.optim.lr_scheduler` class of that name, from the start or from where it was."""
    group = optimizer.param_groups[0]
    if schedule is not None:
        group["initial_lr"] = schedule.initial_lr
    arguments = config.model_dump(exclude={"name"})
    scheduler: LRScheduler = getattr(torch.optim.lr_scheduler, config.name)(optimizer, **arguments)
    if schedule is not None:
        scheduler.load_state_dict(dict(schedule.state))
        group["lr"] = schedule.lr
    return scheduler


def kept_things(config: OptimizerConfig) -> Hashable:
    """What torch keeps for these settings: with other things an optimizer cannot go on."""
    extra = (getattr(config, "amsgrad", False), getattr(config, "centered", False))
    return (config.name, extra, config.name == "RMSprop" and config.momentum > 0)


def phase(tensors: Mapping[str, Tensor], counts: Mapping[str, float], schedule: Schedule | None) -> Hashable:
    """Everything in an optimizer that is one for all its parameters."""
    way = None if schedule is None else (schedule.lr, schedule.initial_lr, schedule.state["last_epoch"])
    return (frozenset(tensors), frozenset(counts.items()), way)

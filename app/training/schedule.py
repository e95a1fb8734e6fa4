"""A learning rate that one of torch's schedulers changes."""

from collections.abc import Hashable, Mapping

import torch
from pydantic import JsonValue

from app.protocol.optimizers import SchedulerConfig
from app.protocol.runs import RunConfig


class Schedule:
    """A scheduler of `torch.optim.lr_scheduler`, on an optimizer that has nothing to optimize.

    It is separate from the optimizer that trains, because in a cohort that optimizer serves many runs, each
    at its own place in its schedule.
    """

    def __init__(self, config: SchedulerConfig, lr: float) -> None:
        self.config = config
        self._optimizer = torch.optim.SGD([torch.empty(0)], lr=lr)
        make = getattr(torch.optim.lr_scheduler, config.name)
        self._scheduler: torch.optim.lr_scheduler.LRScheduler = make(
            self._optimizer, **config.model_dump(exclude={"name"})
        )
        # torch wants the optimizer's step before the scheduler's, and warns otherwise.
        self._optimizer.step()

    @property
    def lr(self) -> float:
        """The learning rate of the next step."""
        lr: float = self._optimizer.param_groups[0]["lr"]
        return lr

    @lr.setter
    def lr(self, lr: float) -> None:
        """Set it as `optimizer.param_groups[0]["lr"] = lr` does: the scheduler goes on from there."""
        self._optimizer.param_groups[0]["lr"] = lr

    @property
    def numbers(self) -> dict[str, JsonValue]:
        """The numbers that change on the way, under torch's names."""
        state = self._scheduler.state_dict()
        return {name: value for name, value in state.items() if isinstance(value, int | float | list)}

    @numbers.setter
    def numbers(self, numbers: Mapping[str, JsonValue]) -> None:
        self._scheduler.load_state_dict(dict(numbers))

    @property
    def place(self) -> Hashable:
        """The state that decides all later learning rates: equal for schedules that go on alike."""
        return self.config, tuple(self._scheduler.base_lrs), self._scheduler.last_epoch, self.lr

    def step(self) -> None:
        """`scheduler.step()`."""
        self._scheduler.step()

    def go_to(self, other: "Schedule") -> None:
        """Take over the place of another schedule of the same settings."""
        self._scheduler.load_state_dict(other._scheduler.state_dict())
        self.lr = other.lr


def make_schedule(config: RunConfig) -> Schedule | None:
    """The schedule of these settings at its beginning; None without a scheduler."""
    return Schedule(config.scheduler, config.optimizer.lr) if config.scheduler else None

"""The optimizers of `torch.optim`, made from their settings."""

from collections.abc import Callable, Sequence
from typing import Any

import torch
from torch import Tensor

from app.protocol.optimizers import OptimizerConfig


class ByHand(torch.optim.SGD):
    """`parameter -= lr * parameter.grad`, as scripts without an optimizer write it."""

    @torch.no_grad()
    def step(self, closure: None = None) -> None:  # type: ignore[override]
        """Take a step."""
        for group in self.param_groups:
            for parameter in group["params"]:
                if parameter.grad is not None:
                    parameter.sub_(group["lr"] * parameter.grad)


State = dict[str, Tensor]
"""What a torch optimizer keeps for one parameter."""


def make_optimizer(config: OptimizerConfig, groups: Sequence[dict[str, Any]]) -> torch.optim.Optimizer:
    """The `torch.optim` class of that name. groups: torch's param groups, each with settings of its own."""
    kind = ByHand if getattr(config, "by_hand", False) else getattr(torch.optim, config.name)
    optimizer: torch.optim.Optimizer = kind(groups, **settings_of(config))
    return optimizer


def settings_of(config: OptimizerConfig) -> dict[str, Any]:
    """The arguments for torch's class."""
    return config.model_dump(exclude={"name", "by_hand"})


def step_of(optimizer: torch.optim.Optimizer) -> Callable[[], object]:
    """The optimizer's `step` without the profiler's hook, which alone costs a fifth of a training step."""
    step = type(optimizer).step.__wrapped__  # type: ignore[attr-defined]
    bound: Callable[[], object] = step.__get__(optimizer)
    return bound

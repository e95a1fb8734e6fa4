"""The optimizers of `torch.optim`, made from their settings."""

from collections.abc import Callable, Sequence
from typing import Any

import torch
from torch import Tensor

from app.protocol.optimizers import OptimizerConfig

State = dict[str, Tensor]
"""What a torch optimizer keeps for one parameter."""


def make_optimizer(config: OptimizerConfig, groups: Sequence[dict[str, Any]]) -> torch.optim.Optimizer:
    """The `torch.optim` class of that name. groups: torch's param groups, each with settings of its own."""
    optimizer: torch.optim.Optimizer = getattr(torch.optim, config.name)(groups, **settings_of(config))
    return optimizer


def settings_of(config: OptimizerConfig) -> dict[str, Any]:
    """The arguments for torch's class."""
    return config.model_dump(exclude={"name"})


def step_of(optimizer: torch.optim.Optimizer) -> Callable[[], object]:
    """The optimizer's `step` without the profiler's hook, which alone costs a fifth of a training step."""
    step = type(optimizer).step.__wrapped__  # type: ignore[attr-defined]
    bound: Callable[[], object] = step.__get__(optimizer)
    return bound

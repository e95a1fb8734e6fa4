"""Trials of changed settings: a few steps that show whether they would have gone better."""

from collections.abc import Generator, Sequence
from math import isfinite
from statistics import fmean
from typing import TypeVar

import torch
from torch import Tensor

from app.protocol.runs import DIVERGENCE_FACTOR, RunConfig
from app.training.data import Points
from app.training.loop import Loop, loss_func_of
from app.training.model import CAN_DIE, dead_units

POWER_ITERATIONS = 12
HELPS = 0.99
"""A trial counts as learning if it ends below this many times its first loss."""
FALLS = 0.999
"""Further steps count as lowering the loss if it ends below this many times what it was."""

T = TypeVar("T")
Sliced = Generator[None, None, T]
"""A computation that pauses often, so that it can be done in slices beside other work."""


def has_diverged(loss: float, first_loss: float) -> bool:
    """Whether a loss is not finite, or so much larger than the first one that training counts as diverged."""
    return not isfinite(loss) or loss > DIVERGENCE_FACTOR * max(1.0, first_loss)


def learns(config: RunConfig, data: Points, steps: int) -> Sliced[bool]:
    """Whether `steps` steps from the initial weights lower the loss and leave no layer dead."""
    loop = Loop(config, data)
    losses = [loop.step()]
    for _ in range(steps - 1):
        yield
        losses.append(loop.step())
        if has_diverged(losses[-1], losses[0]):
            return False
    # The mean of some losses: those of mini-batches differ.
    last = fmean(losses[-max(1, steps // 10) :])
    return last < HELPS * losses[0] and dead_layer(loop) is None


def goes_on(loop: Loop, losses: Sequence[float], steps: int) -> Sliced[bool]:
    """Whether `steps` further steps of a loop lower the loss. losses: those of its steps until now."""
    further = []
    for _ in range(steps):
        yield
        further.append(loop.step())
    n = max(1, min(steps, len(losses)) // 10)
    return fmean(further[-n:]) < FALLS * fmean(losses[-n:])


def dead_layer(loop: Loop) -> str | None:
    """The name in `state_dict` of the first hidden layer whose units are all dead; None if there is none."""
    if loop.config.model.activation not in CAN_DIE or loop.data.x.dim() == 1:
        return None
    with torch.no_grad():
        hidden = loop.layers(loop.data.x)[:-1]
    for outputs, weight in zip(hidden, loop.parameters[::2], strict=False):
        if bool(dead_units([outputs.unsqueeze(0)]).all()):
            return weight.name.removesuffix(".weight")
    return None


def curvature(loop: Loop) -> Sliced[float]:
    """An estimate of the largest second derivative of the loss in any direction, at these parameters.

    Found by power iteration with products of the Hessian and a vector (Pearlmutter 1994).
    """
    try:
        loss = loss_func_of(loop.config)(loop.net(loop.data.x), loop.data.y)
    except RuntimeError:
        return 0.0  # torch takes some of these points at a time, but not all.
    slopes = flat(torch.autograd.grad(loss, loop.leaves, create_graph=True))
    if not slopes.requires_grad:
        return 0.0
    direction = torch.ones_like(slopes) / slopes.numel() ** 0.5
    largest = 0.0
    for _ in range(POWER_ITERATIONS):
        yield
        bends = torch.autograd.grad(
            slopes, loop.leaves, direction, retain_graph=True, allow_unused=True, materialize_grads=True
        )
        product = flat(bends)
        largest = float(product.norm())
        if not 0 < largest < float("inf"):
            return 0.0
        direction = product / largest
    return largest


def flat(tensors: tuple[Tensor, ...]) -> Tensor:
    """All elements of the tensors in one row."""
    return torch.cat([tensor.reshape(-1) for tensor in tensors])

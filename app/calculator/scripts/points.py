"""The points that a script learns from."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import accumulate
from typing import Any

import numpy as np
import torch
from torch import Tensor

from app.calculator.scripts.batches import Batches, Orders, Taken, batches_of, looked_up, traced
from app.calculator.scripts.reasons import Reasons
from app.calculator.scripts.tape import Call


@dataclass(frozen=True)
class Points:
    """All points, (n,) or (n, 2) and (n,), and the mini-batches; None: every step takes all points."""

    x: Tensor
    y: Tensor
    batches: Batches | None


def points_of(
    steps: Sequence[Taken], calls: Sequence[Call], loaders: Sequence[Any], reasons: Reasons
) -> Points | None:
    """The points that the steps take. Reasons: they take them in an order that no run has."""
    first = steps[0]
    if all(equal(step.x, first.x) and equal(step.y, first.y) for step in steps):
        return Points(inputs(first.x), column(first.y), None)
    found = traced(steps) or looked_up(steps, loaders) or in_turn(steps)
    if found is not None:
        x, y, orders = found
        batches = batches_of(orders, len(x), first.x_made, calls)
        if batches is not None:
            return Points(inputs(x), column(y), batches)
    reasons.add("other_batches")
    return None


def in_turn(steps: Sequence[Taken]) -> tuple[Tensor, Tensor, Orders] | None:
    """The same where batches, such as the items of two lists, come again in turn."""
    for n in range(2, len(steps)):
        if all(equal(a.x, b.x) and equal(a.y, b.y) for a, b in zip(steps, steps[n:], strict=False)):
            xs, ys = [inputs(step.x) for step in steps[:n]], [column(step.y) for step in steps[:n]]
            ends = accumulate(map(len, xs))
            orders = [list(range(end - len(x), end)) for x, end in zip(xs, ends, strict=True)]
            return torch.cat(xs), torch.cat(ys), [orders[i % n] for i in range(len(steps))]
    return None


def inputs(x: Tensor) -> Tensor:
    """The inputs of each point: (n,), or (n, 2) of two."""
    return x.detach() if x.dim() == 2 and x.shape[1] == 2 else column(x)


def column(values: Tensor) -> Tensor:
    """Numbers one after the other."""
    return values.detach().reshape(-1)


def equal(one: Tensor, other: Tensor) -> bool:
    """Whether two tensors hold the same."""
    return one is other or (one.shape == other.shape and torch.equal(one, other))


def listed(x: Tensor, y: Tensor) -> list[list[float]]:
    """The points, in as few digits as give the same float32."""
    return [[*map(short, row), short(b)] for row, b in zip(x.reshape(len(y), -1).numpy(), y, strict=True)]


def short(value: Any) -> float:
    """A float32 in few digits."""
    return float(str(np.float32(float(value))))

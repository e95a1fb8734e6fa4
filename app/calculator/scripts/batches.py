"""The order in which the steps of a script take its points."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor
from torch.utils.data import default_collate

from app.calculator.scripts.tape import Call
from app.protocol.data import MAX_SAMPLES
from app.protocol.runs import BatchOrder


@dataclass(frozen=True)
class Taken:
    """What one step learns from, and the calls that made it."""

    x: Tensor
    x_made: Call | None
    y: Tensor
    y_made: Call | None


@dataclass(frozen=True)
class Batches:
    """The order of mini-batches. state: of torch's random numbers before the first; None: no matter."""

    size: int
    order: BatchOrder
    state: Tensor | None


Orders = list[list[int]]
"""The indices of the points of each step."""


def traced(steps: Sequence[Taken]) -> tuple[Tensor, Tensor, Orders] | None:
    """All points and the order of each step, by the calls that took the step's out of them."""
    picked = [(picks(step.x, step.x_made), picks(step.y, step.y_made)) for step in steps]
    known = [(x, y) for x, y in picked if x is not None and y is not None]
    wholes = {(id(x[0]), id(y[0])) for x, y in known}
    if len(known) < len(steps) or len(wholes) != 1 or any(x[1] != y[1] for x, y in known):
        return None
    (x, _), (y, _) = known[0]
    return x, y, [order for (_, order), _ in known]


def looked_up(steps: Sequence[Taken], loaders: Sequence[Any]) -> tuple[Tensor, Tensor, Orders] | None:
    """The same by the points' values, of a loader's data set that is no tensor."""
    for loader in loaders:
        if not 0 < len(loader.dataset) <= MAX_SAMPLES:
            continue
        whole = default_collate([loader.dataset[i] for i in range(len(loader.dataset))])
        if not isinstance(whole, tuple | list) or len(whole) != 2:
            continue
        rows = rows_of(*whole)
        places = {row: i for i, row in enumerate(rows)}
        taken = [rows_of(step.x, step.y) for step in steps]
        if len(places) == len(rows) and all(row in places for step in taken for row in step):
            return whole[0], whole[1], [[places[row] for row in step] for step in taken]
    return None


def rows_of(x: Tensor, y: Tensor) -> list[tuple[float, ...]]:
    """The numbers of each point."""
    pairs = zip(x.reshape(len(x), -1).tolist(), y.reshape(len(y), -1).tolist(), strict=True)
    return [(*inputs, *target) for inputs, target in pairs]


def picks(value: Tensor, made: Call | None) -> tuple[Tensor, list[int]] | None:
    """The points that a batch is taken from, and which it takes."""
    if made is None:
        return None
    if made.name == "stack" and made.args:
        parts = [(part, made.source(part)) for part in made.args[0] if isinstance(part, Tensor)]
        found = [picks(part, maker) for part, maker in parts]
        if not found or None in found:
            return None
        wholes = {id(pick[0]) for pick in found if pick is not None}
        order = [i for pick in found if pick is not None for i in pick[1]]
        return (found[0][0], order) if len(wholes) == 1 and found[0] is not None else None
    whole = made.args[0] if made.args else None
    if not isinstance(whole, Tensor):
        return None
    if (
        made.name in ("unsqueeze", "view", "reshape", "float", "to", "squeeze")
        and whole.numel() == value.numel()
    ):
        return picks(whole, made.source(whole))
    if made.name not in ("getitem", "index_select", "split", "chunk", "narrow", "iter", "unbind"):
        return None
    numbers = torch.arange(len(whole)).view(-1, *[1] * (whole.dim() - 1)).expand(whole.shape)
    taken = made.function(numbers, *made.args[1:], **made.kwargs)
    if not isinstance(taken, Tensor):
        taken = list(taken)[[part is value for part in made.result].index(True)]
    if whole.dim() == 2 and taken.dim() == 2:
        taken = taken[:, 0]  # whose other inputs go with the first
    return whole, taken.reshape(-1).tolist()


def batches_of(orders: list[list[int]], n: int, made: Call | None, calls: Sequence[Call]) -> Batches | None:
    """How the order of mini-batches comes about."""
    size = len(orders[0])
    start = 0
    in_order = True
    for order in orders:
        in_order &= order == list(range(start, min(start + size, n)))
        start = start + size if start + size < n else 0
    if in_order:
        return Batches(size, "in_order", None)
    before = calls[: made.place] if made is not None else ()
    drawn = next(
        (call for call in reversed(before) if call.name == "randperm" and call.argument(0, "n") == n), None
    )
    if drawn is None:
        return None
    if drawn.kwargs.get("generator") is not None:
        seeds = [call for call in before[: drawn.place] if call.name == "random"][-2:]
        return Batches(size, "DataLoader", seeds[0].state) if len(seeds) == 2 else None
    return Batches(size, "steps" if twice(orders, n) else "epochs", drawn.state)


def twice(orders: list[list[int]], n: int) -> bool:
    """Whether some of the steps of what would be an epoch take the same point."""
    epoch = -(-n // len(orders[0]))
    taken = [i for order in orders[:epoch] for i in order]
    return len(set(taken)) < len(taken)

"""The points of a script, and the order in which its steps take them."""

import ast
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import torch
from torch import Tensor

from app.calculator.formula import evaluate
from app.calculator.program.read import Script
from app.calculator.scripts.reasons import Reasons
from app.calculator.scripts.tape import Call
from app.protocol.data import MAX_FORMULA, MAX_SAMPLES, Recipe
from app.protocol.runs import BatchOrder

ROOTS = 4
"""Calls between a batch and the points that it is taken from."""


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


@dataclass(frozen=True)
class Points:
    """All points, each (n,), and the mini-batches; None: every step takes all points."""

    x: Tensor
    y: Tensor
    batches: Batches | None


def points_of(steps: Sequence[Taken], calls: Sequence[Call], reasons: Reasons) -> Points | None:
    """The points that the steps take. Reasons: they are too many, or taken in an order that no run has."""
    first = steps[0]
    if all(equal(step.x, first.x) and equal(step.y, first.y) for step in steps):
        return Points(column(first.x), column(first.y), None)
    picked = [(picks(step.x, step.x_made), picks(step.y, step.y_made)) for step in steps]
    roots = {id(root) for pair in picks_of(picked, 0) for root in pair}
    wholes = [whole for pick in picked[0] if pick is not None for whole in [pick[0]]]
    orders = [x[1] for x, y in picked if x is not None and y is not None and x[1] == y[1]]
    if len(wholes) != 2 or len(roots) != 2 or len(orders) != len(steps):
        reasons.add("other_batches")
        return None
    batches = batches_of(orders, len(wholes[0]), steps[0].x_made, calls)
    if batches is None:
        reasons.add("other_batches")
        return None
    return Points(column(wholes[0]), column(wholes[1]), batches)


def picks_of(picked: Iterable[Any], at: int) -> Iterator[list[Tensor]]:
    """The points that are taken from, of each step."""
    for pair in picked:
        yield [pick[at] for pick in pair if pick is not None]


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
    if made.name not in ("getitem", "index_select", "split", "chunk", "take", "narrow"):
        return None
    numbers = torch.arange(len(whole)).view(-1, *[1] * (whole.dim() - 1)).expand(whole.shape)
    taken = made.function(numbers, *made.args[1:], **made.kwargs)
    if not isinstance(taken, Tensor):
        taken = taken[[part is value for part in made.result].index(True)]
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
    if made is None:
        return None
    if made.name == "stack":
        drawn = [call for call in calls[: made.place] if call.name == "random"][-2:]
        return Batches(size, "DataLoader", drawn[0].state) if len(drawn) == 2 else None
    drawn = [call for call in made.ancestors if call.name == "randperm"]
    if not drawn:
        return None
    first = max(drawn, key=lambda call: call.place)
    several = len(orders) > 1 and n > size and set(orders[0]) & set(orders[1])
    return Batches(size, "steps" if several or is_first(orders, n) else "epochs", first.state)


def is_first(orders: list[list[int]], n: int) -> bool:
    """Whether some of the steps of what would be an epoch take a point twice."""
    epoch = -(-n // len(orders[0]))
    taken = [i for order in orders[:epoch] for i in order]
    return len(set(taken)) < len(taken)


def column(values: Tensor) -> Tensor:
    """Numbers one after the other."""
    return values.detach().reshape(-1)


def equal(one: Tensor, other: Tensor) -> bool:
    """Whether two tensors hold the same."""
    return one is other or (one.shape == other.shape and torch.equal(one, other))


def listed(x: Tensor, y: Tensor) -> list[list[float]]:
    """The points, in as few digits as give the same float32."""
    return [[short(a), short(b)] for a, b in zip(x.numpy(), y.numpy(), strict=True)]


def short(value: Any) -> float:
    """A float32 in few digits."""
    return float(str(np.float32(value)))


# The points as a script makes them.


def formula_of(
    script: Script, names: dict[str, Any], points: Points, calls: Sequence[Call], seed: int
) -> dict[str, Any] | None:
    """The settings that make the same points from evenly spaced x and a formula; None: none is known."""
    line = next((call for call in calls if is_spaced(call, points.x)), None)
    if line is None or not len(points.x) <= MAX_SAMPLES:
        return None
    x_min, x_max = float(line.argument(0, "start")), float(line.argument(1, "end"))
    for formula in formulas(script, names, points):
        try:
            recipe = Recipe(
                formula=formula, seed=seed, n_samples=len(points.x), x_min=x_min, x_max=x_max, noise=0.0
            )
        except ValueError:
            return None
        made = evaluate(recipe).y
        if made is not None and torch.equal(torch.tensor(made), points.y):
            return {"target": formula, "n_samples": len(points.x), "x_min": x_min, "x_max": x_max}
    return None


def is_spaced(call: Call, x: Tensor) -> bool:
    """Whether a call is `torch.linspace` and made these x."""
    if call.name != "linspace" or not isinstance(call.result, Tensor):
        return False
    same = call.result.dtype == torch.float32 and torch.equal(column(call.result), x)
    return same and all(
        isinstance(call.argument(i, name), int | float) for i, name in enumerate(("start", "end"))
    )


def formulas(script: Script, names: dict[str, Any], points: Points) -> Iterator[str]:
    """The right sides of the script's assignments, with `x` for what are the points, that only x is in."""
    inputs = {name for name, value in names.items() if isinstance(value, Tensor) and same_as(value, points.x)}
    inputs |= {"x"}
    source = "\n".join(script.lines)
    for node in reversed(list(ast.walk(script.tree))):
        if not (isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Name)):
            continue
        free = {part.id for part in ast.walk(node.value) if isinstance(part, ast.Name)}
        if free & inputs and free <= inputs | {"torch", "math"}:
            text = ast.get_source_segment(source, node.value) or ""
            if free & inputs != {"x"} or "\n" in text:
                text = ast.unparse(Renamed(inputs).visit(ast.parse(ast.unparse(node.value), mode="eval")))
            if len(text) <= MAX_FORMULA:
                yield text


def same_as(value: Tensor, x: Tensor) -> bool:
    """Whether a tensor holds just these numbers."""
    return value.dtype == x.dtype and value.numel() == x.numel() and torch.equal(column(value), x)


class Renamed(ast.NodeTransformer):
    """Calls some names x."""

    def __init__(self, names: set[str]) -> None:
        self._names = names

    def visit_Name(self, node: ast.Name) -> ast.Name:
        """`x` for a name of them."""
        return ast.Name("x", node.ctx) if node.id in self._names else node

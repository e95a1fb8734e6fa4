"""The points of a script as it makes them: evenly spaced x, and a formula for y."""

import ast
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import torch
from torch import Tensor

from app.calculator.formula import evaluate
from app.calculator.program.read import Script
from app.calculator.scripts.points import Points, column
from app.calculator.scripts.tape import Call
from app.protocol.data import MAX_FORMULA, MAX_SAMPLES, Recipe


def formula_of(
    script: Script, names: Mapping[str, Any], points: Points, calls: Sequence[Call], seed: int
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


def formulas(script: Script, names: Mapping[str, Any], points: Points) -> Iterator[str]:
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

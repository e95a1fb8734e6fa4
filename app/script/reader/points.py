"""The tensors x and y in a script, as the settings of the data."""

import ast
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from app.errors import N_, Invalid
from app.protocol.data import MAX_FORMULA, PRESETS
from app.script.formula import checked, is_elementwise
from app.script.reader.names import Names, is_small, refused, unknown

FEATURES = 2
"""Dimensions of what a model takes: (n, 1)."""


@dataclass(frozen=True)
class Inputs:
    """Evenly spaced x. kept: those of a preset that leaves some out. dims: how many dimensions it has."""

    x_min: float
    x_max: float
    n: float
    dims: int = 1
    kept: bool = False
    scaled: bool = False
    held_out: float = 0.0


@dataclass(frozen=True)
class Targets:
    """Targets by a formula in x. of: the x it was computed from."""

    formula: str
    of: Inputs
    dims: int
    noise: float = 0.0
    held_out: float = 0.0


@dataclass(frozen=True)
class Listed:
    """Numbers that are written down."""

    values: tuple[float, ...]
    dims: int = 1
    scaled: bool = False
    held_out: float = 0.0


Points = Inputs | Targets | Listed


class Renamed(ast.NodeTransformer):
    """An expression in which the input is called x, and modules by their usual names."""

    def __init__(self, x: str, names: Names) -> None:
        self._x = x
        self._names = names

    def visit_Attribute(self, node: ast.Attribute) -> ast.AST:
        """Modules."""
        path = self._names.path(node)
        if path is None:
            return self.generic_visit(node)
        return ast.parse(path.replace("torch.nn.functional.", "F."), mode="eval").body

    def visit_Name(self, node: ast.Name) -> ast.AST:
        """The input."""
        if node.id == self._x:
            return ast.Name("x", node.ctx)
        return ast.parse(path, mode="eval").body if (path := self._names.path(node)) else node


def listed(node: ast.Call, names: Names) -> Listed:
    """`torch.tensor([...])`, of numbers or of lists of one number each. Raises: Invalid."""
    dtypes = [names.path(keyword.value) for keyword in node.keywords if keyword.arg == "dtype"]
    if (
        len(node.args) != 1
        or len(dtypes) != len(node.keywords)
        or dtypes not in ([], ["torch.float"], ["torch.float32"])
    ):
        raise unknown(node)
    values = names.constant(node.args[0])
    if not isinstance(values, tuple):
        raise unknown(node)
    flat = [value[0] if isinstance(value, tuple) and len(value) == 1 else value for value in values]
    numbers = [value for value in flat if isinstance(value, int | float) and not isinstance(value, bool)]
    if len(numbers) != len(values):
        raise unknown(node)
    if names.called(node) == "torch.tensor" and not dtypes and not any(isinstance(v, float) for v in numbers):
        raise refused(node, N_("line {line}: whole numbers make an integer tensor; write a point, as in 1."))
    return Listed(tuple(map(float, numbers)), FEATURES if isinstance(values[0], tuple) else 1)


def formula_of(node: ast.expr, x: str, of: Inputs, names: Names, text: str) -> Targets:
    """The target as a formula in x. text: how it is written. Raises: Invalid: it cannot be one."""
    match node:
        case ast.Call(func=ast.Attribute(value=inner, attr="expand_as"), args=[ast.Name(id=name)]) if (
            name == x
        ):
            node, text = inner, text.strip().removesuffix(f".expand_as({x})")[1:-1]
    if not is_small(node, MAX_FORMULA):
        raise refused(
            node,
            N_("line {line}: a formula has at most {most} {most:character|characters}"),
            most=MAX_FORMULA,
        )
    renamed = Renamed(x, names).visit(ast.parse(ast.unparse(node), mode="eval").body)
    written = ast.unparse(renamed)
    plain = text.strip()
    try:
        if plain and ast.unparse(ast.parse(plain, mode="eval").body) == written:
            written = plain
        tree = checked(written)
    except (Invalid, SyntaxError) as error:
        raise refused(
            node, N_("line {line}: this cannot be the formula of y: {code}"), code=str(error)[:200]
        ) from None
    if of.scaled or of.held_out:
        raise refused(node, N_("line {line}: y must be computed before x is scaled or split"))
    if of.dims == FEATURES and not is_elementwise(tree):
        raise refused(node, N_("line {line}: compute y from x before it is unsqueezed: [n], not [n, 1]"))
    return Targets(known_formula(written), of, of.dims)


def known_formula(formula: str) -> str:
    """A preset's formula as it is written there."""
    normal = ast.unparse(ast.parse(formula, mode="eval"))
    same = (p.y for p in PRESETS.values() if ast.unparse(ast.parse(p.y, mode="eval")) == normal)
    return next(same, formula)


def lifted(points: Points) -> Points:
    """The same with a second dimension."""
    return replace(points, dims=points.dims + 1)


def data_of(node: ast.AST, x: Points, y: Points) -> dict[str, Any]:
    """The settings of these points. Raises: Invalid: they do not belong together."""
    if x.held_out != y.held_out:
        raise refused(node, N_("line {line}: x and y must be split alike"))
    data: dict[str, Any] = {
        "unsqueeze_x": x.dims == FEATURES,
        "unsqueeze_y": y.dims == FEATURES,
        "scale_x": not isinstance(x, Targets) and x.scaled,
        "test_fraction": x.held_out,
    }
    if isinstance(x, Listed) and isinstance(y, Listed) and len(x.values) == len(y.values):
        points = [list(point) for point in zip(x.values, y.values, strict=True)]
        return {**data, "points": points, "n_samples": max(2, len(points))}
    if isinstance(x, Inputs) and isinstance(y, Targets) and x.kept == y.of.kept:
        data |= {"x_min": x.x_min, "x_max": x.x_max, "n_samples": x.n, "noise": y.noise}
        return {**data, "target": target_of(node, y)}
    raise refused(node, N_("line {line}: x and y must both be listed, or y be computed from x"))


def target_of(node: ast.AST, y: Targets) -> str:
    """The preset with this formula; the formula itself if there is none, or it is the lesson's."""
    names: Mapping[tuple[str, bool], str] = {
        (preset.y, preset.x is not None): name for name, preset in PRESETS.items() if name != "parabola"
    }
    name = names.get((y.formula, y.of.kept))
    if name is None and y.of.kept:
        raise refused(node, N_("line {line}: only the preset gap leaves points out"))
    return name or y.formula

"""The lines of a script that make the points."""

import ast
import re
from collections.abc import Mapping

from app.protocol.data import DataConfig, Preset, YForm, preset_of
from app.protocol.planes import CLASS_COUNTS, SURFACES, class_points, drawn_inputs
from app.protocol.runs import RunConfig
from app.script.formula import checked, fills, is_elementwise
from app.script.values import number, tensor

FORMS: Mapping[YForm, str] = {
    "long": "",
    "long_column": "torch.unsqueeze({y}, dim=1)",
    "float": "{y}.float()",
    "float_column": "torch.unsqueeze({y}.float(), dim=1)",
    "one_hot": "torch.nn.functional.one_hot({y}, {classes})",
}
"""The expression for labels, (n,) Long, in each form."""


def data_lines(config: RunConfig) -> list[str]:
    """The lines that make x, y and the points held out. Raises: Invalid: the formula is not allowed."""
    data = config.data
    if is_short(data):
        line = f"x = torch.unsqueeze({linspace(data)}, dim=1)"
        return [line, f"y = {preset(data).y}", *noise_lines(data)]
    lines = made_lines(data)
    if data.scale_x:
        each = "" if data.features == 1 else "dim=0"
        lines.append(f"x = (x - x.mean({each})) / x.std({each})")
    if data.test_fraction:
        lines += [
            "",
            "order = torch.randperm(len(x))",
            f"n_test = round({data.test_fraction!r} * len(x))",
            "test, train = order[:n_test].sort().values, order[n_test:].sort().values",
            "x_test, y_test = x[test], y[test]",
            "x, y = x[train], y[train]",
            "",
        ]
    for name, shaped in (("x", shaped_x(data)), ("y", shaped_y(config))):
        if shaped:
            lines.append(f"{name} = {shaped.format(**{name: name}, classes=data.classes)}")
            if data.test_fraction:
                held_out = f"{name}_test"
                lines.append(f"{held_out} = {shaped.format(**{name: held_out}, classes=data.classes)}")
    return lines


def shaped_x(data: DataConfig) -> str:
    """The expression that gives x its second dimension; empty if it needs none."""
    return "torch.unsqueeze({x}, dim=1)" if data.features == 1 and data.unsqueeze_x else ""


def shaped_y(config: RunConfig) -> str:
    """The expression that gives y its form; empty if it has it."""
    if config.y_form is not None:
        return FORMS[config.y_form]
    return "torch.unsqueeze({y}, dim=1)" if config.data.unsqueeze_y else ""


def made_lines(data: DataConfig) -> list[str]:
    """The lines that make x, of shape (n,) or (n, 2), and y, of shape (n,), before scaling and splitting."""
    if data.points is not None:
        return point_lines(data, data.points)
    if data.target in CLASS_COUNTS:
        assert data.classes is not None
        return class_points(data.target, data.classes, data.n_samples, data.balance, data.noise)
    lines = [drawn_inputs(data.n_samples, data.x_min, data.x_max)]
    if data.target in SURFACES:
        return [*lines, f"y = {SURFACES[data.target]}", *noise_lines(data)]
    if not data.is_curve:
        return [*(lines if data.features == 2 else [f"x = {linspace(data)}"]), *formula_lines(data)]
    kept = preset(data)
    lines = [f"x = {linspace(data)}"]
    if kept.x is not None:
        lines.append(f"x = {kept.x}")
    return [*lines, f"y = {kept.y}", *noise_lines(data)]


def point_lines(data: DataConfig, points: tuple[tuple[float, ...], ...]) -> list[str]:
    """The lines with the points' own numbers."""
    inputs = [point[0] for point in points] if data.features == 1 else [[*point[:2]] for point in points]
    labels = data.classes is not None
    x, y = tensor(inputs), tensor(int(point[-1]) if labels else point[-1] for point in points)
    return [f"x = {x[0]}", *x[1:], f"y = {y[0]}", *y[1:]]


def formula_lines(data: DataConfig) -> list[str]:
    """The lines that make y of two inputs, or labels, by a formula. Raises: Invalid: it is not allowed."""
    formula = data.target.strip()
    names = frozenset({"x1", "x2"} if data.features == 2 else ())
    tree = checked(formula, names)
    used = {node.id for node in ast.walk(tree) if isinstance(node, ast.Name)}
    lines = ["x1, x2 = x[:, 0], x[:, 1]"] if used & names else []
    y = f"({formula}).long()" if data.classes is not None else formula
    if not fills(OneInput().visit(tree) if data.features == 2 else tree):
        y = f"{y if data.classes is not None else f'({y})'}.expand(len(x))"
    lines.append(f"y = {y}")
    if data.classes is None:
        return lines + noise_lines(data)
    return lines + ([f"x = x + {number(data.noise)}*torch.randn(x.size())"] if data.noise else [])


class OneInput(ast.NodeTransformer):
    """Calls one of two inputs `x`, as `fills` knows it, and both together otherwise."""

    def visit_Name(self, node: ast.Name) -> ast.Name:
        """`x1` and `x2`."""
        return ast.Name({"x1": "x", "x2": "x", "x": "both"}.get(node.id, node.id), node.ctx)

    def visit_Subscript(self, node: ast.Subscript) -> ast.AST:
        """`x[:, 0]` and `x[:, 1]`."""
        column = re.fullmatch(r"x\[:, [01]\]", ast.unparse(node))
        return ast.Name("x", node.ctx) if column else self.generic_visit(node)


def preset(data: DataConfig) -> Preset:
    """The formulas of x and y; a target that is no preset is its own formula. Raises: Invalid."""
    known = preset_of(data.target)
    if known is not None:
        return known
    formula = data.target.strip()
    # A formula may also give one number for all points.
    return Preset(formula if fills(checked(formula)) else f"({formula}).expand_as(x)")


def is_short(data: DataConfig) -> bool:
    """Whether x can be made with its second dimension, as in the lesson, and y from that x."""
    if not data.is_curve or data.points is not None or data.scale_x or data.test_fraction:
        return False
    made = preset(data)
    return data.unsqueeze_x and data.unsqueeze_y and made.x is None and is_elementwise(checked(made.y))


def linspace(data: DataConfig) -> str:
    """The expression for evenly spaced x."""
    return f"torch.linspace({number(data.x_min)}, {number(data.x_max)}, {data.n_samples})"


def noise_lines(data: DataConfig) -> list[str]:
    """The line that adds noise to y, if there is any."""
    return [f"y = y + {number(data.noise)}*torch.randn(y.size())"] if data.noise else []

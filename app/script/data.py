"""The lines of a script that make the points."""

from app.protocol.data import DataConfig, Preset, preset_of
from app.script.formula import checked, fills, is_elementwise
from app.script.values import number, tensor


def data_lines(data: DataConfig) -> list[str]:
    """The lines that make x, y and the points held out. Raises: Invalid: the formula is not allowed."""
    if is_short(data):
        line = f"x = torch.unsqueeze({linspace(data)}, dim=1)"
        return [line, f"y = {preset(data).y}", *noise_lines(data)]
    lines = made_lines(data)
    if data.scale_x:
        lines.append("x = (x - x.mean()) / x.std()")
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
    for name, switch in (("x", data.unsqueeze_x), ("y", data.unsqueeze_y)):
        if switch:
            lines.append(f"{name} = torch.unsqueeze({name}, dim=1)")
            if data.test_fraction:
                lines.append(f"{name}_test = torch.unsqueeze({name}_test, dim=1)")
    return lines


def made_lines(data: DataConfig) -> list[str]:
    """The lines that make x and y of shape (n,), before scaling and splitting."""
    if data.points is not None:
        x, y = tensor(point[0] for point in data.points), tensor(point[1] for point in data.points)
        return [f"x = {x[0]}", *x[1:], f"y = {y[0]}", *y[1:]]
    kept = preset(data)
    lines = [f"x = {linspace(data)}"]
    if kept.x is not None:
        lines.append(f"x = {kept.x}")
    return [*lines, f"y = {kept.y}", *noise_lines(data)]


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
    if data.points is not None or data.scale_x or data.test_fraction:
        return False
    made = preset(data)
    return data.unsqueeze_x and data.unsqueeze_y and made.x is None and is_elementwise(checked(made.y))


def linspace(data: DataConfig) -> str:
    """The expression for evenly spaced x."""
    return f"torch.linspace({number(data.x_min)}, {number(data.x_max)}, {data.n_samples})"


def noise_lines(data: DataConfig) -> list[str]:
    """The line that adds noise to y, if there is any."""
    return [f"y = y + {number(data.noise)}*torch.randn(y.size())"] if data.noise else []

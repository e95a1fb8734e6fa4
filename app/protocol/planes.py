"""Points of two inputs as lines of torch, the same ones in a script and in the trainer."""

from collections.abc import Callable, Mapping, Sequence
from math import cos, pi, sin, sqrt
from typing import Literal

ClassSource = Literal["blobs", "xor", "circles", "moons", "spirals", "rings"]
"""Presets of classes in the plane."""
Surface = Literal["plane", "saddle", "bowl", "ripple", "hills"]
"""Presets of numbers over the plane."""

CLASS_COUNTS: Mapping[str, range] = {
    "blobs": range(2, 7),
    "xor": range(2, 3),
    "circles": range(2, 3),
    "moons": range(2, 3),
    "spirals": range(2, 7),
    "rings": range(2, 7),
}
"""The numbers of classes that each preset can have."""
SURFACES: Mapping[str, str] = {
    "plane": "0.8*x[:, 0] - 0.4*x[:, 1]",
    "saddle": "x[:, 0]*x[:, 1]",
    "bowl": "x[:, 0].pow(2) + x[:, 1].pow(2)",
    "ripple": "torch.sin(4*(x[:, 0].pow(2) + x[:, 1].pow(2)))",
    "hills": "torch.exp(-4*(x - 0.4).pow(2).sum(dim=1)) - torch.exp(-4*(x + 0.4).pow(2).sum(dim=1))",
}
"""The formula for y of each preset, of x with shape (n, 2)."""


def class_points(source: str, classes: int, n_samples: int, balance: float, noise: float) -> list[str]:
    """The lines that make x, (n, 2), and the labels y, (n,) Long, of a preset of classes."""
    counts = counts_of(n_samples, classes, balance)
    equal = len(set(counts)) == 1
    each = str(counts[0]) if equal else f"torch.tensor({counts})"
    lines = [f"y = torch.arange({classes}).repeat_interleave({each})", *SHAPES[source](counts)]
    if noise:
        lines.append(f"x = x + {noise!r}*torch.randn(x.size())")
    return lines


def counts_of(n: int, classes: int, balance: float) -> list[int]:
    """How many of n points each class has, at least one. balance: of class 0 for each one of another.

    >>> counts_of(100, 3, 1.0), counts_of(100, 2, 0.25)
    ([34, 33, 33], [20, 80])
    """
    first = min(n - classes + 1, max(1, -int(-n * balance // (classes - 1 + balance))))
    rest, more = divmod(n - first, classes - 1)
    return [first, *(rest + (i < more) for i in range(classes - 1))]


def blobs(counts: Sequence[int]) -> list[str]:
    """A cloud of points for each class; of two classes those of Morvan's lesson on classification."""
    k = len(counts)
    radius = max(2 * sqrt(2), 0.75 * k)
    lines = []
    for i, n in enumerate(counts):
        angle = pi / 4 + 2 * pi * i / k
        at = [round(radius * cos(angle), 3) + 0.0, round(radius * sin(angle), 3) + 0.0]
        lines.append(f"x{i} = torch.normal(torch.tensor({at}).expand({n}, 2), 1.0)")
    return [*lines, f"x = torch.cat(({', '.join(f'x{i}' for i in range(k))}))"]


def xor(counts: Sequence[int]) -> list[str]:
    """Class 0 where both inputs have the same sign, class 1 elsewhere."""
    n = sum(counts)
    return [
        f"x = 0.2 + 1.8*torch.rand({n}, 2)",
        f"side = 2*torch.randint(2, ({n},)) - 1",
        "x = torch.stack((side*x[:, 0], side*(1 - 2*y)*x[:, 1]), dim=1)",
    ]


def circles(counts: Sequence[int]) -> list[str]:
    """A disc, and a ring around it."""
    return round_about(sum(counts), "1.2*y + 0.8")


def rings(counts: Sequence[int]) -> list[str]:
    """One ring for each class."""
    k = len(counts)
    return round_about(sum(counts), f"{2 / k:.3g}*(y + 0.3) + {1 / k:.3g}")


def round_about(n: int, radius: str) -> list[str]:
    """Points at random angles, `radius` times a random number away for its last term."""
    return [
        f"r = {radius}*torch.rand({n})",
        f"angle = 2*torch.pi*torch.rand({n})",
        "x = torch.stack((r*torch.cos(angle), r*torch.sin(angle)), dim=1)",
    ]


def moons(counts: Sequence[int]) -> list[str]:
    """Two half circles, each of which reaches into the other."""
    return [
        f"angle = torch.pi*torch.rand({sum(counts)})",
        "side = 1 - 2*y",
        "x = torch.stack((y + side*torch.cos(angle) - 0.5, 0.5*y + side*torch.sin(angle) - 0.25), dim=1)",
    ]


def spirals(counts: Sequence[int]) -> list[str]:
    """An arm for each class, wound around the middle."""
    k, n = len(counts), sum(counts)
    return [
        f"r = torch.rand({n})",
        f"angle = 2*torch.pi*({1.25 if k < 4 else 0.75}*r + y/{k})",
        "x = 2*torch.stack((r*torch.sin(angle), r*torch.cos(angle)), dim=1)",
    ]


SHAPES: Mapping[str, Callable[[Sequence[int]], list[str]]] = {
    "blobs": blobs,
    "xor": xor,
    "circles": circles,
    "moons": moons,
    "spirals": spirals,
    "rings": rings,
}


def drawn_inputs(n_samples: int, x_min: float, x_max: float) -> str:
    """The line that draws two inputs from a square: x, (n, 2)."""
    return f"x = {x_min!r} + {x_max - x_min!r}*torch.rand({n_samples}, 2)"

"""The presets on offer: the title, the formula and the picture of each.

The points of the pictures are written by `tools.presets`, because making them needs torch.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from app.errors import N_
from app.protocol.data import PRESETS
from app.protocol.planes import CLASS_COUNTS, SURFACES

DATA = Path(__file__).with_name("presets.json")
WIDTH, HEIGHT, MARGIN = 72, 40, 4
"""Size of a picture, in the units of its viewBox."""

TITLES: Mapping[str, str] = {
    "parabola": N_("Parabola"),
    "line": N_("Straight line"),
    "cubic": N_("Cubic"),
    "sine": N_("Sine wave"),
    "x_sin_x": N_("Growing wave"),
    "step": N_("Step function"),
    "absolute": N_("Absolute value"),
    "gap": N_("Wave with a gap"),
    "outliers": N_("Parabola with outliers"),
    "blobs": N_("Clouds"),
    "xor": N_("Exclusive or"),
    "circles": N_("Disc and ring"),
    "moons": N_("Half moons"),
    "spirals": N_("Spirals"),
    "rings": N_("Rings"),
    "plane": N_("Plane"),
    "saddle": N_("Saddle"),
    "bowl": N_("Bowl"),
    "ripple": N_("Ripple"),
    "hills": N_("Hill and hollow"),
}


@dataclass(frozen=True, slots=True)
class Offer:
    """One preset for the page.

    x: the formula for the x that are kept, if not all are. paths: the points as SVG paths, which draw a dot
    for each where line ends are round: one path for each class, or for low and for high numbers.
    features: how many inputs there are. counts: the numbers of classes that there can be.
    """

    title: str
    formula: str
    x: str | None
    paths: tuple[str, ...]
    task: Literal["curves", "classes", "surfaces"] = "curves"
    features: int = 1
    counts: tuple[int, ...] = ()


def offers() -> dict[str, Offer]:
    """All presets, in their order."""
    points: dict[str, list[tuple[float, ...]]] = json.loads(DATA.read_text(encoding="utf-8"))
    curves: dict[str, Offer] = {
        name: Offer(TITLES[name], preset.y, preset.x, (path(points[name]),))
        for name, preset in PRESETS.items()
    }
    classes: dict[str, Offer] = {
        name: Offer(TITLES[name], "", None, paths(points[name]), "classes", 2, tuple(counts))
        for name, counts in CLASS_COUNTS.items()
    }
    surfaces: dict[str, Offer] = {
        name: Offer(TITLES[name], formula, None, paths(points[name]), "surfaces", 2)
        for name, formula in SURFACES.items()
    }
    return {**curves, **classes, **surfaces}


def paths(points: Sequence[tuple[float, ...]]) -> tuple[str, str]:
    """The paths of points of two inputs: of those whose number is low, and of the others.

    >>> paths([(0, 0, 0), (1, 0, 1), (0, 1, 0)])
    ('M4 36h0M4 4h0', 'M68 36h0')
    """
    middle = sum(point[2] for point in points) / len(points)
    dots = path([point[:2] for point in points]).split("M")[1:]
    low, high = (
        "".join(f"M{dot}" for dot, point in zip(dots, points, strict=True) if (point[2] > middle) is is_high)
        for is_high in (False, True)
    )
    return low, high


def path(points: Sequence[tuple[float, ...]]) -> str:
    """The SVG path of the points within the picture's margins, y upwards.

    >>> path([(-1, 0), (1, 2)])
    'M4 36h0M68 4h0'
    """
    xs, ys = zip(*points, strict=True)
    across = (WIDTH - 2 * MARGIN) / (max(xs) - min(xs))
    up = (HEIGHT - 2 * MARGIN) / (max(ys) - min(ys))
    return "".join(
        f"M{MARGIN + across * (x - min(xs)):.3g} {HEIGHT - MARGIN - up * (y - min(ys)):.3g}h0"
        for x, y in points
    )

"""The presets on offer: the title, the formula and the picture of each.

The points of the pictures are written by `tools.presets`, because making them needs torch.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from app.errors import N_
from app.protocol.data import PRESETS, PresetName

DATA = Path(__file__).with_name("presets.json")
WIDTH, HEIGHT, MARGIN = 72, 40, 4
"""Size of a picture, in the units of its viewBox."""

TITLES: Mapping[PresetName, str] = {
    "parabola": N_("Parabola"),
    "line": N_("Straight line"),
    "cubic": N_("Cubic"),
    "sine": N_("Sine wave"),
    "x_sin_x": N_("Growing wave"),
    "step": N_("Step function"),
    "absolute": N_("Absolute value"),
    "gap": N_("Wave with a gap"),
    "outliers": N_("Parabola with outliers"),
}


@dataclass(frozen=True, slots=True)
class Offer:
    """One preset for the page.

    x: the formula for the x that are kept, if not all are. path: the points as an SVG path, which draws a dot
    for each where line ends are round.
    """

    title: str
    formula: str
    x: str | None
    path: str


def offers() -> dict[PresetName, Offer]:
    """All presets, in their order."""
    points: dict[str, list[tuple[float, float]]] = json.loads(DATA.read_text(encoding="utf-8"))
    return {
        name: Offer(TITLES[name], preset.y, preset.x, path(points[name])) for name, preset in PRESETS.items()
    }


def path(points: Sequence[tuple[float, float]]) -> str:
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

"""The axes of a figure of matplotlib's: their directions, marks, and what goes all over them."""

from typing import Any

import matplotlib as mpl
import numpy as np
from matplotlib import patches

from app.protocol.programs import Axis, Ticks


class NotPlotted(Exception):
    """The figure has something that Plotly has not, or too much of it."""


def is_span(axes: Any, artist: Any) -> bool:
    """Whether it goes over all of the axes in one direction: `axhline`, `axvspan`."""
    return span_of(axes, artist) is not None


def spanned(axes: Any, artist: Any, points: Any) -> Any:
    """The points of what goes over all of the axes in one direction, in data."""
    column = span_of(axes, artist)
    points = np.array(points, float)
    low, high = axes.get_ylim() if column else axes.get_xlim()
    points[:, column] = low + points[:, column] * (high - low)
    return points


def span_of(axes: Any, artist: Any) -> int | None:
    """The direction in which it goes over all of the axes: 0 for x, 1 for y."""
    transform = artist.get_data_transform() if isinstance(artist, patches.Patch) else artist.get_transform()
    if transform is axes.get_yaxis_transform(which="grid"):
        return 0
    return 1 if transform is axes.get_xaxis_transform(which="grid") else None


def axis(axes: Any, part: Any, limits: tuple[float, float], domain: tuple[float, float]) -> Axis:
    """One direction of a pair of axes."""
    if part.get_scale() not in ("linear", "log"):
        raise NotPlotted
    low, high = (min(1.0, max(0.0, float(end))) for end in domain)
    shown = bool(axes.axison and part.get_visible())
    return Axis(
        title=part.get_label().get_text()[:500],
        domain=(low, high),
        range=(float(limits[0]), float(limits[1])),
        log=part.get_scale() == "log",
        visible=shown,
        grid=bool(part._major_tick_kw.get("gridOn")),
        ticks=ticks(part) if shown else Ticks(values=[], labels=[]),
    )


def ticks(part: Any) -> Ticks | None:
    """The marks, where the program has chosen them; None: Plotly chooses."""
    fixed = mpl.ticker.FixedLocator, mpl.ticker.NullLocator
    locator, formatter = part.get_major_locator(), part.get_major_formatter()
    named = isinstance(formatter, mpl.ticker.FixedFormatter | mpl.ticker.FuncFormatter)
    if not isinstance(locator, fixed) and not named and type(locator).__name__ != "StrCategoryLocator":
        return None
    values = [float(value) for value in locator()][:100]
    labels = [str(label)[:500] for label in formatter.format_ticks(values)]
    return Ticks(values=list(values), labels=labels)


def as_numbers(part: Any, values: Any) -> Any:
    """Values of an axis in its own units (names of categories, dates) as numbers."""
    return np.asarray(part.convert_units(values), float)

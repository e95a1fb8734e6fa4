"""A figure of matplotlib's as data for Plotly: every artist as lines, markers, areas, texts or images."""

import base64
import io
from collections.abc import Iterator, Sequence
from typing import Any, Literal, cast

import numpy as np
from matplotlib import collections, colors, contour, image, lines, markers, patches, quiver, spines, text
from matplotlib.axes import Axes as MplAxes
from matplotlib.path import Path
from PIL import Image

from app.calculator.live.axes import NotPlotted, as_numbers, axis, is_span, spanned
from app.protocol.programs import (
    MAX_AXES,
    MAX_IMAGE,
    MAX_POINTS,
    MAX_TRACES,
    Axes,
    Picture,
    Plot,
)
from app.protocol.programs import Trace as Record

SYMBOLS = {
    "o": "circle", ".": "circle", ",": "circle", "s": "square", "D": "diamond", "d": "diamond",
    "+": "cross", "P": "cross", "x": "x", "X": "x", "^": "triangle-up", "v": "triangle-down", "*": "star",
}  # fmt: skip
DASHES = {"-": "solid", "--": "dash", ":": "dot", "-.": "dashdot"}
STEPS = {"default": "linear", "steps": "vh", "steps-pre": "vh", "steps-post": "hv", "steps-mid": "hvh"}
POINT = 100 / 72
"""Pixels of one of matplotlib's points."""
VERTICAL = {
    "top": "bottom",
    "bottom": "top",
    "baseline": "top",
    "center": "middle",
    "center_baseline": "middle",
}
"""Where a text stands beside its place is the other way round in the two."""
HORIZONTAL = {"left": "right", "right": "left", "center": "center"}
MAX_PIXELS = 512


def plotted(figure: Any) -> Plot:
    """A figure as data. Raises: NotPlotted."""
    if len(figure.axes) > MAX_AXES or figure.images or figure.patches or figure.lines:
        raise NotPlotted
    reader = Reader()
    axes = [reader.read(number, part) for number, part in enumerate(figure.axes)]
    if reader.n_points > MAX_POINTS or len(reader.traces) > MAX_TRACES:
        raise NotPlotted
    return Plot(traces=reader.traces, axes=axes, images=reader.images)


class Reader:
    """Reads the axes of one figure."""

    def __init__(self) -> None:
        self.traces: list[Record] = []
        self.images: list[Picture] = []
        self.n_points = 0
        self._number = 0

    def read(self, number: int, axes: Any) -> Axes:
        """One pair of axes with all that is drawn in it."""
        if type(axes) is not MplAxes or axes.child_axes or axes.tables:
            raise NotPlotted  # in three dimensions, polar, ...
        self._number = number
        for artist in sorted(axes.get_children(), key=lambda part: float(part.get_zorder())):
            if artist.get_visible() and artist is not axes.patch:
                self._artist(axes, artist)
        box = axes.get_position()
        title = axes.get_title() or axes.get_title(loc="left") or axes.get_title(loc="right")
        return Axes(
            title=title[:500],
            x=axis(axes, axes.xaxis, axes.get_xlim(), (box.x0, box.x1)),
            y=axis(axes, axes.yaxis, axes.get_ylim(), (box.y0, box.y1)),
            equal=axes.get_aspect() != "auto",
            legend=axes.get_legend() is not None,
        )

    def _artist(self, axes: Any, artist: Any) -> None:  # noqa: PLR0912, one kind each
        in_data = artist.get_transform().contains_branch(axes.transData)
        match artist:
            case quiver.Quiver() | quiver.Barbs():
                raise NotPlotted
            case lines.Line2D():
                self._line(axes, artist)
            case contour.ContourSet():
                self._contours(axes, artist)
            case collections.PathCollection() if np.size(artist.get_offsets()):
                self._markers(artist)
            case collections.LineCollection() if in_data:
                for segment, colour in zip(
                    artist.get_segments(), cycled(artist.get_edgecolor()), strict=False
                ):
                    self._add(segment, "lines", line_color=rgba(colour), line_width=width_of(artist))
            case collections.PolyCollection() if in_data:
                for path, colour in zip(artist.get_paths(), cycled(artist.get_facecolor()), strict=False):
                    self._areas([path], colour)
            case spines.Spine():
                pass
            case patches.Patch() if in_data or is_span(axes, artist):
                self._patch(axes, artist)
            case image.AxesImage():
                self._image(axes, artist)
            case collections.QuadMesh() if in_data:
                self._mesh(axes, artist)
            case text.Annotation():
                self._annotation(axes, artist)
            case text.Text():
                self._text(axes, artist, in_data)
            case collections.Collection():
                raise NotPlotted
            case _:
                pass  # spines, axes and their marks, legends

    def _line(self, axes: Any, line: Any) -> None:
        x, y = np.ma.filled(line.get_xdata(False), np.nan), np.ma.filled(line.get_ydata(False), np.nan)
        points: Any = np.column_stack([as_numbers(axes.xaxis, x), as_numbers(axes.yaxis, y)])
        if is_span(axes, line):
            points = spanned(axes, line, points)
        elif line.get_transform() != axes.transData:
            raise NotPlotted
        symbol, style = line.get_marker(), line.get_linestyle()
        has_marks = symbol not in (None, "None", " ", "")
        has_line = style not in ("None", " ", "") and line.get_linewidth() > 0
        if not (has_marks or has_line):
            return
        mode = "lines+markers" if has_marks and has_line else "markers" if has_marks else "lines"
        label = str(line.get_label())
        size = line.get_markersize() * POINT * (0.5 if symbol == "." else 1)
        self._add(
            points,
            cast(Literal["lines"], mode),
            name="" if label.startswith("_") else label[:500],
            showlegend=not label.startswith("_"),
            line_color=rgba(line.get_color(), line.get_alpha()),
            line_width=line.get_linewidth() * POINT,
            line_dash=DASHES.get(style, "dash"),
            line_shape=STEPS.get(line.get_drawstyle(), "linear"),
            marker_color=[rgba(line.get_markerfacecolor(), line.get_alpha())] if has_marks else [],
            marker_size=[size] if has_marks else [],
            marker_symbol=SYMBOLS.get(symbol, "circle") if isinstance(symbol, str) else "circle",
        )

    def _markers(self, artist: Any) -> None:
        artist.update_scalarmappable()
        faces = artist.get_facecolor() if len(artist.get_facecolor()) else artist.get_edgecolor()
        points: Any = np.ma.filled(np.ma.asarray(artist.get_offsets(), float), np.nan)
        label = str(artist.get_label())
        self._add(
            points,
            "markers",
            name="" if label.startswith("_") else label[:500],
            showlegend=not label.startswith("_"),
            marker_color=[rgba(colour) for colour in faces[: len(points)]],
            marker_size=[float(size) ** 0.5 * POINT for size in artist.get_sizes()[: len(points)]],
            marker_symbol=symbol_of(artist),
        )

    def _contours(self, axes: Any, artist: Any) -> None:
        if artist.get_transform() != axes.transData:
            raise NotPlotted
        artist.update_scalarmappable()
        faces, edges = artist.get_facecolor(), artist.get_edgecolor()
        for place, path in enumerate(artist.get_paths()):
            if artist.filled:
                if len(path.vertices):
                    self._areas([path], faces[place % len(faces)])
            else:
                for points in path.to_polygons(closed_only=False):
                    colour = rgba(edges[place % len(edges)])
                    self._add(points, "lines", line_color=colour, line_width=width_of(artist))

    def _areas(self, paths: Sequence[Any], face: Any, edge: str | None = None, width: float = 0) -> None:
        for path in paths:
            parts = path.to_polygons(closed_only=False)
            if not parts:
                continue
            gap = np.full((1, 2), np.nan)
            joined = [part for points in parts for part in (points, gap)][:-1]
            self._add(
                np.concatenate(joined),
                "lines" if edge is not None and width else "none",
                fillcolor=rgba(face),
                line_color=edge,
                line_width=width * POINT,
            )

    def _patch(self, axes: Any, artist: Any) -> None:
        path = artist.get_patch_transform().transform_path(artist.get_path())
        if is_span(axes, artist):
            path = Path(spanned(axes, artist, path.vertices), path.codes)
        self._areas([path], artist.get_facecolor(), rgba(artist.get_edgecolor()), artist.get_linewidth())

    def _mesh(self, axes: Any, artist: Any) -> None:
        corners = artist.get_coordinates()
        x, y = corners[0, :, 0], corners[:, 0, 1]
        regular = np.allclose(corners[..., 0], x) and np.allclose(corners[..., 1], y[:, None])
        if not (regular and is_even(x) and is_even(y)):
            raise NotPlotted
        data = np.asarray(artist.get_array()).reshape(len(y) - 1, len(x) - 1)
        self._pixels(axes, artist.to_rgba(data, bytes=True), (x[0], x[-1]), (y[0], y[-1]))

    def _image(self, axes: Any, artist: Any) -> None:
        data = artist.get_array()
        if data is None or artist.get_transform() != axes.transData:
            raise NotPlotted
        step = max(1, -(-max(data.shape[:2]) // MAX_PIXELS))
        left, right, bottom, top = artist.get_extent()
        first, last = (top, bottom) if artist.origin == "upper" else (bottom, top)
        pixels = artist.to_rgba(data[::step, ::step], bytes=True)
        self._pixels(axes, pixels, (left, right), (first, last))

    def _pixels(self, axes: Any, pixels: Any, x: tuple[float, float], y: tuple[float, float]) -> None:
        """An image whose first column and row are at the first of x and of y."""
        (left, right), (bottom, top) = axes.get_xlim(), axes.get_ylim()
        if (left < right) != (x[0] < x[1]):
            pixels, x = pixels[:, ::-1], x[::-1]
        if (bottom < top) == (y[0] < y[1]):
            pixels, y = pixels[::-1], y[::-1]
        file = io.BytesIO()
        Image.fromarray(np.ascontiguousarray(pixels)).save(file, "png")
        png = base64.b64encode(file.getvalue()).decode()
        if len(png) > MAX_IMAGE or len(self.images) >= MAX_AXES:
            raise NotPlotted
        self.images.append(
            Picture(x=(float(x[0]), float(x[1])), y=(float(y[1]), float(y[0])), png=png, axes=self._number)
        )

    def _annotation(self, axes: Any, artist: Any) -> None:
        if artist.xycoords != "data":
            raise NotPlotted
        where = artist.xyann if artist.anncoords == "data" else artist.xy
        if artist.arrow_patch is not None:
            colour = rgba(artist.arrow_patch.get_edgecolor())
            self._add([where, artist.xy], "lines", line_color=colour, line_width=POINT)
        self._words(artist, where)

    def _text(self, axes: Any, artist: Any, in_data: bool) -> None:
        if not artist.get_text() or artist in (axes.title, axes._left_title, axes._right_title):
            return
        place = artist.get_unitless_position()
        if not in_data:
            if artist.get_transform() is not axes.transAxes:
                raise NotPlotted
            place = axes.transData.inverted().transform(axes.transAxes.transform(place))
        self._words(artist, place)

    def _words(self, artist: Any, place: Any) -> None:
        said = artist.get_text()
        if not said:
            return
        vertical = VERTICAL.get(artist.get_va(), "top")
        horizontal = HORIZONTAL.get(artist.get_ha(), "right")
        self._add(
            np.array([place], float),
            "text",
            text=[said[:500]],
            text_size=min(1000.0, artist.get_fontsize() * POINT),
            text_color=rgba(artist.get_color(), artist.get_alpha()),
            textposition=f"{vertical} {horizontal}",
        )

    def _add(self, points: Any, mode: Literal["lines", "markers", "text", "none"], **style: Any) -> None:
        points = np.asarray(points, float)
        self.n_points += len(points)
        if self.n_points > MAX_POINTS or len(self.traces) >= MAX_TRACES:
            raise NotPlotted
        suffix = str(self._number + 1) if self._number else ""
        x, y = ([None if gone else value for gone, value in zip(~np.isfinite(c), c.tolist(), strict=True)]
                for c in points.T)  # fmt: skip
        self.traces.append(Record(x=x, y=y, mode=mode, xaxis=f"x{suffix}", yaxis=f"y{suffix}", **style))


def is_even(values: Any) -> bool:
    """Whether values are as far from one another everywhere."""
    steps = np.diff(values)
    return bool(np.allclose(steps, steps[0]))


def rgba(colour: Any, alpha: float | None = None) -> str:
    """A colour as CSS writes it.

    >>> rgba("C0"), rgba("none")
    ('rgba(31,119,180,1)', 'rgba(0,0,0,0)')
    """
    red, green, blue, opaque = colors.to_rgba(colour, alpha)
    return f"rgba({round(255 * red)},{round(255 * green)},{round(255 * blue)},{opaque:.4g})"


def cycled(values: Sequence[Any]) -> Iterator[Any]:
    """The values again and again."""
    while len(values):
        yield from values


def width_of(artist: Any) -> float:
    """The width of a collection's lines in pixels."""
    widths = artist.get_linewidth()
    return float(np.atleast_1d(widths)[0]) * POINT if np.size(widths) else POINT


def symbol_of(artist: Any) -> str:
    """The symbol that looks like the marker of a scatter: told by its vertices."""
    found: tuple[Any, ...] = artist.get_paths()
    if not found:
        return "circle"
    for name, symbol in SYMBOLS.items():
        if name in (".", ","):
            continue
        marker = markers.MarkerStyle(name)
        path = marker.get_path().transformed(marker.get_transform())
        if np.shape(path.vertices) == np.shape(found[0].vertices) and np.allclose(
            path.vertices, found[0].vertices
        ):
            return symbol
    return "circle"

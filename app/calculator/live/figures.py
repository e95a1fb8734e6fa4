"""Figures of matplotlib's while the program runs: which are sent, and when."""

import base64
import io
import time
import warnings
from collections.abc import Callable
from contextlib import suppress
from typing import Any

from pydantic import ValidationError

from app.calculator.live.axes import NotPlotted
from app.calculator.live.plotted import plotted
from app.protocol.programs import MAX_IMAGE, FigureShown, Plot

BETWEEN = 0.1
"""Seconds between two pictures of one figure."""
LONGEST_WAIT = 1.0
"""Most seconds that `plt.pause` waits."""
MAX_FIGURES = 20
DPI = 100


class Figures:
    """The figures of one program. send: where they go. tick: rounds of loops so far."""

    def __init__(self, send: Callable[[FigureShown], None]) -> None:
        self._send = send
        self._sent: dict[int, tuple[float, FigureShown]] = {}
        """When each was sent, and what."""
        self._waiting: dict[int, Any] = {}
        self.tick = 0

    def changed(self, figure: Any) -> None:
        """A figure has changed, perhaps not for the last time: it is sent when a round ends."""
        number = int(getattr(figure, "number", 0))
        if number in self._sent or len(self._sent | self._waiting) < MAX_FIGURES:
            self._waiting[number] = figure

    def show(self, figure: Any) -> None:
        """The program shows a figure."""
        self.changed(figure)
        self.send()

    def wait(self, seconds: float) -> None:
        """`plt.pause`: what is shown stays for that long."""
        time.sleep(max(0.0, min(seconds, LONGEST_WAIT)))
        self.send()

    def send(self, *, all_of_them: bool = False) -> None:
        """Send what has changed, but no figure that was sent just now, unless they are the last."""
        for number, figure in list(self._waiting.items()):
            sent = self._sent.get(number)
            if all_of_them or sent is None or time.monotonic() - sent[0] >= BETWEEN:
                del self._waiting[number]
                with suppress(Exception):  # the program may have made something of its own of it
                    self._picture(number, figure)

    def _picture(self, number: int, figure: Any) -> None:
        shown = read(number, figure, self.tick)
        last = self._sent.get(number)
        self._sent[number] = time.monotonic(), shown
        if last is None or last[1].model_copy(update={"tick": self.tick}) != shown:
            self._send(shown)


def read(number: int, figure: Any, tick: int) -> FigureShown:
    """A figure as data, or as an image of it where it has something that Plotly has not."""
    plot, svg, png = None, None, None
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            plot = plotted(figure)
            Plot.model_validate_json(plot.model_dump_json(), strict=True)  # every number is finite
        except (NotPlotted, ValidationError):
            plot, (svg, png) = None, drawn(figure)
    width, height = figure.get_size_inches() * DPI
    title = figure._suptitle.get_text() if getattr(figure, "_suptitle", None) else ""
    return FigureShown(
        number=number,
        tick=tick,
        title=title[:500],
        width=width,
        height=height,
        plotly=plot,
        svg=svg,
        png=png,
    )


def drawn(figure: Any) -> tuple[str | None, str | None]:
    """SVG from matplotlib itself, or PNG where that is too long, in base64."""
    svg = image(figure, "svg")
    return (svg, None) if svg is not None else (None, image(figure, "png"))


def image(figure: Any, kind: str) -> str | None:
    """The figure as a file, in base64; None if that is too long."""
    file = io.BytesIO()
    figure.savefig(file, format=kind, dpi=DPI)
    text = base64.b64encode(file.getvalue()).decode()
    return text if len(text) <= MAX_IMAGE else None

"""matplotlib's backend here: figures are drawn when they are saved, and shown to nobody."""

from typing import Any

from matplotlib.backend_bases import FigureManagerBase
from matplotlib.backends.backend_agg import FigureCanvasAgg


class FigureCanvas(FigureCanvasAgg):
    """A figure that is drawn when somebody asks for its pixels."""

    def draw_idle(self, *_: Any, **__: Any) -> None:
        """`plt.draw()`."""

    def start_event_loop(self, timeout: float = 0) -> None:
        """`plt.pause()`: nothing to wait for."""


class FigureManager(FigureManagerBase):
    """A figure of pyplot's."""

    @classmethod
    def pyplot_show(cls, *, block: bool | None = None) -> None:
        """`plt.show()`."""

    def show(self) -> None:
        """`fig.show()`."""


FigureCanvas.manager_class = FigureManager  # type: ignore[assignment]

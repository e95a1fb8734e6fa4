"""matplotlib's backend here: figures are drawn when saved, and shown to whoever follows the program."""

from contextvars import ContextVar
from typing import Any, Protocol

from matplotlib._pylab_helpers import Gcf
from matplotlib.backend_bases import FigureManagerBase
from matplotlib.backends.backend_agg import FigureCanvasAgg


class Screen(Protocol):
    """Who sees the figures."""

    def show(self, figure: Any) -> None:
        """Show a figure as it is now."""

    def changed(self, figure: Any) -> None:
        """A figure is not what it was, and may change more."""

    def wait(self, seconds: float) -> None:
        """Keep what is shown for that long."""


SCREEN: ContextVar[Screen | None] = ContextVar("SCREEN", default=None)
"""Who sees the figures of the program that runs."""


class FigureCanvas(FigureCanvasAgg):
    """A figure that is drawn when somebody asks for its pixels, or looks at it."""

    def draw_idle(self, *_: Any, **__: Any) -> None:
        """`plt.draw()`, and each of pyplot's functions where it is interactive."""
        if screen := SCREEN.get():
            screen.changed(self.figure)

    def start_event_loop(self, timeout: float = 0) -> None:
        """`plt.pause()`: without somebody who looks there is nothing to wait for."""
        if screen := SCREEN.get():
            screen.wait(timeout)

    def flush_events(self) -> None:
        """`fig.canvas.flush_events()`."""
        show(self.figure)


class FigureManager(FigureManagerBase):
    """A figure of pyplot's."""

    @classmethod
    def pyplot_show(cls, *, block: bool | None = None) -> None:
        """`plt.show()`."""
        for manager in Gcf.get_all_fig_managers():
            show(manager.canvas.figure)

    def show(self) -> None:
        """`fig.show()`."""
        show(self.canvas.figure)

    def destroy(self) -> None:
        """`plt.close()`, and the end of the program: whoever only saves a figure may want to see it, too."""
        show(self.canvas.figure)


def show(figure: Any) -> None:
    """Show a figure to whoever follows the program."""
    if screen := SCREEN.get():
        screen.show(figure)


FigureCanvas.manager_class = FigureManager  # type: ignore[assignment]

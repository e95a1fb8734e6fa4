"""Figures of matplotlib's as data: the numbers and the colours that matplotlib itself has."""

import base64
import io
from itertools import pairwise

import pytest
from PIL import Image

from app.protocol.programs import FigureShown, Plot
from tests.calculator.live.followed import Followed

START = "import matplotlib.pyplot as plt\nimport numpy as np\n"
MORVAN = (
    START
    + """\
import torch
torch.manual_seed(1)
x = torch.unsqueeze(torch.linspace(-1, 1, 100), dim=1)
y = x.pow(2) + 0.2 * torch.rand(x.size())
net = torch.nn.Sequential(torch.nn.Linear(1, 10), torch.nn.ReLU(), torch.nn.Linear(10, 1))
optimizer = torch.optim.SGD(net.parameters(), lr=0.2)
loss_func = torch.nn.MSELoss()
plt.ion()
for t in range(30):
    prediction = net(x)
    loss = loss_func(prediction, y)
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
    if t % 5 == 0:
        plt.cla()
        plt.scatter(x.data.numpy(), y.data.numpy())
        plt.plot(x.data.numpy(), prediction.data.numpy(), 'r-', lw=5)
        plt.text(0.5, 0, 'Loss=%.4f' % loss.data.numpy(), fontdict={'size': 20, 'color': 'red'})
        plt.pause(0.11)
plt.ioff()
plt.show()
"""
)


def drawn(program: str) -> FigureShown:
    followed = Followed(START + program + "\nplt.show()\n")
    assert followed.derivation.error is None
    return followed.figures[-1]


def plotted(program: str) -> Plot:
    plot = drawn(program).plotly
    assert plot is not None
    return plot


def test_a_script_with_ion_cla_and_pause_shows_its_moving_curve() -> None:
    followed = Followed(MORVAN)
    assert followed.derivation.error is None
    plots = [figure.plotly for figure in followed.figures]
    assert len(plots) == 6
    curves = []
    for plot, figure in zip(plots, followed.figures, strict=True):
        assert plot is not None
        points, curve, text = sorted(
            plot.traces, key=lambda trace: ["markers", "lines", "text"].index(trace.mode)
        )
        assert len(points.x) == len(curve.x) == 100
        assert curve.line_color == "rgba(255,0,0,1)"
        loss = followed.column(0, "loss")[figure.tick]
        assert text.text == [f"Loss={loss:.4f}"]
        curves.append(curve.y)
    assert all(a != b for a, b in pairwise(curves))


def test_a_picture_is_sent_once_and_ten_a_second_at_most() -> None:
    program = START + "plt.plot([1, 2])\nfor k in range(200):\n    plt.pause(0.0001)\n"
    assert len(Followed(program).figures) == 1
    flood = START + (
        "import time\nstart = time.monotonic()\n(line,) = plt.plot([0, 1])\nfor k in range(200):\n"
        "    line.set_ydata([k, k])\n    plt.pause(0)\nprint(time.monotonic() - start)\n"
    )
    followed = Followed(flood)
    assert len(followed.figures) <= 10 * float(followed.printed) + 2
    last = followed.figures[-1].plotly
    assert last is not None
    assert last.traces[-1].y == [199, 199]


def test_lines_have_their_points_colours_dashes_and_names() -> None:
    (line, level) = plotted(
        "plt.plot([1, 2, 4], [3, np.nan, 5], 'g--s', label='a', lw=2)\nplt.axhline(4)\nplt.legend()"
    ).traces
    assert (line.x, line.y) == ([1, 2, 4], [3, None, 5])
    assert (line.mode, line.line_dash, line.line_color) == ("lines+markers", "dash", "rgba(0,128,0,1)")
    assert (line.marker_symbol, line.name, line.showlegend) == ("square", "a", True)
    assert level.y == [4, 4]
    assert not level.showlegend


def test_axes_have_their_titles_ranges_and_scales() -> None:
    (axes,) = plotted(
        "plt.semilogy([1, 10, 100])\nplt.title('T')\nplt.xlabel('X')\nplt.ylim(1, 1000)\nplt.xlim(2, 0)"
    ).axes
    assert (axes.title, axes.x.title, axes.x.range) == ("T", "X", (2, 0))
    assert (axes.y.log, axes.y.range) == (True, (1, 1000))


def test_bars_stand_over_their_names() -> None:
    plot = plotted("plt.bar(['a', 'b'], [1, 3])")
    assert [max(y for y in trace.y if isinstance(y, float)) for trace in plot.traces] == [1, 3]
    ticks = plot.axes[0].x.ticks
    assert ticks is not None
    assert ticks.labels == ["a", "b"]


@pytest.mark.parametrize("origin", ["upper", "lower"])
def test_an_image_stands_as_matplotlib_draws_it(origin: str) -> None:
    (image,) = plotted(f"plt.imshow([[0, 0], [0, 1]], origin={origin!r}, cmap='gray')").images
    pixels = Image.open(io.BytesIO(base64.b64decode(image.png))).convert("L")
    found = [pixels.getpixel((column, row)) for row in (0, 1) for column in (0, 1)]
    assert found == ([0, 0, 0, 255] if origin == "upper" else [0, 255, 0, 0])
    assert image.y == ((1.5, -0.5) if origin == "upper" else (-0.5, 1.5))


def test_contours_and_areas_are_there() -> None:
    grid = "x, y = np.meshgrid(np.arange(4.), np.arange(4.))\n"
    assert {trace.mode for trace in plotted(grid + "plt.contour(x, y, x * y)").traces} == {"lines"}
    filled = plotted(grid + "plt.contourf(x, y, x * y)").traces
    assert all(trace.fillcolor for trace in filled)
    (area,) = plotted("plt.fill_between([0, 1], [0, 0], [1, 2], color='b')").traces
    assert area.fillcolor == "rgba(0,0,255,1)"


@pytest.mark.parametrize(
    "program",
    [
        "plt.figure().add_subplot(projection='3d').plot([1, 2], [1, 2], [1, 2])",
        "plt.polar([1, 2], [1, 2])",
        "plt.quiver([1], [1], [1], [1])",
        "plt.plot(np.arange(20_000))",
        "plt.plot([1, 2])\nplt.xlim(0, 1e308)\nplt.yscale('symlog')",
    ],
)
def test_what_plotly_has_not_comes_as_an_image(program: str) -> None:
    figure = drawn(program)
    assert figure.plotly is None
    assert figure.svg is not None
    assert b"<svg" in base64.b64decode(figure.svg)


def test_a_figure_that_is_only_saved_is_shown_as_well() -> None:
    followed = Followed(START + "import io\nplt.plot([1, 2])\nplt.savefig(io.BytesIO())\n")
    assert len(followed.figures) == 1


def test_a_hostile_figure_harms_nothing() -> None:
    program = START + (
        "class Lie(plt.Line2D):\n    def get_xdata(self, orig=True):\n        raise SystemExit\n"
        "plt.gca().add_line(Lie([0, 1], [0, 1]))\ntry:\n    plt.show()\n"
        "except BaseException as error:\n    print(type(error))\nprint('on')\n"
    )
    assert Followed(program).printed.endswith("on\n")

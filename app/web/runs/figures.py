"""A run's two charts as Plotly figures: `GET /api/runs/{id}/figure` and `/losses/figure`."""

import asyncio
from array import array
from collections.abc import Callable
from typing import Any

from fastapi import APIRouter
from starlette.responses import Response

from app.engine.port import Engine, Mirror
from app.errors import N_
from app.protocol.figures import Figure
from app.protocol.snapshots import Snapshot
from app.web.edge.catalogue import Language
from app.web.edge.openapi import problems
from app.web.edge.services import ClientDep, LanguageDep
from app.web.runs.services import RunServicesDep

# The page's colours on white (static/css), which colour-blind people can tell apart.
DATA, MODEL, TEST = "#0072b2", "#d55e00", "#6b4fa0"

router = APIRouter(prefix="/api/runs/{run_id}", tags=["exports"])
READS = problems(404, 422, 429, 503)


@router.get("/figure", summary="The fitted curve as a Plotly figure", response_model=Figure, responses=READS)
async def curve(run_id: str, services: RunServicesDep, client: ClientDep, language: LanguageDep) -> Response:
    """The points and the model's curve now; `plotly.io.from_json` reads the figure."""
    await services.limits.spend(client, "export")
    return await drawn(services.engine, run_id, curve_figure, language)


@router.get("/losses/figure", summary="The losses as a Plotly figure", response_model=Figure, responses=READS)
async def losses(run_id: str, services: RunServicesDep, client: ClientDep, language: LanguageDep) -> Response:
    """The loss of each step so far, on a logarithmic axis; `plotly.io.from_json` reads the figure."""
    await services.limits.spend(client, "export")
    return await drawn(services.engine, run_id, losses_figure, language)


async def drawn(
    engine: Engine, run_id: str, draw: Callable[[Mirror, Language], str], language: Language
) -> Response:
    """An answer with a figure of the run as it is now."""
    async with engine.watch(run_id, asyncio.Event()) as mirror:
        # In a thread: importing plotly takes a moment, and so does a figure of many steps.
        text = await asyncio.to_thread(draw, mirror, language)
    return Response(text, media_type="application/json")


def curve_figure(run: Mirror, language: Language) -> str:
    """The figure of the points and the curve, or of what takes its place, as JSON."""
    points = run.points
    snapshot = run.snapshot.unpack(run.parameters)
    if points.area is not None:
        return surface_figure(run, snapshot, points.area, language)
    traces = [
        scatter(language.own(N_("data")), points.x, points.y, mode="markers", marker={"color": DATA}),
        scatter("net(x)", points.grid, snapshot.grid_prediction, mode="lines", line={"color": MODEL}),
    ]
    if points.test_x:
        held_out = {"color": TEST, "symbol": "diamond"}
        name = language.own(N_("test points"))
        traces.append(scatter(name, points.test_x, points.test_y, mode="markers", marker=held_out))
    title = language.text(N_("Fitted curve after {step} {step:step|steps}"), {"step": snapshot.step})
    return figure(traces, title, {"xaxis": {"title": {"text": "x"}}, "yaxis": {"title": {"text": "y"}}})


def surface_figure(
    run: Mirror, snapshot: Snapshot, area: tuple[float, float, float, float], language: Language
) -> str:
    """The figure of the points over the model's surface, as JSON."""
    points, classes, surface = run.points, run.head.config.data.classes, snapshot.surface
    traces: list[dict[str, Any]] = []
    up, test_up = (points.x2, points.test_x2) if points.x2 else (points.y, points.test_y)
    if surface is not None:
        x1, x2 = middles(area[0], area[1], surface.width), middles(area[2], area[3], surface.height)
        values: list[Any] = [*(surface.values if surface.classes is None else surface.classes)]
        rows = [values[i : i + surface.width] for i in range(0, len(values), surface.width)]
        if not points.x2:  # the classes of one input, all the way up
            x2, rows = [-0.5, (classes or 1) - 0.5], rows * 2
        traces.append({"type": "heatmap", "name": "net(x)", "x": x1, "y": x2, "z": rows, "opacity": 0.5})
    looks = {"color": points.y, "symbol": [int(y) if classes else 0 for y in points.y]}
    traces.append(scatter(language.own(N_("data")), points.x, up, mode="markers", marker=looks))
    if points.test_x:
        symbols = [int(y) if classes else 0 for y in points.test_y]
        held_out: dict[str, Any] = {"color": points.test_y, "symbol": symbols, "line": {"width": 2}}
        name = language.own(N_("test points"))
        traces.append(scatter(name, points.test_x, test_up, mode="markers", marker=held_out))
    title = language.text(N_("Fitted surface after {step} {step:step|steps}"), {"step": snapshot.step})
    names = ("x1", "x2") if points.x2 else ("x", "y")
    axes = {f"{axis}axis": {"title": {"text": name}} for axis, name in zip("xy", names, strict=True)}
    return figure(traces, title, axes)


def middles(low: float, high: float, n: int) -> list[float]:
    """The middles of n equal parts of a range.

    >>> middles(0, 1, 2)
    [0.25, 0.75]
    """
    return [low + (high - low) * (i + 0.5) / n for i in range(n)]


def losses_figure(run: Mirror, language: Language) -> str:
    """The figure of the losses, as JSON."""
    values = array("f", bytes(run.losses)).tolist()
    steps = list(range(1, len(values) + 1))
    trace = scatter(language.own(N_("loss")), steps, values, mode="lines", line={"color": MODEL})
    axes = {
        "xaxis": {"title": {"text": language.own(N_("step"))}},
        "yaxis": {"title": {"text": language.own(N_("loss"))}, "type": "log"},
    }
    return figure([trace], language.own(N_("Loss at each step")), axes)


def scatter(name: str, x: list[Any], y: list[Any], **looks: Any) -> dict[str, Any]:
    """One trace of a figure."""
    return {"type": "scatter", "name": name, "x": x, "y": y, **looks}


def figure(traces: list[dict[str, Any]], title: str, axes: dict[str, Any]) -> str:
    """A figure as JSON. Plotly's own class checks every field, and writes null for NaN and infinities."""
    import plotly.graph_objects as go  # noqa: PLC0415, a tenth of a second that serving a page does not need

    return str(go.Figure(traces, {"title": {"text": title}, "template": "none", **axes}).to_json())

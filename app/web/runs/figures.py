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
from app.web.edge.catalogue import Language
from app.web.edge.openapi import problems
from app.web.edge.services import ClientDep, LanguageDep
from app.web.runs.services import RunServicesDep

# The page's colours on white (static/css), which colour-blind people can tell apart.
DATA, MODEL, TEST = "#0072b2", "#d55e00", "#6b4fa0"

router = APIRouter(prefix="/api/runs/{run_id}", tags=["exports"])
READS = problems(404, 422, 429, 503)


@router.get("/figure", summary="The fitted curve as a Plotly figure", response_model=Figure, responses=READS)
async def curve(run_id: str, services: RunServicesDep, client: ClientDep, reader: LanguageDep) -> Response:
    """The points and the model's curve through them now; `plotly.io.from_json` reads it."""
    await services.limits.spend(client, "export")
    return await drawn(services.engine, run_id, curve_figure, reader)


@router.get("/losses/figure", summary="The losses as a Plotly figure", response_model=Figure, responses=READS)
async def losses(run_id: str, services: RunServicesDep, client: ClientDep, reader: LanguageDep) -> Response:
    """The loss of each step so far, on a logarithmic axis; `plotly.io.from_json` reads it."""
    await services.limits.spend(client, "export")
    return await drawn(services.engine, run_id, losses_figure, reader)


async def drawn(
    engine: Engine, run_id: str, draw: Callable[[Mirror, Language], str], reader: Language
) -> Response:
    """The figure of a run as it is now."""
    async with engine.watch(run_id) as watch:
        # In a thread: importing plotly takes a moment, and so does a figure of many steps.
        text = await asyncio.to_thread(draw, watch.mirror, reader)
    return Response(text, media_type="application/json")


def curve_figure(run: Mirror, reader: Language) -> str:
    """JSON of the points and the curve."""
    points = run.points
    snapshot = run.snapshot.unpack(run.parameters)
    traces = [
        scatter(reader.own(N_("data")), points.x, points.y, mode="markers", marker={"color": DATA}),
        scatter("net(x)", points.grid, snapshot.grid_prediction, mode="lines", line={"color": MODEL}),
    ]
    if points.test_x:
        held_out = {"color": TEST, "symbol": "diamond"}
        name = reader.own(N_("test points"))
        traces.append(scatter(name, points.test_x, points.test_y, mode="markers", marker=held_out))
    title = reader.text(N_("Fitted curve after {step} steps"), {"step": snapshot.step})
    return figure(traces, title, {"xaxis": {"title": {"text": "x"}}, "yaxis": {"title": {"text": "y"}}})


def losses_figure(run: Mirror, reader: Language) -> str:
    """JSON of the losses."""
    values = array("f", bytes(run.losses)).tolist()
    steps = list(range(1, len(values) + 1))
    trace = scatter(reader.own(N_("loss")), steps, values, mode="lines", line={"color": MODEL})
    axes = {
        "xaxis": {"title": {"text": reader.own(N_("step"))}},
        "yaxis": {"title": {"text": reader.own(N_("loss"))}, "type": "log"},
    }
    return figure([trace], reader.own(N_("Loss at each step")), axes)


def scatter(name: str, x: list[Any], y: list[Any], **looks: Any) -> dict[str, Any]:
    """One trace."""
    return {"type": "scatter", "name": name, "x": x, "y": y, **looks}


def figure(traces: list[dict[str, Any]], title: str, axes: dict[str, Any]) -> str:
    """A figure as JSON. Plotly's own class checks every field, and makes null of what is not finite."""
    import plotly.graph_objects as go  # noqa: PLC0415, a tenth of a second that serving a page does not need

    return str(go.Figure(traces, {"title": {"text": title}, "template": "none", **axes}).to_json())

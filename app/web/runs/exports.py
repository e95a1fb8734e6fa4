"""Exports of a run: `/api/runs/{id}/script`, `/notebook`, `/weights`, `/losses.csv`."""

from collections.abc import Sequence
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Query
from starlette.responses import Response

from app.engine.answers import log_of, losses_of, snapshot_of
from app.engine.commands import GetLog, GetLosses, SaveWeights, TakeSnapshot
from app.protocol.scripts import Parameter, Weights
from app.protocol.snapshots import Nested
from app.script.notebook import notebook
from app.script.write import Listing, write
from app.web.edge.openapi import problems
from app.web.edge.services import ClientDep
from app.web.runs.services import RunServices, RunServicesDep

READS = problems(404, 422, 429, 503)

router = APIRouter(prefix="/api/runs/{run_id}", tags=["exports"])


def file_of(media_type: str, kind: str = "string") -> dict[int | str, dict[str, Any]]:
    """FastAPI's `responses` for a file, and for the refusals. kind: as JSON Schema calls it."""
    return {200: {"content": {media_type: {"schema": {"type": kind}}}}, **READS}


def download(content: str | bytes, media_type: str, name: str) -> Response:
    """An answer that browsers save as a file."""
    return Response(content, media_type=media_type, headers=attachment(name))


def attachment(name: str) -> dict[str, str]:
    """The header that names a file."""
    return {"Content-Disposition": f'attachment; filename="{name}"'}


async def listing(services: RunServices, run_id: str) -> Listing:
    """The program of a run, with all changes made to it so far."""
    answer = await services.engine.ask(GetLog(run_id=run_id))
    log = await log_of(answer)
    return await services.aside(lambda: write(log, answer.state))


@router.get(
    "/script",
    summary="A run as a PyTorch script",
    response_class=Response,
    responses=file_of("text/x-python"),
)
async def script(run_id: str, services: RunServicesDep, client: ClientDep) -> Response:
    """Plain PyTorch that prints the run's losses, to the last bit, with the changes made on the way.

    It trains to `max_steps`, however far the run is.
    """
    await services.limits.spend(client, "export")
    return download((await listing(services, run_id)).script.script, "text/x-python", "net.py")


@router.get(
    "/notebook",
    summary="A run as a notebook",
    response_class=Response,
    responses=file_of("application/x-ipynb+json", "object"),
)
async def show_notebook(run_id: str, services: RunServicesDep, client: ClientDep) -> Response:
    """The same program for Jupyter (nbformat 4), a cell for each part."""
    await services.limits.spend(client, "export")
    parts = (await listing(services, run_id)).parts
    return download(await services.aside(lambda: notebook(parts)), "application/x-ipynb+json", "net.ipynb")


@router.get(
    "/weights",
    summary="A run's parameters",
    response_model=Weights,
    responses={
        200: {"content": {"application/octet-stream": {"schema": {"type": "string", "format": "binary"}}}},
        **READS,
    },
)
async def weights(
    run_id: str,
    services: RunServicesDep,
    client: ClientDep,
    file: Annotated[Literal["json", "pt"], Query(alias="format")] = "json",
) -> Response:
    """The parameters now. `format=pt`: a `state_dict` that `torch.load(..., weights_only=True)` reads."""
    await services.limits.spend(client, "read")
    if file == "pt":
        _, saved = await services.engine.ask(SaveWeights(run_id=run_id))
        return download(saved, "application/octet-stream", "net.pt")
    snapshot = await snapshot_of(await services.engine.ask(TakeSnapshot(run_id=run_id)))

    def written() -> str:
        parameters = {
            name: Parameter(shape=shape_of(values), values=values)
            for name, values in snapshot.parameters.items()
        }
        return Weights(step=snapshot.step, parameters=parameters).model_dump_json()

    return Response(await services.aside(written), media_type="application/json")


@router.get(
    "/losses.csv",
    summary="The loss of each step, as a table",
    response_class=Response,
    responses=file_of("text/csv"),
)
async def losses(run_id: str, services: RunServicesDep, client: ClientDep) -> Response:
    """Columns `step` and `loss`. Values that are not finite are written as torch does: `nan`, `inf`."""
    await services.limits.spend(client, "export")
    answer = await services.engine.ask(GetLosses(run_id=run_id, first_step=1))
    numbers = (await losses_of(answer, 1)).losses
    return download(await services.aside(lambda: table(numbers)), "text/csv", "losses.csv")


def table(numbers: Sequence[float]) -> str:
    """The table's text."""
    return "".join(["step,loss\n", *(f"{step},{loss!r}\n" for step, loss in enumerate(numbers, start=1))])


def shape_of(values: Nested) -> tuple[int, ...]:
    """The shape of nested lists.

    >>> shape_of([[1.0, 2.0, 3.0]])
    (1, 3)
    """
    return (len(values), *shape_of(values[0])) if isinstance(values, list) else ()

"""Earlier steps of a run, and training on from one: `/api/runs/{id}/snapshots`, `norms`, `fork`."""

from collections.abc import Sequence
from typing import Annotated

from fastapi import APIRouter, Body, Depends, Path, Query, Response

from app.engine.answers import norms_of, snapshot_of
from app.engine.commands import Fork, GetNorms, GetSnapshot, GetSnapshots
from app.protocol.lookback import ForkRequest, Norms, Snapshots, SnapshotsQuery
from app.protocol.runs import MAX_STEPS, ParameterInfo, RunCreated
from app.protocol.snapshots import PackedSnapshot, Snapshot
from app.web.edge.guard import require_json
from app.web.edge.openapi import FORK_EXAMPLES, problems
from app.web.edge.services import ClientDep
from app.web.runs.keys import Key, names_of
from app.web.runs.routes import READS, own
from app.web.runs.services import RunServicesDep

MAX_BYTES = {"json": 512 * 1024, "binary": 2 * 1024 * 1024}
"""Most bytes of packed snapshots in one answer. As JSON they become several times as long."""
AT_THE_PRICE_OF_ONE = 16
"""Snapshots that count as one read: they cost the engine 5 ms, and the web process as much."""
OCTETS = "application/octet-stream"

router = APIRouter(prefix="/api/runs", tags=["training"], dependencies=[Depends(require_json)])


@router.get(
    "/{run_id}/snapshots/{step}",
    summary="A run after an earlier step",
    response_model=Snapshot,
    responses=READS,
)
async def snapshot(
    run_id: str, step: Annotated[int, Path(ge=0, le=MAX_STEPS)], services: RunServicesDep, client: ClientDep
) -> Response:
    """Any step taken. Of a long run not every step is kept; others are computed by training again."""
    await services.limits.spend(client, "read")
    return await services.json(
        await snapshot_of(await services.engine.ask(GetSnapshot(run_id=run_id, step=step)))
    )


@router.get(
    "/{run_id}/snapshots",
    summary="A run at many of its steps",
    response_model=Snapshots,
    responses={200: {"content": {OCTETS: {}}}, **READS},
)
async def several(
    run_id: str,
    services: RunServicesDep,
    client: ClientDep,
    query: Annotated[SnapshotsQuery, Query()],
) -> Response:
    """At most `count` of the steps that are kept, evenly spread, with both ends; fewer of a large network."""
    await services.limits.spend(client, "read", 1 + query.count // AT_THE_PRICE_OF_ONE)
    wanted = GetSnapshots(run_id=run_id, query=query, max_bytes=MAX_BYTES[query.format])
    reply, payload = await services.engine.ask(wanted)
    if query.format == "binary":
        return Response(payload, media_type=OCTETS)
    text = await services.aside(lambda: written(PackedSnapshot.each(payload), reply.parameters))
    return Response(text, media_type="application/json")


def written(snapshots: Sequence[PackedSnapshot], parameters: Sequence[ParameterInfo]) -> str:
    """The JSON of `Snapshots`: one after the other, so that the thread lets others have a turn in between."""
    texts = [packed.unpack(parameters).model_dump_json() for packed in snapshots]
    return f'{{"snapshots":[{",".join(texts)}]}}'


@router.get(
    "/{run_id}/norms",
    summary="Gradient and update norms of each layer",
    response_model=Norms,
    responses=READS,
)
async def norms(
    run_id: str,
    services: RunServicesDep,
    client: ClientDep,
    first_step: Annotated[int, Query(alias="from", ge=1, le=MAX_STEPS + 1)] = 1,
) -> Response:
    """The norms of every step, or of the kept steps of a long run."""
    await services.limits.spend(client, "read")
    return await services.json(
        await norms_of(await services.engine.ask(GetNorms(run_id=run_id, first_step=first_step)))
    )


@router.post(
    "/{run_id}/fork",
    summary="Train on from an earlier step, in another run",
    status_code=201,
    responses=problems(400, 404, 413, 415, 422, 429, 503),
)
async def fork(
    run_id: str,
    response: Response,
    services: RunServicesDep,
    client: ClientDep,
    request: Annotated[ForkRequest, Body(openapi_examples=FORK_EXAMPLES)],
    *,
    key: Key = None,
) -> RunCreated:
    """A run of the caller's own that stands where this one stood, and goes on as it did.

    It has the same weights, optimizer state, place in schedule and epoch, and losses. Every client that
    knows a run's id may fork it.
    """
    await services.limits.spend(client, "run")
    names = names_of(key)
    made = Fork(run_id=run_id, command_id=key, fork_id=names.run_id, step=request.step)
    return await own(response, services, client, names, made)

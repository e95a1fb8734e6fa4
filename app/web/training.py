"""Runs over HTTP: `/api/runs`."""

from collections.abc import Mapping
from typing import Annotated

from fastapi import APIRouter, Body, Depends, Query, Response
from fastapi.security import HTTPAuthorizationCredentials, HTTPBearer
from pydantic import JsonValue, ValidationError

from app.protocol.lines import LinesRan, LinesRequest, ParameterEdit
from app.protocol.patches import patched
from app.protocol.runs import MAX_STEPS, Losses, RunConfig, RunCreated, RunState, StepsRequest
from app.protocol.snapshots import Snapshot
from app.web.explanations import explained_run
from app.web.guard import require_json
from app.web.limits import Client
from app.web.openapi import (
    CONFIG_EXAMPLES,
    EDIT_EXAMPLES,
    LINES_EXAMPLES,
    PATCH_EXAMPLES,
    STEPS_EXAMPLES,
    problems,
)
from app.web.owners import Ownership
from app.web.services import Caller, Reader, Services, Using
from app.web.validation import NotValid

BEARER = HTTPBearer(auto_error=False, description="The owner token that making the run told.")


async def authorize(
    run_id: str,
    using: Using,
    client: Caller,
    token: Annotated[
        HTTPAuthorizationCredentials | None,
        Depends(BEARER),
    ],
) -> Ownership:
    """Let only the owner change a run."""
    await using.limits.spend(client, "change")
    return using.owners.check(run_id, token.credentials if token else None)


Owned = Annotated[Ownership, Depends(authorize)]
READS = problems(404, 422, 429, 503)
CHANGES = problems(400, 401, 403, 404, 409, 413, 415, 422, 429, 503)

router = APIRouter(prefix="/api/runs", tags=["training"], dependencies=[Depends(require_json)])


@router.post("", summary="Make a run", status_code=201, responses=problems(400, 413, 415, 422, 429, 503))
async def create(
    response: Response,
    using: Using,
    client: Caller,
    config: Annotated[RunConfig, Body(openapi_examples=CONFIG_EXAMPLES)] = RunConfig(),  # noqa: B008, frozen
) -> RunCreated:
    """Data, model and optimizer, at step 0. Every field has a default: together, the lesson's run.

    The owner token is told here and never again; changing the run needs it.
    """
    await using.limits.spend(client, "run")
    values = await using.formulas.values(config, client)
    with using.holdings.place(client) as take:
        state = await using.engine.create(config, values)
        take(state.id)
    response.headers["Location"] = f"/api/runs/{state.id}"
    return RunCreated(**dict(state), owner_token=using.owners.issue(state.id))


@router.get("/{run_id}", summary="What a run is now", responses=READS)
async def show(run_id: str, using: Using, client: Caller, reader: Reader) -> RunState:
    """Its settings, how far it is, whether it trains, and why it ended if it has."""
    await using.limits.spend(client, "read")
    return explained_run(await using.engine.inspect(run_id), reader)


@router.get("/{run_id}/losses", summary="The loss of each step", responses=READS)
async def losses(
    run_id: str,
    using: Using,
    client: Caller,
    first_step: Annotated[int, Query(alias="from", ge=1, le=MAX_STEPS + 1)] = 1,
) -> Losses:
    """One loss per step taken, each the loss that step computed; null where it is not finite."""
    await using.limits.spend(client, "read")
    return await using.engine.losses(run_id, first_step)


@router.post("/{run_id}/steps", summary="Run exactly so many steps", responses=CHANGES)
async def steps(
    run_id: str,
    using: Using,
    owned: Owned,
    request: Annotated[StepsRequest, Body(openapi_examples=STEPS_EXAMPLES)],
) -> Snapshot:
    """Answers when they are done, with the run's picture after them."""
    return await using.engine.step(run_id, request.count)


@router.post("/{run_id}/lines", summary="Run the loop's next lines, one at a time", responses=CHANGES)
async def lines(
    run_id: str,
    using: Using,
    owned: Owned,
    reader: Reader,
    request: Annotated[LinesRequest, Body(openapi_examples=LINES_EXAMPLES)] = LinesRequest(),  # noqa: B008
) -> LinesRan:
    """What each line made or changed: prediction, loss, gradients and parameters, before and after.

    The run may stand in the middle of a step then. `play` and `steps` finish that step first, and it counts;
    a reset forgets it.
    """
    ran = await using.engine.lines(run_id, request.count)
    return ran.model_copy(update={"run": explained_run(ran.run, reader)})


@router.post("/{run_id}/parameters", summary="Change one parameter by hand", responses=CHANGES)
async def edit(
    run_id: str,
    using: Using,
    owned: Owned,
    request: Annotated[ParameterEdit, Body(openapi_examples=EDIT_EXAMPLES)],
) -> Snapshot:
    """Sets one element of a weight or a bias, and answers with the run's picture after it."""
    return await using.engine.edit(run_id, request)


@router.patch("/{run_id}", summary="Change settings", responses=CHANGES)
async def update(
    run_id: str,
    using: Using,
    client: Caller,
    owned: Owned,
    *,
    reader: Reader,
    patch: Annotated[dict[str, JsonValue], Body(openapi_examples=PATCH_EXAMPLES)],
) -> RunState:
    """A JSON merge patch (RFC 7396) on the run's config.

    Another learning rate keeps the weights, and so do points that are added, moved or taken away. Another
    seed, data made anew or another model begin anew.
    """
    return explained_run(await apply_patch(using, client, owned, run_id, patch), reader)


@router.post("/{run_id}/reset", summary="Back to the initial weights", responses=CHANGES)
async def reset(run_id: str, using: Using, owned: Owned) -> RunState:
    """Step 0 again, with the same initial weights."""
    return await using.engine.reset(run_id)


@router.delete("/{run_id}", summary="Forget a run", status_code=204, responses=CHANGES)
async def delete(run_id: str, using: Using, owned: Owned) -> None:
    """Its memory is freed; its address leads nowhere from then on."""
    using.races.refuse_member(run_id)
    await using.engine.delete(run_id)
    using.owners.forget(run_id)


async def apply_patch(
    using: Services, client: Client, ownership: Ownership, run_id: str, patch: Mapping[str, JsonValue]
) -> RunState:
    """Change some settings of a run. Raises NotValid, Invalid where the result is not allowed."""
    # One after the other, or the later of two patches would undo the earlier.
    async with ownership.changing:
        state = await using.engine.inspect(run_id)
        try:
            config = patched(state.config, patch)
        except ValidationError as error:
            raise NotValid(error.errors(), RunConfig) from error
        values = await using.formulas.values(config, client, state.config)
        return await using.engine.update(run_id, config, values)

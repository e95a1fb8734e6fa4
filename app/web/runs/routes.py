"""Runs over HTTP: `/api/runs`."""

from collections.abc import Mapping
from contextlib import suppress
from typing import Annotated

from fastapi import APIRouter, Body, Depends, Query, Response
from fastapi.security import HTTPAuthorizationCredentials, HTTPBearer
from pydantic import JsonValue, ValidationError

from app.engine.answers import losses_of, snapshot_of
from app.engine.commands import (
    Create,
    Delete,
    Edit,
    Fork,
    GetLosses,
    Inspect,
    Lines,
    Reset,
    Steps,
    Update,
)
from app.errors import Unavailable
from app.protocol.lines import LinesRan, LinesRequest, ParameterEdit
from app.protocol.patches import patched
from app.protocol.runs import MAX_STEPS, Losses, RunConfig, RunCreated, RunState, StepsRequest
from app.protocol.snapshots import Snapshot
from app.web.edge.explanations import explained_run
from app.web.edge.guard import require_json
from app.web.edge.limits import Client
from app.web.edge.openapi import (
    CONFIG_EXAMPLES,
    EDIT_EXAMPLES,
    LINES_EXAMPLES,
    PATCH_EXAMPLES,
    STEPS_EXAMPLES,
    problems,
)
from app.web.edge.services import ClientDep, LanguageDep
from app.web.edge.validation import NotValid
from app.web.runs.keys import Key, Names, digest_of, names_of
from app.web.runs.registry import Ownership
from app.web.runs.services import RunServices, RunServicesDep

BEARER = HTTPBearer(auto_error=False, description="The owner token from the answer that made the run.")


async def authorize(
    run_id: str,
    services: RunServicesDep,
    client: ClientDep,
    token: Annotated[
        HTTPAuthorizationCredentials | None,
        Depends(BEARER),
    ],
) -> Ownership:
    """Check that the request comes from the run's owner, and count it."""
    await services.limits.spend(client, "change")
    await services.recall(run_id)
    return services.registry.check(run_id, token.credentials if token else None)


Owned = Annotated[Ownership, Depends(authorize)]
READS = problems(404, 422, 429, 503)
CHANGES = problems(400, 401, 403, 404, 409, 413, 415, 422, 429, 503)

router = APIRouter(prefix="/api/runs", tags=["training"], dependencies=[Depends(require_json)])


@router.post("", summary="Make a run", status_code=201, responses=problems(400, 413, 415, 422, 429, 503))
async def create(
    response: Response,
    services: RunServicesDep,
    client: ClientDep,
    config: Annotated[RunConfig, Body(openapi_examples=CONFIG_EXAMPLES)] = RunConfig(),  # noqa: B008, frozen
    *,
    key: Key = None,
) -> RunCreated:
    """Data, model and optimizer, at step 0. Every field has a default: together, the lesson's run.

    The owner token is sent here and never again; it is needed to change the run.
    """
    await services.limits.spend(client, "run")
    names = names_of(key)
    with suppress(Unavailable):  # Where it cannot be known what is stored, the run counts as new.
        await services.recall(names.run_id)
    made = Create(run_id=names.run_id, command_id=key, config=config)
    if not services.engine.holds(names.run_id):
        values = await services.formulas.values(config, client)
        made = made.model_copy(update={"values": values})
    return await own(response, services, client, names, made)


async def own(
    response: Response, services: RunServices, client: Client, names: Names, made: Create | Fork
) -> RunCreated:
    """Have a run made, and give it to the client; a second time, if a request is sent again, the same one."""
    again = services.engine.holds(names.run_id)
    with services.registry.place(client, 0 if again else 1) as take:
        state = (await services.engine.ask(made)).state
        take(state.id)
    response.headers["Location"] = f"/api/runs/{state.id}"
    services.registry.issue(state.id, token=names.owner_token)
    await services.stored(state.id)
    return RunCreated(**dict(state), owner_token=names.owner_token)


@router.get("/{run_id}", summary="What a run is now", responses=READS)
async def show(run_id: str, services: RunServicesDep, client: ClientDep, language: LanguageDep) -> RunState:
    """The run's settings, its step, whether it trains, and why it ended if it has."""
    await services.limits.spend(client, "read")
    return explained_run((await services.engine.ask(Inspect(run_id=run_id))).state, language)


@router.get("/{run_id}/losses", summary="The loss of each step", response_model=Losses, responses=READS)
async def losses(
    run_id: str,
    services: RunServicesDep,
    client: ClientDep,
    first_step: Annotated[int, Query(alias="from", ge=1, le=MAX_STEPS + 1)] = 1,
) -> Response:
    """One loss per step taken, each the loss that step computed; null where it is not finite."""
    await services.limits.spend(client, "read")
    answer = await services.engine.ask(GetLosses(run_id=run_id, first_step=first_step))
    return await services.json(await losses_of(answer, first_step))


@router.post(
    "/{run_id}/steps", summary="Run exactly so many steps", response_model=Snapshot, responses=CHANGES
)
async def steps(
    run_id: str,
    services: RunServicesDep,
    owned: Owned,
    request: Annotated[StepsRequest, Body(openapi_examples=STEPS_EXAMPLES)],
    *,
    key: Key = None,
) -> Response:
    """Answers when the steps are done, with the run's snapshot after them."""
    steps = Steps(run_id=run_id, command_id=key, count=request.count)
    return await services.json(await snapshot_of(await services.engine.ask(steps)))


@router.post(
    "/{run_id}/lines",
    summary="Run the loop's next lines, one at a time",
    response_model=LinesRan,
    responses=CHANGES,
)
async def lines(
    run_id: str,
    services: RunServicesDep,
    owned: Owned,
    language: LanguageDep,
    request: Annotated[LinesRequest, Body(openapi_examples=LINES_EXAMPLES)] = LinesRequest(),  # noqa: B008
    *,
    key: Key = None,
) -> Response:
    """What each line made or changed: prediction, loss, gradients and parameters, before and after.

    The run may then stand in the middle of a step. `play` and `steps` finish that step first, and count it; a
    reset drops it.
    """
    answer = await services.engine.ask(Lines(run_id=run_id, command_id=key, count=request.count))
    run, lines = explained_run(answer.state, language), [*answer.reply.lines]
    return await services.json(LinesRan(run=run, lines=lines))


@router.post(
    "/{run_id}/parameters",
    summary="Change one parameter by hand",
    response_model=Snapshot,
    responses=CHANGES,
)
async def edit(
    run_id: str,
    services: RunServicesDep,
    owned: Owned,
    request: Annotated[ParameterEdit, Body(openapi_examples=EDIT_EXAMPLES)],
    *,
    key: Key = None,
) -> Response:
    """Sets one element of a weight or a bias, and answers with the run's snapshot after it."""
    edit = Edit(run_id=run_id, command_id=key, **dict(request))
    return await services.json(await snapshot_of(await services.engine.ask(edit)))


@router.patch("/{run_id}", summary="Change settings", responses=CHANGES)
async def update(
    run_id: str,
    services: RunServicesDep,
    client: ClientDep,
    owned: Owned,
    *,
    language: LanguageDep,
    patch: Annotated[dict[str, JsonValue], Body(openapi_examples=PATCH_EXAMPLES)],
    key: Key = None,
) -> RunState:
    """A JSON merge patch (RFC 7396) on the run's config.

    Another learning rate keeps the weights, and so do points that are added, moved or taken away. Another
    seed, data made anew or another model begin anew.
    """
    return explained_run(await apply_patch(services, client, owned, run_id, patch, command_id=key), language)


@router.post("/{run_id}/reset", summary="Back to the initial weights", responses=CHANGES)
async def reset(run_id: str, services: RunServicesDep, owned: Owned, *, key: Key = None) -> RunState:
    """Step 0 again, with the same initial weights."""
    return (await services.engine.ask(Reset(run_id=run_id, command_id=key))).state


@router.delete("/{run_id}", summary="Forget a run", status_code=204, responses=CHANGES)
async def delete(run_id: str, services: RunServicesDep, owned: Owned) -> None:
    """The run is deleted, and its memory is freed."""
    services.registry.refuse_member(run_id)
    await services.engine.ask(Delete(run_id=run_id))


async def apply_patch(
    services: RunServices,
    client: Client,
    ownership: Ownership,
    run_id: str,
    patch: Mapping[str, JsonValue],
    *,
    command_id: str | None = None,
) -> RunState:
    """Change some settings of a run. Raises: NotValid, Invalid: the result is not allowed."""
    # One patch after the other, or the later of two would undo the earlier.
    async with ownership.changing:
        state = (await services.engine.ask(Inspect(run_id=run_id))).state
        try:
            config = patched(state.config, patch)
        except ValidationError as error:
            raise NotValid(error.errors(), RunConfig) from error
        values = await services.formulas.values(config, client, state.config)
        update = Update(
            run_id=run_id, command_id=command_id, asked=digest_of(dict(patch)), config=config, values=values
        )
        return (await services.engine.ask(update)).state

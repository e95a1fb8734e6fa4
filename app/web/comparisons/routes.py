"""Comparisons over HTTP and over one socket: `/api/comparisons`."""

import asyncio
from collections.abc import Sequence
from contextlib import AsyncExitStack, nullcontext, suppress
from functools import partial
from typing import Annotated

from fastapi import APIRouter, Body, Depends, Response, WebSocket
from fastapi.security import HTTPAuthorizationCredentials
from pydantic import ValidationError

from app.engine.commands import Create, Delete, Inspect
from app.engine.reports import sent_before
from app.errors import N_, Invalid, NotFound, PlaygroundError, Unavailable
from app.protocol.comparisons import (
    ComparedRun,
    Comparison,
    ComparisonCreated,
    ComparisonRequest,
    labels,
)
from app.protocol.data import Recipe, Values
from app.protocol.patches import patched
from app.protocol.runs import RunConfig, RunState
from app.web.comparisons.viewer import ComparisonViewer
from app.web.edge.catalogue import Language
from app.web.edge.explanations import explained_run
from app.web.edge.guard import require_json
from app.web.edge.limits import Client
from app.web.edge.openapi import COMPARISON_EXAMPLES, problems
from app.web.edge.services import ClientDep, LanguageDep
from app.web.edge.validation import NotValid
from app.web.runs.commands import Commands
from app.web.runs.connection import Connection
from app.web.runs.keys import Key, digest_of, name_of, names_of
from app.web.runs.registry import Member
from app.web.runs.routes import BEARER
from app.web.runs.services import RunServices, RunServicesDep
from app.web.runs.stream import StreamSession, serve

router = APIRouter(tags=["training"])


@router.post(
    "/api/comparisons",
    summary="Make runs to compare",
    status_code=201,
    responses=problems(400, 413, 415, 422, 429, 503),
    dependencies=[Depends(require_json)],
    response_model=ComparisonCreated,
)
async def create(
    services: RunServicesDep,
    client: ClientDep,
    request: Annotated[ComparisonRequest, Body(openapi_examples=COMPARISON_EXAMPLES)],
    *,
    key: Key = None,
) -> Response:
    """2 to 8 runs from one seed that differ only in what `vary` says of each.

    They keep step: whatever their settings, all that have not ended take each step together.
    """
    configs = await services.aside(lambda: configs_of(request))
    comparison_id, owner_token = names_of(key, b"comparison")
    for _ in configs:
        await services.limits.spend(client, "run")
    with suppress(Unavailable):  # Where it cannot be known what is stored, the comparison counts as new.
        await services.recall(comparison_id)
    again = services.registry.knows(comparison_id)
    if again and [member.vary for member in services.registry.members(comparison_id)] != [*request.vary]:
        raise sent_before()
    with services.registry.place(client, 0 if again else len(configs)) as take:
        values = [None] * len(configs) if again else await values_of(configs, services, client)
        states = await create_all(services, creations(request, configs, values, comparison_id, key))
        for state in states:
            take(state.id)
    members = tuple(
        Member(state.id, label, patch)
        for state, label, patch in zip(states, labels(request.vary, configs), request.vary, strict=True)
    )
    services.registry.compare(comparison_id, members)
    services.registry.issue(*(member.run_id for member in members), token=owner_token)
    await services.stored(comparison_id, *(member.run_id for member in members))
    runs = [compared(state, member) for state, member in zip(states, members, strict=True)]
    created = ComparisonCreated(id=comparison_id, runs=runs, owner_token=owner_token)
    response = await services.json(created, status_code=201)
    response.headers["Location"] = f"/api/comparisons/{comparison_id}"
    return response


@router.get(
    "/api/comparisons/{comparison_id}",
    summary="What the runs of a comparison are now",
    response_model=Comparison,
    responses=problems(404, 422, 429, 503),
)
async def show(
    comparison_id: str, services: RunServicesDep, client: ClientDep, language: LanguageDep
) -> Response:
    """Each run as in `GET /api/runs/{id}`, with its own settings."""
    await services.limits.spend(client, "read")
    await services.recall(comparison_id)
    members = services.registry.members(comparison_id)
    # All are asked at once, so that none has gone on when the next one answers.
    answers = await asyncio.gather(
        *(services.engine.ask(Inspect(run_id=member.run_id)) for member in members)
    )
    runs = [
        compared(explained_run(answer.state, language), member)
        for answer, member in zip(answers, members, strict=True)
    ]
    return await services.json(Comparison(id=comparison_id, runs=runs))


@router.delete(
    "/api/comparisons/{comparison_id}",
    summary="Forget a comparison",
    status_code=204,
    responses=problems(401, 403, 404, 422, 429, 503),
)
async def delete(
    comparison_id: str,
    services: RunServicesDep,
    client: ClientDep,
    token: Annotated[HTTPAuthorizationCredentials | None, Depends(BEARER)],
) -> None:
    """All runs of the comparison are deleted."""
    await services.limits.spend(client, "change")
    await services.recall(comparison_id)
    members = services.registry.members(comparison_id)
    services.registry.check(comparison_id, token.credentials if token else None)
    for member in members:
        with suppress(NotFound):
            await services.engine.ask(Delete(run_id=member.run_id))


@router.websocket("/api/comparisons/{comparison_id}/stream")
async def stream(socket: WebSocket, comparison_id: str, services: RunServicesDep, client: ClientDep) -> None:
    """As the stream of a run, with all runs of the comparison in every snapshot."""
    await serve(socket, services, client, partial(follow, comparison_id, services, client))


async def follow(
    comparison_id: str, services: RunServices, client: Client, connection: Connection, language: Language
) -> None:
    """Serve one client that follows all runs of a comparison."""
    hello = await connection.hello()
    await services.recall(comparison_id)
    members = services.registry.members(comparison_id)
    first = members[0].run_id
    commands = None
    if hello.owner_token is not None:
        ownership = services.registry.check(comparison_id, hello.owner_token)
        commands = Commands(services, client, ownership, first)
    changed = asyncio.Event()
    async with AsyncExitStack() as stack:
        runs = [
            (member, await stack.enter_async_context(services.engine.watch(member.run_id, changed)))
            for member in members
        ]
        viewer = ComparisonViewer(
            comparison_id,
            runs,
            hello,
            control=commands is not None,
            language=language,
            texts=services.snapshots,
            trouble=lambda: services.store.trouble,
            tally=services.tally,
        )
        stack.enter_context(services.presence.owner(first) if commands else nullcontext())
        await StreamSession(connection, viewer, commands, changed).run()


def compared(state: RunState, member: Member) -> ComparedRun:
    """The record of a member."""
    return ComparedRun(**dict(state), label=member.label, vary=dict(member.vary))


def configs_of(request: ComparisonRequest) -> list[RunConfig]:
    """The settings of each run. Raises: NotValid, Invalid: they are not allowed, or cannot be compared."""
    configs: list[RunConfig] = []
    for i, patch in enumerate(request.vary):
        try:
            config = patched(request.config, patch)
        except ValidationError as error:
            raise NotValid(error.errors(), RunConfig, above=("vary", i)) from error
        if config.seed != request.config.seed:
            template = N_("all runs of a comparison start from the same seed; set it in config")
            raise Invalid(f"vary[{i}].seed", template)
        if config in configs:
            template = N_("runs {first} and {second} would be the same")
            raise Invalid(f"vary[{i}]", template, first=configs.index(config) + 1, second=i + 1)
        configs.append(config)
    return configs


async def values_of(
    configs: Sequence[RunConfig], services: RunServices, client: Client
) -> list[Values | None]:
    """The values of each run's formula; a formula that several runs share is evaluated once."""
    known: dict[Recipe | None, Values | None] = {}
    for config in configs:
        if config.recipe not in known:
            known[config.recipe] = await services.formulas.values(config, client)
    return [known[config.recipe] for config in configs]


def creations(
    request: ComparisonRequest,
    configs: Sequence[RunConfig],
    values: Sequence[Values | None],
    comparison_id: str,
    key: str | None,
) -> list[Create]:
    """The commands that make the runs. key: that of the request."""
    asked = digest_of(request.model_dump(mode="json"))
    return [
        Create(
            run_id=name_of(key, b"run %d" % i),
            command_id=key,
            asked=asked,
            config=config,
            values=given,
            comparison=comparison_id,
        )
        for i, (config, given) in enumerate(zip(configs, values, strict=True))
    ]


async def create_all(services: RunServices, commands: Sequence[Create]) -> list[RunState]:
    """Create all of the runs of a comparison, or none."""
    states: list[RunState] = []
    try:
        for command in commands:
            states.append((await services.engine.ask(command)).state)
    except PlaygroundError:
        # Unless they were made before, by the same request.
        if not services.registry.knows(commands[0].comparison or ""):
            for state in states:
                with suppress(PlaygroundError):
                    await services.engine.ask(Delete(run_id=state.id))
        raise
    return states

"""`POST /api/gradients`."""

from contextlib import nullcontext
from typing import Annotated

from fastapi import APIRouter, Body, Depends, Request, Response

from app.protocol.gradients import Derivation, Program
from app.protocol.programs import ProgramStarted
from app.web.edge.explanations import explained
from app.web.edge.guard import require_json
from app.web.edge.openapi import PROGRAM_EXAMPLES, problems
from app.web.edge.services import ClientDep, ServicesDep
from app.web.programs.answers import Answer, answer
from app.web.programs.live import LivePrograms
from app.web.programs.services import ProgramsDep

router = APIRouter(tags=["calculator"], dependencies=[Depends(require_json)])


@router.post(
    "/api/gradients",
    summary="Run a program and get its gradients",
    response_model=Derivation,
    responses=problems(400, 409, 413, 415, 422, 429, 503)
    | {202: {"model": ProgramStarted, "description": "It takes longer than a moment, and goes on."}},
)
async def derive(
    request: Request,
    services: ServicesDep,
    programs: ProgramsDep,
    client: ClientDep,
    program: Annotated[Program, Body(openapi_examples=PROGRAM_EXAMPLES)],
) -> Response:
    """What a PyTorch program prints, and each tensor that it names with its gradient.

    An error in the program is no refusal: it is in `error`, in torch's own words.
    """
    await services.limits.spend(client, "program")
    # Clients without a cookie cannot be told apart; the sandbox queues them by address.
    async with services.newest_wins.turn(str(client)) if client.session else nullcontext():
        found: Derivation | ProgramStarted | None
        if program.goes_on:
            found = services.sandbox.known(program.program, str(client), curves=True)
            found = found or await begun(programs, program.program, str(client), request)
        else:
            found = await services.sandbox.derive(program.program, str(client), curves=program.curves)
    if isinstance(found, ProgramStarted):
        return Answer(found.model_dump_json(), status_code=202)
    return await answer(explained(found, services.catalogue.of(request)))


async def begun(
    programs: LivePrograms, text: str, client: str, request: Request
) -> Derivation | ProgramStarted:
    """What became of a program that was run live, or where it goes on. Raises: Unavailable."""
    program = programs.start(text, client)
    goes_on = False
    try:
        derivation = await program.moment()
        goes_on = derivation is None and not await request.is_disconnected()
    finally:
        if not goes_on:
            programs.end(program)
    started = ProgramStarted(id=program.id, owner_token=program.token, control=True, program=text)
    return derivation or started

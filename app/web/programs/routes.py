"""`POST /api/gradients`."""

from contextlib import nullcontext
from typing import Annotated

from fastapi import APIRouter, Body, Depends, Request, Response

from app.protocol.gradients import Derivation, Program
from app.web.edge.explanations import explained
from app.web.edge.guard import require_json
from app.web.edge.openapi import PROGRAM_EXAMPLES, problems
from app.web.edge.services import ClientDep, ServicesDep
from app.web.programs.answers import answer

router = APIRouter(tags=["calculator"], dependencies=[Depends(require_json)])


@router.post(
    "/api/gradients",
    summary="Run a program and get its gradients",
    response_model=Derivation,
    responses=problems(400, 409, 413, 415, 422, 429, 503),
)
async def derive(
    request: Request,
    services: ServicesDep,
    client: ClientDep,
    program: Annotated[Program, Body(openapi_examples=PROGRAM_EXAMPLES)],
) -> Response:
    """What a PyTorch program prints, and each tensor that it names with its gradient.

    An error in the program is no refusal: it is in `error`, in torch's own words.
    """
    await services.limits.spend(client, "program")
    # Clients without a cookie cannot be told apart; the sandbox queues them by address.
    async with services.newest_wins.turn(str(client)) if client.session else nullcontext():
        derivation = await services.sandbox.derive(program.program, str(client), curves=program.curves)
    return await answer(explained(derivation, services.catalogue.of(request)))

"""`POST /api/gradients`."""

from contextlib import nullcontext
from typing import Annotated

from fastapi import APIRouter, Body, Depends, Request

from app.protocol.gradients import Derivation, Program
from app.web.explanations import explained
from app.web.guard import require_json
from app.web.openapi import PROGRAM_EXAMPLES, problems
from app.web.services import Caller, Using

router = APIRouter(tags=["calculator"], dependencies=[Depends(require_json)])


@router.post(
    "/api/gradients",
    summary="Run a program and get its gradients",
    responses=problems(400, 409, 413, 415, 422, 429, 503),
)
async def derive(
    request: Request,
    using: Using,
    client: Caller,
    program: Annotated[Program, Body(openapi_examples=PROGRAM_EXAMPLES)],
) -> Derivation:
    """What a PyTorch program prints, and each tensor it names with its gradient.

    An error in the program is not a refusal: it is in `error`, in torch's own words.
    """
    await using.limits.spend(client, "program")
    # Programs without a cookie cannot be told apart; the sandbox gives their address its turns.
    async with using.turns.turn(str(client)) if client.session else nullcontext():
        derivation = await using.sandbox.derive(program.program, str(client), curves=program.curves)
    return explained(derivation, using.catalogue.of(request))

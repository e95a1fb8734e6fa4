"""`GET` and `DELETE /api/programs/{id}`."""

from typing import Annotated

from fastapi import APIRouter, Depends
from fastapi.security import HTTPAuthorizationCredentials, HTTPBearer

from app.errors import N_
from app.protocol.programs import LiveProgram
from app.web.edge.openapi import problems
from app.web.edge.problems import Refused
from app.web.edge.services import ClientDep, LanguageDep, ServicesDep
from app.web.programs.services import ProgramsDep

BEARER = HTTPBearer(
    auto_error=False, scheme_name="Program owner", description="The owner token from the stream's `started`."
)

router = APIRouter(prefix="/api/programs", tags=["calculator"])


@router.get("/{program_id}", summary="Read a program that runs live", responses=problems(404, 422, 429))
async def show(
    program_id: str, services: ServicesDep, programs: ProgramsDep, client: ClientDep, language: LanguageDep
) -> LiveProgram:
    """What it has printed and the rounds of its loops so far; what became of it once it has ended.

    It is kept for a minute after the last connection that followed it was closed.
    """
    await services.limits.spend(client, "read")
    return programs.get(program_id).state(language)


@router.delete(
    "/{program_id}",
    summary="End a program and forget it",
    status_code=204,
    responses=problems(401, 403, 404, 422, 429),
)
async def delete(
    program_id: str,
    services: ServicesDep,
    programs: ProgramsDep,
    client: ClientDep,
    bearer: Annotated[HTTPAuthorizationCredentials | None, Depends(BEARER)],
) -> None:
    """The program is ended, and nothing is kept of it."""
    await services.limits.spend(client, "change")
    if bearer is None:
        programs.get(program_id)
        raise Refused(401, N_("Send the program's owner token: Authorization: Bearer <owner_token>."))
    programs.end(programs.owned(program_id, bearer.credentials))

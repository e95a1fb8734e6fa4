"""`GET /api/options`."""

from fastapi import APIRouter

from app.protocol.options import Limits, Options, options
from app.web.edge.openapi import problems
from app.web.edge.services import ClientDep
from app.web.runs.services import RunServicesDep

router = APIRouter(tags=["training"])


@router.get("/api/options", summary="What can be set, and within which limits", responses=problems(429))
async def show(services: RunServicesDep, client: ClientDep) -> Options:
    """Every setting of a run with its default and what is allowed, and how much this server holds."""
    await services.limits.spend(client, "read")
    names = Limits.model_fields.keys()
    limits = Limits(**services.settings.model_dump(include=set(names)))
    return await services.aside(lambda: options(limits))

"""`GET /api/options`."""

from fastapi import APIRouter

from app.protocol.options import Limits, Options, options
from app.web.openapi import problems
from app.web.services import Caller, Using

router = APIRouter(tags=["training"])


@router.get("/api/options", summary="What can be set, and within which limits", responses=problems(429))
async def show(using: Using, client: Caller) -> Options:
    """Every setting of a run with its default and what is allowed, and how much this server holds."""
    await using.limits.spend(client, "read")
    names = Limits.model_fields.keys()
    return options(Limits(**using.settings.model_dump(include=set(names))))

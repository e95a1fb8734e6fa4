"""`/healthz` and `/readyz`, for monitoring, and for the page while the server warms up."""

from fastapi import APIRouter, Request, Response

from app.protocol.health import Health, Readiness
from app.web.edge.services import ServicesDep

router = APIRouter(tags=["health"])


@router.get("/healthz", summary="Whether the server is alive")
async def health(request: Request, services: ServicesDep) -> Health:
    """200 while it is: its version, the barriers around programs, and the store's trouble if any."""
    features = services.sandbox.features
    return Health(
        version=request.app.version,
        store_version=services.store.version,
        sandbox=features.model_dump() if features else None,
        store=services.store.trouble,
    )


@router.get(
    "/readyz",
    summary="Whether everything is ready",
    responses={503: {"model": Readiness, "description": "Something is still warming up"}},
)
async def readiness(response: Response, services: ServicesDep) -> Readiness:
    """200 when the engine and the sandbox are ready, else 503."""
    readiness = Readiness(engine=services.engine.ready, sandbox=services.sandbox.ready)
    if not (readiness.engine and readiness.sandbox):
        response.status_code = 503
        response.headers["Retry-After"] = "1"
    return readiness

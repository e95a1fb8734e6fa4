"""What the routes of runs and comparisons work with, made once by `app.main`."""

from dataclasses import dataclass
from typing import Annotated

from fastapi import Depends
from starlette.requests import HTTPConnection

from app.web.edge.quotas import RunQuota, SocketQuota
from app.web.edge.services import Services, services_of
from app.web.runs.formulas import Formulas
from app.web.runs.members import Members
from app.web.runs.owners import Owners
from app.web.runs.presence import Presence
from app.web.runs.snapshots import SnapshotTexts


@dataclass(frozen=True)
class RunServices(Services):
    """The services of every route, and those that only runs need."""

    formulas: Formulas
    owners: Owners
    presence: Presence
    members: Members
    run_quota: RunQuota
    snapshots: SnapshotTexts
    socket_quota: SocketQuota


async def run_services_of(connection: HTTPConnection) -> RunServices:
    """The services of the application that a request or socket came to."""
    services = await services_of(connection)
    assert isinstance(services, RunServices)
    return services


RunServicesDep = Annotated[RunServices, Depends(run_services_of)]

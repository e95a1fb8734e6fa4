"""What the routes work with, made once by `app.main`."""

from dataclasses import dataclass
from typing import Annotated

from fastapi import Depends
from starlette.requests import HTTPConnection

from app.engine.port import Engine
from app.sandbox.client import Sandbox
from app.settings import Settings
from app.web.catalogue import Catalogue, Language
from app.web.formulas import Formulas
from app.web.holdings import Holdings
from app.web.limits import Client, Limits, client_of
from app.web.owners import Owners
from app.web.places import Places
from app.web.presence import Presence
from app.web.races import Races
from app.web.snapshots import SnapshotTexts
from app.web.turns import Turns


@dataclass(frozen=True)
class Services:
    """One of each, for the life of the server."""

    settings: Settings
    catalogue: Catalogue
    engine: Engine
    sandbox: Sandbox
    formulas: Formulas
    limits: Limits
    owners: Owners
    holdings: Holdings
    presence: Presence
    races: Races
    snapshots: SnapshotTexts
    turns: Turns
    places: Places


# Coroutines although they wait for nothing: FastAPI would hand plain functions to a thread, per request.


async def services(connection: HTTPConnection) -> Services:
    """The services of the application that a request or socket came to."""
    found = connection.app.state.services
    assert isinstance(found, Services)
    return found


async def caller(connection: HTTPConnection) -> Client:
    """Who sent a request or opened a socket."""
    return client_of(connection)


async def reader(connection: HTTPConnection) -> Language:
    """The language of whoever reads the answer."""
    return (await services(connection)).catalogue.of(connection)


Using = Annotated[Services, Depends(services)]
Caller = Annotated[Client, Depends(caller)]
Reader = Annotated[Language, Depends(reader)]

"""What the routes work with, made once by `app.main`."""

from dataclasses import dataclass
from typing import Annotated

from fastapi import Depends
from starlette.requests import HTTPConnection

from app.engine.port import Engine
from app.sandbox.client.sandbox import Sandbox
from app.settings import Settings
from app.store.store import Store
from app.tally import Tally
from app.web.edge.catalogue import Catalogue, Language
from app.web.edge.limits import Client, Limits, client_of
from app.web.edge.newest_wins import NewestWins
from app.web.edge.quotas import SocketQuota


@dataclass(frozen=True)
class Services:
    """One object of each kind, for the life of the server."""

    settings: Settings
    catalogue: Catalogue
    engine: Engine
    store: Store
    sandbox: Sandbox
    limits: Limits
    newest_wins: NewestWins
    socket_quota: SocketQuota
    tally: Tally


# Coroutines although they wait for nothing: FastAPI would hand plain functions to a thread, per request.


async def services_of(connection: HTTPConnection) -> Services:
    """The services of the application that a request or socket came to."""
    services = connection.app.state.services
    assert isinstance(services, Services)
    return services


async def caller_of(connection: HTTPConnection) -> Client:
    """The client that sent a request or opened a socket."""
    return client_of(connection)


async def language_of(connection: HTTPConnection) -> Language:
    """The language in which the answer is to be written."""
    return (await services_of(connection)).catalogue.of(connection)


ServicesDep = Annotated[Services, Depends(services_of)]
ClientDep = Annotated[Client, Depends(caller_of)]
LanguageDep = Annotated[Language, Depends(language_of)]

"""What the routes of runs and comparisons work with, made once by `app.main`."""

import asyncio
from collections.abc import Callable
from concurrent.futures import Executor
from dataclasses import dataclass
from typing import Annotated, TypeVar

from fastapi import Depends
from starlette.requests import HTTPConnection
from starlette.responses import Response

from app.errors import PlaygroundError
from app.protocol.record import Record
from app.store.trouble import StoreTrouble
from app.web.edge.services import Services, services_of
from app.web.runs.formulas import Formulas
from app.web.runs.presence import Presence
from app.web.runs.registry import Registry
from app.web.runs.snapshots import SnapshotTexts

T = TypeVar("T")


@dataclass(frozen=True)
class RunServices(Services):
    """The services of every route, and those that only runs need.

    thread: one thread, for what takes more than a few milliseconds. There are no more of them, because each
    would take its share of time from the event loop.
    """

    formulas: Formulas
    registry: Registry
    presence: Presence
    snapshots: SnapshotTexts
    thread: Executor

    async def recall(self, some_id: str) -> None:
        """Wait until it is known whether there is a run or a comparison of this id. Raises: Unavailable."""
        try:
            await self.store.opened()
        except StoreTrouble as error:
            if not self.registry.knows(some_id):
                raise error.refusal() from error

    async def stored(self, *ids: str) -> None:
        """Wait until what is known of runs and comparisons is stored."""
        for some_id in ids:
            await self.store.saved(some_id)

    async def aside(self, work: Callable[[], T]) -> T:
        """Do some work in the thread, so that the event loop serves others meanwhile."""

        def done() -> T:
            try:
                return work()
            except PlaygroundError as error:
                # What the work had in hand is freed in the thread too: a long script's tree takes a while.
                raise error.with_traceback(None) from None

        return await asyncio.get_running_loop().run_in_executor(self.thread, done)

    async def json(self, record: Record, status_code: int = 200) -> Response:
        """An answer with a record that may be large, written in the thread."""
        text = await self.aside(record.model_dump_json)
        return Response(text, status_code, media_type="application/json")


async def run_services_of(connection: HTTPConnection) -> RunServices:
    """The services of the application that a request or socket came to."""
    services = await services_of(connection)
    assert isinstance(services, RunServices)
    return services


RunServicesDep = Annotated[RunServices, Depends(run_services_of)]

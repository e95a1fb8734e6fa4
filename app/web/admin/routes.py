"""`/admin` and `/api/admin`: how the server stands, and the end of what it keeps of somebody."""

from contextlib import suppress
from time import monotonic
from typing import Annotated

from fastapi import APIRouter, Depends, Path, Request, Response

from app.engine.commands import Delete
from app.errors import N_, NotFound
from app.logs import Recent
from app.protocol.admin import ClientRuns, Digest, Erased, RoomKept, SignIn, Status
from app.protocol.rooms import CODE
from app.store.trouble import StoreTrouble
from app.web.admin import status
from app.web.admin.sessions import COOKIE, Sessions
from app.web.edge.cookies import Cookies
from app.web.edge.guard import require_json
from app.web.edge.limits import client_of
from app.web.programs.live import LivePrograms
from app.web.rooms.rooms import LiveRoom, Rooms
from app.web.rooms.trial import end
from app.web.runs.services import RunServices

MOST_CLIENTS = 200
"""Most clients that are told of, those that hold most."""


class Admin:
    """The routes. version: the server's. recent: its last warnings and errors. token: what opens them."""

    def __init__(
        self,
        services: RunServices,
        programs: LivePrograms,
        rooms: Rooms,
        recent: Recent,
        cookies: Cookies,
        *,
        version: str,
        token: str,
    ) -> None:
        self._services = services
        self._programs = programs
        self._rooms = rooms
        self._recent = recent
        self._version = version
        self._cookies = cookies
        self._sessions = Sessions(token)
        self._started = monotonic()
        self.router = APIRouter(
            prefix="/api/admin", include_in_schema=False, dependencies=[Depends(require_json)]
        )
        opened = [Depends(self.check)]
        add = self.router.add_api_route
        add("/session", self.sign_in, methods=["POST"], status_code=204)
        add("/session", self.sign_out, methods=["DELETE"], status_code=204)
        add("/status", self.status, methods=["GET"], dependencies=opened)
        add("/clients/{digest}", self.erase, methods=["DELETE"], dependencies=opened)
        add("/rooms/{code}", self.erase_room, methods=["DELETE"], dependencies=opened)

    async def check(self, request: Request) -> None:
        """Refuse whoever has neither the token nor a cookie given for it."""
        await self._services.limits.spend(client_of(request), "admin")
        self._sessions.check(request)

    async def sign_in(self, request: Request, response: Response, body: SignIn) -> None:
        """Give a cookie for the token."""
        await self._services.limits.spend(client_of(request), "admin")
        cookie = self._sessions.sign_in(body.token)
        self._cookies.set(request, response, COOKIE, cookie, max_age=None)

    async def sign_out(self, request: Request, response: Response) -> None:
        """Take the cookie back."""
        self._sessions.sign_out(request)
        self._cookies.set(request, response, COOKIE, "", max_age=0)

    async def status(self) -> Status:
        """How the server stands."""
        services = self._services
        features = services.sandbox.features
        most = services.registry.holders().most_common(MOST_CLIENTS)
        return Status(
            version=self._version,
            store_version=services.store.version,
            seconds=monotonic() - self._started,
            ready=status.ready(services),
            store_trouble=services.store.trouble,
            store_bytes=services.store.size,
            barriers=features.model_dump() if features else None,
            runs=status.statuses(services),
            runs_stored=services.store.n_runs,
            rooms_stored=self._rooms.n_rooms,
            rooms=sorted(map(kept, self._rooms.in_memory), key=lambda room: -room.present)[:MOST_CLIENTS],
            sockets=services.socket_quota.n_open,
            waiting=status.waiting(services),
            memory=status.memory(services),
            programs=dict(status.counted(services, "program")),
            limits_met=dict(status.counted(services, "limit")),
            clients=[ClientRuns(digest=holder.hex(), runs=n) for holder, n in most],
            errors=list(reversed(self._recent.entries)),
        )

    async def erase(self, digest: Digest) -> Erased:
        """Delete what a browser made, for good: runs, comparisons, rooms, and programs that run live."""
        services, holder = self._services, bytes.fromhex(digest)
        run_ids = services.registry.held_by(holder)
        programs = self._programs.end_those_of(holder)
        room_ids = self._rooms.held_by(holder)
        if not run_ids and not programs and not room_ids:
            raise NotFound(N_("Nothing is kept of {digest}."), digest=digest)
        comparisons = services.registry.comparisons_of(run_ids)
        for run_id in run_ids:
            with suppress(NotFound):  # It was deleted meanwhile.
                await services.engine.ask(Delete(run_id=run_id))
        for room_id in room_ids:
            with suppress(NotFound):
                await end(self._rooms, services, await self._rooms.get(room_id))
        await self._rewrite()
        return Erased(runs=len(run_ids), comparisons=len(comparisons), rooms=len(room_ids), programs=programs)

    async def erase_room(self, code: Annotated[str, Path(pattern=CODE)]) -> Erased:
        """End a room, and delete for good what was written of it, its runs included."""
        live = await self._rooms.by_code(code)
        runs = live.room.runs + live.room.earlier
        await end(self._rooms, self._services, live)
        await self._rewrite()
        return Erased(runs=len(runs), comparisons=int(live.room.comparison is not None), rooms=1, programs=0)

    async def _rewrite(self) -> None:
        """Have the store keep nothing of what was deleted."""
        try:
            await self._services.store.rewrite()
        except StoreTrouble as error:
            raise error.refusal() from error


def kept(live: LiveRoom) -> RoomKept:
    """A room, for the list."""
    room = live.room
    return RoomKept(
        code=room.code, members=len(room.members), present=len(live.present), questions=len(room.questions)
    )

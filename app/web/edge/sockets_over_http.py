"""Every socket over plain HTTP too, for networks that let no WebSocket through.

`GET` of a socket's address brings what the server sends, as events; `POST` to the same address takes what the
client sends. Both are for whoever cannot have a WebSocket: the messages, their order and their limits are the
same, because the same route is at work (`app.web.edge.http_socket`).
"""

from typing import Annotated, Any, Literal

from fastapi import APIRouter, Body, Depends, Header, Path, Request, Response
from starlette.exceptions import HTTPException
from starlette.routing import Match

from app.errors import N_, NotFound, Unavailable
from app.web.edge.cookies import is_secure
from app.web.edge.guard import Hosts, foreign, require_json
from app.web.edge.http_socket import GONE, HttpSocket, Pings, as_websocket
from app.web.edge.limits import Client
from app.web.edge.openapi import problems
from app.web.edge.services import ClientDep, ServicesDep

PATH = "/api/{socket:path}/stream"
MAX_MESSAGES = 100
"""Most messages in one request."""
SERVICE_RESTART = 1012
"""Close code of a server that ends: as of WebSockets."""

SocketPath = Annotated[
    str, Path(description="What stands there in a socket's address, such as `runs/{id}` or `programs`.")
]
New = Annotated[
    Literal["new"],
    Header(
        alias="Playground-Connection",
        description="Pages of other sites cannot send such a header; so it stands for the `Origin` that"
        " browsers send with a WebSocket, but not with this.",
    ),
]
ConnectionId = Annotated[
    str, Header(alias="Playground-Connection", description="What the event `open` brought.", max_length=100)
]
First = Annotated[
    int,
    Header(
        alias="Playground-Sequence",
        ge=1,
        description="The number of the first of these messages, counted from 1 in the connection. Messages"
        " that have arrived already are left out.",
    ),
]
Messages = Annotated[
    list[Any],
    Body(
        max_length=MAX_MESSAGES,
        openapi_examples={
            "hello": {"summary": "The first message to a run", "value": [{"type": "hello"}]},
            "sign": {"summary": "None: the answer to a ping", "value": []},
        },
    ),
]


class SocketsOverHttp:
    """The two routes, and the sockets that are open. hosts: whose pages may open some."""

    def __init__(self, hosts: Hosts) -> None:
        self.pings = Pings()
        self._hosts = hosts
        self._open: dict[str, HttpSocket] = {}
        self._is_closed = False
        self.router = APIRouter(tags=["sockets"])
        self.router.get(
            PATH,
            summary="Open a socket without WebSockets",
            response_class=Response,
            responses={
                200: {
                    "description": "Events: `open`; `message`, `binary` and `ping`; at the end `close`.",
                    "content": {"text/event-stream": {"schema": {"type": "string"}}},
                },
                **problems(401, 403, 404, 422, 429, 503),
            },
        )(self.open)
        self.router.post(
            PATH,
            summary="Send messages on such a socket",
            status_code=204,
            responses=problems(400, 404, 409, 413, 415, 422, 429, 503),
            dependencies=[Depends(require_json)],
        )(self.send)

    async def open(
        self, socket: SocketPath, connection: New, request: Request, client: ClientDep
    ) -> Response:
        """What a WebSocket at the same address would bring, as server-sent events.

        `open` brings the connection's id; `message` one message; `binary` one in base64; `close` the code and
        the reason of a WebSocket's end. After a `ping` something must be posted within 20 seconds.
        """
        origin, host = request.headers.get("origin"), request.headers.get("host", "")
        if origin is not None and not self._hosts.trusts(origin, host, secure=is_secure(request.scope)):
            raise foreign(origin)
        scope = as_websocket(request.scope)
        if not any(route.matches(scope)[0] is Match.FULL for route in request.app.routes):
            raise HTTPException(404)
        if self._is_closed:
            raise Unavailable(1.0, N_("The server is ending."))
        return HttpSocket(request.app.router, holder_of(client, socket), self._open, self.pings)

    async def send(
        self,
        *,
        socket: SocketPath,
        connection: ConnectionId,
        first: First,
        messages: Messages,
        services: ServicesDep,
        client: ClientDep,
    ) -> None:
        """Each item is a message, as it would be sent on the WebSocket. To be posted one after the other.

        A request that was not answered can be sent again, with the same number.
        """
        found = self._open.get(connection)
        if found is None or found.holder != holder_of(client, socket):
            await services.limits.spend(client, "read")
            raise NotFound(GONE)
        await found.take(first, messages)

    def close(self) -> None:
        """End all sockets, because the server ends."""
        self._is_closed = True
        for socket in self._open.values():
            socket.leave(SERVICE_RESTART)


def holder_of(client: Client, socket: str) -> str:
    """Whose socket it is: the browser's, whichever of its addresses it has; of programs, the address's."""
    return f"{client.session or client.address} {socket}"

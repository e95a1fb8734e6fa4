"""An id for each request and socket, by which the log and whoever asks find each other; and their counts."""

import logging
import secrets
from time import monotonic

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from app.logs import REQUEST_ID
from app.tally import Tally
from app.web.edge.problems import METHODS

logger = logging.getLogger(__name__)

HEADER = b"x-request-id"
EVENTS = (b"content-type", b"text/event-stream")
STARTS = {"http.response.start", "websocket.http.response.start", "websocket.accept"}


class Requests:
    """Gives every request an id, answers it as X-Request-ID, and counts and times requests by their route.

    The id is the server's own: what a client sends as one does not get into the log.
    """

    def __init__(self, app: ASGIApp, tally: Tally) -> None:
        self.app = app
        self.tally = tally

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on."""
        if scope["type"] not in ("http", "websocket"):
            await self.app(scope, receive, send)
            return
        request_id = secrets.token_hex(8)
        REQUEST_ID.set(request_id)
        start, status, is_endless = monotonic(), 500, False

        async def send_with_id(message: Message) -> None:
            nonlocal status, is_endless
            if message["type"] in STARTS:
                status = message.get("status", 101)
                is_endless = status == 101 or EVENTS in message.get("headers", [])
                headers = [*message.get("headers", []), (HEADER, request_id.encode())]
                message = {**message, "headers": headers}
            await send(message)

        try:
            await self.app(scope, receive, send_with_id)
        finally:
            self._count(operation(scope), status, monotonic() - start, timed=not is_endless)

    def _count(self, what: str, status: int, seconds: float, *, timed: bool) -> None:
        self.tally.count("response", f"{what} {status}")
        if timed:
            self.tally.took(seconds, "request", what)
        logger.debug(
            "%s %d", what, status, extra={"fields": {"status": status, "seconds": round(seconds, 4)}}
        )


def operation(scope: Scope) -> str:
    """The method and the path of the route that served a request, such as "GET /api/runs/{run_id}".

    Never what the client has written: that could be anything.
    """
    method = "WS" if scope["type"] == "websocket" else scope["method"]
    path = getattr(scope.get("route"), "path", None)
    return f"{method if method in (*METHODS, 'WS') else 'other'} {path or 'elsewhere'}"

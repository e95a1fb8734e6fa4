"""What is refused before anything else looks at it: foreign names and pages, bodies too large or not JSON."""

import ipaddress
import socket
from collections.abc import Mapping
from urllib.parse import urlsplit

from starlette.datastructures import Headers
from starlette.exceptions import HTTPException
from starlette.requests import HTTPConnection, Request
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from app.errors import N_
from app.settings import Settings
from app.web.edge.catalogue import Catalogue
from app.web.edge.problems import Refused, error_response

LOOPBACK = ("localhost", "127.0.0.1", "::1")
SAFE_METHODS = ("GET", "HEAD", "OPTIONS")


class Hosts:
    """The names this server answers to.

    A page of another site can make a browser reach us under that site's name (DNS rebinding), so only our
    own names count. That cannot be done to a numeric address, so where we listen on all of the machine's
    addresses, every numeric one will do: inside a container we could not tell which are ours.
    """

    def __init__(self, settings: Settings) -> None:
        self.any = "*" in settings.allowed_hosts
        self.named = frozenset(name.lower() for name in settings.allowed_hosts)
        listening = ip_address(settings.host)
        self.numeric = listening is not None and listening.is_unspecified
        machine = socket.gethostname().lower()
        machines = {machine, f"{machine}.local"} if self.numeric else {settings.host.lower()}
        self.names = self.named | machines | set(LOOPBACK)

    def serves(self, host: str) -> bool:
        """Whether a Host header, port included, names this server."""
        name = hostname(host)
        if name is None:
            return False
        return self.any or name in self.names or (self.numeric and ip_address(name) is not None)

    def trusts(self, origin: str | None, host: str) -> bool:
        """Whether a page of `origin` may use us at `host`: it is our own page, or an allowed name's."""
        if not origin or not self.serves(host):
            return False
        scheme, _, authority = origin.lower().partition("://")
        if scheme not in ("http", "https"):
            return False
        return authority == host.lower() or hostname(authority) in self.named


def hostname(authority: str) -> str | None:
    """The host of "host:port", in lower case and without the brackets of an IPv6 address; None if malformed.

    >>> hostname("[::1]:8000")
    '::1'
    """
    try:
        parts = urlsplit(f"//{authority}")
        parts.port  # noqa: B018, raises on a bad port
    except ValueError:
        return None
    return parts.hostname if parts.netloc == authority and parts.username is None else None


def ip_address(host: str) -> ipaddress.IPv4Address | ipaddress.IPv6Address | None:
    """The address that `host` spells, None where it is a name."""
    try:
        return ipaddress.ip_address(host)
    except ValueError:
        return None


class HostGuard:
    """Answers only to our own names, and only our own pages may open sockets or change anything."""

    def __init__(self, app: ASGIApp, hosts: Hosts, catalogue: Catalogue) -> None:
        self.app = app
        self.hosts = hosts
        self.catalogue = catalogue

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Refuse with 421 for a foreign host and 403 for a foreign origin."""
        refusal = self.refusal(scope)
        if refusal is None:
            await self.app(scope, receive, send)
            return
        response = error_response(refusal, self.catalogue.of(HTTPConnection(scope)))
        await response(scope, receive, send)

    def refusal(self, scope: Scope) -> Refused | None:
        """Why a request is refused, if it is."""
        if scope["type"] not in ("http", "websocket"):
            return None
        headers = Headers(scope=scope)
        host, origin = headers.get("host", ""), headers.get("origin")
        if not self.hosts.serves(host):
            return Refused(
                421, N_("{host} is not a name of this server; see PLAYGROUND_ALLOWED_HOSTS."), host=host
            )
        if scope["type"] == "http" and (origin is None or scope["method"] in SAFE_METHODS):
            return None
        if not self.hosts.trusts(origin, host):
            return Refused(403, N_("Pages of {origin} may not use this server."), origin=origin or "?")
        return None


class BodyLimit:
    """Ends a request whose body is too large, whether or not it says so beforehand.

    max_body: bytes. others: of the paths that have their own limit.
    """

    def __init__(self, app: ASGIApp, max_body: int, others: Mapping[str, int]) -> None:
        self.app = app
        self.max_body = max_body
        self.others = others

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on, counting what is read of it."""
        read = 0
        limit = self.others.get(scope.get("path", ""), self.max_body)

        async def receive_counted() -> Message:
            nonlocal read
            message = await receive()
            read += len(message.get("body", b""))
            if read > limit:
                raise HTTPException(413, detail=str(limit))
            return message

        await self.app(scope, receive_counted if scope["type"] == "http" else receive, send)


async def require_json(request: Request) -> None:
    """Raises Refused (415) for a body that does not say it is JSON: browsers ask us before they send that."""
    kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    has_body = request.headers.get("content-length", "0") != "0" or "transfer-encoding" in request.headers
    if has_body and not (kind.startswith("application/") and kind.endswith(("/json", "+json"))):
        raise Refused(415, N_("Send the body as Content-Type: application/json."))

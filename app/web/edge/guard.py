"""Refusals that come before any route: foreign hosts and pages, bodies that are too large or not JSON."""

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
from app.web.edge.cookies import is_secure
from app.web.edge.problems import Refused, error_response

LOOPBACK = ("localhost", "127.0.0.1", "::1")
SAFE_METHODS = ("GET", "HEAD", "OPTIONS")


class Hosts:
    """The host names that this server answers to.

    A page of another site can make a browser reach this server under that site's name (DNS rebinding), so
    only the server's own names are accepted. A numeric address cannot be rebound, so where the server listens
    on all addresses of the machine, every numeric one is accepted: inside a container it could not tell which
    are its own.
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
        """Whether a Host header, which may include a port, names this server."""
        name = hostname(host)
        if name is None:
            return False
        return self.any or name in self.names or (self.numeric and ip_address(name) is not None)

    def trusts(self, origin: str | None, host: str, *, secure: bool = False) -> bool:
        """Whether a page of `origin` may use this server at `host`: its own, or that of an allowed host.

        secure: whether it is used over https; anybody on the way could have written a page that came by http.
        """
        if not origin or not self.serves(host):
            return False
        scheme, _, authority = origin.lower().partition("://")
        if scheme != "https" and (secure or scheme != "http"):
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
    """The address that `host` spells; None if it is a name."""
    try:
        return ipaddress.ip_address(host)
    except ValueError:
        return None


class HostGuard:
    """Answers only to the server's own names; only its own pages may open sockets or change anything."""

    def __init__(self, app: ASGIApp, hosts: Hosts, catalogue: Catalogue) -> None:
        self.app = app
        self.hosts = hosts
        self.catalogue = catalogue

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Refuse with 421 for a foreign host, 400 for two, and 403 for a foreign origin."""
        refusal = self.refusal(scope)
        if refusal is None:
            await self.app(scope, receive, send)
            return
        response = error_response(refusal, self.catalogue.of(HTTPConnection(scope)))
        await response(scope, receive, send)

    def refusal(self, scope: Scope) -> Refused | None:
        """The reason to refuse a request; None if it is accepted."""
        if scope["type"] not in ("http", "websocket"):
            return None
        headers = Headers(scope=scope)
        hosts = headers.getlist("host")
        if len(hosts) > 1:
            return Refused(400, N_("A request has one Host."))
        host, origin = "".join(hosts), headers.get("origin")
        if not self.hosts.serves(host):
            return Refused(
                421, N_("{host} is not a name of this server; see PLAYGROUND_ALLOWED_HOSTS."), host=host
            )
        if scope["type"] == "http" and (origin is None or scope["method"] in SAFE_METHODS):
            return None
        if not self.hosts.trusts(origin, host, secure=is_secure(scope)):
            return foreign(origin)
        return None


def foreign(origin: str | None) -> Refused:
    """The refusal of what a page of another site asks for."""
    return Refused(403, N_("Pages of {origin} may not use this server."), origin=origin or "?")


class BodyLimit:
    """Ends a request whose body is too large, whether or not its header says so.

    max_body: bytes. others: limits of the paths that have their own.
    """

    def __init__(self, app: ASGIApp, max_body: int, others: Mapping[str, int]) -> None:
        self.app = app
        self.max_body = max_body
        self.others = others

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on, counting the bytes that are read of it."""
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
    """Refuse (415) a body not declared as JSON: browsers ask before they send JSON to another site."""
    kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    has_body = request.headers.get("content-length", "0") != "0" or "transfer-encoding" in request.headers
    if has_body and not (kind.startswith("application/") and kind.endswith(("/json", "+json"))):
        raise Refused(415, N_("Send the body as Content-Type: application/json."))

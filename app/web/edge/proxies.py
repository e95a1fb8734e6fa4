"""Reverse proxies that are trusted: what they tell of a request's client and scheme is believed."""

import ipaddress
import logging
from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple, TypeVar

from starlette.datastructures import Headers
from starlette.types import ASGIApp, Receive, Scope, Send

from app.settings import Network

logger = logging.getLogger(__name__)

Address = ipaddress.IPv4Address | ipaddress.IPv6Address

SOCKET_SCHEMES = {"http": "ws", "https": "wss"}

T = TypeVar("T")


class Hop(NamedTuple):
    """One connection on the way of a request, as the proxy at its end tells of it. None: not told."""

    address: Address | None
    scheme: str | None


class TrustedProxies:
    """Gives each request the client and the scheme that it has before the proxies.

    The client is the last one on the way that is no trusted proxy itself: what the headers name before it, it
    may have written.

    networks: the proxies. user_header: a further header that only they may send.
    """

    def __init__(self, app: ASGIApp, networks: Sequence[Network], user_header: str) -> None:
        self.app = app
        self.networks = networks
        self.user_header = user_header.lower().encode()
        self._has_warned = False

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on as it was before the proxies."""
        if scope["type"] in ("http", "websocket"):
            scope = self.before_proxies(scope)
        await self.app(scope, receive, send)

    def before_proxies(self, scope: Scope) -> Scope:
        """A request's scope with what trusted proxies tell of it, and without what others must not say."""
        headers = Headers(scope=scope)
        peer = address_in(scope["client"][0]) if scope["client"] else None
        if not self.trusts(peer):
            self._warn(headers, peer)
            kept = [(name, value) for name, value in scope["headers"] if name != self.user_header]
            return {**scope, "headers": kept}
        # A proxy writes one of the two kinds and passes the other on, which may be anybody's.
        told = [self.client_in(hops) for hops in (x_forwarded(headers), forwarded(headers))]
        address = agreed(hop.address for hop in told)
        scheme = agreed(hop.scheme for hop in told)
        if address is not None:
            scope = {**scope, "client": (str(address), 0)}
        if scheme is not None:
            scope = {**scope, "scheme": SOCKET_SCHEMES[scheme] if scope["type"] == "websocket" else scheme}
        return scope

    def trusts(self, address: Address | None) -> bool:
        """Whether the address is a proxy's."""
        return address is not None and any(address in network for network in self.networks)

    def client_in(self, hops: Iterable[Hop]) -> Hop:
        """The nearest hop whose client is no proxy. Where that is not told: what the hops before it tell."""
        found = Hop(None, None)
        for hop in hops:
            found = Hop(hop.address or found.address, hop.scheme or found.scheme)
            if not self.trusts(hop.address):
                break
        return found

    def _warn(self, headers: Headers, peer: Address | None) -> None:
        if not self._has_warned and ("x-forwarded-for" in headers or "forwarded" in headers):
            self._has_warned = True
            logger.warning(
                "%s tells for whom it asks, and is not believed: if it is your reverse proxy, name it in"
                " PLAYGROUND_TRUSTED_PROXIES.",
                peer,
            )


def agreed(values: Iterable[T | None]) -> T | None:
    """The value on which all agree who name one; None if they do not, or nobody does."""
    named = {value for value in values if value is not None}
    return named.pop() if len(named) == 1 else None


def x_forwarded(headers: Headers) -> Iterator[Hop]:
    """The hops in X-Forwarded-For, nearest first, with the scheme that the nearest proxy tells."""
    scheme = scheme_in((items(headers, "x-forwarded-proto") or [""])[-1])
    for address in reversed(items(headers, "x-forwarded-for") or [""]):
        yield Hop(address_in(address), scheme)


def forwarded(headers: Headers) -> Iterator[Hop]:
    """The hops in Forwarded (RFC 7239), nearest first."""
    for item in reversed(items(headers, "forwarded")):
        pairs = (pair.strip().partition("=") for pair in item.split(";"))
        told = {name.lower(): value.strip('"') for name, _, value in pairs}
        yield Hop(address_in(told.get("for", "")), scheme_in(told.get("proto", "")))


def items(headers: Headers, name: str) -> list[str]:
    """The items of a list that may stand in several headers of one name."""
    return [item.strip() for value in headers.getlist(name) for item in value.split(",") if item.strip()]


def scheme_in(text: str) -> str | None:
    """The scheme that a proxy names, of a request or of a socket."""
    return {"http": "http", "https": "https", "ws": "http", "wss": "https"}.get(text.lower())


def address_in(text: str) -> Address | None:
    """The address that a proxy names, with or without a port; None if it is none, such as "unknown".

    >>> [str(address_in(text)) for text in ("[2001:db8::1]:80", "10.0.0.1:80", "::ffff:10.0.0.1", "unknown")]
    ['2001:db8::1', '10.0.0.1', '10.0.0.1', 'None']
    """
    for spelled in candidates(text):
        try:
            address = ipaddress.ip_address(spelled)
        except ValueError:
            continue
        return getattr(address, "ipv4_mapped", None) or address
    return None


def candidates(text: str) -> Iterator[str]:
    """What of a text may be the address."""
    yield text
    yield text.partition(":")[0]
    yield text.partition("]")[0].removeprefix("[")

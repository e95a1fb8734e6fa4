"""Rate limits per client: enough for any lesson, too little to keep others from theirs."""

import hashlib
import ipaddress
import re
import secrets
import time
from collections.abc import Mapping
from typing import NamedTuple, NoReturn

from limits import RateLimitItemPerMinute
from limits.aio.storage import MemoryStorage
from limits.aio.strategies import FixedWindowRateLimiter
from starlette.requests import HTTPConnection
from starlette.responses import Response

from app.errors import N_, TooMany
from app.tally import Tally
from app.web.edge.cookies import Cookies, cookies_of
from app.web.edge.proxies import address_in

COOKIE = "session"
SESSION = re.compile(r"[A-Za-z0-9_-]{22}")

PER_MINUTE: Mapping[str, int] = {
    "read": 1200,  # reading runs; many snapshots at once count as several reads
    "export": 120,  # scripts, notebooks and tables of runs
    "run": 60,  # making runs
    "change": 1200,  # changing runs, over HTTP or a socket
    "socket": 120,  # opening sockets
    "program": 240,  # running calculator programs and formulas
    "table": 60,  # reading points from tables
    "room": 20,  # opening rooms
    "join": 20,  # joining rooms
    "guess": 6,  # codes and tickets that are none: of a class 300, so that a code is found in days
    "answer": 120,  # answering in a room, and telling how one feels
    "admin": 60,  # looking at the server, or guessing the token for that
}
"""Requests of each kind that one browser may make in a minute."""

CLASS = 50
"""Number of browsers that may share an address: a class behind one router, or programs without cookies."""


class Client(NamedTuple):
    """A client. session: the browser's random name, None for programs. address: of IPv6 only the network."""

    session: str | None
    address: str

    def __str__(self) -> str:
        return f"{self.session or ''}@{self.address}"


def named(holder: str) -> bytes:
    """What is kept of a client's name."""
    return hashlib.blake2b(holder.encode("utf-8", "surrogatepass"), digest_size=16).digest()


def client_of(connection: HTTPConnection) -> Client:
    """The client that sent a request or opened a socket."""
    session = cookies_of(connection).get(COOKIE)
    if session is not None and not SESSION.fullmatch(session):
        session = None
    return Client(session, network(connection.client.host if connection.client else ""))


def network(host: str) -> str:
    """The part of an address that belongs to one subscriber.

    >>> network("2001:db8:1:2:3::4"), network("192.0.2.7"), network("::ffff:192.0.2.7")
    ('2001:db8:1:2::', '192.0.2.7', '192.0.2.7')
    """
    address = address_in(host)
    if address is None:
        return host
    if address.version == 4:
        return str(address)
    return str(ipaddress.ip_network((address, 64), strict=False).network_address)


def give_session(connection: HTTPConnection, response: Response, cookies: Cookies) -> None:
    """Set the session cookie of a browser that has none."""
    if client_of(connection).session is None:
        cookies.set(connection, response, COOKIE, secrets.token_urlsafe(16))


class Limits:
    """Counts requests by client. scale: multiplies all limits; 0 lifts them."""

    def __init__(self, scale: float, tally: Tally | None = None) -> None:
        self._tally = tally or Tally()
        self._per_browser = scaled(scale)
        self._per_address = scaled(scale * CLASS)
        self._limiter = FixedWindowRateLimiter(MemoryStorage())

    async def spend(self, client: Client, what: str, times: int = 1) -> None:
        """Count one or several requests of a kind in PER_MINUTE. Raises: TooMany."""
        if not self._per_address:
            return
        address = (self._per_address[what], what, client.address)
        # The address is asked first: clients choose their own names, which must not fill the storage. It pays
        # last: what a browser is refused must not take anything from others behind the same router.
        if not await self._limiter.test(*address, cost=times):
            await self._refuse(*address)
        if client.session is not None:
            browser = (self._per_browser[what], what, client.address, client.session)
            if not await self._limiter.hit(*browser, cost=times):
                await self._refuse(*browser)
        await self._limiter.hit(*address, cost=times)

    async def _refuse(self, limit: RateLimitItemPerMinute, *key: str) -> NoReturn:
        self._tally.count("limit", key[0])
        reset = (await self._limiter.get_window_stats(limit, *key)).reset_time
        raise TooMany(max(1.0, reset - time.time()), N_("Too many requests; try again in a moment."))


def scaled(scale: float) -> dict[str, RateLimitItemPerMinute]:
    """PER_MINUTE times `scale`; empty for a scale of 0."""
    return {what: RateLimitItemPerMinute(max(1, int(n * scale))) for what, n in PER_MINUTE.items() if scale}

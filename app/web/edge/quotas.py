"""Limits on the sockets that each client has open at once."""

from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager

from app.errors import N_, TooMany, Unavailable
from app.tally import Tally
from app.web.edge.limits import Client

RETRY_AFTER = 30.0
SOCKETS_PER_BROWSER = 200
"""Most sockets of one browser: enough for a wall that shows every student's run."""


class SocketQuota:
    """Counts open sockets.

    most: the most sockets at once. One address, though a class may share it, gets half of them.
    """

    def __init__(self, most: int, tally: Tally | None = None) -> None:
        self._tally = tally or Tally()
        self._most = most
        self._taken: Counter[str] = Counter()

    @property
    def n_open(self) -> int:
        """Number of open sockets."""
        return self._taken["everyone"]

    @contextmanager
    def place(self, client: Client) -> Iterator[None]:
        """Reserve a place for the time of the context. Raises: Unavailable: all are taken. TooMany."""
        everyone, browser = "everyone", str(client)
        if self._taken[everyone] >= self._most:
            self._tally.count("limit", "sockets of all")
            raise Unavailable(RETRY_AFTER, N_("The server has as many viewers as it can serve."))
        is_greedy = client.session is not None and self._taken[browser] >= SOCKETS_PER_BROWSER
        if is_greedy or self._taken[client.address] >= max(1, self._most // 2):
            self._tally.count("limit", "sockets")
            raise TooMany(RETRY_AFTER, N_("Too many connections; close some of the pages first."))
        mine = Counter((everyone, client.address, browser))
        self._taken += mine
        try:
            yield
        finally:
            self._taken -= mine  # This also drops clients that have none left.

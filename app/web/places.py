"""Places for sockets: so many in all, and not all of them for one client."""

from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager

from app.errors import N_, TooMany, Unavailable
from app.web.limits import Client

PER_BROWSER = 200
"""Enough for a wall that shows every student's run."""
RETRY_AFTER = 30.0


class Places:
    """most: sockets at once. One address, though a class may share it, gets half of them."""

    def __init__(self, most: int) -> None:
        self._most = most
        self._taken: Counter[str] = Counter()

    @contextmanager
    def place(self, client: Client) -> Iterator[None]:
        """One place, for as long as this lasts. Raises Unavailable, or TooMany for this client."""
        everyone, browser = "everyone", str(client)
        if self._taken[everyone] >= self._most:
            raise Unavailable(RETRY_AFTER, N_("The server has as many viewers as it can serve."))
        is_greedy = client.session is not None and self._taken[browser] >= PER_BROWSER
        if is_greedy or self._taken[client.address] >= max(1, self._most // 2):
            raise TooMany(RETRY_AFTER, N_("Too many connections; close some of the pages first."))
        mine = Counter((everyone, client.address, browser))
        self._taken += mine
        try:
            yield
        finally:
            self._taken -= mine  # and forgets whoever has none left

"""Limits on the runs that each client holds and the sockets that it has open at once."""

import hashlib
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager

from app.errors import N_, TooMany, Unavailable
from app.store.changes import RunChange
from app.store.store import Store
from app.tally import Tally
from app.web.edge.limits import Client

RUN_RETRY_AFTER, SOCKET_RETRY_AFTER = 60.0, 30.0
SOCKETS_PER_BROWSER = 200
"""Most sockets of one browser: enough for a wall that shows every student's run."""
MAX_HOLDERS = 10_000
"""Number of clients above which those without runs are dropped."""


class RunQuota:
    """Counts runs by browser and by address, which also counts clients that have no cookie or drop it.

    What browsers hold is stored with the runs. Neither their names nor addresses are: only digests of both.

    per_browser, per_address: the most runs of each. exists: whether there is a run of this id; the engine
    deletes unused runs without telling. counts: whether it takes memory.
    """

    def __init__(
        self,
        per_browser: int,
        per_address: int,
        exists: Callable[[str], bool],
        counts: Callable[[str], bool],
        store: Store,
        *,
        tally: Tally | None = None,
    ) -> None:
        self._tally = tally or Tally()
        self._per_browser = per_browser
        self._per_address = per_address
        self._exists = exists
        self._counts = counts
        self._store = store
        self._held: dict[bytes, set[str]] = {}
        self._browsers: set[bytes] = set()
        self._being_made: Counter[bytes] = Counter()

    def restore(self, holder: bytes, run_id: str) -> None:
        """Take in that a browser holds a stored run."""
        self._browsers.add(holder)
        self._held.setdefault(holder, set()).add(run_id)

    @contextmanager
    def place(self, client: Client, runs: int = 1) -> Iterator[Callable[[str], None]]:
        """Reserve places for runs that are made in the context. Raises: TooMany.

        Yields a function to be called with the id of each run made.
        """
        limits = {digest(client.address): self._per_address}
        browser = digest(str(client)) if client.session is not None else None
        if browser is not None:
            limits[browser] = self._per_browser
        for holder, limit in limits.items():
            if self._count(holder) + runs > limit:
                self._tally.count("limit", "runs held")
                raise TooMany(
                    RUN_RETRY_AFTER,
                    N_(
                        "You hold {limit} {limit:run|runs}, as many as one may. Delete one that you"
                        " no longer need."
                    ),
                    limit=limit,
                )
        places = Counter(dict.fromkeys(limits, runs))
        self._being_made += places
        try:
            yield lambda run_id: self._take(limits, browser, run_id)
        finally:
            self._being_made -= places

    def _take(self, holders: Iterable[bytes], browser: bytes | None, run_id: str) -> None:
        for holder in holders:
            self._held.setdefault(holder, set()).add(run_id)
        if browser is not None:
            self._browsers.add(browser)
        self._store.put(RunChange(run_id, holder=browser))
        if len(self._held) > MAX_HOLDERS:
            for holder in list(self._held):
                self._count(holder)

    def held_by(self, holder: bytes) -> list[str]:
        """The runs that a browser holds, in memory or only stored."""
        return [run_id for run_id in self._held.get(holder, ()) if self._exists(run_id)]

    def holders(self) -> dict[bytes, int]:
        """The browsers that hold runs, and how many each does."""
        held = {holder: len(self.held_by(holder)) for holder in self._browsers}
        self._browsers = {holder for holder, n in held.items() if n}
        return {holder: held[holder] for holder in self._browsers}

    def forget(self, holder: bytes) -> None:
        """Forget a browser."""
        self._browsers.discard(holder)
        self._held.pop(holder, None)

    def _count(self, holder: bytes) -> int:
        held = {run_id for run_id in self._held.pop(holder, ()) if self._exists(run_id)}
        if held:
            self._held[holder] = held
        return sum(map(self._counts, held)) + self._being_made[holder]


def digest(holder: str) -> bytes:
    """What is kept of a client's name."""
    return hashlib.blake2b(holder.encode("utf-8", "surrogatepass"), digest_size=16).digest()


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
            raise Unavailable(SOCKET_RETRY_AFTER, N_("The server has as many viewers as it can serve."))
        is_greedy = client.session is not None and self._taken[browser] >= SOCKETS_PER_BROWSER
        if is_greedy or self._taken[client.address] >= max(1, self._most // 2):
            self._tally.count("limit", "sockets")
            raise TooMany(SOCKET_RETRY_AFTER, N_("Too many connections; close some of the pages first."))
        mine = Counter((everyone, client.address, browser))
        self._taken += mine
        try:
            yield
        finally:
            self._taken -= mine  # This also drops clients that have none left.

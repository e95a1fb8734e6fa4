"""How many runs each client holds at once."""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager

from app.errors import N_, TooMany
from app.web.limits import Client

RETRY_AFTER = 60.0
MAX_HOLDERS = 10_000
"""Clients remembered before those are looked for who hold nothing any more."""


class Holdings:
    """Counts runs by browser, and by address: of programs, and of browsers that shed their names.

    per_browser, per_address: how many each may hold. exists: whether a run is still there; the engine forgets
    runs by itself, without telling.
    """

    def __init__(self, per_browser: int, per_address: int, exists: Callable[[str], bool]) -> None:
        self._per_browser = per_browser
        self._per_address = per_address
        self._exists = exists
        self._held: dict[str, set[str]] = {}
        self._being_made: Counter[str] = Counter()

    @contextmanager
    def place(self, client: Client, runs: int = 1) -> Iterator[Callable[[str], None]]:
        """Places for runs that are made meanwhile; call what this gives with their ids. Raises: TooMany."""
        limits = {client.address: self._per_address}
        if client.session is not None:
            limits[str(client)] = self._per_browser
        for holder, limit in limits.items():
            if self._count(holder) + runs > limit:
                raise TooMany(
                    RETRY_AFTER,
                    N_("You hold {limit} runs, as many as one may. Delete one that you no longer need."),
                    limit=limit,
                )
        places = Counter(dict.fromkeys(limits, runs))
        self._being_made += places
        try:
            yield lambda run_id: self._take(limits, run_id)
        finally:
            self._being_made -= places

    def _take(self, holders: Iterable[str], run_id: str) -> None:
        for holder in holders:
            self._held.setdefault(holder, set()).add(run_id)
        if len(self._held) > MAX_HOLDERS:
            for holder in list(self._held):
                self._count(holder)

    def _count(self, holder: str) -> int:
        held = {run_id for run_id in self._held.pop(holder, ()) if self._exists(run_id)}
        if held:
            self._held[holder] = held
        return len(held) + self._being_made[holder]

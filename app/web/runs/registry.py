"""What is known of runs besides what the engine does: whose they are, who holds them, and comparisons."""

import asyncio
import hashlib
import secrets
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import NamedTuple

from pydantic import TypeAdapter

from app.errors import N_, Conflict, NotFound, NotOwner, TooMany
from app.protocol.patches import Patch
from app.settings import Settings
from app.store.changes import ComparisonChange, Index, RunChange
from app.store.store import Store
from app.tally import Tally
from app.web.edge.limits import Client, named
from app.web.edge.problems import Refused

RETRY_AFTER = 60.0


class Member(NamedTuple):
    """A run of a comparison. label, vary: its own settings, in words and as a merge patch."""

    run_id: str
    label: str
    vary: Patch


MEMBERS: TypeAdapter[tuple[Member, ...]] = TypeAdapter(tuple[Member, ...])


class Ownership(NamedTuple):
    """Ownership of runs, which may be changed by whoever has the token that was sent when they were made.

    digest: SHA-256 of the token. changing: held while the run's settings are read and replaced.
    """

    digest: bytes
    changing: asyncio.Lock


@dataclass(slots=True)
class Known:
    """What is known of one run. holders: digests of the browser and the address it was made from.

    comparison: the id of the comparison that it is a member of.
    """

    owner: Ownership | None = None
    holders: tuple[bytes, ...] = ()
    comparison: str | None = None


class Registry:
    """All runs there are, in the engine or only stored; the store has the same. It is told when one is gone.

    Neither tokens nor names nor addresses of clients are kept, only digests. is_live: whether a run takes
    memory: only such runs count in what one client may hold.
    """

    def __init__(
        self, settings: Settings, store: Store, is_live: Callable[[str], bool], tally: Tally | None = None
    ) -> None:
        self._tally = tally or Tally()
        self._per_browser = settings.max_runs_per_client
        self._per_address = max(self._per_browser, settings.max_runs // 2)
        self._store = store
        self._is_live = is_live
        self._runs: dict[str, Known] = {}
        self._held: dict[bytes, set[str]] = {}
        self._comparisons: dict[str, tuple[Member, ...]] = {}
        self._being_made: Counter[bytes] = Counter()

    def restore(self, index: Index) -> None:
        """Take in what is stored."""
        for run_id, owner, holder in index.runs:
            if owner is not None:
                self._of(run_id).owner = Ownership(owner, asyncio.Lock())
            if holder is not None:
                self._hold(run_id, (holder,))
        for comparison_id, stored in index.comparisons.items():
            self._compare(comparison_id, MEMBERS.validate_json(stored))

    def forget(self, *run_ids: str) -> None:
        """Note that runs are gone. A comparison goes with the first of its runs."""
        for run_id in run_ids:
            if (known := self._runs.pop(run_id, None)) is None:
                continue
            for holder in known.holders:
                self._held[holder].discard(run_id)
                if not self._held[holder]:
                    del self._held[holder]
            self._comparisons.pop(known.comparison or "", None)

    def knows(self, some_id: str) -> bool:
        """Whether there is a run or a comparison of this id."""
        return some_id in self._runs or some_id in self._comparisons

    def _of(self, run_id: str) -> Known:
        return self._runs.setdefault(run_id, Known())

    # Owners.

    def issue(self, *run_ids: str, token: str | None = None) -> str:
        """Make an owner token for new runs, or take this one."""
        token = token or secrets.token_urlsafe(16)
        ownership = Ownership(digest(token), asyncio.Lock())
        for run_id in run_ids:
            known = self._of(run_id)
            known.owner = known.owner or ownership
            self._store.put(RunChange(run_id, owner=ownership.digest))
        return token

    def check(self, some_id: str, token: str | None) -> Ownership:
        """The ownership of a run or a comparison, if the token is right.

        Raises: NotFound: there is no such run. Refused (401): there is no token. NotOwner: it is a wrong one.
        """
        members = self._comparisons.get(some_id)
        known = self._runs.get(members[0].run_id if members else some_id)
        if known is None or known.owner is None:
            raise NotFound(N_("There is no run {run_id}."), run_id=some_id)
        if token is None:
            raise Refused(401, N_("Send the run's owner token: Authorization: Bearer <owner_token>."))
        if not secrets.compare_digest(known.owner.digest, digest(token)):
            raise NotOwner(N_("This is not the owner token of run {run_id}."), run_id=some_id)
        return known.owner

    # Comparisons.

    def compare(self, comparison_id: str, members: tuple[Member, ...]) -> None:
        """Note a new comparison."""
        self._compare(comparison_id, members)
        self._store.put(ComparisonChange(comparison_id, MEMBERS.dump_json(members).decode()))

    def _compare(self, comparison_id: str, members: tuple[Member, ...]) -> None:
        self._comparisons[comparison_id] = members
        for member in members:
            self._of(member.run_id).comparison = comparison_id

    def members(self, comparison_id: str) -> tuple[Member, ...]:
        """The members of a comparison. Raises: NotFound."""
        try:
            return self._comparisons[comparison_id]
        except KeyError:
            template = N_("There is no comparison {comparison_id}.")
            raise NotFound(template, comparison_id=comparison_id) from None

    def _comparison_of(self, run_id: str) -> str | None:
        known = self._runs.get(run_id)
        return known.comparison if known and known.comparison in self._comparisons else None

    def first_of(self, run_id: str) -> str:
        """The first member of the run's comparison, to which commands go; the run itself if it is in none."""
        comparison_id = self._comparison_of(run_id)
        return self._comparisons[comparison_id][0].run_id if comparison_id else run_id

    def refuse_member(self, run_id: str) -> None:
        """Refuse to delete a member of a comparison alone. Raises: Conflict."""
        if comparison_id := self._comparison_of(run_id):
            template = N_(
                "The run belongs to a comparison. Delete that as a whole:"
                " DELETE /api/comparisons/{comparison_id}."
            )
            raise Conflict(template, comparison_id=comparison_id)

    # Holders: each browser may hold so many runs; so may each address, for clients that have no cookie.

    @contextmanager
    def place(self, client: Client, runs: int = 1) -> Iterator[Callable[[str], None]]:
        """Reserve places for runs that are made in the context. Raises: TooMany.

        Yields a function to be called with the id of each run made.
        """
        limits = {named(client.address): self._per_address}
        browser = named(str(client)) if client.session is not None else None
        if browser is not None:
            limits[browser] = self._per_browser
        for holder, limit in limits.items():
            if runs and self._count(holder) + runs > limit:
                self._tally.count("limit", "runs held")
                raise TooMany(
                    RETRY_AFTER,
                    N_(
                        "You hold {limit} {limit:run|runs}, as many as one may. Delete one that you"
                        " no longer need."
                    ),
                    limit=limit,
                )
        places = Counter(dict.fromkeys(limits, runs))
        self._being_made += places

        def take(run_id: str) -> None:
            self._hold(run_id, tuple(limits))
            self._store.put(RunChange(run_id, holder=browser))

        try:
            yield take
        finally:
            self._being_made -= places

    def holders(self) -> Counter[bytes]:
        """How many runs each browser holds, or each address that sends no cookie."""
        return Counter(known.holders[-1] for known in self._runs.values() if known.holders)

    def held_by(self, holder: bytes) -> list[str]:
        """The runs that a browser holds, in memory or only stored."""
        return list(self._held.get(holder, ()))

    def comparisons_of(self, run_ids: Iterable[str]) -> set[str]:
        """The comparisons that these runs belong to."""
        return {found for run_id in run_ids if (found := self._comparison_of(run_id))}

    def _hold(self, run_id: str, holders: tuple[bytes, ...]) -> None:
        self._of(run_id).holders = holders
        for holder in holders:
            self._held.setdefault(holder, set()).add(run_id)

    def _count(self, holder: bytes) -> int:
        return sum(map(self._is_live, self._held.get(holder, ()))) + self._being_made[holder]


def digest(token: str) -> bytes:
    """The digest that is kept of a token."""
    return hashlib.sha256(token.encode("utf-8", "surrogatepass")).digest()

"""Owner tokens: a run may be changed by whoever has the token that was sent when it was made."""

import asyncio
import hashlib
import secrets
from collections.abc import Callable
from typing import NamedTuple

from app.errors import N_, NotFound, NotOwner
from app.store.changes import RunChange
from app.store.store import Store
from app.web.edge.problems import Refused


class Ownership(NamedTuple):
    """Ownership of runs.

    digest: SHA-256 of the owner token. changing: held while the run's settings are read and replaced.
    """

    digest: bytes
    changing: asyncio.Lock


class Owners:
    """The tokens of runs and comparisons; only their digests are kept, and stored with the runs.

    capacity: number of tokens above which those without a run are dropped: the engine deletes unused runs
    without telling. exists: whether there is a run or a comparison of this id.
    """

    def __init__(self, capacity: int, exists: Callable[[str], bool], store: Store) -> None:
        self._capacity = capacity
        self._exists = exists
        self._store = store
        self._owned: dict[str, Ownership] = {}

    def issue(self, run_id: str, token: str | None = None) -> str:
        """The token of a new run or comparison: this one, or one that is made."""
        token = token or secrets.token_urlsafe(16)
        if len(self._owned) >= self._capacity:
            self._owned = {known: owned for known, owned in self._owned.items() if self._exists(known)}
        if not self.has(run_id):
            self._own(Ownership(digest(token), asyncio.Lock()), run_id)
        return token

    def share(self, owner_of: str, *run_ids: str) -> None:
        """Give these runs to the owner of `owner_of`."""
        self._own(self._owned[owner_of], *run_ids)

    def _own(self, ownership: Ownership, *run_ids: str) -> None:
        for run_id in run_ids:
            self._owned[run_id] = ownership
            self._store.put(RunChange(run_id, owner=ownership.digest))

    def restore(self, owner: bytes, *ids: str) -> None:
        """Take in that stored runs, and the comparison they belong to, have this owner."""
        self._owned |= dict.fromkeys(ids, Ownership(owner, asyncio.Lock()))

    def has(self, some_id: str) -> bool:
        """Whether the owner of a run or comparison is known."""
        return some_id in self._owned

    def check(self, run_id: str, token: str | None) -> Ownership:
        """The ownership of a run, if the token is right.

        Raises: NotFound: there is no such run. Refused (401): there is no token. NotOwner: it is a wrong one.
        """
        ownership = self._owned.get(run_id)
        if ownership is None:
            raise NotFound(N_("There is no run {run_id}."), run_id=run_id)
        if token is None:
            raise Refused(401, N_("Send the run's owner token: Authorization: Bearer <owner_token>."))
        if not secrets.compare_digest(ownership.digest, digest(token)):
            raise NotOwner(N_("This is not the owner token of run {run_id}."), run_id=run_id)
        return ownership

    def forget(self, *run_ids: str) -> None:
        """Drop the tokens of deleted runs."""
        for run_id in run_ids:
            self._owned.pop(run_id, None)


def digest(token: str) -> bytes:
    """The digest that is kept of a token."""
    return hashlib.sha256(token.encode("utf-8", "surrogatepass")).digest()

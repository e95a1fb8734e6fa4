"""The members of every comparison."""

from collections.abc import Callable, Iterable
from typing import NamedTuple

from pydantic import TypeAdapter

from app.errors import N_, Conflict, NotFound
from app.protocol.patches import Patch
from app.store.changes import ComparisonChange
from app.store.store import Store


class Member(NamedTuple):
    """A run of a comparison. label, vary: its own settings, in words and as a merge patch."""

    run_id: str
    label: str
    vary: Patch


MEMBERS: TypeAdapter[tuple[Member, ...]] = TypeAdapter(tuple[Member, ...])


class Members:
    """The comparisons that exist, stored too, and their members.

    capacity: number of comparisons above which those without runs are dropped: the engine deletes unused runs
    without telling. exists: whether there is a run of this id.
    """

    def __init__(self, capacity: int, exists: Callable[[str], bool], store: Store) -> None:
        self._capacity = capacity
        self._exists = exists
        self._store = store
        self._members: dict[str, tuple[Member, ...]] = {}
        self._comparison_of: dict[str, str] = {}

    def add(self, comparison_id: str, members: tuple[Member, ...]) -> None:
        """Add a comparison."""
        self._note(comparison_id, members)
        self._store.put(ComparisonChange(comparison_id, MEMBERS.dump_json(members).decode()))
        if len(self._members) > self._capacity:
            for other in list(self._members):
                if not self.holds(other):
                    self.forget(other)

    def restore(self, comparison_id: str, stored: str) -> list[str]:
        """Take in a stored comparison. Returns the ids of its members."""
        members = MEMBERS.validate_json(stored)
        self._note(comparison_id, members)
        return [member.run_id for member in members]

    def _note(self, comparison_id: str, members: tuple[Member, ...]) -> None:
        self._members[comparison_id] = members
        self._comparison_of |= {member.run_id: comparison_id for member in members}

    def find(self, comparison_id: str) -> tuple[Member, ...]:
        """The members of a comparison. Raises: NotFound."""
        if self.holds(comparison_id):
            return self._members[comparison_id]
        self.forget(comparison_id)
        raise NotFound(N_("There is no comparison {comparison_id}."), comparison_id=comparison_id)

    def holds(self, comparison_id: str) -> bool:
        """Whether there is such a comparison, with all of its runs."""
        members = self._members.get(comparison_id, ())
        return bool(members) and all(self._exists(member.run_id) for member in members)

    def first_of(self, run_id: str) -> str:
        """The first member of the run's comparison, to which commands go; the run itself if it is in none."""
        comparison_id = self._comparison_of.get(run_id)
        return self._members[comparison_id][0].run_id if comparison_id else run_id

    def refuse_member(self, run_id: str) -> None:
        """Refuse to delete a member of a comparison alone. Raises: Conflict."""
        if comparison_id := self._comparison_of.get(run_id):
            template = N_(
                "The run belongs to a comparison. Delete that as a whole:"
                " DELETE /api/comparisons/{comparison_id}."
            )
            raise Conflict(template, comparison_id=comparison_id)

    def comparisons_of(self, run_ids: Iterable[str]) -> set[str]:
        """The comparisons that these runs belong to."""
        return {self._comparison_of[run_id] for run_id in run_ids if run_id in self._comparison_of}

    def forget(self, comparison_id: str) -> None:
        """Drop a comparison."""
        for member in self._members.pop(comparison_id, ()):
            del self._comparison_of[member.run_id]

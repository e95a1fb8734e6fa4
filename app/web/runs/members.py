"""Which runs belong to which comparison."""

from collections.abc import Callable
from typing import NamedTuple

from app.errors import N_, Conflict, NotFound
from app.protocol.patches import Patch


class Entrant(NamedTuple):
    """A run of a comparison, and what it has of its own: in words, and as a merge patch."""

    run_id: str
    label: str
    vary: Patch


class Races:
    """All comparisons there are.

    capacity: how many are remembered before those are looked for whose runs are gone: the engine forgets runs
    by itself, without telling. exists: whether a run is still there.
    """

    def __init__(self, capacity: int, exists: Callable[[str], bool]) -> None:
        self._capacity = capacity
        self._exists = exists
        self._races: dict[str, tuple[Entrant, ...]] = {}
        self._race_of: dict[str, str] = {}

    def add(self, comparison_id: str, entrants: tuple[Entrant, ...]) -> None:
        """A new comparison."""
        self._races[comparison_id] = entrants
        self._race_of |= {entrant.run_id: comparison_id for entrant in entrants}
        if len(self._races) > self._capacity:
            for other in list(self._races):
                if not self._is_there(other):
                    self.forget(other)

    def find(self, comparison_id: str) -> tuple[Entrant, ...]:
        """Its runs. Raises: NotFound."""
        if self._is_there(comparison_id):
            return self._races[comparison_id]
        self.forget(comparison_id)
        raise NotFound(N_("There is no comparison {comparison_id}."), comparison_id=comparison_id)

    def _is_there(self, comparison_id: str) -> bool:
        entrants = self._races.get(comparison_id, ())
        return bool(entrants) and all(self._exists(entrant.run_id) for entrant in entrants)

    def first_of(self, run_id: str) -> str:
        """The run that stands for all that keep step with this one: commands are for it, presence is its."""
        comparison_id = self._race_of.get(run_id)
        return self._races[comparison_id][0].run_id if comparison_id else run_id

    def refuse_member(self, run_id: str) -> None:
        """Raises: Conflict: the run belongs to a comparison."""
        if comparison_id := self._race_of.get(run_id):
            template = N_(
                "The run belongs to a comparison. Delete that as a whole:"
                " DELETE /api/comparisons/{comparison_id}."
            )
            raise Conflict(template, comparison_id=comparison_id)

    def forget(self, comparison_id: str) -> None:
        """The comparison is gone."""
        for entrant in self._races.pop(comparison_id, ()):
            del self._race_of[entrant.run_id]

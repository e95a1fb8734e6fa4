import pytest

from app.errors import Conflict, NotFound
from app.web.runs.members import Entrant, Races


def pair(name: str) -> tuple[Entrant, ...]:
    return Entrant(f"{name}1", "lr = 0.1", {}), Entrant(f"{name}2", "lr = 0.2", {})


def test_a_comparison_is_found_until_one_of_its_runs_is_gone() -> None:
    there = {"a1", "a2"}
    races = Races(5, there.__contains__)
    races.add("a", pair("a"))
    assert races.find("a") == pair("a")
    there.remove("a2")
    with pytest.raises(NotFound, match="no comparison a"):
        races.find("a")
    assert races.first_of("a2") == "a2"


def test_the_first_run_stands_for_all() -> None:
    races = Races(5, lambda run_id: True)
    races.add("a", pair("a"))
    assert [races.first_of(run_id) for run_id in ("a1", "a2", "single")] == ["a1", "a1", "single"]
    races.refuse_member("single")
    with pytest.raises(Conflict, match="DELETE /api/comparisons/a"):
        races.refuse_member("a2")


def test_of_many_comparisons_those_whose_runs_are_gone_are_not_kept() -> None:
    there: set[str] = set()
    races = Races(3, there.__contains__)
    for name in "abcdefgh":
        there |= {entrant.run_id for entrant in pair(name)}
        races.add(name, pair(name))
        if name != "b":
            there -= {f"{name}1"}
    assert races.find("b") == pair("b")
    assert len(races._races) <= 4
    assert len(races._race_of) <= 8

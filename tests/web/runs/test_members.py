import pytest

from app.errors import Conflict, NotFound
from app.settings import Settings
from app.store.store import Store
from app.web.runs.members import Member, Members


def pair(name: str) -> tuple[Member, ...]:
    return Member(f"{name}1", "lr = 0.1", {}), Member(f"{name}2", "lr = 0.2", {})


def test_a_comparison_is_found_until_one_of_its_runs_is_gone() -> None:
    there = {"a1", "a2"}
    members = Members(5, there.__contains__, Store(Settings()))
    members.add("a", pair("a"))
    assert members.find("a") == pair("a")
    there.remove("a2")
    with pytest.raises(NotFound, match="no comparison a"):
        members.find("a")
    assert members.first_of("a2") == "a2"


def test_the_first_run_stands_for_all() -> None:
    members = Members(5, lambda run_id: True, Store(Settings()))
    members.add("a", pair("a"))
    assert [members.first_of(run_id) for run_id in ("a1", "a2", "single")] == ["a1", "a1", "single"]
    members.refuse_member("single")
    with pytest.raises(Conflict, match="DELETE /api/comparisons/a"):
        members.refuse_member("a2")


def test_of_many_comparisons_those_whose_runs_are_gone_are_not_kept() -> None:
    there: set[str] = set()
    members = Members(3, there.__contains__, Store(Settings()))
    for name in "abcdefgh":
        there |= {member.run_id for member in pair(name)}
        members.add(name, pair(name))
        if name != "b":
            there -= {f"{name}1"}
    assert members.find("b") == pair("b")
    assert len(members._members) <= 4
    assert len(members._comparison_of) <= 8

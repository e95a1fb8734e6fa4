import secrets

import pytest

from app.errors import Conflict, NotFound, NotOwner, TooMany
from app.settings import Settings
from app.store.changes import Index, Known
from app.store.store import Store
from app.web.edge.limits import Client, named
from app.web.edge.problems import Refused
from app.web.runs.registry import MEMBERS, Member, Registry, digest

ANN, BOB = Client("a" * 22, "192.0.2.1"), Client("b" * 22, "192.0.2.1")
SCRIPT = Client(None, "192.0.2.1")


@pytest.fixture
def registry() -> Registry:
    """Two runs a browser, three an address."""
    settings = Settings(max_runs_per_client=2, max_runs=6)
    return Registry(settings, Store(settings), is_live=lambda run_id: "asleep" not in run_id)


def make(registry: Registry, client: Client, *run_ids: str) -> None:
    with registry.place(client, len(run_ids)) as take:
        for run_id in run_ids:
            take(run_id)


def test_a_token_is_known_to_its_owner_only(registry: Registry) -> None:
    token = registry.issue("run")
    assert len(token) == len(secrets.token_urlsafe(16))
    registry.check("run", token)
    with pytest.raises(NotOwner):
        registry.check("run", token[:-1])
    with pytest.raises(NotOwner):
        registry.check("run", "\ud800 surrogates do not break it")
    with pytest.raises(Refused):
        registry.check("run", None)
    with pytest.raises(NotFound):
        registry.check("other", token)
    assert token not in repr(vars(registry))
    registry.issue("run", token="another")
    registry.check("run", token)


def test_a_browser_holds_so_many_and_another_is_not_touched_by_that(registry: Registry) -> None:
    make(registry, ANN, "1", "2")
    with pytest.raises(TooMany, match="You hold 2 runs"):
        make(registry, ANN, "3")
    make(registry, BOB, "3")


def test_an_address_holds_so_many_whatever_names_its_browsers_give(registry: Registry) -> None:
    for run_id, client in zip("123", (ANN, BOB, SCRIPT), strict=True):
        make(registry, client, run_id)
    with pytest.raises(TooMany, match="You hold 3 runs"):
        make(registry, Client("c" * 22, "192.0.2.1"), "4")
    make(registry, Client("c" * 22, "192.0.2.2"), "4")


def test_a_run_that_is_gone_or_asleep_makes_place(registry: Registry) -> None:
    make(registry, ANN, "1", "asleep")
    make(registry, ANN, "2")
    registry.forget("1")
    make(registry, ANN, "3")
    with pytest.raises(TooMany):
        make(registry, ANN, "4")


def test_runs_that_are_being_made_count_and_those_that_failed_do_not(registry: Registry) -> None:
    with registry.place(ANN), registry.place(ANN), pytest.raises(TooMany):
        make(registry, ANN, "3")
    make(registry, ANN, "1")


PAIR = Member("a1", "lr = 0.1", {}), Member("a2", "lr = 0.2", {})


def test_a_comparison_is_found_until_one_of_its_runs_is_gone(registry: Registry) -> None:
    registry.compare("a", PAIR)
    token = registry.issue("a1", "a2")
    assert registry.members("a") == PAIR
    assert [registry.first_of(run_id) for run_id in ("a1", "a2", "single")] == ["a1", "a1", "single"]
    registry.refuse_member("single")
    with pytest.raises(Conflict, match="DELETE /api/comparisons/a"):
        registry.refuse_member("a2")
    assert registry.check("a", token).digest == digest(token)
    registry.forget("a2")
    with pytest.raises(NotFound, match="no comparison a"):
        registry.members("a")
    assert registry.first_of("a1") == "a1"


def test_what_is_gone_leaves_nothing_behind(registry: Registry) -> None:
    empty = repr(vars(registry))
    make(registry, SCRIPT, "a1", "a2")
    registry.compare("a", PAIR)
    registry.issue("a1", "a2")
    registry.forget("a1", "a2", "nobody")
    assert repr(vars(registry)) == empty


def test_what_is_stored_is_known_again(registry: Registry) -> None:
    stored = [Known("a1", digest("token"), named(str(ANN))), Known("a2", digest("token"), named(str(ANN)))]
    registry.restore(Index(stored, {"a": MEMBERS.dump_json(PAIR).decode()}))
    registry.check("a", "token")
    assert registry.members("a") == PAIR
    assert registry.knows("a1")
    with pytest.raises(TooMany):
        make(registry, ANN, "3")

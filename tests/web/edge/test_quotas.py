import pytest

from app.errors import TooMany
from app.settings import Settings
from app.store.store import Store
from app.web.edge.limits import Client
from app.web.edge.quotas import MAX_HOLDERS, RunQuota

ANN, BOB = Client("a" * 22, "192.0.2.1"), Client("b" * 22, "192.0.2.1")
SCRIPT = Client(None, "192.0.2.1")


class Runs:
    """Those there are."""

    def __init__(self, per_browser: int = 2, per_address: int = 3) -> None:
        self.there: set[str] = set()
        self.holdings = RunQuota(
            per_browser,
            per_address,
            self.there.__contains__,
            counts=lambda run_id: True,
            store=Store(Settings()),
        )

    def make(self, client: Client, run_id: str) -> None:
        with self.holdings.place(client) as take:
            self.there.add(run_id)
            take(run_id)


def test_a_browser_holds_so_many_and_another_is_not_touched_by_that() -> None:
    runs = Runs()
    runs.make(ANN, "1")
    runs.make(ANN, "2")
    with pytest.raises(TooMany, match="You hold 2 runs"):
        runs.make(ANN, "3")
    runs.make(BOB, "3")


def test_an_address_holds_so_many_whatever_names_its_browsers_give() -> None:
    runs = Runs()
    for run_id, client in zip("123", (ANN, BOB, SCRIPT), strict=True):
        runs.make(client, run_id)
    with pytest.raises(TooMany, match="You hold 3 runs"):
        runs.make(Client("c" * 22, "192.0.2.1"), "4")
    runs.make(Client("c" * 22, "192.0.2.2"), "4")


def test_a_run_that_is_gone_makes_place() -> None:
    runs = Runs()
    for run_id in "12":
        runs.make(ANN, run_id)
    runs.there.remove("1")
    runs.make(ANN, "3")


def test_runs_that_are_being_made_count_and_those_that_failed_do_not() -> None:
    runs = Runs()
    with runs.holdings.place(ANN), runs.holdings.place(ANN), pytest.raises(TooMany):
        runs.make(ANN, "3")
    runs.make(ANN, "1")


def test_clients_who_hold_nothing_are_forgotten() -> None:
    runs = Runs()
    for i in range(MAX_HOLDERS + 10):
        runs.make(Client(None, f"address {i}"), f"run {i}")
        runs.there.clear()
    assert len(runs.holdings._held) <= 10

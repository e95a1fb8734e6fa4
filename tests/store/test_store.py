"""The store's face: what waits for the disk and what does not, and what happens when the disk fails."""

import asyncio
import logging
import random
import sqlite3
import time
from collections.abc import AsyncIterator, Collection
from contextlib import asynccontextmanager
from pathlib import Path
from threading import Event as ThreadEvent

import pytest

from app.protocol.events import Beginning
from app.protocol.runs import RunConfig, RunState
from app.settings import Settings
from app.store import store as module
from app.store.changes import Change, RunChange, Standing
from app.store.database import Database
from app.store.store import Store
from app.store.trouble import StoreTrouble
from tests.engine.support import until
from tests.server import PATIENCE


def new(run_id: str) -> RunChange:
    state = RunState(id=run_id, config=RunConfig(), step=0, status="ready")
    return RunChange(run_id, begin=Beginning(config=RunConfig()), standing=Standing(state))


def moved(run_id: str, step: int) -> RunChange:
    state = RunState(id=run_id, config=RunConfig(), step=step, status="paused")
    return RunChange(run_id, standing=Standing(state))


@asynccontextmanager
async def opened(settings: Settings) -> AsyncIterator[Store]:
    store = Store(settings)
    store.start()
    try:
        async with asyncio.timeout(PATIENCE):
            await store.opened()
        yield store
    finally:
        await store.close()


@pytest.fixture
async def store(settings: Settings) -> AsyncIterator[Store]:
    async with opened(settings) as store:
        yield store


class Disk:
    """The disk under the database, which can be made to fail or to stand still."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.error: StoreTrouble | None = None
        self.turning = ThreadEvent()
        self.turning.set()
        self.n_commits = 0
        write = Database.write

        def slowly(database: Database, changes: Collection[Change]) -> None:
            self.turning.wait(PATIENCE)
            if self.error is not None:
                raise self.error
            self.n_commits += 1
            write(database, changes)

        monkeypatch.setattr(Database, "write", slowly)


@pytest.fixture
def disk(monkeypatch: pytest.MonkeyPatch) -> Disk:
    return Disk(monkeypatch)


async def test_what_is_saved_is_there_for_the_next_server(settings: Settings) -> None:
    async with opened(settings) as store:
        store.put(new("a"))
        store.put(moved("a", 7))
        await store.saved("a")
        assert store.holds("a")
    async with opened(settings) as store:
        assert store.holds("a")
        assert (await store.load("a"))["a"].standing.state.step == 7
        assert await store.load("b") == {}


async def test_what_is_left_is_written_when_it_closes(settings: Settings) -> None:
    async with opened(settings) as store:
        store.put(new("a"), lazily=True)
    async with opened(settings) as store:
        assert store.holds("a")


async def test_many_changes_cost_one_commit_and_none_waits_for_what_is_put_lazily(
    store: Store, disk: Disk
) -> None:
    disk.turning.clear()
    for number in range(100):
        store.put(new(f"{number}"))
    store.put(new("lazy"), lazily=True)
    assert store.is_saved("lazy")
    assert not store.is_saved("5")
    await asyncio.sleep(0)
    store.put(moved("5", 1))
    disk.turning.set()
    await store.saved("5")
    assert disk.n_commits <= 2
    assert (await store.load("5"))["5"].standing.state.step == 1


async def test_what_is_put_lazily_is_gathered_but_nobody_reads_past_it(store: Store, disk: Disk) -> None:
    store.put(new("a"))
    await store.saved("a")
    n_commits = disk.n_commits
    for step in range(1, 5):
        store.put(moved("a", step), lazily=True)
        await asyncio.sleep(0)
    assert (store.n_waiting, disk.n_commits) == (1, n_commits)
    assert (await store.load("a"))["a"].standing.state.step == 4


async def test_changes_of_runs_that_are_gone_hurt_nobody(store: Store) -> None:
    store.put(new("a"))
    await store.saved("a")
    store.put(RunChange("a", deleted=True))
    store.put(moved("a", 3))
    await store.saved("a")
    store.put(RunChange("a", losses={0: b""}))
    store.put(new("b"))
    await store.saved("b")
    assert not store.holds("a")
    assert await store.load("a") == {}
    assert store.trouble is None


async def test_with_a_full_disk_nobody_waits_and_all_is_written_once_there_is_room(
    store: Store, disk: Disk, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(module, "RETRY", 0.01)
    told = []
    store.on_saved = lambda: told.append(store.trouble)
    disk.error = StoreTrouble("full", "no space left on device")
    store.put(new("a"))
    store.put(new("b"))
    async with asyncio.timeout(PATIENCE):
        await store.saved("a")
    assert store.trouble == told[-1] == "full"
    assert "The server's disk is full" in caplog.text
    assert "no space left on device" in caplog.text
    store.put(moved("a", 5))
    store.put(RunChange("b", deleted=True))
    disk.error = None
    await until(lambda: store.trouble is None)
    await store.saved("a")
    assert (await store.load("a"))["a"].standing.state.step == 5
    assert await store.load("b") == {}
    assert len([record for record in caplog.records if record.levelno == logging.ERROR]) == 1


async def test_nobody_waits_for_a_disk_that_stands_still(
    store: Store, disk: Disk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "PATIENCE", 0.01)
    disk.turning.clear()
    store.put(new("a"))
    await store.saved("a")
    assert store.trouble == "slow"
    monkeypatch.setattr(module, "PATIENCE", PATIENCE)
    disk.turning.set()
    await until(lambda: store.trouble is None)
    assert await store.load("a")


async def test_after_damage_nothing_is_written_any_more(store: Store, disk: Disk) -> None:
    store.put(new("a"))
    await store.saved("a")
    disk.error, n_commits = StoreTrouble("damaged", "database disk image is malformed"), disk.n_commits
    store.put(moved("a", 5))
    await store.saved("a")
    assert store.trouble == "damaged"
    disk.error = None
    store.put(moved("a", 6))
    await store.saved("a")
    await store.close()
    assert disk.n_commits == n_commits


async def test_a_damaged_file_lets_the_server_run_and_is_left_as_it_is(tmp_path: Path) -> None:
    file = tmp_path / "playground.db"
    file.write_bytes(b"somebody's text, not a database" * 1000)
    before = file.read_bytes()
    store = Store(Settings(data_dir=tmp_path))
    store.start()
    with pytest.raises(StoreTrouble, match="is damaged"):
        await store.opened()
    store.put(new("a"))
    await store.saved("a")
    assert store.trouble == "damaged"
    await store.close()
    assert file.read_bytes() == before


@pytest.mark.parametrize("fatal", ["in use", "newer"])
async def test_a_server_does_not_start_on_what_it_must_not_write(tmp_path: Path, fatal: str) -> None:
    settings, ended = Settings(data_dir=tmp_path), asyncio.Event()
    async with opened(settings) as first:
        if fatal == "newer":
            await first.close()
            with sqlite3.connect(tmp_path / "playground.db") as file:
                file.execute("UPDATE alembic_version SET version_num = '9999'")
            file.close()
        second = Store(settings)
        second.on_fatal = ended.set
        second.start()
        async with asyncio.timeout(PATIENCE):
            await ended.wait()
        await second.close()


async def test_runs_that_nobody_used_for_long_are_deleted_but_for_those_in_use(settings: Settings) -> None:
    async with opened(settings) as store:
        for run_id in "abc":
            store.put(new(run_id))
            await store.saved(run_id)
    purged: list[str] = []
    store = Store(settings.model_copy(update={"store_retention": 0.001}))
    store.in_use = lambda run_id: run_id == "b"
    store.on_purge = purged.extend
    store.start()
    await until(lambda: bool(purged))
    await store.close()
    assert sorted(purged) == ["a", "c"]
    async with opened(settings) as store:
        assert [store.holds(run_id) for run_id in "abc"] == [False, True, False]


async def test_above_the_allowed_size_those_unused_for_longest_go(settings: Settings) -> None:
    n, size = 60, 30_000
    begun = time.time()
    async with opened(settings) as store:
        for number in range(n):
            store.put(new(f"{number:02}"))
            chunks = {0: random_bytes(size)}
            store.put(RunChange(f"{number:02}", losses=chunks))
            await store.saved(f"{number:02}")
    assert time.time() > begun
    purged: list[str] = []
    store = Store(settings.model_copy(update={"store_size": n * size // 2}))
    store.on_purge = purged.extend
    store.start()
    await until(lambda: bool(purged))
    await store.close()
    assert purged == sorted(purged)
    assert n / 3 < len(purged) < n * 2 / 3 + 5


def random_bytes(n: int) -> bytes:
    """What no database can compress."""
    return random.Random(n).randbytes(n)


async def test_a_store_that_is_not_started_keeps_nothing_and_holds_nobody_up() -> None:
    store = Store(Settings())
    store.put(new("a"))
    await store.opened()
    await store.saved("a")
    assert not store.holds("a")

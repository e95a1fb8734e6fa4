"""What is stored, on SQLite and on PostgreSQL."""

import os
import sqlite3
import time
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
import sqlalchemy
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory

from app.protocol.data import Values
from app.protocol.events import Beginning, Event, UnderWay
from app.protocol.lines import ParameterEdit
from app.protocol.runs import RunConfig, RunState
from app.settings import Settings
from app.store import versions
from app.store.changes import (
    CHUNK,
    Answered,
    Change,
    Checkpoint,
    ComparisonChange,
    Known,
    RunChange,
    Standing,
    StoredRun,
)
from app.store.database import Database, open_database
from app.store.place import Place
from app.store.tables import metadata
from app.store.trouble import StoreTrouble

CONFIG = RunConfig.model_validate({"data": {"target": "2*x", "n_samples": 3}, "optimizer": {"lr": 0.1}})
assert CONFIG.recipe is not None
VALUES = Values(recipe=CONFIG.recipe, y=[-2.0, 0.10000000149011612, 2.0], order=[2, 0, 1])
EDIT = Event(step=4, line="backward", edit=ParameterEdit(name="hidden.bias", index=(3,), value=0.1))
UPDATE = Event(step=9, line=None, config=CONFIG)
UNDER_WAY = UnderWay(command_id="steps", until=30)
ANSWERED = Answered(3, "steps", b"print", "{}", b"snapshot")


def standing(run_id: str, step: int = 12, under_way: UnderWay | None = None) -> Standing:
    return Standing(RunState(id=run_id, config=CONFIG, step=step, status="playing"), under_way)


BEGIN = Beginning(config=CONFIG, values=VALUES)


def new(run_id: str, comparison: str | None = None) -> RunChange:
    """A run with something in every column."""
    return RunChange(
        run_id,
        begin=Beginning(config=CONFIG, values=VALUES, comparison=comparison),
        standing=standing(run_id, under_way=UNDER_WAY),
        events={0: EDIT, 1: UPDATE},
        losses={0: bytes(4 * CHUNK), 1: b"abcd"},
        answers={3: ANSWERED},
        checkpoint=Checkpoint(10, 1, b"weights"),
        owner=b"owner",
        holder=b"holder",
    )


@pytest.fixture
def database(settings: Settings) -> Iterator[Database]:
    with closing(open_database(Place.of(settings))) as database:
        yield database


def test_what_is_written_is_read_again(database: Database) -> None:
    database.write([new("a"), new("b")])
    assert database.load("a") == {
        "a": StoredRun(
            BEGIN,
            standing("a", under_way=UNDER_WAY),
            (EDIT, UPDATE),
            bytes(4 * CHUNK) + b"abcd",
            Checkpoint(10, 1, b"weights"),
            (ANSWERED,),
        )
    }
    assert sorted(database.index().runs) == [Known("a", b"owner", b"holder"), Known("b", b"owner", b"holder")]
    assert database.load("c") == {}


def test_a_change_leaves_the_rest_as_it_is(database: Database) -> None:
    database.write([new("a")])
    other = EDIT.model_copy(update={"step": 9})
    database.write(
        [
            RunChange(
                "a",
                standing=standing("a", 13),
                events={1: other},
                losses={1: b"efghijkl"},
                checkpoint=Checkpoint(12, 2, b""),
            )
        ]
    )
    (run,) = database.load("a").values()
    assert run.standing == standing("a", 13)
    assert run.events == (EDIT, other)
    assert run.losses == bytes(4 * CHUNK) + b"efghijkl"
    assert run.checkpoint == Checkpoint(12, 2, b"")
    assert database.index().runs == [Known("a", b"owner", b"holder")]


def test_a_run_that_begins_anew_leaves_nothing_of_before(database: Database) -> None:
    database.write([new("a")])
    database.write([RunChange("a", begin=Beginning(config=RunConfig()), standing=standing("a", 0))])
    (run,) = database.load("a").values()
    assert run == StoredRun(Beginning(config=RunConfig()), standing("a", 0), (), b"", None, (ANSWERED,))
    assert database.index().runs == [Known("a", b"owner", b"holder")]


def test_losses_are_given_up_to_the_first_that_is_missing(database: Database) -> None:
    database.write(
        [RunChange("a", begin=new("a").begin, standing=standing("a"), losses={0: b"abcd", 1: b"efgh"})]
    )
    assert database.load("a")["a"].losses == b"abcd"


def test_members_come_together_and_a_comparison_goes_with_the_last(database: Database) -> None:
    database.write([new("a", "c"), new("b", "c"), new("d"), ComparisonChange("c", "[]")])
    assert database.load("b").keys() == {"a", "b"}
    assert database.index().comparisons == {"c": "[]"}
    database.write([RunChange("a", deleted=True)])
    assert database.index().comparisons == {"c": "[]"}
    database.write([RunChange("b", deleted=True)])
    assert database.index().comparisons == {}
    assert [run.run_id for run in database.index().runs] == ["d"]


def test_all_is_written_or_nothing(database: Database) -> None:
    with pytest.raises(StoreTrouble):
        # A loss of a run that there is not.
        database.write([new("a"), RunChange("nobody", losses={0: b""})])
    assert database.index().runs == []
    database.write([new("a")])
    assert database.load("a")


def test_two_changes_are_as_good_as_one_after_the_other(settings: Settings) -> None:
    first, second = (
        new("a"),
        RunChange("a", standing=standing("a", 20), events={1: EDIT, 2: UPDATE}, owner=b"o"),
    )
    anew = RunChange("a", begin=Beginning(config=RunConfig()), standing=standing("a", 0), losses={0: b""})
    found = []
    with closing(open_database(Place.of(settings))) as database:
        for changes in ([first, second], [second, anew], [anew, second], [first, second, anew, second]):
            database.write([new("a")])
            for change in changes:
                database.write([change])
            one_by_one = database.load("a"), database.index()
            database.write([RunChange("a", deleted=True)])
            database.write([new("a")])
            merged: Change = changes[0]
            for change in changes[1:]:
                merged = merged.then(change)
            database.write([merged])
            found.append((database.load("a"), database.index()) == one_by_one)
    assert all(found)
    gone = RunChange("a", deleted=True)
    assert first.then(gone) == gone


def test_runs_unused_for_longest_are_found_and_comparisons_as_a_whole(database: Database) -> None:
    database.write([new("a"), new("b", "c")])
    between = time.time()
    database.write([new("d", "c"), new("e")])
    assert database.unused(between) == ["a"]
    assert database.unused(time.time() + 1) == ["a", "b", "d", "e"]
    database.write([RunChange("a", standing=standing("a"))])
    assert database.unused(between) == []


def test_the_space_of_what_is_deleted_is_given_back(database: Database, settings: Settings) -> None:
    empty = database.size()
    database.write(
        [
            RunChange(f"{k}", begin=new("").begin, standing=standing(""), losses={0: os.urandom(4 * CHUNK)})
            for k in range(300)
        ]
    )
    full = database.size()
    assert full > empty + 300 * 4 * CHUNK
    database.write([RunChange(f"{k}", deleted=True) for k in range(300)])
    database.give_back(all_of_it=True)
    assert database.size() < empty + (full - empty) / 10
    if settings.database_url is None:
        assert (settings.data_dir / "playground.db").stat().st_size < full / 2


def test_only_one_server_has_it(database: Database, settings: Settings) -> None:
    with pytest.raises(StoreTrouble) as raised:
        open_database(Place.of(settings))
    assert raised.value.kind == "in_use"
    database.close()
    open_database(Place.of(settings)).close()


def test_what_a_newer_server_wrote_is_refused_and_left_alone(settings: Settings) -> None:
    open_database(Place.of(settings)).close()
    execute(settings, "UPDATE alembic_version SET version_num = '9999'")
    with pytest.raises(StoreTrouble, match="newer version of the server") as raised:
        open_database(Place.of(settings))
    assert raised.value.kind == "newer"


def execute(settings: Settings, statement: str) -> None:
    engine = sqlalchemy.create_engine(Place.of(settings).url)
    with engine.begin() as connection:
        connection.exec_driver_sql(statement)
    engine.dispose()


def test_the_migrations_make_the_tables_that_the_program_knows(
    database: Database, settings: Settings
) -> None:
    engine = sqlalchemy.create_engine(Place.of(settings).url)
    with engine.connect() as connection:
        assert compare_metadata(MigrationContext.configure(connection), metadata) == []
    engine.dispose()
    assert ScriptDirectory(str(versions.MIGRATIONS)).get_current_head() == versions.NEWEST


def test_a_step_that_torch_refused_moves_into_the_log(settings: Settings) -> None:
    place = Place.of(settings)
    if place.path is not None:
        place.path.parent.mkdir()
    engine = sqlalchemy.create_engine(place.url)
    with engine.connect() as connection:
        versions.migrate(connection, "0001")
    engine.dispose()
    state = standing("a").state.model_dump_json()
    refused = '{"n_before": 1, "event": {"step": 7, "line": "loss"}}'
    row = f"'a', '{CONFIG.model_dump_json()}', '{state}', '{refused}', true, 1.0"
    execute(settings, f"INSERT INTO runs (id, begin, state, refused, stopped, used) VALUES ({row})")
    for n, event in enumerate((EDIT, UPDATE)):
        execute(settings, f"INSERT INTO events VALUES ('a', {n}, '{event.model_dump_json()}')")
    with closing(open_database(Place.of(settings))) as database:
        (run,) = database.load("a").values()
    assert run.events == (EDIT, Event(step=7, line="loss", ended="failed"), UPDATE)
    assert run.standing == standing("a", under_way=UnderWay(until=12))


def test_a_file_is_copied_before_its_tables_change(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    settings = Settings(data_dir=tmp_path)
    with closing(open_database(Place.of(settings))) as database:
        database.write([new("a")])
    execute(settings, "UPDATE alembic_version SET version_num = '0000'")
    done: list[object] = []
    monkeypatch.setattr(versions, "migrate", done.append)
    open_database(Place.of(settings)).close()
    assert done
    with closing(sqlite3.connect(tmp_path / f"playground.db.before-{versions.NEWEST}")) as copy:
        assert copy.execute("SELECT id FROM runs").fetchall() == [("a",)]


@pytest.mark.parametrize(
    ("pragma", "kind"),
    [("query_only = ON", "read_only"), ("max_page_count = 1", "full")],
    ids=["read-only", "full"],
)
def test_a_disk_that_takes_nothing_is_told_by_kind(tmp_path: Path, pragma: str, kind: str) -> None:
    place = Place.of(Settings(data_dir=tmp_path))
    with closing(open_database(place)) as database:
        assert database._connection is not None
        database._connection.exec_driver_sql(f"PRAGMA {pragma}")
        database._connection.rollback()
        with pytest.raises(StoreTrouble) as raised:
            database.write([new(f"{k}") for k in range(30)])
        assert raised.value.kind == kind
        # The next attempt has a new connection.
        database.write([new("a")])


def test_a_damaged_file_is_refused_and_left_as_it_is(tmp_path: Path) -> None:
    place = Place.of(Settings(data_dir=tmp_path))
    assert place.path is not None
    place.path.write_bytes(b"not a database at all, but somebody's text" * 100)
    before = place.path.read_bytes()
    with pytest.raises(StoreTrouble) as raised:
        open_database(place)
    assert raised.value.kind == "damaged"
    assert place.path.read_bytes() == before

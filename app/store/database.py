"""The database of the store: one connection, used by one thread. SQL by SQLAlchemy's Core."""

import sqlite3
import time
from array import array
from collections.abc import Collection, Iterable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from sqlalchemy import (
    Connection,
    Engine,
    Row,
    bindparam,
    create_engine,
    delete,
    event,
    exists,
    func,
    select,
    update,
)
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.exc import DBAPIError, SQLAlchemyError

from app.protocol.data import Recipe, Values
from app.protocol.events import Beginning, Event, UnderWay
from app.protocol.runs import RunConfig, RunState
from app.store.changes import (
    CHUNK,
    Answered,
    Change,
    Checkpoint,
    ComparisonChange,
    Index,
    Known,
    KnownRoom,
    RoomChange,
    RunChange,
    Standing,
    StoredRun,
)
from app.store.place import FileLock, Place
from app.store.tables import answers, checkpoints, comparisons, events, losses, room_events, rooms, runs
from app.store.trouble import Kind, StoreTrouble
from app.store.versions import NEWEST, upgrade

BUSY = 5.0
"""Seconds that SQLite waits for another process that reads or backs up the file."""
ADVISORY_LOCK = 0x706C6179
"""PostgreSQL's number of the lock that the one server holds which writes."""

SQLITE_KINDS: dict[str, Kind] = {
    "SQLITE_FULL": "full",
    "SQLITE_READONLY": "read_only",
    "SQLITE_CANTOPEN": "read_only",
    "SQLITE_IOERR": "read_only",
    "SQLITE_CORRUPT": "damaged",
    "SQLITE_NOTADB": "damaged",
}
"""By the beginning of SQLite's name for the error."""
POSTGRESQL_KINDS: dict[str, Kind] = {
    "53100": "full",
    "25006": "read_only",
    "XX001": "damaged",
    "XX002": "damaged",
}
"""By SQLSTATE. An error without one is that of the connection."""


class Database:
    """What is stored. Every method blocks, and may raise StoreTrouble. version: that of its tables."""

    version = NEWEST

    def __init__(self, place: Place) -> None:
        self._place = place
        self._lock = FileLock(place.path.with_name("lock")) if place.path else None
        self._engine: Engine | None = None
        self._connection: Connection | None = None

    def open(self) -> None:
        """Connect, be the only one who writes, and bring the tables to this version."""
        with in_words():
            if self._lock is not None:
                self._lock.take()
            self._engine = create_engine(self._place.url)
            prepare = prepare_sqlite if self._engine.dialect.name == "sqlite" else prepare_postgresql
            prepare(self._engine)
            self._connection = self._engine.connect()
            upgrade(self._connection, self._place.path)

    def close(self) -> None:
        """Disconnect."""
        try:
            if self._connection is not None:
                self._connection.close()
            if self._engine is not None:
                self._engine.dispose()
        except SQLAlchemyError:
            pass  # It is gone already.
        finally:
            self._connection = self._engine = None
            if self._lock is not None:
                self._lock.release()

    @contextmanager
    def _transaction(self) -> Iterator[Connection]:
        with in_words():
            if self._connection is None:
                raise StoreTrouble("unreachable", "it is not open")
            try:
                with self._connection.begin():
                    yield self._connection
            except BaseException:
                # A transaction that could not even be rolled back must not be in the way of the next.
                self._connection.invalidate()
                raise

    def index(self) -> Index:
        """Everything that is stored, in short."""
        with self._transaction() as connection:
            rows = connection.execute(select(runs.c.id, runs.c.owner, runs.c.holder))
            members = connection.execute(select(comparisons.c.id, comparisons.c.members))
            of_rooms = connection.execute(select(rooms.c.id, rooms.c.code, rooms.c.holder))
            return Index(
                [Known(*row) for row in rows],
                {row.id: row.members for row in members},
                [KnownRoom(*row) for row in of_rooms],
            )

    def write(self, changes: Collection[Change]) -> None:
        """Write all of the changes, or none."""
        of_runs = [change for change in changes if isinstance(change, RunChange)]
        written = [change for change in of_runs if not change.deleted]
        with self._transaction() as connection:
            self._delete(connection, [change.key for change in of_runs if change.deleted])
            self._begin(connection, [change for change in written if change.begin])
            self._update(connection, written)
            self._append(connection, written)
            of_comparisons = [change for change in changes if isinstance(change, ComparisonChange)]
            self._put(connection, comparisons, [{"id": c.key, "members": c.members} for c in of_comparisons])
            self._write_rooms(connection, [change for change in changes if isinstance(change, RoomChange)])

    def _delete(self, connection: Connection, keys: Sequence[str]) -> None:
        if keys:
            connection.execute(
                delete(runs).where(runs.c.id == bindparam("key")), [{"key": key} for key in keys]
            )
            of_none = ~exists().where(runs.c.comparison == comparisons.c.id)
            connection.execute(delete(comparisons).where(of_none))

    def _begin(self, connection: Connection, changes: Sequence[RunChange]) -> None:
        if not changes:
            return
        rows = [{"key": change.key} for change in changes]
        for table in (events, losses, checkpoints):
            connection.execute(delete(table).where(table.c.run_id == bindparam("key")), rows)
        insert = self._insert(runs)
        columns = ("begin", "formula", "numbers", "comparison", "state", "under_way", "used")
        connection.execute(
            insert.on_conflict_do_update(
                index_elements=["id"], set_={name: insert.excluded[name] for name in columns}
            ),
            [
                {"id": change.key, **begin_row(change.begin), **standing_row(change.standing)}
                for change in changes
            ],
        )

    def _update(self, connection: Connection, changes: Sequence[RunChange]) -> None:
        of_key = update(runs).where(runs.c.id == bindparam("key"))
        moved = [change for change in changes if change.standing and not change.begin]
        if moved:
            connection.execute(
                of_key, [{"key": change.key, **standing_row(change.standing)} for change in moved]
            )
        for column in ("owner", "holder"):
            rows = [
                {"key": c.key, column: getattr(c, column)} for c in changes if getattr(c, column) is not None
            ]
            if rows:
                connection.execute(of_key, rows)

    def _append(self, connection: Connection, changes: Sequence[RunChange]) -> None:
        """Write what belongs to runs, unless they are gone."""
        self._put(connection, events, [
            {"run_id": change.key, "place": place, "event": event.model_dump_json()}
            for change in changes for place, event in change.events.items()
        ])  # fmt: skip
        self._put(connection, losses, [
            {"run_id": change.key, "chunk": chunk, "numbers": numbers}
            for change in changes for chunk, numbers in change.losses.items()
        ])  # fmt: skip
        self._put(connection, answers, [
            {"run_id": change.key, "place": place, **answered._asdict()}
            for change in changes for place, answered in change.answers.items() if answered
        ])  # fmt: skip
        forgotten = [
            {"key": change.key, "at": place}
            for change in changes for place, answered in change.answers.items() if not answered
        ]  # fmt: skip
        if forgotten:
            of_place = delete(answers).where(
                answers.c.run_id == bindparam("key"), answers.c.place == bindparam("at")
            )
            connection.execute(of_place, forgotten)
        made = [(change.key, change.checkpoint) for change in changes if change.checkpoint]
        if made:
            of_key = delete(checkpoints).where(checkpoints.c.run_id == bindparam("key"))
            connection.execute(of_key, [{"key": key} for key, _ in made])
            self._put(connection, checkpoints, [{"run_id": key, **made._asdict()} for key, made in made])

    def _write_rooms(self, connection: Connection, changes: Sequence[RoomChange]) -> None:
        if gone := [{"key": change.key} for change in changes if change.deleted]:
            connection.execute(delete(rooms).where(rooms.c.id == bindparam("key")), gone)
        there = [change for change in changes if not change.deleted]
        now = time.time()
        self._put(
            connection, rooms, [{"id": c.key, "code": c.code, "holder": c.holder, "used": now} for c in there]
        )
        self._put(connection, room_events, [
            {"room_id": change.key, "place": place, "event": event}
            for change in there for place, event in change.events.items()
        ])  # fmt: skip

    def _put(self, connection: Connection, table: Any, rows: list[dict[str, Any]]) -> None:
        if rows:
            insert = self._insert(table)
            keys = [column.name for column in table.primary_key]
            rest = {column.name: insert.excluded[column.name] for column in table.c if not column.primary_key}
            connection.execute(insert.on_conflict_do_update(index_elements=keys, set_=rest), rows)

    def _insert(self, table: Any) -> Any:
        assert self._engine is not None
        return (postgresql if self._engine.dialect.name == "postgresql" else sqlite).insert(table)

    def load(self, run_id: str) -> dict[str, StoredRun]:
        """A run, with all members of its comparison, by id; empty if there is no such run."""
        with self._transaction() as connection:
            comparison = connection.scalar(select(runs.c.comparison).where(runs.c.id == run_id))
            wanted = runs.c.comparison == comparison if comparison else runs.c.id == run_id
            rows = connection.execute(select(runs).where(wanted)).all()
            return {row.id: self._read(connection, row) for row in rows}

    def _read(self, connection: Connection, row: Row[Any]) -> StoredRun:
        of_run = connection.execute(
            select(events.c.event).where(events.c.run_id == row.id).order_by(events.c.place)
        )
        chunks = connection.execute(
            select(losses.c.chunk, losses.c.numbers).where(losses.c.run_id == row.id).order_by(losses.c.chunk)
        ).all()
        made = connection.execute(
            select(checkpoints.c.step, checkpoints.c.cursor, checkpoints.c.data)
            .where(checkpoints.c.run_id == row.id)
            .order_by(checkpoints.c.step.desc())
        ).first()
        given = connection.execute(
            select(
                answers.c.number,
                answers.c.command_id,
                answers.c.fingerprint,
                answers.c.reply,
                answers.c.payload,
            )
            .where(answers.c.run_id == row.id)
            .order_by(answers.c.number)
        ).all()
        return StoredRun(
            Beginning(
                config=RunConfig.model_validate_json(row.begin),
                values=values_of(row.formula, row.numbers),
                comparison=row.comparison,
            ),
            Standing(
                RunState.model_validate_json(row.state),
                UnderWay.model_validate_json(row.under_way) if row.under_way else None,
            ),
            tuple(Event.model_validate_json(each) for each in of_run.scalars()),
            without_gaps((each.chunk, each.numbers) for each in chunks),
            Checkpoint(*made) if made else None,
            tuple(Answered(*row) for row in given),
        )

    def room(self, room_id: str) -> list[str]:
        """The log of a room, as JSON; empty if there is no such room."""
        log = (
            select(room_events.c.event).where(room_events.c.room_id == room_id).order_by(room_events.c.place)
        )
        with self._transaction() as connection:
            return list(connection.execute(log).scalars())

    def unused_rooms(self, since: float) -> list[str]:
        """Ids of rooms that were not used since then."""
        with self._transaction() as connection:
            return list(connection.execute(select(rooms.c.id).where(rooms.c.used < since)).scalars())

    def unused(self, since: float) -> list[str]:
        """Ids of runs that were not used since then, longest unused first; comparisons as a whole."""
        others = runs.alias()
        in_use = exists().where(others.c.comparison == runs.c.comparison, others.c.used >= since)
        query = select(runs.c.id).where(runs.c.used < since, ~in_use).order_by(runs.c.used)
        with self._transaction() as connection:
            return list(connection.execute(query).scalars())

    def size(self) -> int:
        """Bytes on the disk that are in use."""
        with self._transaction() as connection:
            if connection.dialect.name == "postgresql":
                tables = (runs, events, losses, checkpoints, answers, comparisons, rooms, room_events)
                sizes = [func.pg_total_relation_size(table.name) for table in tables]
                return int(sum(connection.execute(select(*sizes)).one()))
            pages, free, bytes_each = (
                connection.exec_driver_sql(f"PRAGMA {name}").scalar_one()
                for name in ("page_count", "freelist_count", "page_size")
            )
            return int((pages - free) * bytes_each)

    def rewrite(self) -> None:
        """Write all tables anew, so that nothing of what was deleted is left anywhere in them."""
        with in_words():
            assert self._connection is not None
            driver = self._connection.connection.driver_connection
            if isinstance(driver, sqlite3.Connection):
                driver.executescript("VACUUM; PRAGMA wal_checkpoint(TRUNCATE)")
            else:
                self.give_back(all_of_it=True)

    def give_back(self, *, all_of_it: bool) -> None:
        """Give the space of what was deleted back to the system.

        all_of_it: PostgreSQL writes its tables anew for that, and otherwise uses the space again itself.
        """
        with in_words():
            assert self._connection is not None
            driver = self._connection.connection.driver_connection
            if isinstance(driver, sqlite3.Connection):
                # `execute` would take only the first of many steps: a page is given back in each.
                driver.executescript("PRAGMA incremental_vacuum; PRAGMA wal_checkpoint(TRUNCATE)")
            elif driver is not None:
                driver.autocommit = True
                try:
                    driver.execute("VACUUM FULL" if all_of_it else "VACUUM")
                finally:
                    driver.autocommit = False


def begin_row(begin: Beginning | None) -> dict[str, Any]:
    """The columns of a beginning."""
    assert begin is not None
    values = begin.values
    return {
        "begin": begin.config.model_dump_json(),
        "formula": values.recipe.model_dump_json() if values else None,
        "numbers": array("f", values.y).tobytes() + array("H", values.order).tobytes() if values else None,
        "comparison": begin.comparison,
    }


def values_of(formula: str | None, numbers: bytes | None) -> Values | None:
    """The values of a formula from their columns."""
    if formula is None or numbers is None:
        return None
    n = len(numbers) // 6
    y, order = array("f", numbers[: 4 * n]), array("H", numbers[4 * n :])
    return Values(recipe=Recipe.model_validate_json(formula), y=y.tolist(), order=order.tolist())


def standing_row(standing: Standing | None) -> dict[str, Any]:
    """The columns of a standing."""
    assert standing is not None
    return {
        "state": standing.state.model_dump_json(),
        "under_way": standing.under_way.model_dump_json() if standing.under_way else None,
        "used": time.time(),
    }


def without_gaps(chunks: Iterable[tuple[int, bytes]]) -> bytes:
    """The losses up to the first that is missing."""
    found = bytearray()
    for chunk, numbers in chunks:
        if 4 * CHUNK * chunk != len(found):
            break
        found += numbers
    return bytes(found)


def prepare_sqlite(engine: Engine) -> None:
    """Let SQLite commit for good, keep foreign keys, and leave transactions to SQLAlchemy."""

    @event.listens_for(engine, "connect")
    def connected(connection: sqlite3.Connection, record: object) -> None:
        connection.isolation_level = None
        for pragma in (
            f"busy_timeout = {int(1000 * BUSY)}",
            "auto_vacuum = INCREMENTAL",
            "journal_mode = WAL",
            "synchronous = FULL",
            "foreign_keys = ON",
        ):
            connection.execute(f"PRAGMA {pragma}").fetchall()

    @event.listens_for(engine, "begin")
    def begun(connection: Connection) -> None:
        connection.exec_driver_sql("BEGIN IMMEDIATE")


def prepare_postgresql(engine: Engine) -> None:
    """Let each connection hold the lock of the one server that writes. Raises: StoreTrouble: another does."""

    @event.listens_for(engine, "connect")
    def connected(connection: Any, record: object) -> None:
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_try_advisory_lock(%s)", (ADVISORY_LOCK,))
            locked = cursor.fetchone()[0]
        connection.commit()
        if not locked:
            raise StoreTrouble("in_use", "the database of PLAYGROUND_DATABASE_URL")


@contextmanager
def in_words() -> Iterator[None]:
    """Turn what the driver or the system raises into trouble of the store."""
    try:
        yield
    except DBAPIError as error:
        raise StoreTrouble(kind_of(error.orig), str(error.orig)) from error
    except sqlite3.Error as error:
        raise StoreTrouble(kind_of(error), str(error)) from error
    except OSError as error:
        raise StoreTrouble("read_only", str(error)) from error


def kind_of(error: BaseException | None) -> Kind:
    """The kind of trouble that a driver's error is."""
    if isinstance(error, sqlite3.Error):
        name = getattr(error, "sqlite_errorname", "")
        return next((kind for known, kind in SQLITE_KINDS.items() if name.startswith(known)), "failed")
    state = getattr(error, "sqlstate", None)
    return (
        POSTGRESQL_KINDS.get(state, "failed")
        if state and not state.startswith(("08", "57"))
        else "unreachable"
    )


def open_database(place: Place) -> Database:
    """The database at a place, open."""
    database = Database(place)
    try:
        database.open()
    except BaseException:
        database.close()
        raise
    return database

"""The tables of the store, as the newest migration leaves them."""

from sqlalchemy import (
    Column,
    Float,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    String,
    Table,
    Text,
)

metadata = MetaData()


def of_run() -> Column[str]:
    """The column of what belongs to a run and goes with it."""
    return Column("run_id", String, ForeignKey("runs.id", ondelete="CASCADE"), primary_key=True)


runs = Table(
    "runs",
    metadata,
    Column("id", String, primary_key=True),
    Column("begin", Text, nullable=False),
    Column("formula", Text),
    Column("numbers", LargeBinary),
    Column("comparison", String),
    Column("state", Text, nullable=False),
    Column("under_way", Text),
    Column("owner", LargeBinary),
    Column("holder", LargeBinary),
    Column("used", Float, nullable=False),
    Index("runs_by_comparison", "comparison"),
    Index("runs_by_use", "used"),
)
"""begin, state, under_way: records as JSON. formula, numbers: the values of the formula, with the recipe as
JSON, and y (float32) and order (uint16) one after the other. used: seconds since 1970."""

events = Table(
    "events",
    metadata,
    of_run(),
    Column("place", Integer, primary_key=True, autoincrement=False),
    Column("event", Text, nullable=False),
    sqlite_with_rowid=False,
)

losses = Table(
    "losses",
    metadata,
    of_run(),
    Column("chunk", Integer, primary_key=True, autoincrement=False),
    Column("numbers", LargeBinary, nullable=False),
)

answers = Table(
    "answers",
    metadata,
    of_run(),
    Column("place", Integer, primary_key=True, autoincrement=False),
    Column("number", Integer, nullable=False),
    Column("command_id", String, nullable=False),
    Column("fingerprint", LargeBinary, nullable=False),
    Column("reply", Text, nullable=False),
    Column("payload", LargeBinary, nullable=False),
)

checkpoints = Table(
    "checkpoints",
    metadata,
    of_run(),
    Column("step", Integer, primary_key=True, autoincrement=False),
    Column("cursor", Integer, nullable=False),
    Column("data", LargeBinary, nullable=False),
)

rooms = Table(
    "rooms",
    metadata,
    Column("id", String, primary_key=True),
    Column("code", String, nullable=False),
    Column("holder", LargeBinary),
    Column("used", Float, nullable=False),
    Index("rooms_by_use", "used"),
)

room_events = Table(
    "room_events",
    metadata,
    Column("room_id", String, ForeignKey("rooms.id", ondelete="CASCADE"), primary_key=True),
    Column("place", Integer, primary_key=True, autoincrement=False),
    Column("event", Text, nullable=False),
)
"""Not without row ids as `events`: what torch made of a program is long."""

comparisons = Table(
    "comparisons",
    metadata,
    Column("id", String, primary_key=True),
    Column("members", Text, nullable=False),
)

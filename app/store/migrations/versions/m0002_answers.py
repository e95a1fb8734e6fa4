"""Replies that repeats of a command have again; refused steps as events of the log."""

import json

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    """Make the table, and move what stood beside the log into it."""
    op.create_table(
        "answers",
        sa.Column("run_id", sa.String, sa.ForeignKey("runs.id", ondelete="CASCADE"), primary_key=True),
        sa.Column("place", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("number", sa.Integer, nullable=False),
        sa.Column("command_id", sa.String, nullable=False),
        sa.Column("fingerprint", sa.LargeBinary, nullable=False),
        sa.Column("reply", sa.Text, nullable=False),
        sa.Column("payload", sa.LargeBinary, nullable=False),
    )
    op.add_column("runs", sa.Column("under_way", sa.Text))
    connection = op.get_bind()
    for run in connection.execute(sa.text("SELECT id, state, refused, stopped FROM runs")).all():
        if run.refused:
            move_into_log(connection, run.id, json.loads(run.refused))
        if run.stopped:
            under_way = json.dumps({"command_id": None, "until": json.loads(run.state)["step"]})
            connection.execute(
                sa.text("UPDATE runs SET under_way = :under_way WHERE id = :id"),
                {"id": run.id, "under_way": under_way},
            )
    op.drop_column("runs", "refused")
    op.drop_column("runs", "stopped")


def move_into_log(connection: sa.Connection, run_id: str, refused: dict[str, object]) -> None:
    """Put the step that torch refused at its place among the events."""
    place = refused["n_before"]
    event = {**dict(refused["event"]), "ended": "failed"}  # type: ignore[call-overload]
    later = connection.execute(
        sa.text("SELECT place FROM events WHERE run_id = :id AND place >= :place ORDER BY place DESC"),
        {"id": run_id, "place": place},
    )
    for moved in later.scalars().all():
        connection.execute(
            sa.text("UPDATE events SET place = :place + 1 WHERE run_id = :id AND place = :place"),
            {"id": run_id, "place": moved},
        )
    connection.execute(
        sa.text("INSERT INTO events (run_id, place, event) VALUES (:id, :place, :event)"),
        {"id": run_id, "place": place, "event": json.dumps(event)},
    )

"""Runs, their events, losses and checkpoints, and comparisons."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None


def upgrade() -> None:
    """Make the tables."""
    op.create_table(
        "runs",
        sa.Column("id", sa.String, primary_key=True),
        sa.Column("begin", sa.Text, nullable=False),
        sa.Column("formula", sa.Text),
        sa.Column("numbers", sa.LargeBinary),
        sa.Column("comparison", sa.String),
        sa.Column("state", sa.Text, nullable=False),
        sa.Column("refused", sa.Text),
        sa.Column("stopped", sa.Boolean, nullable=False),
        sa.Column("owner", sa.LargeBinary),
        sa.Column("holder", sa.LargeBinary),
        sa.Column("used", sa.Float, nullable=False),
    )
    op.create_index("runs_by_comparison", "runs", ["comparison"])
    op.create_index("runs_by_use", "runs", ["used"])
    op.create_table(
        "events",
        of_run(),
        sa.Column("place", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("event", sa.Text, nullable=False),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "losses",
        of_run(),
        sa.Column("chunk", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("numbers", sa.LargeBinary, nullable=False),
    )
    op.create_table(
        "checkpoints",
        of_run(),
        sa.Column("step", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("cursor", sa.Integer, nullable=False),
        sa.Column("data", sa.LargeBinary, nullable=False),
    )
    op.create_table(
        "comparisons",
        sa.Column("id", sa.String, primary_key=True),
        sa.Column("members", sa.Text, nullable=False),
    )


def of_run() -> sa.Column[str]:
    """The column of what belongs to a run and goes with it."""
    return sa.Column("run_id", sa.String, sa.ForeignKey("runs.id", ondelete="CASCADE"), primary_key=True)

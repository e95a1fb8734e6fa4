"""Rooms, and the logs of what happened in them."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    """Make the tables."""
    op.create_table(
        "rooms",
        sa.Column("id", sa.String, primary_key=True),
        sa.Column("code", sa.String, nullable=False),
        sa.Column("holder", sa.LargeBinary),
        sa.Column("used", sa.Float, nullable=False),
    )
    op.create_index("rooms_by_use", "rooms", ["used"])
    op.create_table(
        "room_events",
        sa.Column("room_id", sa.String, sa.ForeignKey("rooms.id", ondelete="CASCADE"), primary_key=True),
        sa.Column("place", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("event", sa.Text, nullable=False),
    )

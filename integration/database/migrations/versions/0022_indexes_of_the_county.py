"""Indexes for what is read of every municipality at once."""

from alembic import op

revision = "0022"
down_revision = "0021"


def upgrade() -> None:
    """There is no way back: a backup is."""
    op.create_index("ix_status_round_newest", "status_round", ["municipality", "deadline_at", "meeting"])
    op.create_index("ix_escalation_waiting", "escalation", ["state", "meeting", "level"])
    op.create_index("ix_resource_key", "resource", ["key"])

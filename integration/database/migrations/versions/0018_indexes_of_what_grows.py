"""Indexes for questions that read all of a table which grows with every round."""

from alembic import op

revision = "0018"
down_revision = "0017"


def upgrade() -> None:
    """There is no way back: a backup is."""
    op.create_index("ix_unit_kind", "unit", ["kind", "due_at"])
    op.create_index("ix_meeting_ends_local", "meeting", ["ends_local"])
    op.create_index("ix_status_round_state", "status_round", ["state", "deadline_at"])
    op.create_index("ix_status_round_deadline_at", "status_round", ["deadline_at"])
    op.create_index("ix_status_request_work_package", "status_request", ["work_package"])
    op.create_index("ix_escalation_request", "escalation", ["request"])

"""Indexes for the meetings of one person and for the messages to one."""

from alembic import op

revision = "0017"
down_revision = "0016"


def upgrade() -> None:
    """There is no way back: a backup is."""
    op.drop_index("ix_meeting_body", "meeting")
    op.create_index("ix_meeting_body", "meeting", ["body", "starts_local", "changed_at", "sequence"])
    op.create_index("ix_meeting_starts_local", "meeting", ["starts_local"])
    op.create_index("ix_message_kind", "message", ["kind", "state", "due_at"])
    op.create_index("ix_message_person", "message", ["person", "kind"])

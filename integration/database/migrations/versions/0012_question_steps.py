"""The steps of lifted questions."""

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"


def upgrade() -> None:
    """There is no way back: a backup is."""
    op.create_table(
        "question_step",
        sa.Column("question", sa.String(32), sa.ForeignKey("escalation.id"), primary_key=True),
        sa.Column("number", sa.Integer, primary_key=True),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("content", sa.JSON, nullable=False),
    )
    op.create_index("ix_escalation_state", "escalation", ["state", "raised_at"])

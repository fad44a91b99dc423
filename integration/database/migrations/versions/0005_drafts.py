"""Drafts: words on a status form that are not sent yet."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"


def upgrade() -> None:
    """There is no way back: a backup is."""
    op.create_table(
        "status_draft",
        sa.Column("request", sa.String(length=32), nullable=False),
        sa.Column("person", sa.String(length=60), nullable=False),
        sa.Column("content", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(
            ["request"], ["status_request.id"], name=op.f("fk_status_draft_request_status_request")
        ),
        sa.PrimaryKeyConstraint("request", "person", name=op.f("pk_status_draft")),
    )

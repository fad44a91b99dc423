"""Guests: whom we let in and why, what local leads say about them, and whose an account is."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"


def upgrade() -> None:
    """There is no way back: a backup is."""
    op.create_table(
        "guest",
        sa.Column("person", sa.String(length=60), nullable=False),
        sa.Column("object_id", sa.String(length=36), nullable=False),
        sa.Column("invited", sa.Boolean(), nullable=False),
        sa.Column("since", sa.DateTime(timezone=True), nullable=False),
        sa.Column("place", sa.String(length=60), nullable=False),
        sa.Column("roles", sa.JSON(), nullable=False),
        sa.PrimaryKeyConstraint("person", name=op.f("pk_guest")),
    )
    op.create_table(
        "guest_answer",
        sa.Column("scope", sa.String(length=60), nullable=False),
        sa.Column("person", sa.String(length=60), nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("answered_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("keeps", sa.Boolean(), nullable=True),
        sa.Column("answered_by", sa.String(length=60), nullable=False),
        sa.PrimaryKeyConstraint("scope", "person", name=op.f("pk_guest_answer")),
    )
    with op.batch_alter_table("account") as batch_op:
        batch_op.add_column(sa.Column("person", sa.String(length=60), nullable=True))
        batch_op.create_index(batch_op.f("ix_account_person"), ["person"], unique=False)

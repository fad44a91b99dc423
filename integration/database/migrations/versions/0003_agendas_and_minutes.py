"""Agendas and what people ask to have put there, minutes, decisions, and who does what."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    """There is no way back: a backup is."""
    op.create_table(
        "agenda",
        sa.Column("meeting", sa.String(length=120), nullable=False),
        sa.Column("body", sa.String(length=60), nullable=False),
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column("last_number", sa.Integer(), nullable=False),
        sa.Column("content", sa.JSON(), nullable=False),
        sa.Column("released_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("published", sa.JSON(), nullable=False),
        sa.PrimaryKeyConstraint("meeting", name=op.f("pk_agenda")),
    )
    with op.batch_alter_table("agenda", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_agenda_body"), ["body"], unique=False)

    op.create_table(
        "agenda_proposal",
        sa.Column("meeting", sa.String(length=120), nullable=False),
        sa.Column("person", sa.String(length=60), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("content", sa.JSON(), nullable=False),
        sa.PrimaryKeyConstraint("meeting", "person", "number", "version", name=op.f("pk_agenda_proposal")),
    )
    op.create_table(
        "minutes",
        sa.Column("meeting", sa.String(length=120), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("by", sa.String(length=60), nullable=False),
        sa.Column("content", sa.JSON(), nullable=False),
        sa.PrimaryKeyConstraint("meeting", "version", name=op.f("pk_minutes")),
    )
    for matter in ("decision", "action_item"):
        op.create_table(
            matter,
            sa.Column("key", sa.String(length=140), nullable=False),
            sa.Column("version", sa.Integer(), nullable=False),
            sa.Column("body", sa.String(length=60), nullable=False),
            sa.Column("at", sa.DateTime(timezone=True), nullable=False),
            sa.Column("by", sa.String(length=60), nullable=False),
            sa.Column("content", sa.JSON(), nullable=False),
            sa.PrimaryKeyConstraint("key", "version", name=op.f(f"pk_{matter}")),
        )
        with op.batch_alter_table(matter, schema=None) as batch_op:
            batch_op.create_index(batch_op.f(f"ix_{matter}_body"), ["body"], unique=False)

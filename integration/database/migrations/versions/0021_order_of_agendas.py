"""The order and times of an agenda's items, as its recorders want them."""

import sqlalchemy as sa
from alembic import op

revision = "0021"
down_revision = "0020"


def upgrade() -> None:
    """There is no way back: a backup is."""
    op.create_table(
        "agenda_order",
        sa.Column("meeting", sa.String(120), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("by", sa.String(60), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("content", sa.JSON(), nullable=False),
        sa.PrimaryKeyConstraint("meeting", name=op.f("pk_agenda_order")),
    )

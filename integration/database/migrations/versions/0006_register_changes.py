"""Changes of the register: who changed what, when, from what to what. What it holds now is its first version."""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"


def upgrade() -> None:
    """There is no way back: a backup is."""
    change = op.create_table(
        "register_change",
        sa.Column("id", sa.Integer(), autoincrement=True, nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("by", sa.String(length=60), nullable=False),
        sa.Column("kind", sa.String(length=60), nullable=False),
        sa.Column("document", sa.String(length=200), nullable=False),
        sa.Column("section", sa.String(length=60), nullable=False),
        sa.Column("key", sa.String(length=400), nullable=False),
        sa.Column("position", sa.Integer(), nullable=True),
        sa.Column("old", sa.JSON(none_as_null=True), nullable=True),
        sa.Column("new", sa.JSON(none_as_null=True), nullable=True),
        sa.Column("undoes", sa.Integer(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_register_change")),
    )
    op.create_index(op.f("ix_register_change_version"), "register_change", ["version"])
    op.create_index(op.f("ix_register_change_document"), "register_change", ["document", "version"])
    register = sa.table(
        "register", sa.column("kind"), sa.column("key"), sa.column("position"), sa.column("data", sa.JSON())
    )
    version = sa.select(register.c.position).where(register.c.kind == "version").scalar_subquery()
    held = sa.select(
        version,
        sa.func.now(),
        sa.literal(""),
        sa.literal("imported"),
        register.c.key,
        sa.literal(""),
        sa.literal(""),
        register.c.data,
    ).where(register.c.kind == "document")
    columns = ["version", "at", "by", "kind", "document", "section", "key", "new"]
    op.execute(change.insert().from_select(columns, held.order_by(register.c.position)))

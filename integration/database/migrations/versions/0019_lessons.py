"""Lessons of released reports, for the leads of packages everywhere."""

import sqlalchemy as sa
from alembic import op

revision = "0019"
down_revision = "0018"


def upgrade() -> None:
    """There is no way back: a backup is."""
    op.create_table(
        "lesson",
        sa.Column("meeting", sa.String(120), nullable=False),
        sa.Column("work_package", sa.String(60), nullable=False),
        sa.Column("municipality", sa.String(60), nullable=False),
        sa.Column("theme", sa.String(60), nullable=False),
        sa.Column("released_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("package", sa.Text(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("meeting", "work_package", name=op.f("pk_lesson")),
    )
    op.create_index("ix_lesson_released_at", "lesson", ["released_at", "meeting", "work_package"])
    op.create_index("ix_lesson_theme", "lesson", ["theme", "released_at", "meeting", "work_package"])
    op.create_index(
        "ix_lesson_municipality", "lesson", ["municipality", "theme", "released_at", "meeting", "work_package"]
    )

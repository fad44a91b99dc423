"""A person has one identity that is bound, held by an index: databases migrated with an early form of 0007 lack it."""

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"

identity = sa.table(
    "identity", *map(sa.column, ("id", "issuer", "subject", "person", "bound_at", "undone_at", "undone_by"))
)
session = sa.table("session", *map(sa.column, ("issuer", "subject")))


def upgrade() -> None:
    """
    There is no way back: a backup is.

    Where a person has several, the first stands, as it would have stood with the index; the others are undone, and
    their sessions end.
    """
    _undo_later_ones()
    op.drop_index("ix_identity_person", "identity", if_exists=True)
    op.create_index(
        "uq_identity_person",
        "identity",
        ["person"],
        unique=True,
        sqlite_where=sa.text("undone_at IS NULL"),
        postgresql_where=sa.text("undone_at IS NULL"),
        if_not_exists=True,
    )


def _undo_later_ones() -> None:
    first = identity.alias("first")
    of_person = sa.select(sa.func.min(first.c.id)).where(
        first.c.person == identity.c.person, first.c.undone_at.is_(None)
    )
    later = sa.and_(identity.c.undone_at.is_(None), identity.c.id > of_person.scalar_subquery())
    of_identity = sa.and_(session.c.issuer == identity.c.issuer, session.c.subject == identity.c.subject)
    op.execute(sa.delete(session).where(sa.exists().where(of_identity, later)))
    op.execute(sa.update(identity).where(later).values(undone_at=identity.c.bound_at, undone_by="migration 0011"))

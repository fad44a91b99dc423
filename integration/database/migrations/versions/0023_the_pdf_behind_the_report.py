"""
A report's PDF behind everything else in its row, where SQLite keeps it on pages that a list does not pass.

Nothing is added and nothing taken away: a version before goes on beside it, and afterwards. PostgreSQL keeps large
values in a table of their own and has nothing to move.
"""

from alembic import op

revision = "0023"
down_revision = "0022"


def upgrade() -> None:
    """There is no way back: a backup is."""
    if op.get_bind().dialect.name == "sqlite":
        with op.batch_alter_table("report", recreate="always", partial_reordering=[("published", "pdf")]):
            pass

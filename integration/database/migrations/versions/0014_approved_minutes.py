"""The approval of minutes: when and by whom. Versions from before it are not approved."""

import sqlalchemy as sa
from alembic import op

revision = "0014"
down_revision = "0013"


def upgrade() -> None:
    """There is no way back: a backup is."""
    op.add_column("minutes", sa.Column("approved_at", sa.DateTime(timezone=True), nullable=True))
    op.add_column("minutes", sa.Column("approved_by", sa.String(60), nullable=False, server_default=""))

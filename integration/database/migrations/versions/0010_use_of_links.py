"""Since when people hold a link, and when it was last used."""

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"


def upgrade() -> None:
    """There is no way back: a backup is."""
    for name in ("issued_at", "used_at"):
        op.add_column("link", sa.Column(name, sa.DateTime(timezone=True), nullable=True))

"""All addresses of an account: Exchange gives people back under the primary one."""

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"


def upgrade() -> None:
    """There is no way back: a backup is."""
    with op.batch_alter_table("account") as batch_op:
        batch_op.add_column(sa.Column("addresses", sa.JSON(), server_default="[]", nullable=False))

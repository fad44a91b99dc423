"""The audit as a hash chain: acts of before get their hashes in the order in which they were written down."""

import sqlalchemy as sa
from alembic import op

from integration.database.audit import HEAD, row_of
from integration.database.tables import UTCDateTime
from workflows.operations.audit import AuditAct, ChainHead, chained

revision = "0016"
down_revision = "0015"

REFUSE = """
create or replace function refuse_audit() returns trigger language plpgsql as
$$ begin raise exception 'the audit is append-only'; end $$
"""
SQLITE = "create trigger audit_{act} before {act} on audit begin select raise(abort, 'the audit is append-only'); end"
POSTGRESQL = "create trigger audit_{act} before {act} on audit for each row execute function refuse_audit()"


def upgrade() -> None:
    """There is no way back: a backup is."""
    with op.batch_alter_table("audit") as batch_op:
        for name, length in (("surface", 20), ("sign_in", 200), ("on_behalf", 60), ("previous_hash", 64), ("hash", 64)):
            batch_op.add_column(sa.Column(name, sa.String(length), server_default="", nullable=False))
    connection = op.get_bind()
    _chain(connection)
    on_server = connection.dialect.name == "postgresql"
    if on_server:
        op.execute(REFUSE)
    for act in ("update", "delete"):
        op.execute((POSTGRESQL if on_server else SQLITE).format(act=act))


def _chain(connection: sa.Connection) -> None:
    """Number the rows without a gap, and give each its hash."""
    names = ("actor", "action", "subject", "surface", "sign_in", "on_behalf", "previous_hash", "hash")
    columns = [sa.column(name, sa.String) for name in names]
    audit = sa.table(
        "audit", sa.column("id", sa.Integer), sa.column("at", UTCDateTime), sa.column("details", sa.JSON), *columns
    )
    head = ChainHead()
    for row in connection.execute(sa.select(audit).order_by(audit.c.id)).mappings().all():
        act = AuditAct(
            at=row["at"],
            actor=row["actor"],
            action=row["action"],
            subject=row["subject"],
            surface="",
            details=row["details"],
        )
        entry = chained(act, head)
        # Numbers only become smaller, one after another: none is taken.
        connection.execute(sa.update(audit).where(audit.c.id == row["id"]).values(row_of(entry)))
        head = ChainHead(number=entry.number, hash=entry.hash)
    switch = sa.table("switch", sa.column("name"), sa.column("set_at", UTCDateTime), sa.column("value"))
    connection.execute(sa.insert(switch).values(name=HEAD, set_at=sa.func.now(), value=str(head)))
    # An earlier version would write acts past the chain.
    connection.execute(sa.insert(switch).values(name="schema:oldest", set_at=sa.func.now(), value=revision))

"""Messages to the archive as rows, with the archive's answers."""

from collections.abc import Mapping
from dataclasses import asdict
from datetime import datetime

from sqlalchemy import select, update

from integration.database.connection import Database, insert_into
from integration.database.paper_tables import archive_handover as table
from workflows.papers.archive.model import ArchiveReceipt, HandoverState, SentHandover


class SQLHandovers:
    """The workflows' `HandoverStore`."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def handovers(self) -> Mapping[str, SentHandover]:
        async with self._database.read() as connection:
            rows = (await connection.execute(select(table).order_by(table.c.name))).all()
        return {
            row.key: SentHandover(
                key=row.key,
                name=row.name,
                checksum=row.checksum,
                state=HandoverState(row.state),
                sent_at=row.sent_at,
                receipt=ArchiveReceipt(**{**row.answer, "state": HandoverState(row.state)}) if row.answer else None,
            )
            for row in rows
        }

    async def note_sent(self, sent: SentHandover) -> None:
        values = {"name": sent.name, "checksum": sent.checksum, "state": sent.state, "sent_at": sent.sent_at}
        fresh = {**values, "answered_at": None, "answer": {}}
        async with self._database.begin() as connection:
            insert = insert_into(connection, table).values(key=sent.key, **fresh)
            await connection.execute(insert.on_conflict_do_update(index_elements=[table.c.key], set_=fresh))

    async def note_receipt(self, receipt: ArchiveReceipt, *, at: datetime) -> bool:
        values = {"state": receipt.state, "answered_at": at, "answer": asdict(receipt)}
        async with self._database.begin() as connection:
            changed = await connection.execute(update(table).where(table.c.key == receipt.key).values(**values))
        return bool(changed.rowcount)

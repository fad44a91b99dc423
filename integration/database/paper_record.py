"""Everything released for a body's meetings, as rows of three tables: one query each, however long the history."""

from collections import Counter

from sqlalchemy import Select, Table, select

from integration.database import tables
from integration.database.agendas import agenda_from, minutes_from
from integration.database.connection import Database
from integration.database.privacy_tables import redaction
from integration.database.reports import RELEASED, WITHOUT_PDF, report_from
from workflows.papers.record import BodyRecord


class SQLPaperRecord:
    """The workflows' `PaperRecord`."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def of_body(self, body: str, *, with_pdfs: bool = False) -> BodyRecord:
        released = _of_body(tables.report, body).where(tables.report.c.state.in_(RELEASED))
        if not with_pdfs:
            released = released.with_only_columns(*WITHOUT_PDF)
        async with self._database.read() as connection:
            reports = (await connection.execute(released)).all()
            agendas = (await connection.execute(_of_body(tables.agenda, body))).all()
            minutes = (await connection.execute(_of_body(tables.minutes, body))).all()
            redacted = (await connection.execute(select(redaction.c.papers))).scalars().all()
        return BodyRecord(
            body=body,
            reports=tuple(map(report_from, reports)),
            agendas=tuple(map(agenda_from, agendas)),
            minutes=tuple(map(minutes_from, minutes)),
            redactions=Counter(key for papers in redacted for key in papers),
        )


def _of_body(table: Table, body: str) -> Select[tuple[object, ...]]:
    meeting = tables.meeting
    joined = select(table).join(meeting, meeting.c.key == table.c.meeting).where(meeting.c.body == body)
    return joined.order_by(*table.primary_key.columns)

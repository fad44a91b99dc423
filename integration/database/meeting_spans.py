"""Meetings that concern one person, out of those of a whole country: each question is one statement."""

from collections.abc import Sequence
from datetime import datetime, time
from functools import partial

from sqlalchemy import Connection, and_, func, or_, select
from sqlalchemy.sql.elements import ColumnElement

from integration.database.connection import Database
from integration.database.meetings import NUMBER, SHOWN, meeting_of, meetings_of
from integration.database.status_rows import CANCELLED
from integration.database.tables import link
from integration.database.tables import meeting as table
from workflows.meetings.feed import FeedMark
from workflows.meetings.model import Meeting
from workflows.meetings.seats import Span
from workflows.working_days import DAY

_MARK = select(
    func.count(),
    func.coalesce(func.sum(table.c.sequence), 0),
    func.max(table.c.changed_at, type_=table.c.changed_at.type),
)
_ENDED_LINKS = (
    select(func.count())
    .select_from(table.join(link, link.c.subject == table.c.key))
    .where(link.c.purpose == "papers", link.c.revoked_at.is_not(None))
    .correlate(None)
)


class SQLMeetingSpans:
    """The workflows' `OwnMeetingStore` and `FeedMeetings`."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def list_ahead(
        self, spans: Sequence[Span], *, after_local: datetime, most: int | None = None
    ) -> tuple[Sequence[Meeting], int]:
        wanted = and_(_within(spans), table.c.ends_local > after_local, table.c.state != CANCELLED)
        # The window counts before the limit cuts.
        nearest = (
            select(table, func.count().over().label(NUMBER))
            .where(wanted)
            .order_by(table.c.starts_local, table.c.key)
            .limit(most)
        )

        def read(connection: Connection) -> tuple[Sequence[Meeting], int]:
            rows = connection.execute(nearest).all()
            return [meeting_of(row) for row in rows], getattr(rows[0], NUMBER) if rows else 0

        return await self._database.scan(read)

    async def mark(self, spans: Sequence[Span]) -> FeedMark:
        ended = _ENDED_LINKS.where(_within(spans)).scalar_subquery()
        query = _MARK.add_columns(ended).where(_within(spans))
        row = await self._database.scan(lambda connection: connection.execute(query).one())
        return FeedMark(meetings=row[0], changes=row[1], changed_at=row[2], ended_links=row[3])

    async def list_shown(self, spans: Sequence[Span], *, changed_since: datetime | None = None) -> Sequence[Meeting]:
        query = select(*SHOWN).where(_within(spans)).order_by(table.c.starts_local, table.c.key)
        if changed_since is not None:
            query = query.where(table.c.changed_at >= changed_since)
        return await self._database.scan(partial(meetings_of, query))


def _within(spans: Sequence[Span]) -> ColumnElement[bool]:
    """Return the condition of the meetings that begin in one of *spans*, of its bodies."""
    return or_(
        False,
        *(
            and_(
                table.c.body.in_(sorted(span.bodies)),
                table.c.starts_local >= datetime.combine(span.first, time()),
                table.c.starts_local < datetime.combine(span.last, time()) + DAY,
            )
            for span in spans
            if span.bodies
        ),
    )

"""Reports in the database: every version is kept, and a released one changes no more. A review beside each."""

from collections.abc import Collection, Mapping, Sequence
from datetime import date, datetime, time
from typing import Any

from sqlalchemy import Connection, Row, Select, and_, bindparam, exists, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from integration.database.audit import note_action
from integration.database.connection import Database, insert_into
from integration.database.lessons import keep_lessons
from integration.database.tables import meeting as meetings
from integration.database.tables import report as table
from integration.database.tables import report_review as reviews
from integration.database.units import make_due, make_due_at_once
from workflows.papers.reports.model import ReportContent, ReportState, StoredReport, checksum, content_from
from workflows.papers.reports.review import Review
from workflows.ports.units import DueUnit

RELEASED = (ReportState.RELEASED, ReportState.PUBLISHED)


class SQLReports:
    """The workflows' `ReportRecord`, and what the pages read."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def newest(self, meeting: str) -> StoredReport | None:
        row = await self._database.look(
            lambda connection: connection.execute(_NEWEST_WITH_PDF, {"of": meeting}).one_or_none()
        )
        return None if row is None else report_from(row)

    async def newest_released(self, body: str, *, before_local: datetime | None = None) -> StoredReport | None:
        query = _NEWEST_RELEASED if before_local is None else _NEWEST_RELEASED_BEFORE
        wanted = {"of_body": body} if before_local is None else {"of_body": body, "before": before_local}
        row = await self._database.look(lambda connection: connection.execute(query, wanted).one_or_none())
        return None if row is None else report_from(row)

    async def newest_contents(self, bodies: Collection[str]) -> Mapping[str, ReportContent]:
        query = _newest_contents(bodies)
        return await self._database.scan(
            lambda connection: {row.body: content_from(row.content) for row in connection.execute(query)}
        )

    async def states(self, *, since: date | None = None) -> Mapping[str, ReportState]:
        query = select(table.c.meeting, table.c.state).order_by(table.c.meeting, table.c.version)
        if since is not None:
            # By the keys of the meetings: joined, SQLite would go through all reports in their order.
            later = select(meetings.c.key).where(meetings.c.starts_local >= datetime.combine(since, time()))
            query = query.where(table.c.meeting.in_(later))
        # Later versions come later and win.
        return await self._database.scan(
            lambda connection: {row.meeting: ReportState(row.state) for row in connection.execute(query)}
        )

    async def report_address(self, meeting: str) -> str | None:
        """
        Return the address of the meeting's released report; None when none is released.

        It is empty when only those who were mailed a link can read it.
        """
        row = await self._database.look(lambda connection: connection.execute(_NEWEST, {"of": meeting}).one_or_none())
        return None if row is None or row.state not in RELEASED else str(row.published.get("page", {}).get("url", ""))

    async def draft(
        self, meeting: str, content: ReportContent, *, at: datetime, then: Sequence[DueUnit] = ()
    ) -> StoredReport:
        def keep(connection: Connection) -> StoredReport:
            row = connection.execute(_NEWEST, {"of": meeting}).one_or_none()
            newest = None if row is None else report_from(row)
            digest = checksum(content)
            if newest is None or (not newest.is_released and newest.checksum != digest):
                newest = StoredReport(
                    meeting=meeting,
                    version=newest.version + 1 if newest else 1,
                    state=ReportState.DRAFT,
                    content=content,
                    checksum=digest,
                    compiled_at=at,
                )
                connection.execute(table.insert().values(**_row(newest)))
            make_due_at_once(connection, then)
            return newest

        return await self._database.write(keep, alone=True)

    async def release(
        self,
        draft: StoredReport,
        content: ReportContent,
        *,
        pdf: bytes,
        at: datetime,
        review: int = 0,
        then: Sequence[DueUnit] = (),
    ) -> bool:
        async with self._database.begin() as connection:
            newest = await _newest_to_change(connection, draft.meeting)
            if newest is None or newest.is_released or newest.version != draft.version:
                return False
            if (await _review(connection, draft.meeting, to_change=True)).version != review:
                return False
            values = {"content": content.to_data(), "checksum": checksum(content), "pdf": pdf}
            changed = update(table).where(*_version(draft))
            await connection.execute(changed.values(**values, state=ReportState.RELEASED, released_at=at))
            await keep_lessons(connection, draft.meeting, content, at=at)
            await make_due(connection, then)
        return True

    async def correct(
        self, released: StoredReport, content: ReportContent, *, pdf: bytes, at: datetime, then: Sequence[DueUnit] = ()
    ) -> bool:
        async with self._database.begin() as connection:
            newest = await _newest_to_change(connection, released.meeting)
            if newest is None or not newest.is_released or newest.version != released.version:
                return False
            corrected = StoredReport(
                meeting=released.meeting,
                version=released.version + 1,
                state=ReportState.RELEASED,
                content=content,
                checksum=checksum(content),
                compiled_at=at,
                released_at=at,
            )
            await connection.execute(table.insert().values(**_row(corrected), pdf=pdf, released_at=at))
            await keep_lessons(connection, released.meeting, content, at=at)
            await make_due(connection, then)
        return True

    async def review(self, meeting: str) -> Review:
        async with self._database.read() as connection:
            return await _review(connection, meeting)

    async def save_review(
        self, review: Review, *, by: str, at: datetime, action: str, then: Sequence[DueUnit] = ()
    ) -> bool:
        values = {"version": review.version, "by": by, "at": at, "content": review.to_data()}
        before = and_(reviews.c.meeting == review.meeting, reviews.c.version == review.version - 1)
        async with self._database.begin() as connection:
            if review.version == 1:
                insert = insert_into(connection, reviews).values(meeting=review.meeting, **values)
                # PostgreSQL counts no inserted rows.
                write = insert.on_conflict_do_nothing().returning(reviews.c.meeting)
            else:
                write = update(reviews).where(before).values(**values).returning(reviews.c.meeting)
            if (await connection.execute(write)).one_or_none() is None:
                return False
            await note_action(connection, by, action, review.meeting, at=at, values={"version": review.version})
            await make_due(connection, then)
        return True

    async def note_published(self, report: StoredReport, published: Mapping[str, Any], *, finished: bool) -> None:
        values: dict[str, Any] = {"published": dict(published)}
        if finished:
            values["state"] = ReportState.PUBLISHED
        async with self._database.begin() as connection:
            released = table.c.state.in_(RELEASED)
            await connection.execute(update(table).where(*_version(report), released).values(**values))


WITHOUT_PDF = tuple(column for column in table.c if column is not table.c.pdf)
"""Columns of a report as lists, sorts and compilations read it: the PDF is three quarters of its bytes."""
# Built once: what a statement costs is mostly the making of it, and a country compiles thousands of reports.
_NEWEST_WITH_PDF = select(table).where(table.c.meeting == bindparam("of")).order_by(table.c.version.desc()).limit(1)
_NEWEST = select(*WITHOUT_PDF).where(table.c.meeting == bindparam("of")).order_by(table.c.version.desc()).limit(1)
_CHOSEN = (
    select(table.c.meeting, table.c.version)
    .join(meetings, meetings.c.key == table.c.meeting)
    .where(meetings.c.body == bindparam("of_body"), table.c.state.in_(RELEASED))
    .order_by(meetings.c.starts_local.desc(), table.c.version.desc())
    .limit(1)
)


def _chosen(choice: Select[Any]) -> Select[Any]:
    """Return a *choice* by its key: with whole reports in the rows that are sorted, those of years would be read."""
    one = choice.subquery()
    return select(*WITHOUT_PDF).join(one, and_(one.c.meeting == table.c.meeting, one.c.version == table.c.version))


_NEWEST_RELEASED = _chosen(_CHOSEN)
_NEWEST_RELEASED_BEFORE = _chosen(_CHOSEN.where(meetings.c.starts_local < bindparam("before")))


async def _newest_to_change(connection: AsyncConnection, meeting: str) -> StoredReport | None:
    """Return the newest version, which nobody else changes until we have written (PostgreSQL)."""
    row = (await connection.execute(_NEWEST.with_for_update(), {"of": meeting})).one_or_none()
    return None if row is None else report_from(row)


async def _review(connection: AsyncConnection, meeting: str, *, to_change: bool = False) -> Review:
    query = select(reviews).where(reviews.c.meeting == meeting)
    row = (await connection.execute(query.with_for_update() if to_change else query)).one_or_none()
    if row is None:
        return Review(meeting=meeting)
    return Review.from_data(row.content, meeting=meeting, version=row.version, by=row.by, at=row.at)


def _newest_contents(bodies: Collection[str]) -> Select[Any]:
    """
    Return the content of each body's newest released report; a corrected one's versions in their order.

    The meetings of a body are walked from the last one back to the first with a report, however many lie before.
    """
    wanted = select(meetings.c.body).where(meetings.c.body.in_(bodies)).distinct().subquery()
    newest = (
        select(meetings.c.key)
        .where(
            meetings.c.body == wanted.c.body,
            exists().where(table.c.meeting == meetings.c.key, table.c.state.in_(RELEASED)),
        )
        .order_by(meetings.c.starts_local.desc())
        .limit(1)
        .scalar_subquery()
    )
    chosen = select(wanted.c.body, newest.label("meeting")).subquery()
    return (
        select(chosen.c.body, table.c.content)
        .join(table, and_(table.c.meeting == chosen.c.meeting, table.c.state.in_(RELEASED)))
        .order_by(table.c.version)
    )


def _version(report: StoredReport) -> tuple[Any, Any]:
    return table.c.meeting == report.meeting, table.c.version == report.version


def _row(report: StoredReport) -> dict[str, Any]:
    return {
        "meeting": report.meeting,
        "version": report.version,
        "state": report.state,
        "content": report.content.to_data(),
        "checksum": report.checksum,
        "compiled_at": report.compiled_at,
        "published": {},
    }


def report_from(row: Row[Any]) -> StoredReport:
    """Return a report out of its row, with its PDF if that was read."""
    return StoredReport(
        meeting=row.meeting,
        version=row.version,
        state=ReportState(row.state),
        content=content_from(row.content),
        checksum=row.checksum,
        compiled_at=row.compiled_at,
        released_at=row.released_at,
        pdf=row._mapping.get("pdf"),
        published=row.published,
    )

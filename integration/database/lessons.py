"""Lessons of released reports as rows, kept with the release that they stand in, and looked up by their indexes."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import delete, insert, select, tuple_
from sqlalchemy.ext.asyncio import AsyncConnection

from integration.database.connection import Database
from integration.database.paper_tables import lesson as table
from workflows.papers.lessons.model import Lesson, LessonSearch
from workflows.papers.lessons.plan import lessons_of
from workflows.papers.reports.model import ReportContent


class SQLLessons:
    """The workflows' `LessonStore`."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def list_lessons(self, search: LessonSearch, *, most: int) -> Sequence[Lesson]:
        place = tuple_(table.c.released_at, table.c.meeting, table.c.work_package)
        query = select(table).order_by(*(column.desc() for column in place)).limit(most)
        if search.theme:
            query = query.where(table.c.theme == search.theme)
        if search.municipality:
            query = query.where(table.c.municipality == search.municipality)
        if search.behind is not None:
            behind = search.behind
            query = query.where(place < (behind.released_at, behind.meeting, behind.work_package))
        return await self._database.look(
            lambda connection: [Lesson(**row) for row in connection.execute(query).mappings()]
        )


async def keep_lessons(connection: AsyncConnection, meeting: str, content: ReportContent, *, at: datetime) -> None:
    """Let the lessons of a meeting be those of *content*, in the transaction that releases it."""
    await connection.execute(delete(table).where(table.c.meeting == meeting))
    rows = [vars(item) for item in lessons_of(content, at=at)]
    if rows:
        await connection.execute(insert(table), rows)

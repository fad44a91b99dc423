"""Lessons as rows: kept with the release, replaced by a correction, found by their indexes in one statement."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import event, insert
from sqlalchemy.engine import Engine

from benchmarks.pages import counted_statements
from integration.database.connection import Database, create_database
from integration.database.lessons import SQLLessons
from integration.database.paper_tables import lesson as table
from integration.database.reports import SQLReports
from tests.workflows.papers.reports.report_samples import board_report
from workflows.papers.lessons.model import Lesson, LessonSearch
from workflows.papers.reports.model import BoardReport
from workflows.papers.reports.package_report import PackageReport

AT = datetime(2026, 9, 1, 6, tzinfo=UTC)
EVERYTHING = LessonSearch()


def report(text: str) -> BoardReport:
    return board_report(
        PackageReport(key="bro", name="Broen", lead="L", light="green", lesson=text, lesson_for="leads", theme="skole"),
        PackageReport(key="hemmelig", name="Hem", lead="L", light="green", lesson="For oss.", lesson_for="board"),
    )


async def released(record: SQLReports, content: BoardReport) -> None:
    draft = await record.draft(content.meeting.key, content, at=AT)
    assert await record.release(draft, content, pdf=b"%PDF", at=AT)


async def told(database: Database, search: LessonSearch = EVERYTHING) -> list[str]:
    return [item.text for item in await SQLLessons(database).list_lessons(search, most=10)]


async def test_a_draft_tells_nobody_and_its_release_tells_what_was_meant_for_others(database: Database) -> None:
    record, content = SQLReports(database), report("Ring først.")
    await record.draft(content.meeting.key, content, at=AT)
    assert await told(database) == []

    await released(record, content)
    assert await told(database) == ["Ring først."]


@pytest.mark.parametrize(("corrected", "left"), [("Ring dagen før.", ["Ring dagen før."]), ("", [])])
async def test_a_correction_replaces_what_the_version_before_told(
    database: Database, corrected: str, left: list[str]
) -> None:
    record, content = SQLReports(database), report("Ring Ola.")
    await released(record, content)
    newest = await record.newest(content.meeting.key)
    assert newest is not None

    assert await record.correct(newest, report(corrected), pdf=b"%PDF", at=AT + timedelta(days=1))
    assert await told(database) == left
    assert not await record.correct(newest, report("Kom for seint."), pdf=b"%PDF", at=AT)
    assert await told(database) == left


def rows(count: int) -> list[dict[str, Any]]:
    """Return rows of many releases, all of one moment by the ten."""
    return [
        vars(
            Lesson(
                meeting=f"m{number:03}",
                work_package="bro",
                municipality=f"k{number % 3}",
                theme=("skole", "arbeid")[number % 2],
                released_at=AT + timedelta(minutes=number // 10),
                package="Broen",
                text=str(number),
            )
        )
        for number in range(count)
    ]


async def test_the_newest_come_first_and_a_place_parts_those_of_one_moment(database: Database) -> None:
    async with database.begin() as connection:
        await connection.execute(insert(table), rows(25))
    store, seen, search = SQLLessons(database), list[Lesson](), EVERYTHING
    with counted_statements() as statements:
        while page := await store.list_lessons(search, most=7):
            seen += page
            search = replace(search, behind=page[-1].place)

    assert [item.text for item in seen] == [str(number) for number in reversed(range(25))]
    assert len(statements) == 5, "one for each page, and one that finds nothing"


async def test_theme_and_municipality_choose(database: Database) -> None:
    async with database.begin() as connection:
        await connection.execute(insert(table), rows(12))

    assert await told(database, LessonSearch(theme="arbeid")) == ["11", "9", "7", "5", "3", "1"]
    assert await told(database, LessonSearch(municipality="k2")) == ["11", "8", "5", "2"]
    assert await told(database, LessonSearch(theme="skole", municipality="k1")) == ["10", "4"]


async def test_each_way_to_look_goes_by_an_index(database_file: Path) -> None:
    database, plans = create_database(f"sqlite+aiosqlite:///{database_file}"), list[str]()

    def explain(connection: Any, _cursor: Any, statement: str, values: Any, _context: Any, _many: bool) -> None:
        if statement.startswith("SELECT lesson"):
            raw = connection.connection.driver_connection
            plans.extend(row[-1] for row in raw.execute(f"EXPLAIN QUERY PLAN {statement}", values))

    behind = Lesson(**rows(1)[0]).place
    event.listen(Engine, "before_cursor_execute", explain)
    try:
        for search in (
            EVERYTHING,
            LessonSearch(behind=behind),
            LessonSearch(theme="skole"),
            LessonSearch(theme="skole", behind=behind),
            LessonSearch(municipality="k1"),
            LessonSearch(theme="skole", municipality="k1", behind=behind),
        ):
            await SQLLessons(database).list_lessons(search, most=10)
    finally:
        event.remove(Engine, "before_cursor_execute", explain)
        await database.close()

    assert [plan.partition("INDEX ")[2].split(" (")[0] for plan in plans if "lesson" in plan] == [
        "ix_lesson_released_at",
        "ix_lesson_released_at",
        "ix_lesson_theme",
        "ix_lesson_theme",
        "ix_lesson_municipality",
        "ix_lesson_municipality",
    ], plans

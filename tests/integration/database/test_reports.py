"""Reports as rows: versions, the release that ends them, and what became of the copy."""

import asyncio
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy import select
from sqlalchemy.exc import DatabaseError

from benchmarks.pages import counted_statements
from integration.database import tables
from integration.database.connection import Database, create_database
from integration.database.reports import WITHOUT_PDF, SQLReports, report_from
from integration.database.units import SQLUnits
from tests.workflows.papers.reports import report_samples as samples
from workflows.papers.reports.model import BoardReport, ReportContent, ReportState, checksum, content_from
from workflows.papers.reports.review import Review, SentenceEdit
from workflows.ports.units import DueUnit

AT = datetime(2026, 9, 1, 6, tzinfo=UTC)
MEETING = samples.FULL.meeting.key
OTHER = replace(samples.FULL, name="Et annet navn")
PAGE = 4096
"""Bytes of a page of SQLite's files."""
THEN = (DueUnit(key="report.publish:x", due_at=AT),)


@pytest.fixture
async def record(database: Database) -> SQLReports:
    meetings = [
        {
            "key": meeting.key,
            "body": meeting.body,
            "state": "booked",
            "starts_local": meeting.starts_local,
            "ends_local": meeting.ends_local,
            "timezone": "Europe/Oslo",
            "booked_by_us": True,
            "changed_at": AT,
        }
        for meeting in (samples.meeting(), samples.meeting("a-dal/2026-10-20"))
    ]
    async with database.begin() as connection:
        await connection.execute(tables.meeting.insert(), meetings)
    return SQLReports(database)


@pytest.mark.parametrize("content", [samples.FULL, samples.EMPTY, samples.ATTACK, samples.SUMMARY])
def test_a_report_comes_out_of_the_record_as_it_went_in(content: ReportContent) -> None:
    assert content_from(content.to_data()) == content
    assert checksum(content_from(content.to_data())) == checksum(content)


async def test_the_same_content_is_the_same_version(record: SQLReports) -> None:
    first = await record.draft(MEETING, samples.FULL, at=AT)
    again = await record.draft(MEETING, samples.FULL, at=AT)
    changed = await record.draft(MEETING, OTHER, at=AT)

    assert (first.version, again.version, changed.version) == (1, 1, 2)
    assert await record.newest(MEETING) == changed


async def test_a_release_happens_once_and_ends_the_versions(record: SQLReports, database: Database) -> None:
    draft = await record.draft(MEETING, samples.FULL, at=AT)
    released = await asyncio.gather(
        *(record.release(draft, draft.content, pdf=b"%PDF", at=AT, then=THEN) for _ in range(3))
    )

    assert sorted(released) == [False, False, True]
    assert (await record.draft(MEETING, OTHER, at=AT)).content == samples.FULL
    assert [unit.key for unit in await SQLUnits(database).list_units()] == ["report.publish:x"]


async def test_an_outdated_draft_is_not_released(record: SQLReports) -> None:
    draft = await record.draft(MEETING, samples.FULL, at=AT)
    await record.draft(MEETING, OTHER, at=AT)

    assert not await record.release(draft, draft.content, pdf=b"%PDF", at=AT)


async def test_the_address_follows_the_report(record: SQLReports) -> None:
    addresses = [await record.report_address(MEETING)]
    draft = await record.draft(MEETING, samples.FULL, at=AT)
    addresses.append(await record.report_address(MEETING))
    await record.release(draft, draft.content, pdf=b"%PDF", at=AT)
    addresses.append(await record.report_address(MEETING))
    await record.note_published(draft, {"page": {"url": "https://tenant.example/side"}}, finished=True)
    addresses.append(await record.report_address(MEETING))

    assert addresses == [None, None, "", "https://tenant.example/side"]
    assert await record.states() == {MEETING: ReportState.PUBLISHED}


async def test_a_draft_has_no_copy(record: SQLReports) -> None:
    draft = await record.draft(MEETING, samples.FULL, at=AT)
    await record.note_published(draft, {"page": {}}, finished=True)

    assert await record.states() == {MEETING: ReportState.DRAFT}


async def test_the_newest_released_is_that_of_the_latest_meeting(record: SQLReports) -> None:
    later = replace(samples.FULL, meeting=samples.meeting("a-dal/2026-10-20"))
    for content in (later, samples.FULL):
        draft = await record.draft(content.meeting.key, content, at=AT)
        await record.release(draft, content, pdf=b"%PDF", at=AT)

    with counted_statements() as statements:
        newest = await record.newest_released("a-dal")
    before = await record.newest_released("a-dal", before_local=later.meeting.starts_local)
    assert newest is not None
    assert isinstance(newest.content, BoardReport)
    assert newest.content == later
    assert before is not None
    assert before.meeting == MEETING
    assert await record.newest_released("b-vik") is None
    sorted_rows = statements[0].partition("JOIN (SELECT")[2]
    assert "ORDER BY" in sorted_rows
    assert "content" not in sorted_rows, "the reports of years are not read to find the newest"


async def test_no_list_and_no_compilation_reads_a_pdf(record: SQLReports) -> None:
    """A PDF is three quarters of a report's bytes. It is read by those who were asked for it, one at a time."""
    draft = await record.draft(MEETING, samples.FULL, at=AT)
    await record.release(draft, draft.content, pdf=b"%PDF", at=AT)

    with counted_statements() as statements:
        again = await record.draft(MEETING, OTHER, at=AT)
        await record.newest_released("a-dal")
        await record.newest_released("a-dal", before_local=samples.FULL.meeting.ends_local)
        await record.newest_contents(["a-dal"])
        await record.states()
        assert await record.report_address(MEETING) == ""

    assert again.is_released
    assert len(statements) >= 6
    assert not [statement for statement in statements if "pdf" in statement]
    newest = await record.newest(MEETING)
    assert newest is not None
    assert newest.pdf == b"%PDF"


def destroy_pages(file: Path, word: bytes) -> None:
    """Empty every page of a file that holds nothing but *word*, again and again."""
    data = bytearray(file.read_bytes())
    for start in range(0, len(data), PAGE):
        if data.count(word, start, start + PAGE) > PAGE // len(word) - 2:
            data[start : start + PAGE] = bytes(PAGE)
    file.write_bytes(data)


async def test_a_list_passes_by_no_page_of_a_pdf(database_file: Path) -> None:
    """With the pages of the PDF destroyed, everything else of a report is there as before (SQLite)."""
    word, address = b"PAGES OF A PDF ", f"sqlite+aiosqlite:///{database_file}"
    database = create_database(address)
    await database.migrate()
    record = SQLReports(database)
    draft = await record.draft(MEETING, samples.FULL, at=AT)
    await record.release(draft, draft.content, pdf=word * 5_000, at=AT)
    await record.note_published(draft, {"page": {"url": "https://tenant.example/side"}}, finished=True)
    whole = await record.newest(MEETING)
    await database.close()
    destroy_pages(database_file, word)

    database = create_database(address)
    async with database.read() as connection:
        listed = (await connection.execute(select(*WITHOUT_PDF))).one()
    with pytest.raises(DatabaseError):
        await SQLReports(database).newest(MEETING)
    await database.close()

    assert whole is not None
    assert report_from(listed) == replace(whole, pdf=None)


# ------------------------------------------------------------------------------------------------------------- reviews

REVIEW = Review(
    meeting=MEETING,
    version=1,
    assessment="Det går godt.",
    edits=(SentenceEdit(package="praksis", field="done", original="Kursplanen er klar.", text=""),),
)


async def test_a_review_comes_out_as_it_went_in_with_its_writer(record: SQLReports) -> None:
    assert await record.review(MEETING) == Review(meeting=MEETING)
    assert await record.save_review(REVIEW, by="lead", at=AT, action="report.assessed")

    assert await record.review(MEETING) == replace(REVIEW, by="lead", at=AT)


async def test_two_reviews_of_the_same_version_are_one(record: SQLReports) -> None:
    other = replace(REVIEW, assessment="Det går dårlig.")
    first = await asyncio.gather(
        *(record.save_review(item, by="lead", at=AT, action="report.assessed") for item in (REVIEW, other))
    )
    second = [
        await record.save_review(replace(item, version=2), by="lead", at=AT, action="report.assessed")
        for item in (other, REVIEW)
    ]

    assert sorted(first) == [False, True]
    assert second == [True, False]
    assert (await record.review(MEETING)).assessment == "Det går dårlig."


async def test_a_review_is_written_down_with_its_author_and_without_its_words(
    record: SQLReports, database: Database
) -> None:
    await record.save_review(REVIEW, by="lead", at=AT, action="report.assessed", then=THEN)

    async with database.read() as connection:
        written = (await connection.execute(tables.audit.select())).one()
    assert (written.actor, written.action, written.subject) == ("lead", "report.assessed", MEETING)
    assert written.details == {"version": 1}
    assert [item.key for item in await SQLUnits(database).list_units()] == ["report.publish:x"]


async def test_a_release_that_another_review_came_before_fixes_nothing(record: SQLReports) -> None:
    draft = await record.draft(MEETING, samples.FULL, at=AT)
    await record.save_review(REVIEW, by="lead", at=AT, action="report.assessed")

    assert not await record.release(draft, samples.FULL, pdf=b"%PDF", at=AT, review=0, then=THEN)
    assert await record.release(draft, OTHER, pdf=b"%PDF", at=AT, review=1)
    newest = await record.newest(MEETING)
    assert newest is not None
    assert (newest.content, newest.checksum, newest.version) == (OTHER, checksum(OTHER), 1)


async def test_a_correction_is_a_new_version_and_comes_once(record: SQLReports) -> None:
    draft = await record.draft(MEETING, samples.FULL, at=AT)
    assert not await record.correct(draft, OTHER, pdf=b"%PDF", at=AT)
    await record.release(draft, samples.FULL, pdf=b"%PDF", at=AT)
    released = await record.newest(MEETING)
    assert released is not None

    both = await asyncio.gather(*(record.correct(released, OTHER, pdf=b"%PDF-2", at=AT, then=THEN) for _ in range(2)))

    newest = await record.newest(MEETING)
    assert newest is not None
    assert sorted(both) == [False, True]
    assert (newest.version, newest.state, newest.content, newest.pdf) == (2, ReportState.RELEASED, OTHER, b"%PDF-2")
    assert newest.published == {}

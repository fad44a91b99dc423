"""A body's papers out of the record: what is released, every version, and nothing of other bodies."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from benchmarks.pages import counted_statements
from integration.database import tables
from integration.database.agendas import SQLAgendas
from integration.database.connection import Database
from integration.database.paper_record import SQLPaperRecord
from tests.workflows.papers.archive.body_records import AT, BODY, MEETING, RECORD
from workflows.papers.minutes.model import Recorded
from workflows.papers.record import BodyRecord

OTHER = replace(MEETING, key="b-dal/2026-09-08", body="b-dal")


@pytest.fixture
async def record(database: Database) -> SQLPaperRecord:
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
        for meeting in (MEETING, OTHER)
    ]
    reports = [
        {
            "meeting": stored.meeting,
            "version": stored.version + 2 * number,
            "state": state,
            "content": stored.content.to_data(),
            "checksum": "",
            "pdf": stored.pdf,
            "compiled_at": AT,
            "released_at": AT,
            "published": {},
        }
        for number, state in enumerate(("released", "draft"))
        for stored in RECORD.reports
    ]
    async with database.begin() as connection:
        await connection.execute(tables.meeting.insert(), meetings)
        await connection.execute(tables.report.insert(), reports)
    agenda = RECORD.agendas[0].content
    row = {"meeting": MEETING.key, "body": BODY, "year": 2026, "last_number": 17, "content": agenda.to_data()}
    async with database.begin() as connection:
        await connection.execute(tables.agenda.insert().values(**row, released_at=AT, published={}))
    agendas = SQLAgendas(database)
    content = RECORD.minutes[0].content
    for after, others in enumerate((content.others, "En til")):
        minutes = replace(content, others=others)
        await agendas.record(Recorded(minutes=minutes), at=datetime(2026, 9, 9, tzinfo=UTC), by="chair", after=after)
    return SQLPaperRecord(database)


async def test_every_released_version_is_there_and_no_draft(record: SQLPaperRecord) -> None:
    found = await record.of_body(BODY, with_pdfs=True)

    assert [(item.version, item.pdf) for item in found.reports] == [(1, b"%PDF kept"), (2, None)]
    assert [item.content for item in found.agendas] == [item.content for item in RECORD.agendas]
    assert [(item.version, item.content.others) for item in found.minutes][1] == (2, "En til")


async def test_the_files_are_read_only_by_those_who_hand_them_on(record: SQLPaperRecord) -> None:
    whole = await record.of_body(BODY, with_pdfs=True)

    with counted_statements() as statements:
        found = await record.of_body(BODY)

    assert found == replace(whole, reports=tuple(replace(item, pdf=None) for item in whole.reports))
    assert not [statement for statement in statements if "pdf" in statement]


async def test_another_body_has_its_own(record: SQLPaperRecord) -> None:
    assert await record.of_body("b-dal") == BodyRecord(body="b-dal")

"""Access requests over a whole loop's data: everything about one person or one case, and nothing that is secret."""

import json
from typing import Any

import pytest
from sqlalchemy import func, select

from integration.clock import SystemClock
from integration.database import tables
from integration.database.connection import Database
from integration.database.held_data import HELD_DATA
from integration.database.record_rows import SQLRecordRows
from integration.database.register import SQLRegister
from tests.clocks import StillClock
from tests.support.whole_record import ACCOUNT, EMAIL, MEETING, NAME, PERSON, write_whole_record
from workflows.errors import NotFound
from workflows.privacy.access_request import AccessRequests, field_name

NAMELESS = {"intent", "slot", "switch", "klass_municipality", "status_round"}
"""Tables without anything about a person."""


def requests_on(database: Database) -> AccessRequests:
    def make_text(document: Any, _at: Any) -> bytes:
        return str(document).encode()

    return AccessRequests(
        programme=SQLRegister(database, SystemClock()).programme,
        rows=SQLRecordRows(database),
        make_pdf=make_text,
        make_word=make_text,
        clock=StillClock(),
    )


async def test_a_persons_export_has_every_table_that_names_them(whole: Database) -> None:
    files: dict[str, bytes] = {}

    await requests_on(whole).put(EMAIL, files.__setitem__)

    found = json.loads(files[f"innsyn-{PERSON}.json"])["tables"]
    assert set(HELD_DATA) - set(found) <= NAMELESS
    people = found["register"][0]["data"]["people"]
    assert [person["key"] for person in people] == [PERSON]
    assert "id" not in found["session"][0]
    readable = files[f"innsyn-{PERSON}.pdf"].decode()
    assert NAME in readable
    assert ACCOUNT in readable
    assert "pdf" not in found["report"][0]
    assert files[f"report-{MEETING.replace('/', '-')}-v1.pdf"].startswith(b"%PDF")


async def test_a_request_is_written_down_without_anybodys_words(whole: Database) -> None:
    held = await requests_on(whole).put(PERSON, lambda name, content: None, by="raadgiver")

    newest = select(tables.audit).order_by(tables.audit.c.id.desc()).limit(1)
    async with whole.read() as connection:
        row = (await connection.execute(newest)).one()
    assert (row.actor, row.action, row.subject) == ("raadgiver", "privacy.access_request", PERSON)
    assert row.details == {"rows": len(held.rows)}


async def test_a_meeting_is_a_case_with_all_that_belongs_to_it(whole: Database) -> None:
    requests = requests_on(whole)
    programme = await requests.programme()

    held = await requests.collect(programme, MEETING)

    found = {row.rule.table for row in held.rows}
    assert {"meeting", "status_round", "status_answer", "question_step", "report", "minutes", "message"} <= found
    assert not {"register", "session", "account"} & found


@pytest.mark.parametrize("case", ["sandefjord", "sandefjord-trygg-overgang"], ids=["municipality", "work package"])
async def test_a_municipality_and_a_package_are_cases(database: Database, case: str) -> None:
    await write_whole_record(database)
    requests = requests_on(database)

    held = await requests.collect(await requests.programme(), case)

    assert {"register", "status_answer", "status_request"} <= {row.rule.table for row in held.rows}
    assert not held.subject.is_person


async def test_somebody_unknown_has_no_export(database: Database) -> None:
    await write_whole_record(database)

    with pytest.raises(NotFound, match="nobody-known"):
        await requests_on(database).put("nobody-known", lambda name, content: None)
    async with database.read() as connection:
        assert (await connection.execute(select(func.count()).select_from(tables.audit))).scalar_one() == 2


@pytest.mark.parametrize("language", ["nb", "nn", "en"])
def test_every_column_has_a_name_for_readers(language: str) -> None:
    nameless = {
        column.name
        for table in tables.metadata.sorted_tables
        for column in table.columns
        if field_name(column.name, language) == column.name.replace("_", " ")
    }

    same = {"person", "status", "content", "pdf", "version", "address", "unit", "no", "meeting", "body", "note", "role"}
    assert language == "en" or not nameless - same

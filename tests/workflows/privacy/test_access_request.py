"""Access requests over a whole loop's data: everything about one person or one case, and nothing that is secret."""

import json
from typing import Any

import pytest
from sqlalchemy import func, select, update

from integration.clock import SystemClock
from integration.database import tables
from integration.database.connection import Database
from integration.database.held_data import HELD_DATA
from integration.database.links import SQLLinks
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


async def test_no_link_that_works_is_handed_out(whole: Database) -> None:
    """Neither the person's own nor, in a case, everybody's."""
    token = await SQLLinks(whole, StillClock()).issue("agenda", MEETING, PERSON)
    address = f"https://vareunge.example/saksliste/{token}"
    content = {"text": f"Se {address}", "html": f'<a href="{address}">Se</a>', "links": [["Se", address]]}
    async with whole.begin() as connection:
        await connection.execute(update(tables.message).values(content=content))

    for subject in (PERSON, MEETING):
        files: dict[str, bytes] = {}
        await requests_on(whole).put(subject, files.__setitem__)

        assert all(token.encode() not in file for file in files.values())
        assert any("https://vareunge.example/saksliste/…".encode() in file for file in files.values())


async def test_what_others_were_sent_from_the_same_mailbox_is_not_theirs(whole: Database) -> None:
    others = {"key": "other", "person": "other", "request": None, "failure": "", "content": {"text": "Hei"}}
    async with whole.begin() as connection:
        row = (await connection.execute(select(tables.message))).mappings().one()
        await connection.execute(tables.message.insert().values(**{**row, **others}))

    held = await requests_on(whole).collect(await requests_on(whole).programme(), PERSON)

    assert [row.values["person"] for row in held.rows if row.rule.table == "message"] == [PERSON]


async def test_a_mail_is_read_as_its_text_and_kept_whole_for_programs(whole: Database) -> None:
    async with whole.begin() as connection:
        content = {"text": "Hei", "html": "<p>Hei</p>", "card": {"body": "Hei"}}
        await connection.execute(update(tables.message).values(content=content))
    files: dict[str, bytes] = {}

    await requests_on(whole).put(PERSON, files.__setitem__)

    assert json.loads(files[f"innsyn-{PERSON}.json"])["tables"]["message"][0]["content"] == content
    assert b"<p>Hei</p>" not in files[f"innsyn-{PERSON}.pdf"]


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


async def test_an_item_of_the_agenda_is_a_case_with_its_question_proposal_decision_and_actions(whole: Database) -> None:
    requests = requests_on(whole)
    programme = await requests.programme()
    agendas = [row.values async for row in SQLRecordRows(whole).read(tables=["agenda"])]
    content, body = agendas[0]["content"], agendas[0]["meeting"].partition("/")[0]
    number = next(item["number"] for item in content["items"] if item["kind"] == "question")

    held = await requests.collect(programme, f"{body}/{content['year']}/{number}")

    assert {"agenda", "minutes"} <= {row.rule.table for row in held.rows}
    assert not {"register", "session", "account", "status_answer", "meeting"} & {row.rule.table for row in held.rows}
    assert held.subject.title == f"{number}/26, {programme.body(body).name}"


@pytest.mark.parametrize("case", ["sandefjord/2026/999", "sandefjord/2001-01-01", "sandefjord/2026/x", "x/2026/1"])
async def test_a_case_of_which_nothing_is_held_has_no_export(whole: Database, case: str) -> None:
    requests = requests_on(whole)

    with pytest.raises(NotFound):
        await requests.collect(await requests.programme(), case)


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

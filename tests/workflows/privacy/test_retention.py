"""Retention over a whole loop's data: what is old ends, a former person is a number, a stopped run did nothing."""

import json
from collections.abc import Collection
from datetime import UTC, date, datetime
from typing import Any

import pytest

from config.loading import programme_from
from config.retention import RetentionKind
from integration.clock import SystemClock
from integration.database.archive import SQLHandovers
from integration.database.connection import Database
from integration.database.paper_record import SQLPaperRecord
from integration.database.record_rows import SQLRecordRows
from integration.database.register import SQLRegister
from tests.clocks import StillClock
from tests.support.whole_record import ACCOUNT, EMAIL, MEETING, NAME, PACKAGE, PERSON, documents, write_whole_record
from workflows.papers.archive.model import ArchiveReceipt, HandoverState, SentHandover
from workflows.privacy.former import FIXED, KEPT, Former, forgotten
from workflows.privacy.model import RecordRow, RowChange
from workflows.privacy.retention import Retention, expired_people
from workflows.privacy.subject import person_subject


class Killed(Exception):
    """The end of a process."""


LATER = datetime(2028, 12, 1, tzinfo=UTC)
EVERY_KIND = {"sessions": 1, "links": 1, "messages": 1, "drafts": 1, "history": 1, "papers": 0, "people": 2}


def retention_on(database: Database, now: datetime = LATER) -> Retention:
    programme = SQLRegister(database, SystemClock()).programme
    return Retention(
        programme=programme,
        rows=SQLRecordRows(database),
        papers=SQLPaperRecord(database),
        handovers=SQLHandovers(database),
        clock=StillClock(now),
    )


async def everything(database: Database, *, but: Collection[str] = ()) -> str:
    """Return the whole record as text, without the tables of *but*."""
    rows = [row async for row in SQLRecordRows(database).read() if row.rule.table not in but]
    return json.dumps([[row.rule.table, dict(row.values)] for row in rows], default=str, ensure_ascii=False)


async def test_what_would_end_is_shown_and_ends_once(whole: Database) -> None:
    retention = retention_on(whole)
    shown = {line.rule.kind.value: line.count for line in await retention.preview()}
    assert shown == EVERY_KIND

    ended = {line.rule.kind.value: line.count for line in await retention.apply(by="raadgiver")}

    assert ended["people"] == 2
    assert sum(line.count for line in await retention.apply()) == 0
    left = await everything(whole, but=FIXED | KEPT)
    for word in (PERSON, NAME, EMAIL, ACCOUNT):
        assert word not in left
    programme = await SQLRegister(whole, SystemClock()).programme()
    assert [programme.person(f"former-{number}").name for number in (1, 2)] == ["Tidligere deltaker"] * 2
    assert programme.find_person(PERSON) is None


async def test_released_papers_keep_their_words(database: Database) -> None:
    await write_whole_record(database)

    await retention_on(database).apply()

    reports = [row.values async for row in SQLRecordRows(database).read(tables=["report"])]
    assert NAME in json.dumps(reports[0]["content"], ensure_ascii=False)


async def test_a_run_that_is_stopped_in_the_middle_changes_nothing_and_ends_well_the_next_time(whole: Database) -> None:
    before = await everything(whole)
    rows, retention = SQLRecordRows(whole), retention_on(whole)
    subject = person_subject((await retention.programme()).person(PERSON))
    seen = 0

    def killed(row: RecordRow) -> RowChange | None:
        nonlocal seen
        change = forgotten(row, subject, Former(number=1, name="x", domain="sandefjord.example"))
        seen += change is not None
        if seen > 12:
            raise Killed
        return change

    with pytest.raises(Killed):
        await rows.rewrite(killed, retention._act("", RetentionKind.PEOPLE))
    assert await everything(whole) == before

    await retention.apply()

    assert NAME not in await everything(whole, but=FIXED | KEPT)


def changed(assignment: dict[str, Any]) -> list[str]:
    """Return the people who are gone in 2028 when the person holds this role."""
    found = documents()
    here = found["municipalities/sandefjord.yaml"]
    here["assignments"][-1] = {"person": PERSON, "role": "contributor", "work_package": PACKAGE, **assignment}
    return [item.key for item in expired_people(programme_from(found), {}, date(2028, 1, 1))]


@pytest.mark.parametrize(
    ("assignment", "gone"),
    [
        pytest.param({"until": "2026-06-30"}, True, id="ended"),
        pytest.param({"until": "2028-06-30"}, False, id="ends later"),
        pytest.param({}, False, id="without an end"),
    ],
)
def test_nobody_goes_who_holds_a_role(assignment: dict[str, Any], gone: bool) -> None:
    assert (PERSON in changed(assignment)) is gone


def test_somebody_whose_roles_were_taken_out_goes_by_the_log_and_nobody_who_never_had_one() -> None:
    found = documents()
    found["municipalities/sandefjord.yaml"]["assignments"].pop()
    programme = programme_from(found)

    assert PERSON not in [item.key for item in expired_people(programme, {}, date(2028, 1, 1))]
    by_log = expired_people(programme, {PERSON: date(2026, 6, 30)}, date(2028, 1, 1))
    assert PERSON in [item.key for item in by_log]


async def test_the_last_role_that_was_taken_out_is_read_of_the_log(database: Database) -> None:
    await write_whole_record(database)
    found = documents()
    found["municipalities/sandefjord.yaml"]["assignments"].pop()
    await SQLRegister(database, StillClock(datetime(2026, 9, 1, tzinfo=UTC))).save(found)

    shown = {line.rule.kind: line.count for line in await retention_on(database).preview()}

    assert shown[RetentionKind.PEOPLE] == 2


TEN_YEARS_ON = datetime(2037, 1, 1, tzinfo=UTC)


async def papers_of(database: Database) -> set[str]:
    tables = ("report", "agenda", "minutes", "status_answer", "question_step")
    return {row.rule.table async for row in SQLRecordRows(database).read(tables=tables)}


async def hand_over(database: Database, state: HandoverState) -> None:
    """Hand each paper of the record over to the archive, which answers in the same way for each."""
    store = SQLHandovers(database)
    for kind in ("report", "agenda", "minutes"):
        key = f"paper:{MEETING}/{kind}/1"
        await store.note_sent(
            SentHandover(key=key, name=kind, checksum="", state=HandoverState.SENT, sent_at=TEN_YEARS_ON)
        )
        await store.note_receipt(ArchiveReceipt(key=key, state=state), at=TEN_YEARS_ON)


async def test_no_paper_leaves_the_record_before_the_archive_s_receipt(whole: Database) -> None:
    retention = retention_on(whole, TEN_YEARS_ON)

    async def ended() -> tuple[int, int]:
        shown, done = await retention.preview(), await retention.apply()
        [line] = [line for line in done if line.rule.kind is RetentionKind.PAPERS]
        assert line in shown
        return line.count, line.waiting

    assert await ended() == (0, 1)
    await hand_over(whole, HandoverState.REFUSED)
    assert await ended() == (0, 1)
    assert len(await papers_of(whole)) == 5

    await hand_over(whole, HandoverState.KEPT)

    count, waiting = await ended()
    assert (count > 8, waiting) == (True, 0)
    assert await papers_of(whole) == set()
    kept = {row.rule.table async for row in SQLRecordRows(whole).read()}
    assert {"meeting", "decision", "action_item", "archive_handover", "audit"} <= kept

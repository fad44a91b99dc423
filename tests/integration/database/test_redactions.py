"""Redactions in the record: all or nothing, numbered one after the other, and steps that are noted."""

from collections.abc import Sequence
from dataclasses import replace

import pytest

from integration.database.connection import Database
from integration.database.record_rows import SQLRecordRows
from integration.database.redactions import SQLRedactions
from tests.clocks import NOON
from tests.support.everywhere import found_in_record
from tests.support.whole_record import PERSON, PUPIL, write_whole_record
from workflows.errors import Conflict
from workflows.privacy.model import PrivacyAct
from workflows.privacy.redaction.model import LeftKind, Redaction, RedactionPlan, StepKind
from workflows.privacy.redaction.plan import RedactionReader
from workflows.privacy.redaction.slipped import SlippedText

ACT = PrivacyAct(by=PERSON, action="privacy.redaction", subject="2", at=NOON)
MARKER = Redaction(number=2, at=NOON, by=PERSON, basis="Artikkel 17", found={})
"""The one of the sample has number 1."""


class Killed(Exception):
    """The end of a process."""


def reader(text: str = PUPIL) -> RedactionReader:
    return RedactionReader(
        slipped=SlippedText(text=text), marker="[sladdet 2]", now=NOON, set_pdf=lambda content, at: b"%PDF"
    )


def noted(plan: RedactionPlan) -> Redaction:
    return replace(MARKER, found=plan.found, papers=plan.papers, steps=plan.steps, left=plan.left)


async def everything(database: Database) -> Sequence[object]:
    return [(row.rule.table, dict(row.values)) async for row in SQLRecordRows(database).read()]


async def test_every_table_is_redacted_and_the_marker_is_kept(database: Database) -> None:
    await write_whole_record(database)
    store = SQLRedactions(database)
    assert len(set(await found_in_record(database, PUPIL))) > 20

    kept = await store.carry_out(reader(), await store.next_number(), noted, ACT)

    assert await found_in_record(database, PUPIL) == []
    assert kept is not None
    assert await store.find(2) == kept
    assert [item.number for item in await store.list_all()] == [2, 1]
    assert await store.find(3) is None


async def test_stopped_in_the_middle_nothing_has_happened(database: Database) -> None:
    await write_whole_record(database)
    before = await everything(database)

    def killed(plan: RedactionPlan) -> Redaction:
        raise Killed

    with pytest.raises(Killed):
        await SQLRedactions(database).carry_out(reader(), 2, killed, ACT)
    assert await everything(database) == before


async def test_a_text_that_is_nowhere_leaves_no_marker(database: Database) -> None:
    await write_whole_record(database)
    before = await everything(database)

    assert await SQLRedactions(database).carry_out(reader("Xerxes"), 2, noted, ACT) is None
    assert await everything(database) == before


async def test_of_two_at_once_one_takes_the_number(database: Database) -> None:
    await write_whole_record(database)

    with pytest.raises(Conflict):
        await SQLRedactions(database).carry_out(reader(), 1, noted, ACT)


async def test_steps_are_counted_and_what_is_left_is_added_to(database: Database) -> None:
    await write_whole_record(database)
    store = SQLRedactions(database)
    kept = await store.carry_out(reader(), 2, noted, ACT)
    assert kept is not None
    step = next(item for item in kept.steps if item.kind is StepKind.REPORT)

    await store.note_step(2, step, left={LeftKind.FILES: 3})
    await store.finish(2, NOON)

    found = await store.find(2)
    assert found is not None
    assert {item.taken for item in found.steps if item.kind is StepKind.REPORT} == {1}
    assert not any(item.is_done for item in found.steps)
    assert (found.left[LeftKind.FILES], found.finished_at) == (3, NOON)

"""Agendas, proposals and minutes as rows: numbers are given once, and nobody writes over anybody."""

from dataclasses import replace

import pytest

from integration.database.agendas import SQLAgendas
from integration.database.connection import Database
from integration.database.meetings import SQLMeetings
from integration.database.units import SQLUnits
from tests.clocks import NOON
from tests.web.meeting_store import meeting
from tests.workflows.papers.agendas.test_plan import draft, proposal
from workflows.papers.minutes.model import Minutes, MinutesItem, Recorded
from workflows.ports.units import DueUnit
from workflows.working_days import DAY

AGENDA = draft(proposal())
MEETING = AGENDA.meeting.key
UNIT = DueUnit(key=f"minutes.prepare:{MEETING}", due_at=NOON)


@pytest.fixture
def store(database: Database) -> SQLAgendas:
    return SQLAgendas(database)


async def test_an_agenda_is_fixed_once(store: SQLAgendas, database: Database) -> None:
    assert await store.release(AGENDA, at=NOON, then=())

    assert not await store.release(AGENDA, at=NOON, then=(UNIT,))
    assert await SQLUnits(database).list_units() == []


async def test_an_agenda_whose_numbers_another_meeting_took_is_not_fixed(store: SQLAgendas) -> None:
    assert await store.release(AGENDA, at=NOON)
    later = replace(AGENDA, meeting=replace(AGENDA.meeting, key="a-dal/2026-12-01"))

    assert not await store.release(later, at=NOON)
    assert await store.find_agenda("a-dal/2026-12-01") is None


async def test_the_agendas_of_all_meetings_to_come_are_read_at_once(store: SQLAgendas, database: Database) -> None:
    await SQLMeetings(database).add([meeting(MEETING.rpartition("/")[2], AGENDA.meeting.body)])
    await store.release(AGENDA, at=NOON)
    day = AGENDA.meeting.starts_local.date()

    assert await store.agendas_from(day) == {MEETING: await store.find_agenda(MEETING)}
    assert await store.agendas_from(day + DAY) == {}
    assert await store.sent_agendas([MEETING, "a-dal/2026-12-01"]) == {MEETING}


async def test_nothing_is_put_on_an_agenda_that_is_fixed(store: SQLAgendas) -> None:
    await store.release(AGENDA, at=NOON)

    assert await store.put_in(proposal()) is None
    assert await store.proposals(MEETING) == []


async def test_who_sends_the_same_proposal_twice_has_one(store: SQLAgendas) -> None:
    first = await store.put_in(replace(proposal(), number=0))
    again = await store.put_in(replace(proposal(), number=0))

    assert first == again
    assert len(await store.proposals(MEETING)) == 1


def recorded(words: str) -> Recorded:
    minutes = Minutes(
        meeting=AGENDA.meeting,
        name=AGENDA.name,
        year=2026,
        attendance=(),
        others="",
        items=(MinutesItem(number=1, title="Skyss", decision=words),),
        actions=(),
    )
    return Recorded(minutes=minutes)


async def test_minutes_are_not_written_over_a_version_that_was_not_seen(store: SQLAgendas) -> None:
    await store.release(AGENDA, at=NOON)
    assert await store.record(recorded("Vedtatt."), at=NOON, by="chair", after=0) is not None

    assert await store.record(recorded("Utsatt."), at=NOON, by="lead", after=0) is None

    newest = await store.newest_minutes(MEETING)
    assert newest is not None
    assert (newest.version, newest.content) == (1, recorded("Vedtatt.").minutes)


async def test_the_same_minutes_again_are_no_new_version(store: SQLAgendas) -> None:
    await store.release(AGENDA, at=NOON)
    first = await store.record(recorded("Vedtatt."), at=NOON, by="chair", after=0)

    assert await store.record(recorded("Vedtatt."), at=NOON, by="lead", after=1) == first

"""Meetings that concern one person: each span has its own bodies, and what was booked is not read for a calendar."""

from dataclasses import replace
from datetime import date, datetime, timedelta

import pytest

from integration.database.connection import Database
from integration.database.links import SQLLinks
from integration.database.meeting_spans import SQLMeetingSpans
from integration.database.meetings import SQLMeetings
from tests.clocks import StillClock
from tests.integration.database.test_meetings import NOW, meeting
from workflows.meetings.feed import FeedMark
from workflows.meetings.model import MeetingState
from workflows.meetings.seats import Span

AUTUMN = Span(first=date(2026, 10, 13), last=date(2026, 10, 31), bodies=frozenset({"a-dal", "b-vik"}))
WINTER = Span(first=date(2026, 11, 1), last=date(2026, 12, 1), bodies=frozenset({"b-vik"}))
NOBODY = Span(first=date(2026, 10, 1), last=date(2026, 12, 31), bodies=frozenset())


@pytest.fixture
async def spans(database: Database) -> SQLMeetingSpans:
    booked = replace(meeting(), booked={"subject": "Møte"}, answers={"a@dal.example": "accepted"}, sequence=2)
    off = replace(meeting("2026-10-20"), state=MeetingState.CANCELLED)
    others = [meeting("2026-10-12"), meeting("2026-11-10"), meeting("2026-12-01", "b-vik")]
    await SQLMeetings(database).add([booked, off, *others])
    return SQLMeetingSpans(database)


async def test_a_calendar_has_the_meetings_of_each_span_without_what_was_booked(spans: SQLMeetingSpans) -> None:
    shown = await spans.list_shown([AUTUMN, WINTER, NOBODY])

    assert [item.key for item in shown] == ["a-dal/2026-10-13", "a-dal/2026-10-20", "b-vik/2026-12-01"]
    assert shown[0] == replace(meeting(), sequence=2)
    assert await spans.list_shown([]) == await spans.list_shown([NOBODY]) == []


async def test_its_mark_changes_with_every_change(spans: SQLMeetingSpans, database: Database) -> None:
    before = await spans.mark([AUTUMN, WINTER])
    was = replace(meeting("2026-12-01", "b-vik"))
    await SQLMeetings(database).change(was, replace(was, location="Kulturhuset", changed_at=NOW + timedelta(hours=1)))

    assert before == FeedMark(meetings=3, changes=2, changed_at=NOW, ended_links=0)
    assert await spans.mark([AUTUMN, WINTER]) == replace(before, changed_at=NOW + timedelta(hours=1))
    assert await spans.mark([NOBODY]) == FeedMark(meetings=0, changes=0, changed_at=None, ended_links=0)


async def test_its_mark_changes_when_the_address_of_papers_was_ended(
    spans: SQLMeetingSpans, database: Database
) -> None:
    links = SQLLinks(database, StillClock())
    mine, elsewhere = "a-dal/2026-10-13", "a-dal/2026-10-12"
    await links.issue_all("papers", [mine, elsewhere])
    before = await spans.mark([AUTUMN, WINTER])

    await links.revoke(elsewhere)
    assert await spans.mark([AUTUMN, WINTER]) == before
    await links.revoke(mine)
    assert await spans.mark([AUTUMN, WINTER]) != before


async def test_a_page_has_the_nearest_that_stand_and_counts_the_others(spans: SQLMeetingSpans) -> None:
    during = datetime.fromisoformat("2026-10-13T10:30")

    nearest, number = await spans.list_ahead([AUTUMN, WINTER], after_local=during, most=1)
    later, _ = await spans.list_ahead([AUTUMN, WINTER], after_local=during + timedelta(hours=1))

    assert ([item.key for item in nearest], number) == (["a-dal/2026-10-13"], 2)
    assert [item.key for item in later] == ["b-vik/2026-12-01"]

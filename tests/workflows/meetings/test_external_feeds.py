from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any, cast, get_args

import pytest

from config.programme import Programme
from config.values import Assignment, Meetings, Role
from tests.clocks import StillClock
from tests.workflows.meetings.test_booking import Office
from tests.workflows.programme import municipality, programme
from workflows.errors import Invalid, NotFound, OutsideError, Refused, Transient
from workflows.meetings.external_feeds import (
    ExternalFeedReader,
    Unread,
    explain_unread,
    latest_unread,
    reading_units,
)
from workflows.meetings.model import Meeting, MeetingState
from workflows.meetings.plan import plan_meetings
from workflows.meetings.rendering import explain_change
from workflows.messages.lead_mail import LeadMail, page_button
from workflows.messages.model import Message
from workflows.ports.external_calendar import ExternalDate, Reading, UnreadableCalendar, WhyUnreadable
from workflows.ports.units import DueUnit, Parked

NOW = datetime(2026, 8, 20, 8, tzinfo=UTC)
FEED = "https://b-vik.example/styret.ics"
PROGRAMME = programme(
    municipalities=(municipality("a-dal"), municipality("b-vik", meetings=Meetings.THEIRS, meeting_feed=FEED)),
    assignments=(Assignment(person="lead", role=Role.LOCAL_LEAD, municipality="b-vik"),),
)
UNIT = DueUnit(key="meetings.read:b-vik", due_at=NOW)


def their(moment: str, uid: str) -> ExternalDate:
    return ExternalDate(starts=datetime.fromisoformat(moment), uid=uid)


FIRST, SECOND = their("2026-10-15T12:00", "one"), their("2026-12-03T12:00", "two")


class Mails:
    """The mails to leads, by key: each is sent once."""

    def __init__(self) -> None:
        self.planned: dict[str, Message] = {}

    def button(self, municipality: str | None, language: str) -> tuple[str, str]:
        return page_button("https://service.example", municipality, language)

    async def plan(self, mails: Sequence[Message]) -> None:
        for mail in mails:
            self.planned.setdefault(mail.key, mail)


class World:
    """A feed and a store in memory, and the history that was noted."""

    def __init__(self) -> None:
        self.meetings: dict[str, Meeting] = {}
        self.units: list[DueUnit] = []
        self.notes: list[tuple[str, dict[str, Any]]] = []
        self.history: list[tuple[datetime, str]] = []
        self.reading: Reading | OutsideError = Reading(dates=())
        self.mails = Mails()
        self.clock = StillClock(NOW)

    async def read(self, url: str, timezone: str, *, first: date, last: date) -> Reading:
        assert (url, timezone) == (FEED, "Europe/Oslo")
        assert (first, last) == (PROGRAMME.today(self.clock.now()), PROGRAMME.last_day)
        if isinstance(self.reading, OutsideError):
            raise self.reading
        return self.reading

    async def list_meetings(self, body: str | None = None) -> Sequence[Meeting]:
        return [meeting for meeting in self.meetings.values() if meeting.body == body]

    async def add(self, meetings: Sequence[Meeting], then: Sequence[DueUnit] = ()) -> None:
        self.meetings |= {meeting.key: meeting for meeting in meetings}
        self.units += then

    async def save(self, meeting: Meeting, then: Sequence[DueUnit] = ()) -> None:
        self.meetings[meeting.key] = meeting
        self.units += then

    async def note(self, what: str, **values: str | int) -> None:
        self.notes.append((what, values))
        self.history.append((self.clock.now(), what))

    async def first(self, unit: str, what: str, *, after: Sequence[str] = ()) -> datetime | None:
        assert unit == UNIT.key
        newest = max((number for number, (_, noted) in enumerate(self.history) if noted in after), default=-1)
        return next((at for at, noted in self.history[newest + 1 :] if noted == what), None)

    async def run(
        self, *dates: ExternalDate, left_out: dict[str, int] | None = None, called_off: frozenset[str] = frozenset()
    ) -> list[Meeting]:
        return await self.look(Reading(dates=dates, left_out=left_out or {}, called_off=called_off))

    async def look(self, reading: Reading | OutsideError) -> list[Meeting]:
        async def current() -> Any:
            return PROGRAMME

        self.reading, self.units, self.notes = reading, [], []
        mail = cast("LeadMail", self.mails)
        desk = ExternalFeedReader(feeds=self, store=self, clock=self.clock, programme=current, mail=mail, past=self)
        outcome = await desk.read(UNIT, self)
        assert isinstance(outcome, Parked)
        wait = timedelta(hours=1) if isinstance(reading, Transient) else timedelta(days=1)
        assert outcome.until == self.clock.now() + wait
        return sorted(self.meetings.values(), key=lambda meeting: meeting.starts_local)


async def test_their_meetings_open_rounds_and_are_not_ours_to_book() -> None:
    world = World()

    meetings = await world.run(FIRST, SECOND)

    assert [meeting.key for meeting in meetings] == ["b-vik/2026-10-15", "b-vik/2026-12-03"]
    assert {(meeting.state, meeting.booked_by_us) for meeting in meetings} == {(MeetingState.BOOKED, False)}
    assert [unit.key for unit in world.units] == [f"status.open:{meeting.key}" for meeting in meetings]


async def test_reading_again_changes_nothing() -> None:
    world = World()
    before = await world.run(FIRST, SECOND)

    assert await world.run(FIRST, SECOND) == before
    assert world.units == []


async def test_a_meeting_they_moved_stays_the_same_meeting_and_its_round_follows() -> None:
    world = World()
    await world.run(FIRST, SECOND)

    moved, _ = await world.run(their("2026-10-22T14:00", "one"), SECOND)

    assert (moved.key, moved.sequence) == ("b-vik/2026-10-15", 1)
    assert moved.starts_local == datetime.fromisoformat("2026-10-22T14:00")
    at_once, plan, later = world.units
    assert at_once == DueUnit(key="status.open:b-vik/2026-10-15", due_at=NOW)
    assert plan.key == "sweep.all:test"
    assert later == DueUnit(key="status.open:b-vik/2026-10-15", due_at=datetime(2026, 10, 1, 6, tzinfo=UTC))


async def test_a_meeting_that_is_gone_from_a_whole_calendar_is_off() -> None:
    world = World()
    await world.run(FIRST, SECOND)

    first, second = await world.run(FIRST)

    assert (first.stands, second.stands) == (True, False)
    assert DueUnit(key="status.open:b-vik/2026-12-03", due_at=NOW) in world.units


async def test_an_empty_or_half_read_calendar_calls_nothing_off() -> None:
    world = World()
    await world.run(FIRST, SECOND)

    assert all(meeting.stands for meeting in await world.run())
    assert all(meeting.stands for meeting in await world.run(FIRST, left_out={"no_zone": 1}))
    assert world.notes[-1] == ("meetings.left_out", {"why": "no_zone", "events": 1})


async def test_a_meeting_that_they_say_is_cancelled_is_off_whatever_else_their_calendar_says() -> None:
    for reading in (
        Reading(dates=(), called_off=frozenset({"one"})),
        Reading(dates=(SECOND,), left_out={"all_day": 1}, called_off=frozenset({"one"})),
    ):
        world = World()
        await world.run(FIRST, SECOND)

        first, second = await world.look(reading)

        assert (first.stands, second.stands) == (False, True)
        assert DueUnit(key="status.open:b-vik/2026-10-15", due_at=NOW) in world.units


async def test_another_meeting_on_the_day_of_a_cancelled_one_is_another() -> None:
    world = World()
    await world.run(FIRST, SECOND)

    meetings = await world.run(their("2026-10-15T09:00", "three"), SECOND, called_off=frozenset({"one"}))

    assert {item.key: item.stands for item in meetings} == {
        "b-vik/2026-10-15": False,
        "b-vik/2026-10-15-2": True,
        "b-vik/2026-12-03": True,
    }


@pytest.mark.parametrize("seen_in_between", [False, True])
async def test_a_meeting_stays_when_another_takes_the_day_it_left(seen_in_between: bool) -> None:
    world = World()
    await world.run(FIRST, SECOND)
    moved, new = their("2026-10-22T12:00", "one"), their("2026-10-15T12:00", "three")
    if seen_in_between:
        await world.run(moved, SECOND)

    for _ in range(2):
        meetings = await world.run(new, moved, SECOND)

        assert [(item.key, item.day.isoformat(), item.ical_uid) for item in meetings] == [
            ("b-vik/2026-10-15-2", "2026-10-15", "three"),
            ("b-vik/2026-10-15", "2026-10-22", "one"),
            ("b-vik/2026-12-03", "2026-12-03", "two"),
        ]
        assert all(meeting.stands for meeting in meetings)
    assert meetings[0].announced_on == date(2026, 10, 15)


async def test_two_meetings_that_change_places_are_told_apart() -> None:
    world = World()
    await world.run(FIRST, SECOND)

    meetings = await world.run(their("2026-12-03T12:00", "one"), their("2026-10-15T12:00", "two"))

    assert [(item.ical_uid, item.key) for item in meetings] == [
        ("two", "b-vik/2026-12-03"),
        ("one", "b-vik/2026-10-15"),
    ]


async def test_of_two_on_one_day_the_one_we_know_is_the_board_s() -> None:
    world = World()
    await world.run(FIRST)

    (meeting,) = await world.run(their("2026-10-15T09:00", "lunch"), their("2026-10-15T12:00", "one"))

    assert (meeting.ical_uid, meeting.starts_local.hour) == ("one", 12)


async def test_a_meeting_that_was_entered_anew_is_the_one_that_was_there() -> None:
    """Calendars that move a meeting by deleting it give it another uid."""
    world = World()
    await world.run(FIRST, SECOND)

    moved, _ = await world.run(their("2026-10-16T12:00", "anew"), SECOND)

    assert (moved.key, moved.ical_uid, moved.stands) == ("b-vik/2026-10-15", "anew", True)


# ----------------------------------------------------------------------------------------- dates that somebody entered


def entered(*moments: str) -> Programme:
    dates = tuple(map(datetime.fromisoformat, moments))
    return programme(
        municipalities=(municipality("a-dal"), municipality("b-vik", meetings=Meetings.THEIRS, meeting_dates=dates))
    )


def planned(known: Sequence[Meeting], *moments: str, now: datetime = NOW) -> tuple[list[Meeting], list[Meeting]]:
    plan = plan_meetings(entered(*moments), known, now=now)
    return [item for item in plan.new if item.body == "b-vik"], [item for item in plan.changed if item.body == "b-vik"]


def test_a_date_that_is_changed_moves_its_meeting() -> None:
    known, _ = planned([], "2026-10-15T12:00", "2026-12-03T12:00")

    new, (moved,) = planned(known, "2026-10-16T13:00", "2026-12-03T12:00", now=datetime(2026, 10, 7, 8, tzinfo=UTC))

    assert new == []
    assert (moved.key, moved.stands, moved.starts_local.isoformat()) == (
        "b-vik/2026-10-15",
        True,
        "2026-10-16T13:00:00",
    )
    assert explain_change(moved) == ["Møtet er flyttet fra torsdag 15. oktober 2026."]


def test_every_date_keeps_to_the_meeting_nearest_to_it() -> None:
    known, _ = planned([], "2026-10-15T12:00", "2026-12-03T12:00")

    _, moved = planned(known, "2026-10-20T12:00", "2026-12-01T12:00")

    assert {(item.key, item.day.isoformat()) for item in moved} == {
        ("b-vik/2026-10-15", "2026-10-20"),
        ("b-vik/2026-12-03", "2026-12-01"),
    }


def test_a_date_further_away_than_meetings_lie_is_another_meeting() -> None:
    known, _ = planned([], "2026-10-15T12:00")

    (new,), (gone,) = planned(known, "2026-12-03T12:00")

    assert (new.key, gone.key, gone.stands) == ("b-vik/2026-12-03", "b-vik/2026-10-15", False)


async def test_an_open_round_follows_at_once_even_when_its_deadline_would_have_passed() -> None:
    office = Office()
    office.register = entered("2027-08-26T12:00")
    await office.desk().plan()
    office.store.due.clear()
    office.register = entered("2027-08-24T12:00")

    await office.desk().plan()

    assert office.store.meetings["b-vik/2027-08-26"].day == date(2027, 8, 24)
    assert office.store.due["status.open:b-vik/2027-08-26"] == office.clock.now()


# ------------------------------------------------------------------------- from our invitations to their own meetings


async def handed_over(*dates: datetime) -> Office:
    """Our meetings stood in calendars; then the municipality took over, with *dates* of its own."""
    office = Office()
    await office.desk().plan()
    await office.book()
    office.mailbox.writes.clear()
    theirs = municipality("a-dal", meetings=Meetings.THEIRS, meeting_dates=dates)
    office.register = programme(municipalities=(theirs, municipality("b-vik")))
    await office.desk().plan()
    for _ in range(2):
        await office.book()
    return office


async def test_when_they_take_over_our_invitations_are_withdrawn_once_with_a_reason() -> None:
    first = await first_of_ours()

    office = await handed_over(first.starts_local + timedelta(hours=2))

    kept = office.store.meetings[first.key]
    assert (kept.stands, kept.booked_by_us, kept.starts_local.hour) == (True, False, first.starts_local.hour + 2)
    assert office.mailbox.events == {}
    told = [words for _, (_, words) in office.mailbox.writes]
    assert {kind for kind, _ in office.mailbox.writes} == {"cancel"}
    assert len(told) == len([item for item in office.store.meetings.values() if item.body == "a-dal"])
    assert told.count(
        "Kommunen kaller nå inn til møtet i Styret i a-dal tirsdag 7. september 2027 kl. 09.00 selv. Derfor trekker vi"
        " innkallingen vår. Møtet er ikke avlyst: Tid og sted får du fra kommunen."
    )
    off = [words for words in told if words.startswith("Møtet ")]
    assert all(words.endswith("Grunn: Kommunen kaller inn til møtene selv fra nå av") for words in off)


async def first_of_ours() -> Meeting:
    office = Office()
    await office.desk().plan()
    return office.first()


# ------------------------------------------------------------------------------------------- what could not be read


def unreadable(why: WhyUnreadable) -> UnreadableCalendar:
    return UnreadableCalendar("read", "for a reason", why=why)


@pytest.mark.parametrize("why", get_args(WhyUnreadable))
def test_every_reason_has_its_words(why: str) -> None:
    said = explain_unread(PROGRAMME, Unread(municipality="b-vik", why=why))

    assert said.startswith("Møtekalenderen til b-vik kan ikke leses: ")


async def test_what_could_not_be_read_is_told_the_local_lead_once_a_month() -> None:
    world = World()
    for _ in range(2):
        await world.run(FIRST, left_out={"all_day": 2, "no_zone": 1})
    world.clock.time += timedelta(days=14)
    await world.run(FIRST, left_out={"all_day": 2, "no_zone": 1})

    first, again = world.mails.planned.values()

    assert first.content.subject == "Vi kan ikke lese alt i møtekalenderen til b-vik"
    assert "2 avtaler er ikke lest i møtekalenderen til b-vik: klokkeslettet mangler." in first.content.text
    assert "1 avtale er ikke lest i møtekalenderen til b-vik: tidssonen mangler." in first.content.text
    assert first.content.text == again.content.text


@pytest.mark.parametrize(
    ("error", "why"),
    [
        pytest.param(NotFound("read", "status 404"), "det er ingen kalender på adressen", id="gone"),
        pytest.param(Refused("read", "status 403"), "kalenderen er ikke åpen for oss", id="closed"),
        pytest.param(unreadable("not_a_calendar"), "det som ligger på adressen, er ingen kalender", id="a page"),
        pytest.param(unreadable("compressed"), "kalenderen kommer pakket, og det leser vi ikke", id="packed"),
        pytest.param(Invalid("read", "no calendar"), "er ingen kalender vi kan lese", id="something else"),
    ],
)
async def test_a_calendar_that_cannot_be_read_is_told_and_tried_again(error: OutsideError, why: str) -> None:
    world = World()
    await world.run(FIRST)

    (meeting,) = await world.look(error)

    assert meeting.stands
    (mail,) = world.mails.planned.values()
    assert why in mail.content.text


NO_ANSWER = Transient("read", "ConnectError")


async def test_a_calendar_that_does_not_answer_is_tried_every_hour_and_told_the_same_day() -> None:
    world = World()
    for _ in range(5):
        assert world.mails.planned == {}
        await world.look(NO_ANSWER)
        world.clock.time += timedelta(hours=1)

    (mail,) = world.mails.planned.values()

    assert "Møtekalenderen til b-vik kan ikke leses: kalenderen svarer ikke." in mail.content.text
    assert mail.due_at - NOW == timedelta(hours=4)


async def test_weeks_without_an_answer_are_told_once_a_month() -> None:
    world = World()
    for _ in range(60 * 24):
        await world.look(NO_ANSWER)
        world.clock.time += timedelta(hours=1)

    assert len(world.mails.planned) == 3


async def test_outages_of_a_night_are_no_news() -> None:
    world = World()
    night: list[Reading | OutsideError] = [NO_ANSWER, NO_ANSWER, NO_ANSWER, Reading(dates=(FIRST,))]
    for answer in night * 5:
        await world.look(answer)
        world.clock.time += timedelta(hours=1)

    assert world.mails.planned == {}


async def test_a_calendar_that_does_not_answer_calls_nothing_off() -> None:
    world = World()
    await world.run(FIRST)

    (meeting,) = await world.look(NO_ANSWER)

    assert meeting.stands
    assert latest_unread("b-vik", world.notes) == [Unread(municipality="b-vik", why="no_answer")]


@pytest.mark.parametrize(
    ("reading", "told"),
    [
        pytest.param(Reading(dates=()), "Det står ingen møter fremover i møtekalenderen til b-vik.", id="empty"),
        pytest.param(
            Reading(dates=(their("2026-08-19T12:00", "old"),)),
            "Det står ingen møter fremover i møtekalenderen til b-vik.",
            id="over",
        ),
        pytest.param(
            Reading(dates=(FIRST,), left_out={"cut_short": 1}),
            "Møtekalenderen til b-vik slutter midt i. Det kan mangle avtaler.",
            id="cut short",
        ),
    ],
)
async def test_what_is_missing_of_a_whole_calendar_is_told_and_calls_nothing_off(reading: Reading, told: str) -> None:
    world = World()
    await world.run(FIRST, SECOND)

    meetings = await world.look(reading)

    assert all(meeting.stands for meeting in meetings)
    (mail,) = world.mails.planned.values()
    assert told in mail.content.text


def test_only_what_the_newest_reading_could_not_read_is_a_problem() -> None:
    history: list[tuple[str, dict[str, Any]]] = [
        ("meetings.unreadable", {"why": "gone"}),
        ("unit.parked", {}),
        ("meetings.read", {"meetings": 3}),
        ("meetings.left_out", {"why": "all_day", "events": 2}),
        ("unit.started", {"run": 3}),
    ]

    (unread,) = latest_unread("b-vik", history)

    assert explain_unread(PROGRAMME, unread) == (
        "2 avtaler er ikke lest i møtekalenderen til b-vik: klokkeslettet mangler."
    )
    assert latest_unread("b-vik", [*history, ("meetings.read", {"meetings": 5})]) == []


def test_only_calendars_that_were_entered_are_read() -> None:
    assert reading_units(PROGRAMME, NOW) == [UNIT]
    assert reading_units(programme(), NOW) == []
    theirs = replace(UNIT, key="meetings.read:a-dal")
    assert theirs not in reading_units(PROGRAMME, NOW)

"""Possible dates for a meeting, their drawbacks, and the plan after a move."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

import texts
from config.problems import InvalidInput
from config.programme import Programme
from config.values import BodyKind, Occasion, Rhythm
from tests.workflows.meetings.test_booking import Office
from tests.workflows.programme import body, municipality, programme
from workflows.meetings.model import Meeting, MeetingState
from workflows.meetings.moves import objections_to, options_for
from workflows.meetings.plan import plan_meetings

NOW = datetime(2026, 8, 20, 8, tzinfo=UTC)
DAY = timedelta(days=1)
FIXED = datetime.fromisoformat("2026-10-20T13:00")


def announced(register: Programme, key: str) -> list[Meeting]:
    """The body's meetings, all of them in the calendars."""
    return [
        replace(item, state=MeetingState.BOOKED, booked={"starts_local": item.starts_local.isoformat("T", "minutes")})
        for item in plan_meetings(register, [], now=NOW).new
        if item.body == key
    ]


def against(register: Programme, mine: Sequence[Meeting], number: int, starts: datetime) -> tuple[str, ...]:
    return objections_to(register, mine[number], mine, starts, now=NOW)


@pytest.mark.parametrize(
    ("away", "said"),
    [
        pytest.param(0 * DAY, ("meetings.meets_that_day",), id="the same time"),
        pytest.param(timedelta(hours=4), ("meetings.meets_that_day",), id="later that day"),
        pytest.param(-1 * DAY, ("meetings.near_own", "meetings.unusual_weekday"), id="the day before"),
        pytest.param(-7 * DAY, (), id="a week before"),
    ],
)
def test_the_day_of_the_body_s_own_next_meeting_is_objected_to(away: timedelta, said: Sequence[str]) -> None:
    mine = announced(programme(), "a-dal")

    assert against(programme(), mine, 1, mine[2].starts_local + away) == said


def test_a_body_that_meets_every_week_is_objected_to_only_as_near_as_its_rhythm_forbids() -> None:
    weekly = Rhythm(wanted_gap=7, least_gap=5, most_gap=28, weekdays=(0, 1, 2, 3, 4), preferred_weekday=1)
    team = programme(bodies=(body("a-dal", kind=BodyKind.LEAD_TEAM, rhythm=weekly, rounds=None),))
    mine = announced(team, "a-dal")
    usual = next(number for number in range(20) if mine[number + 1].day - mine[number].day == 7 * DAY)

    said = [against(team, mine, usual, mine[usual].starts_local + number * DAY) for number in (1, 2, 3)]

    assert said == [(), (), ("meetings.near_own",)]


def test_a_day_after_the_programme_or_after_the_municipality_left_is_named_as_that() -> None:
    until = programme().last_day - 60 * DAY
    leaves = programme(municipalities=(municipality("a-dal", until=until), municipality("b-vik")))
    mine = announced(programme(), "a-dal")
    after = datetime.combine(programme().last_day + DAY, mine[0].starts_local.time())

    assert against(programme(), mine, 0, after) == ("meetings.after_end",)
    assert against(leaves, mine, 0, after - 30 * DAY) == ("meetings.after_end",)
    assert texts.say("meetings.after_end") == "programmet er slutt før den dagen"


async def test_a_time_at_which_it_would_end_on_another_day_is_refused() -> None:
    office = Office()
    await office.desk().plan()
    meeting = office.first()
    late = meeting.starts_local.replace(hour=23, minute=30)

    with pytest.raises(InvalidInput, match="ends on the same day"):
        await office.moves().move(meeting.key, late, "")
    with pytest.raises(InvalidInput, match="ends on the same day"):
        await office.moves().objections(meeting.key, late)

    assert office.first() == meeting


def with_fixed_dates_only() -> Programme:
    leads = body("leads", municipality="a-dal", kind=BodyKind.PACKAGE_LEADS, rhythm=None, rounds=None)
    fixed = (FIXED, FIXED + 28 * DAY)
    return programme(bodies=(body("a-dal"), leads.model_copy(update={"fixed_dates": fixed})))


def test_a_meeting_of_a_body_that_only_fixed_its_dates_is_moved_at_its_own_time() -> None:
    register = with_fixed_dates_only()
    mine = announced(register, "leads")

    options = options_for(register, mine[0], mine, now=NOW)

    assert {option.starts_local.time() for option in options} == {FIXED.time()}
    assert against(register, mine, 0, FIXED + DAY) == ()


def test_a_body_s_single_meetings_are_each_moved_at_their_own_time() -> None:
    first = Occasion(key="day", first=FIXED.date(), last=FIXED.date(), starts=FIXED.time(), minutes=60)
    later = Occasion(key="other", first=(FIXED + 28 * DAY).date(), last=(FIXED + 28 * DAY).date())
    values = {"kind": BodyKind.GATHERING, "municipality": None, "rhythm": None, "rounds": None}
    both = programme(bodies=(body("days", occasions=(first, later), **values),))
    mine = announced(both, "days")

    assert {option.starts_local.time() for option in options_for(both, mine[1], mine, now=NOW)} == {later.starts}


@pytest.mark.parametrize("becomes", ["moved", "cancelled"])
def test_a_day_that_a_body_fixed_is_let_go_once_its_meeting_was_moved_away_or_cancelled(becomes: str) -> None:
    register = programme(bodies=(body("a-dal", fixed_dates=(FIXED,)),))
    mine = announced(register, "a-dal")
    fixed = next(item for item in mine if item.starts_local == FIXED)
    if becomes == "moved":
        changed = replace(fixed, starts_local=FIXED + 7 * DAY, ends_local=fixed.ends_local + 7 * DAY)
    else:
        changed = replace(fixed, state=MeetingState.CANCELLED)

    again = plan_meetings(register, [changed if item is fixed else item for item in mine], now=NOW)

    assert FIXED.date() not in [meeting.day for meeting in again.new]
    # Without an anchor on that day, the rhythm finds another one for what was cancelled.
    assert len(again.new) == (becomes == "cancelled")
    assert not [item for item in again.problems if FIXED.date() in (item.problem.first, item.problem.last)]
    assert not [item for item in again.problems if ("meetings.too_close", 0) in item.problem.reasons]


def test_a_day_that_a_body_fixed_where_the_plan_had_moved_a_meeting_away_is_kept() -> None:
    planned = [item for item in plan_meetings(programme(), [], now=NOW).new if item.body == "a-dal"]
    first = planned[0]
    people = tuple(item.model_copy(update={"blocked_dates": (first.day,)}) for item in programme().people)
    (moved,) = plan_meetings(programme(people=people), planned, now=NOW).changed
    register = programme(bodies=(body("a-dal", fixed_dates=(first.starts_local,)),))

    again = plan_meetings(register, [moved if item.key == moved.key else item for item in planned], now=NOW)

    after = {item.key: item for item in (*planned, moved, *again.changed, *again.new)}
    assert first.day in [item.day for item in after.values() if item.stands]


async def planned() -> Office:
    office = Office()
    await office.desk().plan()
    return office


async def test_a_meeting_that_stands_there_already_is_not_moved() -> None:
    office = await planned()
    meeting = office.first()

    assert await office.moves().move(meeting.key, meeting.starts_local, "Igjen") == meeting
    assert office.first().sequence == meeting.sequence


async def test_a_meeting_that_was_booked_meanwhile_is_moved_as_it_is_by_then() -> None:
    office = await planned()
    office.store.meanwhile = [lambda meeting: replace(meeting, event_id="booked", sequence=meeting.sequence + 1)]

    later = office.first().starts_local + 7 * DAY

    moved = await office.moves().move(office.first().key, later, "Lederen er syk")

    assert (moved.starts_local, moved.event_id) == (later, "booked")
    assert office.first() == moved


async def test_a_cancellation_is_told_once_however_often_it_is_asked_for() -> None:
    office = await planned()
    key = office.first().key
    office.store.meanwhile = [lambda meeting: replace(meeting, event_id="booked", sequence=meeting.sequence + 1)]

    first = await office.moves().cancel(key, "Ingen saker")
    again = await office.moves().cancel(key, "Fortsatt ingen")

    assert again == first == office.store.meetings[key]
    assert (first.event_id, first.words) == ("booked", "Ingen saker")

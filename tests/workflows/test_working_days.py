from datetime import UTC, date, datetime, timedelta

import holidays
import pytest

from config.values import RoundTimes, SchoolBreak
from tests.workflows.programme import programme
from workflows.working_days import SATURDAY, Calendars, DayOff, WorkCalendar, days, days_to_answer, round_moments


def calendar(municipality: str | None = None, **changes: object) -> WorkCalendar:
    return WorkCalendar(programme(**changes), municipality)


def local(day: str) -> datetime:
    """Nine o'clock in the morning there."""
    return datetime.fromisoformat(f"{day}T09:00")


@pytest.mark.parametrize(
    ("day", "reason"),
    [
        pytest.param("2026-02-16", DayOff.WINTER, id="week 8"),
        pytest.param("2026-04-02", DayOff.HOLIDAY, id="Maundy Thursday"),
        pytest.param("2026-03-30", DayOff.EASTER, id="Easter week"),
        pytest.param("2026-05-15", DayOff.BRIDGE, id="Friday after Ascension Day"),
        pytest.param("2026-10-06", DayOff.AUTUMN, id="week 41"),
        pytest.param("2026-09-30", None, id="week 40"),
        pytest.param("2027-05-17", DayOff.HOLIDAY, id="17 May and Whit Monday at once"),
        pytest.param("2027-05-18", None, id="no substitute for it"),
        pytest.param("2026-12-24", DayOff.CHRISTMAS, id="Christmas Eve"),
        pytest.param("2027-01-01", DayOff.HOLIDAY, id="week 53"),
        pytest.param("2029-04-30", DayOff.BRIDGE, id="Monday before 1 May"),
        pytest.param("2028-02-29", None, id="29 February"),
        pytest.param("2026-06-19", None, id="last day of school"),
        pytest.param("2026-07-15", DayOff.SUMMER, id="summer"),
        pytest.param("2026-08-17", None, id="first day of school"),
        pytest.param("2026-09-12", DayOff.WEEKEND, id="Saturday"),
    ],
)
def test_why_a_day_is_off(day: str, reason: DayOff | None) -> None:
    assert calendar().day_off_reason(date.fromisoformat(day)) is reason


@pytest.mark.parametrize("year", [2008, 2024, 2026, 2027, 2035])
def test_public_holidays_are_those_of_the_worlds_calendars(year: int) -> None:
    """In 2008 Ascension Day is 1 May, in 2027 Whit Monday 17 May; Easter of 2035 is early. Weekends are called so."""
    known = holidays.country_holidays("NO", years=year, expand=False, language="no")

    every_day = (date(year, 1, 1) + timedelta(days=number) for number in range(365))
    found = {day for day in every_day if calendar().day_off_reason(day) is DayOff.HOLIDAY}

    assert found == {day for day in known if day.weekday() < SATURDAY}


def test_a_municipalitys_break_goes_before_the_countys_and_both_before_the_rule() -> None:
    week_40 = SchoolBreak(school_year="2026/27", kind="autumn", first=date(2026, 9, 28), last=date(2026, 10, 2))
    week_39 = week_40.model_copy(
        update={"municipality": "a-dal", "first": date(2026, 9, 21), "last": date(2026, 9, 25)}
    )
    rows = (week_40, week_39)
    week = {39: date(2026, 9, 22), 40: date(2026, 9, 29), 41: date(2026, 10, 6)}

    off_in_county = {number for number, day in week.items() if calendar(school_breaks=rows).day_off_reason(day)}
    off_in_a_dal = {number for number, day in week.items() if calendar("a-dal", school_breaks=rows).day_off_reason(day)}

    assert (off_in_county, off_in_a_dal) == ({40}, {39})

    calendars = Calendars(programme(school_breaks=rows))
    assert calendars.of("a-dal").day_off_reason(week[39]) is DayOff.AUTUMN
    assert calendars.of("b-vik") is calendars.of(None), "those without a break of their own share the county's"
    assert calendars.of("b-vik").day_off_reason(week[39]) is None


def test_school_years_without_adopted_breaks_are_named() -> None:
    rows = tuple(
        SchoolBreak(school_year="2026/27", kind=kind, first=first, last=first, status="adopted")
        for kind, first in {
            "autumn": date(2026, 10, 5),
            "christmas": date(2026, 12, 19),
            "winter": date(2027, 2, 22),
            "easter": date(2027, 3, 22),
            "summer": date(2027, 6, 19),
        }.items()
    )

    assert calendar(school_breaks=rows).assumed_years() == ("2024/25", "2025/26", "2027/28")


@pytest.mark.parametrize(
    ("moment", "expected"),
    [
        pytest.param("2026-09-08T07:30Z", "2026-09-08T07:30Z", id="in hours, summer time"),
        pytest.param("2026-09-08T05:59Z", "2026-09-08T06:00Z", id="before eight"),
        pytest.param("2026-09-08T13:00Z", "2026-09-09T06:00Z", id="from three on"),
        pytest.param("2026-10-02T14:00Z", "2026-10-12T06:00Z", id="before the autumn break"),
        pytest.param("2026-10-23T14:00Z", "2026-10-26T07:00Z", id="the clocks change meanwhile"),
        pytest.param("2026-12-18T20:00Z", "2027-01-04T07:00Z", id="over Christmas, into week 1 after week 53"),
        pytest.param("2027-05-14T14:00Z", "2027-05-18T06:00Z", id="over 17 May"),
    ],
)
def test_unasked_messages_leave_in_working_hours(moment: str, expected: str) -> None:
    assert calendar().next_sendable(datetime.fromisoformat(moment)) == datetime.fromisoformat(expected)


def test_a_round_in_ordinary_weeks() -> None:
    moments = round_moments(local("2026-09-22"), RoundTimes(), calendar())

    assert moments.opens_at == datetime(2026, 9, 1, 6, tzinfo=UTC)
    assert moments.reminders_at == (datetime(2026, 9, 8, 6, tzinfo=UTC), datetime(2026, 9, 10, 6, tzinfo=UTC))
    # Day 10 before is a Saturday.
    assert moments.deadline_at == datetime(2026, 9, 11, 13, tzinfo=UTC)
    assert moments.release_at == datetime(2026, 9, 15, 6, tzinfo=UTC)


def test_a_round_after_the_summer_opens_on_the_first_day_of_school_and_leaves_five_days() -> None:
    meeting = local("2026-09-01")

    assert round_moments(meeting, RoundTimes(), calendar()).opens_at == datetime(2026, 8, 17, 6, tzinfo=UTC)
    assert days_to_answer(meeting.date(), RoundTimes(), calendar()) == 5
    assert days_to_answer(date(2026, 8, 27), RoundTimes(), calendar()) < 5


def test_with_the_autumn_break_before_the_meeting_deadline_and_release_come_before_the_break() -> None:
    moments = round_moments(local("2026-10-15"), RoundTimes(), calendar())

    assert moments.deadline_at == datetime(2026, 10, 1, 13, tzinfo=UTC)
    assert moments.release_at == datetime(2026, 10, 2, 6, tzinfo=UTC)


def test_times_follow_the_clocks_of_oslo() -> None:
    moments = round_moments(local("2026-11-10"), RoundTimes(), calendar())

    assert moments.opens_at == datetime(2026, 10, 20, 6, tzinfo=UTC)
    assert moments.release_at == datetime(2026, 11, 3, 7, tzinfo=UTC)


@pytest.mark.parametrize("year", range(2025, 2036))
def test_every_possible_meetings_round_keeps_its_order(year: int) -> None:
    plain = calendar()
    for day in days(date(year, 1, 1), date(year, 12, 31)):
        if not plain.is_sendable(day) or days_to_answer(day, RoundTimes(), plain) < 5:
            continue
        meeting = local(day.isoformat())
        moments = round_moments(meeting, RoundTimes(), plain)
        assert moments.opens_at < moments.deadline_at < moments.release_at < meeting.replace(tzinfo=UTC)
        assert all(moments.opens_at < moment < moments.deadline_at for moment in moments.reminders_at)
        assert all(plain.next_sendable(moment) == moment for moment in (moments.opens_at, *moments.reminders_at))

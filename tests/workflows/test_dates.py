from collections import Counter
from collections.abc import Collection
from datetime import date, timedelta
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from config.programme import Body, Rhythm, RoundTimes, SchoolBreak
from tests.workflows.programme import body, owner_board, programme
from workflows.dates import DatePlan, Impossible, Moved, plan_dates
from workflows.working_days import DayOff, WorkCalendar, days, days_to_answer

CALENDAR = WorkCalendar(programme(), "a-dal")
FIRST = date(2025, 1, 22)
LAST = date(2027, 12, 31)


def adopted(kind: str, first: str, last: str) -> SchoolBreak:
    return SchoolBreak.model_validate({"school_year": "2026/27", "kind": kind, "first": first, "last": last})


ADOPTED = WorkCalendar(
    programme(
        school_breaks=(
            adopted("autumn", "2026-10-05", "2026-10-09"),
            adopted("christmas", "2026-12-19", "2027-01-04"),
            adopted("winter", "2027-02-22", "2027-02-26"),
            adopted("easter", "2027-03-22", "2027-03-29"),
        )
    ),
    "a-dal",
)


def broken_rules(plan: DatePlan, board: Body, calendar: WorkCalendar, *, blocked: Collection[date] = ()) -> list[str]:
    """The hard rules that the dates break, found without the scheduler's own means."""
    rhythm, rounds = board.rhythm, board.rounds or RoundTimes()
    assert rhythm is not None
    found = []
    for day in plan.days:
        if calendar.day_off_reason(day) is not None or day in blocked:
            found.append(f"{day} is off")
        if days_to_answer(day, rounds, calendar) < rounds.sendable_days:
            found.append(f"{day} leaves too few days")
    for before, after in pairwise(plan.days):
        summer = any(calendar.day_off_reason(day) is DayOff.SUMMER for day in days(before, after))
        most = rhythm.most_gap_over_summer if summer else rhythm.most_gap
        if not rhythm.least_gap <= (after - before).days <= most:
            found.append(f"{(after - before).days} days from {before} to {after}")
    return found


@pytest.mark.parametrize("calendar", [CALENDAR, ADOPTED], ids=["assumed breaks", "adopted breaks"])
@pytest.mark.parametrize("weekday", [1, 2, 3])
def test_three_years_of_a_board_keep_every_rule(calendar: WorkCalendar, weekday: int) -> None:
    board = body(rhythm=Rhythm(preferred_weekday=weekday))

    plan = plan_dates(board, calendar, first=FIRST, last=LAST)

    assert plan.problems == ()
    assert broken_rules(plan, board, calendar) == []
    assert len(plan.days) in range(20, 25)
    assert sum(day.weekday() in (1, 2, 3) for day in plan.days) >= len(plan.days) - 4


@settings(max_examples=40, deadline=None)
@given(
    year=st.integers(2025, 2033),
    start=st.integers(0, 200),
    months=st.integers(6, 24),
    weekday=st.sampled_from([None, 0, 1, 2, 3, 4]),
    blocked=st.sets(st.integers(0, 600), max_size=40),
)
def test_no_rule_is_broken_unless_the_impossibility_is_named(
    year: int, start: int, months: int, weekday: int | None, blocked: set[int]
) -> None:
    first = date(year, 1, 10) + timedelta(days=start)
    last = first + timedelta(days=30 * months)
    calendar = WorkCalendar(programme(first_day=first, last_day=last), "a-dal")
    busy = {first + timedelta(days=number) for number in blocked}
    board = body(rhythm=Rhythm(preferred_weekday=weekday))

    plan = plan_dates(board, calendar, first=first, last=last, blocked=busy)

    broken = broken_rules(plan, board, calendar, blocked=busy)
    # Whatever is impossible is a distance: no day that is off was ever chosen.
    assert len([rule for rule in broken if "days from" in rule]) == len(broken)
    assert len(broken) <= len(plan.problems)
    assert all(first <= day <= last for day in plan.days)


@settings(max_examples=25, deadline=None)
@given(weekday=st.integers(1, 3), kept=st.integers(0, 22), taken=st.sets(st.integers(0, 1000), max_size=30))
def test_a_plan_made_again_is_the_same(weekday: int, kept: int, taken: set[int]) -> None:
    board = body(rhythm=Rhythm(preferred_weekday=weekday))
    others = Counter(FIRST + timedelta(days=number) for number in taken)
    plan = plan_dates(board, CALENDAR, first=FIRST, last=LAST, taken=others)

    again = plan_dates(board, CALENDAR, first=FIRST, last=LAST, taken=others, locked=plan.days[:kept])

    assert again.days == plan.days


@settings(max_examples=25, deadline=None)
@given(locked=st.sets(st.integers(0, 1000), max_size=12))
def test_announced_dates_never_move(locked: set[int]) -> None:
    announced = {FIRST + timedelta(days=number) for number in locked}

    plan = plan_dates(body(), CALENDAR, first=FIRST, last=LAST, locked=announced)

    assert announced <= set(plan.days)
    assert {item.day for item in plan.dates if item.locked} == announced
    gaps = [rule for rule in broken_rules(plan, body(), CALENDAR) if "days from" in rule]
    assert len(gaps) <= len(plan.problems)


@pytest.mark.parametrize(
    ("previous", "wanted", "reason"),
    [
        pytest.param("2026-01-06", "2026-02-17", "meetings.off_winter", id="winter break"),
        pytest.param("2026-09-08", "2026-10-20", "meetings.few_days", id="after the autumn break"),
        pytest.param("2026-08-25", "2026-10-06", "meetings.off_autumn", id="autumn break"),
        pytest.param("2027-04-05", "2027-05-17", "meetings.off_holiday", id="17 May, Whit Monday too"),
        pytest.param("2026-06-09", "2026-07-21", "meetings.off_summer", id="summer"),
    ],
)
def test_a_date_that_moved_says_why(previous: str, wanted: str, reason: str) -> None:
    before, day = date.fromisoformat(previous), date.fromisoformat(wanted)
    board = body(rhythm=Rhythm(preferred_weekday=day.weekday()))
    first = before + timedelta(days=1)

    plan = plan_dates(board, CALENDAR, first=first, last=first + timedelta(days=84), previous=before)

    assert plan.dates[0].moved == Moved(wanted=day, reason=reason)


def test_what_cannot_be_is_named_with_what_stands_in_the_way() -> None:
    autumn = set(days(date(2026, 9, 1), date(2026, 10, 31)))

    plan = plan_dates(
        body(), CALENDAR, first=date(2026, 8, 20), last=date(2026, 12, 10), previous=date(2026, 8, 18), blocked=autumn
    )

    assert plan.problems == (Impossible(first=date(2026, 9, 22), last=date(2026, 10, 6), reason="meetings.blocked"),)


def test_two_announced_dates_too_close_to_each_other_are_named() -> None:
    close = [date(2026, 11, 10), date(2026, 11, 24)]

    plan = plan_dates(body(), CALENDAR, first=date(2026, 11, 1), last=date(2026, 12, 20), locked=close)

    assert plan.problems == (Impossible(first=close[0], last=close[1], reason="meetings.too_close"),)


def test_boards_that_share_people_avoid_each_others_days() -> None:
    start, end = date(2026, 1, 20), date(2026, 12, 20)
    first = plan_dates(body(), CALENDAR, first=start, last=end)
    second = plan_dates(body(), CALENDAR, first=start, last=end, taken=Counter(first.days))

    assert len(set(first.days) & set(second.days)) <= 2


def test_the_owner_board_meets_after_every_local_board_has() -> None:
    local = [
        plan_dates(body(rhythm=Rhythm(preferred_weekday=day)), CALENDAR, first=FIRST, last=LAST).days for day in (1, 3)
    ]
    board = owner_board()

    plan = plan_dates(board, WorkCalendar(programme()), first=FIRST, last=LAST, local_rounds=local)

    assert plan.problems == ()
    assert broken_rules(plan, board, WorkCalendar(programme())) == []
    for before, after in pairwise([FIRST - timedelta(days=1), *plan.days]):
        assert all(any(before < day < after for day in dates) for dates in local)


def test_a_body_without_a_rhythm_has_no_dates() -> None:
    assert plan_dates(body(rhythm=None), CALENDAR, first=FIRST, last=LAST) == DatePlan(dates=())

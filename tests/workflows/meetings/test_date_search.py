from collections.abc import Collection
from datetime import date, time, timedelta
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from config.values import Body, Occasion, Rhythm, RoundTimes, SchoolBreak
from tests.workflows.programme import body, owner_board, programme
from workflows.meetings.date_rules import Around, Engagement, Ground
from workflows.meetings.date_search import DatePlan, Impossible, Moved, PlannedDate, plan_occasion, plan_rhythm
from workflows.working_days import DayOff, WorkCalendar, days, days_to_answer

FIRST = date(2025, 1, 22)
LAST = date(2027, 12, 31)
NINE = time(9)
YEARS = range(2025, 2036)
WEEKLY = Rhythm(
    wanted_gap=7,
    least_gap=5,
    most_gap=28,
    weekdays=(0, 1, 2, 3, 4),
    preferred_weekday=0,
    starts=time(8, 15),
    minutes=30,
)


def _adopted() -> tuple[SchoolBreak, ...]:
    """Breaks as a county could adopt them, a week beside the rule of thumb and a longer Christmas."""
    rows = []
    for year in YEARS:
        spans = {
            "autumn": (date.fromisocalendar(year, 40, 1), date.fromisocalendar(year, 40, 5)),
            "winter": (date.fromisocalendar(year, 9, 1), date.fromisocalendar(year, 9, 5)),
            "christmas": (date(year, 12, 18), date(year + 1, 1, 5)),
            "summer": (date(year, 6, 19), date(year, 8, 17)),
        }
        rows += [
            SchoolBreak.model_validate({"school_year": "2026/27", "kind": kind, "first": first, "last": last})
            for kind, (first, last) in spans.items()
        ]
    return tuple(rows)


CALENDARS = {
    "assumed": WorkCalendar(programme(), "a-dal"),
    "adopted": WorkCalendar(programme(school_breaks=_adopted()), "a-dal"),
}
CALENDAR = CALENDARS["assumed"]
GROUND = Ground(CALENDAR, RoundTimes(), first=FIRST, last=LAST)


def ground(first: str, last: str) -> Ground:
    return Ground(CALENDAR, RoundTimes(), first=date.fromisoformat(first), last=date.fromisoformat(last))


def numbered(numbers: Collection[int], first: date = FIRST) -> frozenset[date]:
    return frozenset(first + timedelta(days=number) for number in numbers)


def broken_rules(
    chosen: Collection[date], board: Body, calendar: WorkCalendar, *, blocked: Collection[date] = ()
) -> list[str]:
    """The hard rules that the dates break, found without the scheduler's own means."""
    assert board.rhythm is not None
    found = []
    for day in chosen:
        if calendar.day_off_reason(day) is not None or day in blocked:
            found.append(f"{day} is off")
        if board.rounds and days_to_answer(day, board.rounds, calendar) < board.rounds.sendable_days:
            found.append(f"{day} leaves too few days")
    return found + wrong_distances(chosen, board.rhythm, calendar)


def wrong_distances(chosen: Collection[date], rhythm: Rhythm, calendar: WorkCalendar) -> list[str]:
    found = []
    for before, after in pairwise(sorted(chosen)):
        summer = any(calendar.day_off_reason(day) is DayOff.SUMMER for day in days(before, after))
        most = rhythm.most_gap_over_summer if summer else rhythm.most_gap
        if not rhythm.least_gap <= (after - before).days <= most:
            found.append(f"{(after - before).days} days from {before} to {after}")
    return found


def starts(plan: DatePlan) -> dict[date, time]:
    return {item.day: item.starts for item in plan.dates}


@pytest.mark.parametrize("calendar", CALENDARS.values(), ids=CALENDARS)
@pytest.mark.parametrize("weekday", [1, 2, 3])
def test_three_years_of_a_board_keep_every_rule(calendar: WorkCalendar, weekday: int) -> None:
    board = body(rhythm=Rhythm(preferred_weekday=weekday))

    plan = plan_rhythm(board, Ground(calendar, board.rounds, first=FIRST, last=LAST))

    assert plan.problems == ()
    assert broken_rules(plan.days, board, calendar) == []
    assert len(plan.days) in range(20, 25)
    assert sum(day.weekday() in (1, 2, 3) for day in plan.days) >= len(plan.days) - 4


RHYTHMS = st.builds(
    lambda wanted, less, more, weekday, weekdays: Rhythm(
        wanted_gap=wanted,
        least_gap=wanted - less,
        most_gap=wanted + more,
        most_gap_over_summer=max(77, wanted + more),
        preferred_weekday=weekday if weekday in weekdays else None,
        weekdays=tuple(sorted(weekdays)),
    ),
    st.integers(14, 91),
    st.integers(0, 10),
    st.integers(3, 21),
    st.sampled_from([None, 0, 1, 2, 3, 4]),
    st.sets(st.integers(0, 4), min_size=1),
)


@settings(max_examples=60, deadline=None)
@given(
    state=st.sampled_from(list(CALENDARS)),
    first=st.dates(date(2025, 1, 1), date(2034, 6, 30)),
    months=st.integers(3, 18),
    rhythm=RHYTHMS,
    rounds=st.sampled_from([None, RoundTimes(), RoundTimes(opens=28, deadline=7, release=3, reminders=(14,))]),
    blocked=st.sets(st.integers(0, 600), max_size=60),
    announced=st.sets(st.integers(0, 600), max_size=4),
    others=st.dictionaries(st.integers(0, 600), st.integers(8, 13), max_size=40),
)
def test_no_rule_is_broken_unless_the_impossibility_is_named(
    state: str,
    first: date,
    months: int,
    rhythm: Rhythm,
    rounds: RoundTimes | None,
    blocked: set[int],
    announced: set[int],
    others: dict[int, int],
) -> None:
    last = min(first + timedelta(days=30 * months), date(2035, 12, 31))
    calendar, board, busy = CALENDARS[state], body(rhythm=rhythm, rounds=rounds), numbered(blocked, first)
    taken = {first + timedelta(days=number): hour for number, hour in others.items()}
    meetings = {day: (Engagement(starts=time(hour), ends=time(hour + 2)),) for day, hour in taken.items()}
    fixed = {day: NINE for day in numbered(announced, first) if day <= last}

    plan = plan_rhythm(
        board,
        Ground(calendar, rounds, first=first, last=last),
        around=Around(blocked=busy, others=meetings),
        announced=fixed,
    )

    everything = sorted({*plan.days, *fixed})
    assert [rule for rule in broken_rules(plan.days, board, calendar, blocked=busy) if "days from" not in rule] == []
    assert not any(day in taken and time(taken[day]) < time(11) and time(taken[day] + 2) > NINE for day in plan.days)
    assert not set(plan.days) & set(fixed)
    named = [problem for problem in plan.problems if not problem.announced]
    assert len(wrong_distances(everything, rhythm, calendar)) <= len(named)
    assert all(problem.reasons for problem in plan.problems)
    assert all(first <= day <= last for day in plan.days)


@settings(max_examples=25, deadline=None)
@given(
    weekday=st.integers(1, 3),
    announced=st.sets(st.integers(0, 24)),
    kept=st.sets(st.integers(0, 24)),
    blocked=st.sets(st.integers(0, 1000), max_size=60),
)
def test_a_plan_made_again_is_the_same_whatever_was_announced(
    weekday: int, announced: set[int], kept: set[int], blocked: set[int]
) -> None:
    board = body(rhythm=Rhythm(preferred_weekday=weekday))
    around = Around(blocked=numbered(blocked))
    plan = plan_rhythm(board, GROUND, around=around)
    fixed = {item.day: item.starts for number, item in enumerate(plan.dates) if number in announced}
    soft = {item.day: item.starts for number, item in enumerate(plan.dates) if number in kept - announced}

    again = plan_rhythm(board, GROUND, around=around, announced=fixed, kept=soft)

    assert {*again.days, *fixed} == set(plan.days)
    assert again.given_up == {}
    assert plan == plan_rhythm(board, GROUND, around=around)


@settings(max_examples=40, deadline=None)
@given(weekday=st.integers(1, 3), number=st.integers(0, 24), blocked=st.sets(st.integers(0, 1000), max_size=30))
def test_one_more_blocked_date_moves_only_what_must_move(weekday: int, number: int, blocked: set[int]) -> None:
    board = body(rhythm=Rhythm(preferred_weekday=weekday))
    busy = numbered(blocked)
    plan = plan_rhythm(board, GROUND, around=Around(blocked=busy))
    away = plan.days[number % len(plan.days)]
    other = away + timedelta(days=1)

    beside = plan_rhythm(board, GROUND, around=Around(blocked=busy | {other}), kept=starts(plan))
    after = plan_rhythm(board, GROUND, around=Around(blocked=busy | {away}), kept=starts(plan))

    assert beside.days == plan.days
    assert away not in after.days
    assert after.given_up[away] == "meetings.blocked"
    if plan.problems == () and away not in (plan.days[0], plan.days[-1]):
        index = plan.days.index(away)
        left, right = plan.days[index - 1], plan.days[index + 1]
        alone = [
            day
            for day in days(left + timedelta(days=1), right - timedelta(days=1))
            if not broken_rules([left, day, right], board, CALENDAR, blocked=busy | {away})
        ]
        assert not alone or set(after.given_up) == {away}


@settings(max_examples=25, deadline=None)
@given(announced=st.sets(st.integers(0, 1000), max_size=12))
def test_announced_dates_never_move_and_what_is_wrong_with_them_is_named(announced: set[int]) -> None:
    fixed = dict.fromkeys(numbered(announced), NINE)

    plan = plan_rhythm(body(), GROUND, announced=fixed)

    assert not set(plan.days) & set(fixed)
    off = {day for day in fixed if CALENDAR.day_off_reason(day)}
    assert {problem.first for problem in plan.problems if problem.announced} == off


@pytest.mark.parametrize(
    ("previous", "wanted", "reason"),
    [
        pytest.param("2026-01-06", "2026-02-17", "meetings.off_winter", id="winter break"),
        pytest.param("2026-09-08", "2026-10-20", "meetings.few_days", id="after the autumn break"),
        pytest.param("2026-08-25", "2026-10-06", "meetings.off_autumn", id="autumn break"),
        pytest.param("2026-02-19", "2026-04-02", "meetings.off_holiday", id="Maundy Thursday"),
        pytest.param("2026-04-03", "2026-05-15", "meetings.off_bridge", id="between Ascension Day and the weekend"),
        pytest.param("2027-04-05", "2027-05-17", "meetings.off_holiday", id="17 May, Whit Monday too"),
        pytest.param("2026-06-09", "2026-07-21", "meetings.off_summer", id="summer"),
    ],
)
def test_a_date_that_moved_says_why(previous: str, wanted: str, reason: str) -> None:
    before, day = date.fromisoformat(previous), date.fromisoformat(wanted)
    board = body(rhythm=Rhythm(preferred_weekday=day.weekday(), weekdays=(0, 1, 2, 3, 4)))
    first = before + timedelta(days=1)

    plan = plan_rhythm(
        board, Ground(CALENDAR, RoundTimes(), first=first, last=first + timedelta(days=84)), previous=before
    )

    assert plan.dates[0].moved == Moved(wanted=day, reason=reason)


def test_what_cannot_be_is_named_with_what_stands_in_the_way_on_how_many_days() -> None:
    autumn = frozenset(days(date(2026, 9, 1), date(2026, 10, 4)))

    plan = plan_rhythm(
        body(), ground("2026-08-20", "2026-12-10"), previous=date(2026, 8, 18), around=Around(blocked=autumn)
    )

    reasons = (("meetings.blocked", 9), ("meetings.off_autumn", 2))
    assert plan.problems == (Impossible(first=date(2026, 9, 22), last=date(2026, 10, 6), reasons=reasons),)


def test_two_announced_dates_too_close_to_each_other_are_named() -> None:
    close = [date(2026, 11, 10), date(2026, 11, 24)]

    plan = plan_rhythm(body(), ground("2026-11-01", "2026-12-20"), announced=dict.fromkeys(close, NINE))

    assert plan.problems == (Impossible(first=close[0], last=close[1], reasons=(("meetings.too_close", 0),)),)


def test_people_who_sit_elsewhere_at_that_time_rule_a_day_out() -> None:
    free = plan_rhythm(body(), GROUND)
    others = {day: (Engagement(starts=time(10), ends=time(12)),) for day in free.days}

    plan = plan_rhythm(body(), GROUND, around=Around(others=others), kept=starts(free))

    assert not set(plan.days) & set(free.days)
    assert set(plan.given_up.values()) == {"meetings.clash"}
    assert plan.problems == ()


def test_another_start_is_taken_before_another_day() -> None:
    board = body(rhythm=Rhythm(preferred_weekday=1, other_starts=(time(12, 30),)))
    free = plan_rhythm(board, GROUND)
    taken = free.days[5]
    others = {taken: (Engagement(starts=time(10), ends=time(12)),)}

    plan = plan_rhythm(board, GROUND, around=Around(others=others))

    assert plan.days == free.days
    assert {item.day for item in plan.dates if item.starts == time(12, 30)} == {taken}


@pytest.mark.parametrize(
    "engagement",
    [
        pytest.param(Engagement(starts=time(9), ends=time(11), firm=False), id="could be spared"),
        pytest.param(Engagement(starts=time(12), ends=time(14), travels=True), id="would have to travel"),
    ],
)
def test_what_is_only_a_nuisance_is_avoided_but_rules_nothing_out(engagement: Engagement) -> None:
    free = plan_rhythm(body(), GROUND)
    some = Around(others=dict.fromkeys(free.days, (engagement,)))
    always = Around(others=dict.fromkeys(days(FIRST, LAST), (engagement,)))

    assert not set(plan_rhythm(body(), GROUND, around=some).days) & set(free.days)
    assert plan_rhythm(body(), GROUND, around=always).days == free.days


def test_the_owner_board_meets_after_every_local_board_has() -> None:
    local = [plan_rhythm(body(rhythm=Rhythm(preferred_weekday=day)), GROUND).days for day in (1, 3)]
    board = owner_board()

    plan = plan_rhythm(board, GROUND, around=Around(local_rounds=local))

    assert plan.problems == ()
    assert broken_rules(plan.days, board, CALENDAR) == []
    for before, after in pairwise([FIRST - timedelta(days=1), *plan.days]):
        assert all(any(before < day < after for day in dates) for dates in local)


def test_weekly_contact_is_on_its_weekday_and_pauses_in_breaks() -> None:
    team = body(rhythm=WEEKLY, rounds=None)

    plan = plan_rhythm(team, Ground(CALENDAR, None, first=FIRST, last=LAST))

    assert plan.problems == ()
    assert broken_rules(plan.days, team, CALENDAR) == []
    assert sum(day.weekday() == 0 for day in plan.days) > 0.8 * len(plan.days)
    weeks = {day.isocalendar()[:2] for day in days(FIRST, LAST) if CALENDAR.is_sendable(day)}
    assert len(plan.days) > 0.85 * len(weeks)


def test_a_body_without_a_rhythm_has_no_dates() -> None:
    assert plan_rhythm(body(rhythm=None), GROUND) == DatePlan(dates=())


# --------------------------------------------------------------------------------------------------------- occasions


def occasion(first: str, last: str) -> Occasion:
    return Occasion(key="day", first=date.fromisoformat(first), last=date.fromisoformat(last))


def test_an_occasion_gets_one_ordinary_day_in_the_middle_of_its_weeks() -> None:
    plan = plan_occasion(occasion("2027-09-06", "2027-10-29"), GROUND)

    assert plan.days == (date(2027, 9, 30),)
    assert plan.problems == ()


def test_an_occasion_stays_where_it_was_planned() -> None:
    planned = date(2027, 9, 14)

    plan = plan_occasion(occasion("2027-09-06", "2027-10-29"), GROUND, kept={planned: NINE})

    assert plan.dates == (PlannedDate(day=planned, starts=NINE),)


def test_an_occasion_on_a_day_that_cannot_be_is_named() -> None:
    plan = plan_occasion(occasion("2027-05-17", "2027-05-17"), GROUND)

    day = date(2027, 5, 17)
    assert plan.problems == (Impossible(first=day, last=day, reasons=(("meetings.off_holiday", 1),)),)


def test_an_occasion_that_is_over_is_nobodys_concern() -> None:
    assert plan_occasion(occasion("2024-09-06", "2024-10-29"), GROUND) == DatePlan(dates=())

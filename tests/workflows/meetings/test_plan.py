from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from itertools import combinations
from pathlib import Path
from typing import Any

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

import texts
from config.loading import load_programme
from config.programme import Programme
from config.values import Assignment, BodyKind, Meetings, Occasion, Person, Rhythm, Role
from tests.workflows.programme import THEIR_DATES, body, municipality, owner_board, programme
from workflows.meetings.date_search import Impossible, Moved
from workflows.meetings.model import Meeting, MeetingState, NoDate
from workflows.meetings.plan import plan_meetings, round_units
from workflows.meetings.rendering import as_data, describe, explain, explain_missing
from workflows.working_days import DayOff

NOW = datetime(2026, 8, 20, 8, tzinfo=UTC)


def days_of(meetings: tuple[Meeting, ...], key: str) -> list[date]:
    return [meeting.day for meeting in meetings if meeting.body == key]


def test_every_body_is_planned_through_the_last_day() -> None:
    plan = plan_meetings(programme(), [], now=NOW)

    ours = days_of(plan.new, "a-dal")
    assert date(2026, 9, 10) < ours[0] < date(2026, 11, 1)
    assert date(2027, 11, 1) < ours[-1] <= date(2027, 12, 31)
    assert plan.problems == ()
    assert days_of(plan.new, "owner-board")[0] > ours[0]
    assert {meeting.key for meeting in plan.new} == {f"{meeting.body}/{meeting.day}" for meeting in plan.new}


def test_a_second_plan_adds_nothing() -> None:
    known = plan_meetings(programme(), [], now=NOW).new

    again = plan_meetings(programme(), known, now=datetime(2026, 10, 1, 8, tzinfo=UTC))

    assert (again.new, again.changed) == ((), ())


def test_a_longer_programme_keeps_what_is_announced_and_goes_on_from_there() -> None:
    known = plan_meetings(programme(), [], now=NOW).new

    announced = [replace(meeting, state=MeetingState.BOOKED) for meeting in known]

    longer = plan_meetings(programme(last_day=date(2028, 6, 30)), announced, now=NOW)

    assert longer.changed == ()
    assert min(days_of(longer.new, "a-dal")) > max(days_of(known, "a-dal"))


def test_a_day_whose_meeting_was_called_off_is_not_proposed_again() -> None:
    known = list(plan_meetings(programme(), [], now=NOW).new)
    called_off = next(meeting for meeting in known if meeting.body == "a-dal")
    known[known.index(called_off)] = replace(called_off, state=MeetingState.CANCELLED)

    again = plan_meetings(programme(), known, now=NOW)

    assert called_off.day not in days_of(again.new, "a-dal")


def test_their_dates_come_from_the_register_and_are_not_ours_to_book() -> None:
    plan = plan_meetings(programme(), [], now=NOW)

    theirs = [meeting for meeting in plan.new if meeting.body == "b-vik"]
    assert [meeting.starts_local for meeting in theirs] == list(THEIR_DATES)
    assert {(meeting.state, meeting.booked_by_us) for meeting in theirs} == {(MeetingState.BOOKED, False)}


def test_other_bodies_of_a_municipality_with_its_own_meetings_are_left_to_it() -> None:
    leads = body("b-vik-leads", municipality="b-vik", kind=BodyKind.PACKAGE_LEADS)

    assert plan_meetings(programme(bodies=(leads,)), [], now=NOW).new == ()


def test_a_date_they_took_away_is_cancelled_and_comes_back_when_they_put_it_back() -> None:
    known = plan_meetings(programme(), [], now=NOW).new
    fewer = programme(
        municipalities=(
            municipality("a-dal"),
            municipality("b-vik", meetings=Meetings.THEIRS, meeting_dates=THEIR_DATES[:1]),
        )
    )

    (gone,) = plan_meetings(fewer, known, now=NOW).changed
    after = [gone if meeting.key == gone.key else meeting for meeting in known]
    (back,) = plan_meetings(programme(), after, now=NOW).changed

    assert (gone.starts_local, gone.state, gone.sequence) == (THEIR_DATES[1], MeetingState.CANCELLED, 1)
    assert (back.key, back.state, back.sequence) == (gone.key, MeetingState.BOOKED, 2)


def test_every_local_meeting_opens_a_round_theirs_too_and_the_owner_board_gets_a_summary() -> None:
    known = plan_meetings(programme(), [], now=NOW).new

    units = {unit.key: unit.due_at for unit in round_units(programme(), known, now=NOW)}

    assert units["status.open:b-vik/2026-10-15"] == datetime(2026, 9, 24, 6, tzinfo=UTC)
    assert {key.partition(":")[0] for key in units} == {"status.open", "report.owner"}
    assert len(units) == len(known)


def test_a_round_whose_deadline_has_passed_is_not_opened() -> None:
    known = plan_meetings(programme(), [], now=NOW).new

    units = [unit.key for unit in round_units(programme(), known, now=datetime(2026, 10, 10, 8, tzinfo=UTC))]

    assert "status.open:b-vik/2026-10-15" not in units


def test_moments_follow_the_zone() -> None:
    meeting = plan_meetings(programme(), [], now=NOW).new[0]
    winter = replace(meeting, starts_local=datetime.fromisoformat("2027-01-12T09:00"))
    summer = replace(meeting, starts_local=datetime.fromisoformat("2027-05-18T09:00"))

    assert (winter.starts_at.hour, summer.starts_at.hour) == (8, 7)


def test_people_and_programs_read_the_plan() -> None:
    meeting = replace(
        next(item for item in plan_meetings(programme(), [], now=NOW).new if item.body == "a-dal"),
        key="a-dal/2026-10-13",
        starts_local=datetime.fromisoformat("2026-10-13T09:00"),
        ends_local=datetime.fromisoformat("2026-10-13T11:00"),
        moved=Moved(wanted=date(2026, 10, 6), reason=DayOff.AUTUMN.text_key),
    )

    (line,) = describe(programme(), [meeting])
    (data,) = as_data([meeting])
    assert line == (
        "tirsdag 13. oktober 2026 kl. 09.00–11.00  Styret i a-dal (planlagt)  "
        "Flyttet fra tirsdag 6. oktober 2026: høstferie."
    )
    assert data["moved"] == {"wanted": "2026-10-06", "reason": "meetings.off_autumn"}


def test_an_impossibility_is_told_in_words() -> None:
    reasons = (("meetings.blocked", 9), (DayOff.AUTUMN.text_key, 1))
    problem = Impossible(first=date(2026, 9, 22), last=date(2026, 10, 6), reasons=reasons)

    assert explain_missing(programme(), NoDate(body="a-dal", problem=problem)) == (
        "Styret i a-dal har ingen ledig dag fra tirsdag 22. september 2026 til tirsdag 6. oktober 2026. "
        "Grunner: dagen passer ikke for alle (9 dager) og høstferie (1 dag)."
    )


def test_every_day_off_has_a_name() -> None:
    assert all(texts.say(reason.text_key) for reason in DayOff)


def test_a_network_without_rounds_has_its_own_rhythm() -> None:
    network = body(
        "network", kind=BodyKind.LEAD_NETWORK, municipality=None, rounds=None, rhythm=Rhythm(weekdays=(0, 4))
    )

    plan = plan_meetings(programme(bodies=(network,)), [], now=NOW)

    assert {meeting.day.weekday() for meeting in plan.new} <= {0, 4}
    assert round_units(programme(bodies=(network,)), plan.new, now=NOW) == []


def test_an_announced_meeting_on_a_day_that_became_impossible_stays_and_is_named() -> None:
    known = [replace(item, state=MeetingState.BOOKED) for item in plan_meetings(programme(), [], now=NOW).new]
    board = next(meeting for meeting in known if meeting.body == "a-dal")

    again = plan_meetings(programme(days_off=(board.day,)), known, now=NOW)

    assert (again.new, again.changed) == ((), ())
    (told,) = [explain_missing(programme(), problem) for problem in again.problems if problem.body == "a-dal"]
    assert told == (
        f"Møtet {texts.long_date(board.day)} i Styret i a-dal er kunngjort og blir stående, men dagen passer ikke "
        "lenger. Grunn: fri."
    )


def people(**blocked: list[date]) -> tuple[Person, ...]:
    return tuple(
        person.model_copy(update={"blocked_dates": tuple(blocked.get(person.key, ()))}) for person in programme().people
    )


def test_a_planned_meeting_moves_off_a_members_blocked_date_and_no_other_moves() -> None:
    known = plan_meetings(programme(), [], now=NOW).new
    meeting = [item for item in known if item.body == "a-dal"][2]

    again = plan_meetings(programme(people=people(member=[meeting.day])), known, now=NOW)

    (changed,) = again.changed
    assert again.new == ()
    assert (changed.key, changed.sequence, changed.state) == (meeting.key, 1, MeetingState.PLANNED)
    assert changed.moved == Moved(wanted=meeting.day, reason="meetings.blocked")
    assert describe(programme(), [changed])[0].endswith(
        f"Flyttet fra {texts.long_date(meeting.day)}: dagen passer ikke for alle."
    )


def test_a_blocked_date_counts_only_while_the_person_sits_there() -> None:
    known = plan_meetings(programme(), [], now=NOW).new
    days = days_of(known, "a-dal")
    assignments = tuple(
        item.model_copy(update={"until": days[1]}) if item.person == "member" else item
        for item in programme().assignments
    )

    left = programme(people=people(member=[days[3]]), assignments=assignments)

    assert plan_meetings(left, known, now=NOW).changed == ()


def test_a_planned_meeting_follows_when_the_rhythm_gets_another_weekday_or_time() -> None:
    known = plan_meetings(programme(), [], now=NOW).new
    rhythm = Rhythm(preferred_weekday=3, starts=time(12, 30))

    again = plan_meetings(programme(bodies=(owner_board(), body("a-dal", rhythm=rhythm))), known, now=NOW)

    after = {meeting.key: meeting for meeting in [*known, *again.changed, *again.new] if meeting.body == "a-dal"}
    standing = [meeting for meeting in after.values() if meeting.stands]
    assert sum(meeting.day.weekday() == 3 for meeting in standing) >= len(standing) / 2
    assert {meeting.starts_local.time() for meeting in standing} == {time(12, 30)}


def overlaps(programme: Programme, meetings: Sequence[Meeting]) -> list[tuple[str, str]]:
    """Meetings of which one begins before the other has ended, with a person who is needed in both."""
    bodies = {item.key: item for item in programme.bodies}
    ordered = sorted(meetings, key=lambda meeting: meeting.starts_local)
    found = []
    for one, other in combinations(ordered, 2):
        if other.starts_local >= one.ends_local:
            continue
        mine, theirs = (
            {person.key for person, required in programme.board_people(bodies[item.body], item.day) if required}
            for item in (one, other)
        )
        if mine & theirs and one.body != other.body:
            found.append((one.key, other.key))
    return found


def crowded(**changes: Any) -> Programme:
    """Three boards of ours with one member in all of them, a team between their meetings, and a day for everybody."""
    slugs = ("a-dal", "b-vik", "c-nes")
    assignments = [
        Assignment(person=key, role=role, municipality=slug)
        for slug in slugs
        for key, role in (("chair", Role.BOARD_CHAIR), ("member", Role.BOARD_MEMBER), ("lead", Role.LOCAL_LEAD))
    ]
    team = {"kind": BodyKind.LEAD_TEAM, "rounds": None, "book": False, "location": "Teams"}
    weekly = Rhythm(wanted_gap=7, least_gap=5, most_gap=28, weekdays=(0, 1, 2, 3, 4), preferred_weekday=1)
    window = Occasion(key="day", first=date(2027, 4, 5), last=date(2027, 5, 28), minutes=360)
    values: dict[str, Any] = {
        "municipalities": tuple(municipality(slug) for slug in slugs),
        "assignments": tuple(assignments),
        "bodies": (
            owner_board(),
            *(body(slug) for slug in slugs),
            body("a-dal-team", municipality="a-dal", rhythm=weekly, **team),
            body("day", kind=BodyKind.GATHERING, municipality=None, rounds=None, rhythm=None, occasions=(window,)),
        ),
    }
    return programme(**values | changes)


def test_nobody_has_to_be_in_two_meetings_at_once() -> None:
    plan = plan_meetings(crowded(), [], now=NOW)

    assert plan.problems == ()
    assert overlaps(crowded(), plan.new) == []
    assert len(days_of(plan.new, "day")) == 1


def test_in_the_programme_of_vestfold_nobody_has_to_be_in_two_meetings_at_once() -> None:
    vestfold = load_programme(Path(__file__).parents[3] / "config" / "vestfold")

    plan = plan_meetings(vestfold, [], now=datetime(2025, 1, 2, tzinfo=UTC))

    assert plan.problems == ()
    assert overlaps(vestfold, plan.new) == []
    assert [day.year for day in days_of(plan.new, "competence-days")] == [2025, 2025]
    assert [day.year for day in days_of(plan.new, "conference")] == [2027]


def test_what_is_not_to_be_booked_is_planned_all_the_same() -> None:
    plan = plan_meetings(crowded(), [], now=NOW)

    team = [meeting for meeting in plan.new if meeting.body == "a-dal-team"]
    assert len(team) > 40
    assert {(meeting.state, meeting.booked_by_us) for meeting in team} == {(MeetingState.PLANNED, False)}
    assert round_units(crowded(), team, now=NOW) == []


@settings(max_examples=15, deadline=None)
@example(announced=set(), blocked={40}, later=1)
@given(
    announced=st.sets(st.integers(0, 60)),
    blocked=st.sets(st.integers(30, 480), max_size=20),
    later=st.integers(0, 10),
)
def test_planning_again_changes_nothing_whatever_was_announced(
    announced: set[int], blocked: set[int], later: int
) -> None:
    away = [NOW.date() + timedelta(days=number) for number in blocked]
    plain = crowded(people=people(member=away))
    plan = plan_meetings(plain, [], now=NOW)
    known = [
        replace(item, state=MeetingState.BOOKED) if number in announced else item
        for number, item in enumerate(plan.new)
    ]

    again = plan_meetings(plain, known, now=NOW + timedelta(days=later))

    assert (again.new, again.changed) == ((), ())
    assert overlaps(plain, known) == []
    assert plan == plan_meetings(plain, [], now=NOW)


def test_dates_that_a_body_has_fixed_itself_are_kept_and_the_rhythm_goes_around_them() -> None:
    moment = datetime.fromisoformat("2026-11-12T13:00")
    board = body("a-dal", fixed_dates=(moment,))

    plan = plan_meetings(programme(bodies=(board,)), [], now=NOW)

    (fixed,) = [meeting for meeting in plan.new if meeting.starts_local == moment]
    assert plan.problems == ()
    assert (fixed.ends_local, fixed.moved) == (datetime.fromisoformat("2026-11-12T15:00"), None)
    assert plan_meetings(programme(bodies=(board,)), plan.new, now=NOW).changed == ()


def test_another_time_on_the_same_day_is_told() -> None:
    meeting = replace(
        plan_meetings(programme(), [], now=NOW).new[0], moved=Moved(wanted=date(2026, 10, 6), reason="meetings.clash")
    )
    meeting = replace(meeting, starts_local=datetime.fromisoformat("2026-10-06T12:30"))

    assert explain(meeting) == (
        "Et annet klokkeslett enn vanlig: noen som må være med, sitter i et annet møte på samme tid."
    )


@pytest.mark.parametrize(
    ("local", "utc", "told"),
    [
        pytest.param(
            "2026-10-26T09:00", "2026-10-26T08:00Z", "mandag 26. oktober 2026", id="after the clocks went back"
        ),
        pytest.param("2027-03-29T09:00", "2027-03-29T07:00Z", "mandag 29. mars 2027", id="after they went forward"),
        pytest.param("2027-03-28T01:30", "2027-03-28T00:30Z", "søndag 28. mars 2027", id="the night they go forward"),
        pytest.param("2026-12-31T09:00", "2026-12-31T08:00Z", "torsdag 31. desember 2026", id="in week 53"),
        pytest.param("2027-01-01T09:00", "2027-01-01T08:00Z", "fredag 1. januar 2027", id="in week 53 of last year"),
        pytest.param("2027-05-17T09:00", "2027-05-17T07:00Z", "mandag 17. mai 2027", id="17 May, Whit Monday too"),
        pytest.param("2028-02-29T09:00", "2028-02-29T08:00Z", "tirsdag 29. februar 2028", id="a leap day"),
    ],
)
def test_special_days_are_right_in_the_text_and_in_the_moment(local: str, utc: str, told: str) -> None:
    starts = datetime.fromisoformat(local)
    meeting = replace(
        plan_meetings(programme(), [], now=NOW).new[0],
        starts_local=starts,
        ends_local=starts + timedelta(hours=2),
        moved=None,
    )

    assert meeting.starts_at == datetime.fromisoformat(utc)
    clock = starts.strftime("%H.%M")
    assert describe(programme(), [meeting])[0].startswith(f"{told} kl. {clock}–")


def test_a_leap_day_is_a_day_like_others_and_the_last_days_of_week_53_are_not() -> None:
    leap = datetime.fromisoformat("2028-02-29T09:00")
    board = body("a-dal", rhythm=Rhythm(preferred_weekday=1), fixed_dates=(leap,))
    long = programme(bodies=(board,), last_day=date(2028, 12, 31))

    plan = plan_meetings(long, [], now=NOW)

    assert plan.problems == ()
    assert leap in [meeting.starts_local for meeting in plan.new]
    assert not any(meeting.day.isocalendar()[:2] == (2026, 53) for meeting in plan.new)

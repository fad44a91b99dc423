from dataclasses import replace
from datetime import UTC, date, datetime

import texts
from config.programme import BodyKind, Meetings, Rhythm
from tests.workflows.programme import THEIR_DATES, body, municipality, programme
from workflows.dates import Impossible, Moved
from workflows.meeting_plan import (
    Meeting,
    MeetingState,
    NoDate,
    as_data,
    describe,
    explain_missing,
    plan_meetings,
    round_units,
)
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

    longer = plan_meetings(programme(last_day=date(2028, 6, 30)), known, now=NOW)

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
        plan_meetings(programme(), [], now=NOW).new[0],
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
    problem = Impossible(first=date(2026, 9, 22), last=date(2026, 10, 6), reason="meetings.blocked")

    assert explain_missing(programme(), NoDate(body="a-dal", problem=problem)) == (
        "Styret i a-dal har ingen ledig dag fra tirsdag 22. september 2026 til tirsdag 6. oktober 2026. "
        "Grunn: dagen passer ikke for alle."
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

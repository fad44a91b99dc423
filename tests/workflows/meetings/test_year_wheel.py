from dataclasses import replace
from datetime import date, timedelta

from config.values import PlanActivity, SchoolBreak
from documents.year_wheel import Ring, YearWheel
from tests.web.meeting_store import meeting
from tests.workflows.programme import programme
from workflows.meetings.model import MeetingState
from workflows.meetings.year_wheel import year_wheel


def wheel(year: int = 2026) -> YearWheel:
    activities = (
        PlanActivity(key="A26-01", years=(2026,), level="municipality", text="Lage en plan"),
        PlanActivity(key="A26-02", years=(2026,), level="county", text="Samle fylket"),
        PlanActivity(key="A26-03", years=(2027,), level="both", text="Se tilbake"),
    )
    autumn = SchoolBreak(school_year="2026/27", kind="autumn", first=date(2026, 10, 5), last=date(2026, 10, 9))
    register = programme(activities=activities, school_breaks=(autumn,))
    meetings = [meeting(), replace(meeting("2026-12-01"), state=MeetingState.CANCELLED), meeting(body="b-vik")]
    return year_wheel(register, [register.body("a-dal")], meetings, name="Å-dal", year=year, language="nb")


def test_the_meetings_that_stand_lie_on_their_days() -> None:
    assert [item.first for item in wheel().stretches if item.ring is Ring.MEETING] == [date(2026, 10, 13)]


def test_a_meeting_of_two_days_lies_on_both() -> None:
    register, one = programme(), meeting()
    two_days = replace(one, ends_local=one.ends_local + timedelta(days=1))

    shown = year_wheel(register, [register.body("a-dal")], [two_days], name="Å-dal", year=2026, language="nb")

    (found,) = [item for item in shown.stretches if item.ring is Ring.MEETING]
    assert (found.first, found.last) == (date(2026, 10, 13), date(2026, 10, 14))


def test_a_round_reaches_from_its_opening_to_its_deadline() -> None:
    (found,) = [item for item in wheel().stretches if item.ring is Ring.ROUND]

    assert (found.first, found.last) == (date(2026, 9, 22), date(2026, 10, 1))


def test_breaks_are_whole_and_assumed_ones_are_shown() -> None:
    breaks = {item.name: item for item in wheel().stretches if item.ring is Ring.BREAK and item.first.year == 2026}

    assert {"vinterferie", "påskeferie", "sommerferie", "høstferie", "juleferie"} <= breaks.keys()
    assert breaks["høstferie"].last - breaks["høstferie"].first == timedelta(days=4)
    assert breaks["påskeferie"].last - breaks["påskeferie"].first == timedelta(days=2)


def test_the_plans_activities_are_those_of_the_year_and_the_level() -> None:
    assert wheel().activities == ("Lage en plan",)
    assert wheel(2027).activities == ("Se tilbake",)

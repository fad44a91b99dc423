from dataclasses import replace
from datetime import date, datetime, time, timedelta
from pathlib import Path

import pytest

from config.loading import load_programme
from config.values import Assignment, BusyDay, Role
from tests.workflows.programme import body, municipality, programme
from workflows.meetings.commitments import Attendance, OtherMeeting, by_day
from workflows.meetings.date_rules import Engagement

DAY = date(2026, 10, 13)
NINE, ELEVEN = time(9), time(11)


def meeting(body_key: str, *, location: str = "", settled: bool = True) -> OtherMeeting:
    starts = datetime.combine(DAY, NINE)
    ends = starts + timedelta(hours=2)
    return OtherMeeting(body=body_key, starts=starts, ends=ends, location=location, settled=settled)


def neighbours(role: Role = Role.BOARD_MEMBER, until: date | None = None) -> Attendance:
    """Two boards; the member of one has *role* in the other."""
    there = Assignment(person="member", role=role, municipality="b-vik", until=until)
    return Attendance(programme(assignments=(*programme().assignments, there)))


def test_the_seats_are_those_of_the_programme() -> None:
    vestfold = load_programme(Path(__file__).parents[3] / "config" / "vestfold")
    attendance = Attendance(vestfold)

    for item in vestfold.bodies:
        for on in (vestfold.first_day, DAY, vestfold.last_day):
            seated = {(seat.person, seat.required) for seat in attendance.seats(item.key) if seat.holds(on)}
            people = {(person.key, required) for person, required in vestfold.board_people(item, on)}
            required = {person for person, needed in seated if needed}
            assert {(person, needed) for person, needed in seated if needed or person not in required} == people


def test_a_member_of_two_boards_is_busy_in_one_while_the_other_meets() -> None:
    attendance = neighbours()
    attendance.put([meeting("b-vik", location="Kulturhuset")])

    others = attendance.around(body("a-dal")).others

    assert others == {DAY: (Engagement(starts=NINE, ends=ELEVEN, travels=True, firm=True),)}


def test_meetings_at_one_time_are_one_engagement_until_the_last_of_them_is_taken() -> None:
    """Somebody who has to travel to one of them has to travel; three that begin at once leave one after the other."""
    attendance = neighbours()
    here, there = meeting("b-vik", location="Rådhuset"), meeting("b-vik", location="Kulturhuset")
    attendance.put([here, here, there])

    def travels() -> list[bool]:
        found = attendance.around(body("a-dal", location="rådhuset")).others
        return [item.travels for item in found.get(DAY, ())]

    seen = [travels()]
    for gone in (there, here, here):
        attendance.take([gone])
        seen.append(travels())

    assert seen == [[True], [False], [False], []]


def test_who_may_stay_away_is_busy_but_not_firmly() -> None:
    attendance = neighbours(Role.LOCAL_LEAD)
    attendance.put([meeting("b-vik", location="rådhuset")])

    others = attendance.around(body("a-dal")).others

    assert others == {DAY: (Engagement(starts=NINE, ends=ELEVEN, travels=False, firm=False),)}


def test_a_meeting_that_may_still_move_is_not_firm() -> None:
    attendance = neighbours()
    attendance.put([meeting("b-vik", location="Kulturhuset", settled=False)])

    others = attendance.around(body("a-dal")).others

    assert others == {DAY: (Engagement(starts=NINE, ends=ELEVEN, travels=False, firm=False),)}


def test_who_has_left_is_busy_no_more_and_neither_is_anybody_with_what_was_taken_away() -> None:
    left = neighbours(until=DAY - timedelta(days=1))
    left.put([meeting("b-vik")])
    taken = neighbours()
    taken.put([meeting("b-vik")])
    taken.take([meeting("b-vik")])

    assert left.around(body("a-dal")).others == {}
    assert taken.around(body("a-dal")).others == {}


def test_busy_days_are_everybodys_or_a_municipalitys() -> None:
    days = (
        BusyDay(day=DAY, name="Fylkestinget"),
        BusyDay(day=DAY + timedelta(days=1), name="Kommunestyret", municipality="b-vik"),
    )
    plain = programme(busy_days=days, municipalities=(municipality("a-dal"), municipality("b-vik")))

    assert Attendance(plain).around(body("a-dal")).busy == {DAY}
    assert Attendance(plain).around(body("b-vik")).busy == {DAY, DAY + timedelta(days=1)}


@pytest.mark.parametrize(
    ("ends", "taken"),
    [
        pytest.param("2026-10-13T11:00", [(NINE, ELEVEN)], id="one day"),
        pytest.param("2026-10-14T11:00", [(NINE, time.max), (time.min, ELEVEN)], id="two days"),
        pytest.param("2026-10-15T11:00", [(NINE, time.max), (time.min, time.max), (time.min, ELEVEN)], id="three days"),
        pytest.param("2026-10-14T00:00", [(NINE, time.max)], id="until midnight"),
        pytest.param("2026-10-13T09:00", [(NINE, NINE)], id="no time at all"),
    ],
)
def test_a_meeting_takes_its_hours_of_every_day(ends: str, taken: list[tuple[time, time]]) -> None:
    parts = by_day(datetime.combine(DAY, NINE), datetime.fromisoformat(ends))

    assert parts == [(DAY + timedelta(days=number), *hours) for number, hours in enumerate(taken)]


def test_who_sits_in_a_meeting_of_two_days_is_busy_on_both() -> None:
    attendance = neighbours()
    two_days = replace(meeting("b-vik"), ends=datetime.combine(DAY + timedelta(days=1), ELEVEN))
    attendance.put([two_days])

    others = attendance.around(body("a-dal")).others

    assert {day: [(item.starts, item.ends) for item in found] for day, found in others.items()} == {
        DAY: [(NINE, time.max)],
        DAY + timedelta(days=1): [(time.min, ELEVEN)],
    }

"""The bodies that concern a person, by time: the same that the register says of each day by itself."""

from datetime import date, timedelta

import pytest

from config.programme import Programme
from config.values import Assignment, Role
from tests.workflows.programme import programme
from workflows.meetings.commitments import Attendance
from workflows.meetings.seats import concerning_spans, last_meeting_day, may_change, people_ever_in, seated_spans

FIRST, LAST = date(2026, 8, 1), date(2027, 6, 30)
BEGINS, ENDS = date(2026, 10, 1), date(2026, 12, 31)


def with_term() -> Programme:
    """The programme, with a member of b-vik's board for three months."""
    term = Assignment(person="member", role=Role.BOARD_MEMBER, municipality="b-vik", since=BEGINS, until=ENDS)
    return programme(assignments=(*programme().assignments, term))


@pytest.mark.parametrize("known", [programme(), with_term()], ids=["as it is", "with a term that ends"])
def test_the_spans_say_what_the_register_says_of_each_day(known: Programme) -> None:
    for person in known.people:
        spans = concerning_spans(known, person, FIRST, LAST)
        assert (spans[0].first, spans[-1].last) == (FIRST, LAST)
        for day in (FIRST, BEGINS - timedelta(days=1), BEGINS, ENDS, ENDS + timedelta(days=1), LAST):
            (span,) = (item for item in spans if item.first <= day <= item.last)
            seated = {body.key for body in known.bodies if person in {who for who, _ in known.board_people(body, day)}}
            led = {body.key for body in known.bodies if may_change(known, body, person, day)}
            assert span.bodies == seated | led, (person.key, day)


def test_a_term_is_a_span_of_its_own() -> None:
    spans = seated_spans(with_term(), "member", FIRST, LAST)

    assert [(span.first, "b-vik" in span.bodies) for span in spans] == [
        (FIRST, False),
        (BEGINS, True),
        (ENDS + timedelta(days=1), False),
    ]


def test_the_people_of_a_body_are_those_with_a_seat_there() -> None:
    known = with_term()
    everybody = Attendance(known)

    for body in known.bodies:
        assert people_ever_in(known, body) == {seat.person for seat in everybody.seats(body.key)}


def test_dates_that_a_body_fixed_beyond_the_programme_are_looked_for_too() -> None:
    assert last_meeting_day(programme(), programme().last_day + timedelta(days=10)) > programme().last_day

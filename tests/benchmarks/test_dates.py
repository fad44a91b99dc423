"""Dates of many boards, in seconds of processor time: bounds with room to spare, to be told of a hundredfold."""

from benchmarks.dates import NOW, country, timed, timed_board
from workflows.meetings.plan import plan_meetings

BOARDS = 36
"""A tenth of the country's; `python -m benchmarks.dates` takes them all."""
SECONDS = 10.0
"""Takes a quarter of one."""
BOARD_SECONDS = 0.25
"""Takes a few thousandths."""


def test_a_tenth_of_the_country_is_planned_through_three_years_in_seconds() -> None:
    programme = country(BOARDS)

    seconds, plan = timed(lambda: plan_meetings(programme, [], now=NOW))
    again_seconds, again = timed(lambda: plan_meetings(programme, plan.new, now=NOW))

    assert len(plan.new) > 20 * BOARDS
    assert (again.new, again.changed) == ((), ())
    assert max(seconds, again_seconds) < SECONDS


def test_one_board_is_planned_through_three_years_in_milliseconds() -> None:
    programme = country(2)

    assert timed_board(programme, programme.bodies[0]) < BOARD_SECONDS

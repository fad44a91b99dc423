"""The table of allowed distances that a search reads is what the rules say, pair by pair."""

from datetime import date

import pytest

from config.values import Rhythm
from tests.workflows.programme import programme
from workflows.meetings.date_rules import Around, BodyDays, Ground
from workflows.meetings.date_search import times_of
from workflows.meetings.distances import Distances
from workflows.working_days import WorkCalendar


@pytest.mark.parametrize(
    "rhythm",
    [
        pytest.param(Rhythm(), id="every six weeks"),
        pytest.param(Rhythm(wanted_gap=7, least_gap=5, most_gap=9, most_gap_over_summer=60), id="every week"),
        pytest.param(Rhythm(most_gap_over_summer=40), id="no longer over the summer"),
    ],
)
def test_a_search_looks_at_every_day_an_allowed_distance_before_and_at_no_other(rhythm: Rhythm) -> None:
    ground = Ground(WorkCalendar(programme()), None, first=date(2026, 5, 1), last=date(2026, 10, 31))
    distances = Distances(BodyDays(ground, times_of(rhythm), Around(), {}), rhythm)
    reached = [day.toordinal() for day in ground.open_days]

    for day in reached:
        allowed = {other for other in reached if other < day and distances.step(other, day, strict=True) is not None}
        looked_at = [reached[index] for index in distances.one_step_before(day, reached)]
        assert looked_at == sorted(allowed)
        assert all(distances.allowed[day - other] == distances.step(other, day, strict=True) for other in allowed)

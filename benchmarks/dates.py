"""Time to find the dates of every board in the country: `python -m benchmarks.dates`."""

import argparse
import platform
from collections.abc import Callable
from datetime import UTC, date, datetime
from statistics import median
from time import process_time
from typing import TypeVar

from config.programme import Programme
from config.values import (
    Assignment,
    Body,
    BodyKind,
    Municipality,
    Organisation,
    Person,
    Rhythm,
    Role,
    RoundTimes,
    Tenant,
)
from workflows.meetings.date_rules import Ground
from workflows.meetings.date_search import plan_rhythm
from workflows.meetings.plan import plan_meetings
from workflows.working_days import WorkCalendar

FIRST, LAST = date(2026, 1, 1), date(2028, 12, 31)
NOW = datetime(2025, 12, 1, 8, tzinfo=UTC)
MEMBERS = 6
T = TypeVar("T")


def country(boards: int) -> Programme:
    """Return boards of seven, one of them in the neighbour's board too, and one lead who may join all."""
    slugs = [f"m-{number}" for number in range(boards)]
    people, assignments = [_person("county-lead")], [Assignment(person="county-lead", role=Role.COUNTY_LEAD)]
    for index, slug in enumerate(slugs):
        keys = [f"{slug}-{number}" for number in range(MEMBERS)]
        people += [_person(key) for key in keys]
        assignments.append(Assignment(person=keys[0], role=Role.BOARD_CHAIR, municipality=slug))
        members = [*keys[1:], f"{slugs[index - 1]}-1"]
        assignments += [Assignment(person=key, role=Role.BOARD_MEMBER, municipality=slug) for key in members]
    return Programme(
        key="country",
        name="Landet",
        local_name="{municipality}",
        first_day=FIRST,
        last_day=LAST,
        county="county",
        organisations=(
            Organisation(key="county", name="Fylket", kind="county", tenant=Tenant.HOME, domain="county.example"),
        ),
        partners=(),
        people=tuple(people),
        assignments=tuple(assignments),
        municipalities=tuple(
            Municipality(slug=slug, number=f"{index:04}", name=slug, organisation="county")
            for index, slug in enumerate(slugs)
        ),
        bodies=tuple(_board(slug, index) for index, slug in enumerate(slugs)),
        places=(),
    )


def _person(key: str) -> Person:
    return Person(key=key, name=key, email=f"{key}@county.example", organisation="county")


def _board(slug: str, index: int) -> Body:
    return Body(
        key=slug,
        kind=BodyKind.LOCAL_BOARD,
        name=slug,
        municipality=slug,
        chair=Role.BOARD_CHAIR,
        members=(Role.BOARD_MEMBER,),
        optional=(Role.COUNTY_LEAD,),
        rhythm=Rhythm(preferred_weekday=1 + index % 3),
        rounds=RoundTimes(),
        location=slug,
    )


def timed(action: Callable[[], T]) -> tuple[float, T]:
    """Return seconds of processor time, which a busy machine does not stretch, and the result."""
    started = process_time()
    result = action()
    return process_time() - started, result


def timed_board(programme: Programme, body: Body) -> float:
    """Return seconds of processor time for one board's three years, its calendar known."""
    ground = Ground(WorkCalendar(programme), body.rounds, first=FIRST, last=LAST)
    plan_rhythm(body, ground)
    return median(timed(lambda: plan_rhythm(body, ground))[0] for _ in range(20))


def main() -> None:
    """Print the figures that stand in docs/benchmarks.md."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--boards", type=int, default=357)
    boards: int = parser.parse_args().boards
    programme = country(boards)
    print(f"Python {platform.python_version()}, {platform.machine()}, {platform.system()}")

    seconds, plan = timed(lambda: plan_meetings(programme, [], now=NOW))
    print(f"{boards} boards, three years: {seconds:.2f} s, {len(plan.new)} meetings, {len(plan.problems)} problems")

    seconds, again = timed(lambda: plan_meetings(programme, plan.new, now=NOW))
    print(f"planned again: {seconds:.2f} s, {len(again.new)} new, {len(again.changed)} changed")

    body = programme.bodies[0]
    print(f"one board, three years: {1000 * timed_board(programme, body):.1f} ms")
    with_calendar = median(timed(lambda: _fresh(programme, body))[0] for _ in range(5))
    print(f"one board and its calendar: {1000 * with_calendar:.1f} ms")


def _fresh(programme: Programme, body: Body) -> None:
    plan_rhythm(body, Ground(WorkCalendar(programme), body.rounds, first=FIRST, last=LAST))


if __name__ == "__main__":
    main()

"""A story for any programme: the packages take turns at answering, so that everything the loop can meet is met."""

from datetime import datetime, time, timedelta
from pathlib import Path

from config.programme import Programme
from config.values import PackageState, WorkPackage
from demo.people import AnswerHabit, Story

STARTS = time(7, 0)
ROUNDS_PLAYED = 4
"""Gaps between meetings that the loop may take: the second round, and the board above after it."""
USUAL = AnswerHabit(
    how="prompt",
    light="green",
    done="Vi har gjennomført det vi ble enige om på forrige møte.",
    next="Vi fortsetter etter planen.",
    progress=0.4,
)
DECIDED_WITHIN = 14
"""Days after its meeting in which a decision is to be carried out: it is late before the loop is closed."""


def story_for(programme: Programme, folder: Path) -> Story:
    """Return the story that plays the programme in *folder* once: the same every time."""
    packages = [item for item in programme.work_packages if item.state is PackageState.RUNNING]
    boards = [body.rhythm for body in programme.bodies if body.rounds and body.rhythm]
    gap = max((rhythm.most_gap_over_summer for rhythm in boards), default=77)
    return Story(
        programme=folder,
        starts=_first_monday(programme, packages),
        longest_days=ROUNDS_PLAYED * gap,
        packages=_habits(packages, has_owner_board=programme.find_owner_board() is not None),
        otherwise=USUAL,
    )


def _first_monday(programme: Programme, packages: list[WorkPackage]) -> datetime:
    """Return the first Monday on which the programme has begun, and all its packages with it."""
    begun = max([programme.first_day, *(item.since for item in packages if item.since is not None)])
    return datetime.combine(begun + timedelta(days=-begun.weekday() % 7), STARTS)


def _habits(packages: list[WorkPackage], *, has_owner_board: bool) -> dict[str, AnswerHabit]:
    """Return the ways of answering, by package: as many of them as there are packages to play them."""
    asks = AnswerHabit(
        light="red",
        done="Planen er klar.",
        next="Vi starter når vi har et sted å være.",
        hinders="Vi har ingen lokaler.",
        question="Kan vi få et rom to ettermiddager i uka?",
        proposal="Det stilles et rom til disposisjon ut året.",
        until_days=DECIDED_WITHIN,
        progress=0.1,
    )
    unsolved = AnswerHabit(
        light="yellow",
        done="Vi har hatt de første møtene.",
        next="Vi lager en fast plan.",
        hinders="Det er ikke avklart hvem som betaler reisen.",
        question="Hvem betaler reisen mellom kommunene?",
        proposal="Fylket dekker reisen ut året.",
        decision="Saken legges fram for styret over oss." if has_owner_board else "",
        passed_on=has_owner_board,
        # So that its decisions stay to be followed up, past their day.
        solved=False,
        until_days=DECIDED_WITHIN,
        progress=0.5,
    )
    never, late = USUAL.model_copy(update={"how": "never"}), USUAL.model_copy(update={"how": "late"})
    turns = [asks, unsolved, never, late]
    return {package.key: turn for package, turn in zip(packages, turns, strict=False)}

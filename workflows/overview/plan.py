"""Overviews decided from plain data: what all pages share."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date

from config.programme import Programme
from config.values import Indicator, Municipality, Place
from workflows.overview.model import PlaceState, QuestionLine, ReportStage, Trend
from workflows.overview.rows import AnsweredRequest, PlaceLine, RolloutLine, UnitLine
from workflows.papers.questions.model import BoardQuestion
from workflows.papers.reports.model import ReportState
from workflows.rollout.orders import BUILDER_CLOSED
from workflows.status.model import Light, RoundState

ROLLOUT = "rollout.place"


def rollout_key(place: str) -> str:
    """Return the key of the unit that makes a place."""
    return f"{ROLLOUT}:{place}"


def place_state(
    municipality: Municipality, *, left: bool, place: PlaceLine | None, unit: RolloutLine | UnitLine | None
) -> PlaceState:
    """Return the state of a municipality's place. *left*: it is no longer in the programme."""
    if left:
        return PlaceState.LEFT
    if municipality.place is not Place.OURS:
        return PlaceState.THEIRS if municipality.place is Place.THEIRS else PlaceState.NONE
    if unit is not None and unit.state == "waiting":
        return PlaceState.WAITS_FOR_IT if unit.note == BUILDER_CLOSED else PlaceState.UNDER_WAY
    if unit is not None and unit.state == "failed":
        return PlaceState.FAILED
    if place is None or "team" not in place.urls:
        return PlaceState.NOT_MADE
    if place.gone:
        return PlaceState.DRIFT
    return PlaceState.ASKS if place.asks else PlaceState.READY


def report_stage(round_state: RoundState | None, report: ReportState | None) -> ReportStage:
    """Return how far the report of a round has come."""
    if report is not None:
        return ReportStage.DRAFT if report is ReportState.DRAFT else ReportStage.RELEASED
    if round_state is None:
        return ReportStage.NONE
    return ReportStage.COLLECTING if round_state is RoundState.OPEN else ReportStage.DUE


def question_lines(
    programme: Programme, questions: Iterable[BoardQuestion], answered: Sequence[AnsweredRequest]
) -> tuple[QuestionLine, ...]:
    """Return the questions that packages lifted, the newest first, each with what has come of it."""
    meetings = {item.request.meeting: item.meeting_local for item in answered}
    lines = []
    for item in questions:
        package = programme.find_work_package(item.work_package)
        if package is None or item.meeting not in meetings:
            continue
        answer, below = item.answer, item.decided_below
        lines.append(
            QuestionLine(
                question=item.question,
                proposal=item.proposal,
                package=package.name,
                meeting_local=meetings[item.meeting],
                level=item.level,
                state=item.state,
                answer=answer.words if answer else "",
                decided_below=below.words if below else "",
            )
        )
    return tuple(sorted(lines, key=lambda line: line.meeting_local, reverse=True))


def lights_over_rounds(answered: Sequence[AnsweredRequest]) -> tuple[tuple[date, Light | None], ...]:
    """
    Return a package's light at each meeting, the oldest first; while a round is open, an answer may still come.

    *answered*: its requests, in any order.
    """
    known = [item for item in answered if item.answer is not None or item.round.state is not RoundState.OPEN]
    in_order = sorted(known, key=lambda item: item.meeting_local)
    return tuple((item.meeting_local.date(), item.light) for item in in_order)


def trends_of(indicators: Sequence[Indicator], answered: Sequence[AnsweredRequest]) -> tuple[Trend, ...]:
    """Return each indicator's numbers over the rounds, the oldest first; rounds without a number are left out."""
    in_order = sorted(answered, key=lambda item: item.meeting_local)
    return tuple(
        Trend(
            name=indicator.name,
            unit=indicator.unit,
            better=indicator.better,
            points=tuple(
                (item.meeting_local.date(), item.content.indicators[indicator.key])
                for item in in_order
                if item.content is not None and indicator.key in item.content.indicators
            ),
            baseline=indicator.baseline,
            target=indicator.target,
        )
        for indicator in indicators
    )


def by_package(answered: Iterable[AnsweredRequest]) -> Mapping[str, list[AnsweredRequest]]:
    """Return requests by the package they are about, in the order they came."""
    found: dict[str, list[AnsweredRequest]] = {}
    for item in answered:
        found.setdefault(item.request.work_package, []).append(item)
    return found

"""The county lead's overview: every municipality on one screen."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from operator import attrgetter

import texts
from config.programme import Programme
from config.values import Municipality
from workflows.overview.model import (
    CountedRequest,
    CountyOverview,
    MunicipalityState,
    Owing,
    ReportStage,
    RoundProgress,
)
from workflows.overview.plan import place_state, report_stage, rollout_key
from workflows.overview.rows import CountyRows, RequestRow, RoundLine, RoundRows, Undelivered
from workflows.status.model import Level, RequestState
from workflows.status.plan import name_of, who_is_asked

OWED = (RequestState.OPEN, RequestState.MISSING)


def county_overview(
    programme: Programme, rows: CountyRows, *, now: datetime, municipalities: Iterable[Municipality] | None = None
) -> CountyOverview:
    """Return the overview of *municipalities*, or of all, by name."""
    today = programme.today(now)
    rounds = newest_progress(programme, rows)
    stages = {line.municipality: report_stage(line.state, line.report) for line in rows.rounds}
    questions = _questions(programme, rows)
    undelivered: dict[str | None, list[Undelivered]] = {}
    for item in rows.undelivered:
        undelivered.setdefault(item.municipality, []).append(item)
    lines = []
    wanted = programme.municipalities if municipalities is None else municipalities
    for municipality in sorted(wanted, key=lambda item: texts.sort_key(item.name)):
        slug = municipality.slug
        lines.append(
            MunicipalityState(
                slug=slug,
                name=municipality.name,
                place=place_state(
                    municipality,
                    left=not programme.takes_part(slug, today),
                    place=rows.places.get(slug),
                    unit=rows.rollouts.get(rollout_key(slug)),
                ),
                paused=slug in rows.paused,
                next_meeting=rows.next_meetings.get(programme.local_board(slug).key),
                round=rounds.get(slug),
                report=stages.get(slug, ReportStage.NONE),
                questions_local=questions.get((slug, False), 0),
                questions_owner=questions.get((slug, True), 0),
                undelivered=tuple(undelivered.get(slug, ())),
            )
        )
    owner_board = programme.find_owner_board()
    return CountyOverview(
        municipalities=tuple(lines),
        owner_meeting=rows.next_meetings.get(owner_board.key) if owner_board else None,
        undelivered=tuple(undelivered.get(None, ())),
        paused="" in rows.paused,
    )


def newest_progress(programme: Programme, rows: RoundRows) -> Mapping[str, RoundProgress]:
    """Return how far the newest round of each municipality has come, by its slug."""
    requests: dict[str, list[RequestRow]] = {}
    for request in rows.requests:
        requests.setdefault(request.meeting, []).append(request)
    return {line.municipality: round_progress(programme, line, requests.get(line.meeting, ())) for line in rows.rounds}


def round_progress(programme: Programme, line: RoundLine, requests: Sequence[CountedRequest]) -> RoundProgress:
    """Return how far a round has come."""
    wanted = [request for request in requests if request.state != RequestState.WAIVED]
    owed = [
        request
        for request in wanted
        if request.state in OWED and programme.find_work_package(request.work_package) is not None
    ]
    return RoundProgress(
        meeting=line.meeting,
        state=line.state,
        deadline_local=programme.local_time(line.deadline_at).replace(tzinfo=None),
        answered=[request.state for request in wanted].count(RequestState.ANSWERED),
        asked=len(wanted),
        owed=tuple(sorted(owed, key=attrgetter("work_package"))),
    )


def owing(programme: Programme, progress: RoundProgress, *, now: datetime) -> tuple[Owing, ...]:
    """
    Return the packages that owe an answer, each with the person who is to give it: of now, or of the round's deadline.

    Apart from the progress: names are looked up of the few rounds whose names are read.
    """
    on = min(programme.today(now), progress.deadline_local.date())
    return tuple(
        Owing(
            work_package=package.key,
            name=package.name,
            lead=asked.name if (asked := who_is_asked(programme, package, on)) else name_of(programme, request.person),
        )
        for request in progress.owed
        if (package := programme.find_work_package(request.work_package)) is not None
    )


def _questions(programme: Programme, rows: CountyRows) -> Mapping[tuple[str, bool], int]:
    """Count the questions by municipality, and by whether they wait for the owner board."""
    found: dict[tuple[str, bool], int] = {}
    for counted in rows.questions:
        body = programme.find_body(counted.body)
        if body is not None and body.municipality is not None:
            key = (body.municipality, counted.level == Level.OWNER)
            found[key] = found.get(key, 0) + counted.number
    return found

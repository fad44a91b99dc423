"""The county lead's overview: every municipality on one screen."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Protocol

import texts
from config.programme import Programme
from config.values import Municipality
from workflows.overview.model import CountyOverview, MunicipalityState, Owing, RoundProgress
from workflows.overview.plan import place_state, report_stage, rollout_key
from workflows.overview.rows import CountyRows, RequestRow, RoundLine, Undelivered
from workflows.status.model import Level, RequestState
from workflows.status.plan import name_of, who_is_asked

OWED = (RequestState.OPEN, RequestState.MISSING)


class CountedRequest(Protocol):
    """A request as far as a round's progress needs it."""

    @property
    def work_package(self) -> str: ...
    @property
    def person(self) -> str: ...
    @property
    def state(self) -> str: ...


def county_overview(
    programme: Programme, rows: CountyRows, *, now: datetime, municipalities: Iterable[Municipality] | None = None
) -> CountyOverview:
    """Return the overview of *municipalities*, or of all, by name."""
    today = programme.today(now)
    meetings = {meeting.body: meeting.starts_local for meeting in rows.meetings}
    rounds = {line.municipality: line for line in rows.rounds}
    requests = _grouped_requests(rows.requests)
    questions = _questions(programme, rows)
    undelivered: dict[str | None, list[Undelivered]] = {}
    for item in rows.undelivered:
        undelivered.setdefault(item.municipality, []).append(item)
    lines = []
    wanted = programme.municipalities if municipalities is None else municipalities
    for municipality in sorted(wanted, key=lambda item: texts.sort_key(item.name)):
        slug = municipality.slug
        current = rounds.get(slug)
        meeting = current.meeting if current else ""
        lines.append(
            MunicipalityState(
                slug=slug,
                name=municipality.name,
                place=place_state(
                    municipality,
                    left=not programme.takes_part(slug, today),
                    place=rows.places.get(slug),
                    unit=rows.units.get(rollout_key(slug)),
                ),
                paused=slug in rows.paused,
                next_meeting=_board_meeting(programme, municipality, meetings),
                round=round_progress(programme, current, requests.get(meeting, ()), now=now) if current else None,
                report=report_stage(current.state if current else None, rows.reports.get(meeting)),
                questions_local=questions.get((slug, False), 0),
                questions_owner=questions.get((slug, True), 0),
                undelivered=tuple(undelivered.get(slug, ())),
            )
        )
    return CountyOverview(
        municipalities=tuple(lines),
        owner_meeting=meetings.get(owner_board.key) if (owner_board := programme.find_owner_board()) else None,
        undelivered=tuple(undelivered.get(None, ())),
        paused="" in rows.paused,
    )


def round_progress(
    programme: Programme, line: RoundLine, requests: Sequence[CountedRequest], *, now: datetime
) -> RoundProgress:
    """Return how far a round has come. The people who owe an answer are those of now, or of its deadline."""
    wanted = [request for request in requests if request.state != RequestState.WAIVED]
    on = programme.today(min(now, line.deadline_at))
    owing = [
        Owing(
            work_package=package.key,
            name=package.name,
            lead=asked.name if (asked := who_is_asked(programme, package, on)) else name_of(programme, request.person),
        )
        for request in wanted
        if request.state in OWED and (package := programme.find_work_package(request.work_package)) is not None
    ]
    return RoundProgress(
        meeting=line.meeting,
        state=line.state,
        deadline_local=programme.local_time(line.deadline_at).replace(tzinfo=None),
        answered=sum(request.state == RequestState.ANSWERED for request in wanted),
        asked=len(wanted),
        owing=tuple(owing),
    )


def _grouped_requests(requests: Sequence[RequestRow]) -> Mapping[str, list[RequestRow]]:
    found: dict[str, list[RequestRow]] = {}
    for request in requests:
        found.setdefault(request.meeting, []).append(request)
    return found


def _questions(programme: Programme, rows: CountyRows) -> Mapping[tuple[str, bool], int]:
    """Count the questions by municipality, and by whether they wait for the owner board."""
    found: dict[tuple[str, bool], int] = {}
    for counted in rows.questions:
        body = programme.find_body(counted.body)
        if body is not None and body.municipality is not None:
            key = (body.municipality, counted.level == Level.OWNER)
            found[key] = found.get(key, 0) + counted.number
    return found


def _board_meeting(
    programme: Programme, municipality: Municipality, meetings: Mapping[str, datetime]
) -> datetime | None:
    return meetings.get(programme.local_board(municipality.slug).key)

"""A municipality's page: what its local lead looks after, and what others there may see of it."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime

import texts
from config.programme import Programme
from config.values import Body, Role
from workflows.messages.model import Message, MessageState
from workflows.overview.model import MissedRound, MunicipalityOverview, PackageLine, PersonLine
from workflows.overview.plan import by_package, lights_over_rounds, place_state, question_lines, report_stage, trends_of
from workflows.overview.rows import AnsweredRequest, MeetingLine, MunicipalityRows, ReportLine
from workflows.papers.minutes.model import MatterState
from workflows.papers.reports.model import ReportState
from workflows.status.model import Light, RequestLine, StatusRound
from workflows.status.plan import package_leads, round_before
from workflows.status.ports import BoardMeeting
from workflows.status.results import round_overview

BOARD_MEETINGS = 2
"""The board's meetings to come that its municipality's page lists."""


def bodies_of(programme: Programme, slug: str) -> tuple[Body, ...]:
    """Return the bodies that meet in a municipality."""
    return tuple(body for body in programme.bodies if body.municipality == slug)


def municipality_overview(
    programme: Programme, slug: str, rows: MunicipalityRows, *, now: datetime
) -> MunicipalityOverview:
    """Return the overview of a municipality."""
    municipality, today = programme.municipality(slug), programme.today(now)
    newest = rows.answered[0] if rows.answered else None
    status_round = newest.round if newest else None
    report = rows.reports.get(status_round.meeting) if status_round else None
    missed, next_round = _rounds_to_come(programme, slug, rows.meetings, status_round, now)
    return MunicipalityOverview(
        slug=slug,
        name=municipality.name,
        board=programme.local_board(slug).key,
        place=place_state(municipality, left=not programme.takes_part(slug, today), place=rows.place, unit=rows.unit),
        place_url=municipality.place_url or rows.place.urls.get("team", ""),
        paused=rows.paused,
        round=status_round,
        round_meeting=newest.meeting_local if newest else None,
        next_round=next_round,
        missed=missed,
        next_waits=next_round is not None and next_round.opens_at <= now,
        next_asks=next_round is not None and _asks_somebody(programme, slug, max(now, next_round.opens_at)),
        next_meetings=_shown_meetings(rows.meetings, programme.local_board(slug).key),
        report=report_stage(status_round.state if status_round else None, report.state if report else None),
        released=_released(rows.reports.values()),
        packages=_packages(programme, slug, rows, status_round, now),
        questions=question_lines(programme, rows.questions, rows.answered),
        decisions=tuple(item for item in rows.decisions if item.text),
        actions=tuple(item for item in rows.actions if item.state is MatterState.OPEN),
        undelivered=rows.undelivered,
        people=people_of(programme, slug, today),
        guests_asked=rows.guests_asked,
    )


def people_of(programme: Programme, slug: str, on: date) -> tuple[PersonLine, ...]:
    """Return the people with a role in a municipality or in one of its packages that go on by then, by name."""
    held: dict[str, list[tuple[Role, str]]] = {}
    for item in programme.assignments:
        package = programme.find_work_package(item.work_package or "")
        home = item.municipality or (package.municipality if package else None)
        if home == slug and item.holds(on) and not (package and package.has_ended(on)):
            held.setdefault(item.person, []).append((item.role, package.name if package else ""))
    order = {role: number for number, role in enumerate(Role)}
    lines = [
        PersonLine(
            key=person.key,
            name=person.name,
            organisation=programme.organisation_of(person).name,
            roles=tuple(sorted(roles, key=lambda role: (order[role[0]], texts.sort_key(role[1])))),
            is_guest=programme.is_guest(person),
        )
        for key, roles in held.items()
        if (person := programme.find_person(key)) is not None
    ]
    return tuple(sorted(lines, key=lambda line: (order[line.roles[0][0]], texts.sort_key(line.name))))


def _rounds_to_come(
    programme: Programme, slug: str, meetings: Sequence[MeetingLine], current: StatusRound | None, now: datetime
) -> tuple[MissedRound | None, StatusRound | None]:
    """
    Return the round before the board's next meeting if its deadline has passed unopened, and the next that will open.

    The current round is neither: it is open, or was held.
    """
    board, missed = programme.local_board(slug).key, None
    known = current.meeting if current else ""
    for meeting in meetings:
        if meeting.body != board or meeting.key == known:
            continue
        facts = BoardMeeting(key=meeting.key, body=board, starts_local=meeting.starts_local, cancelled=False)
        planned = round_before(programme, facts)
        if planned is None or now < planned.deadline_at:
            return missed, planned
        if missed is None and _asks_somebody(programme, slug, planned.deadline_at):
            missed = MissedRound(meeting=meeting.starts_local, deadline_at=planned.deadline_at)
    return missed, None


def _asks_somebody(programme: Programme, slug: str, moment: datetime) -> bool:
    return bool(programme.reporting_packages(slug, on=programme.today(moment)))


def _shown_meetings(meetings: Sequence[MeetingLine], board: str) -> tuple[MeetingLine, ...]:
    """Return the board's next two meetings and each other body's next one: weekly contact must not hide the board."""
    shown: dict[str, int] = {}
    chosen = []
    for meeting in meetings:
        most = BOARD_MEETINGS if meeting.body == board else 1
        if shown.get(meeting.body, 0) < most:
            shown[meeting.body] = shown.get(meeting.body, 0) + 1
            chosen.append(meeting)
    return tuple(sorted(chosen, key=lambda meeting: (meeting.body != board, meeting.starts_local)))


def _released(reports: Iterable[ReportLine]) -> tuple[ReportLine, ...]:
    lines = [item for item in reports if item.state is not ReportState.DRAFT]
    return tuple(sorted(lines, key=lambda item: item.meeting, reverse=True))


def _packages(
    programme: Programme, slug: str, rows: MunicipalityRows, status_round: StatusRound | None, now: datetime
) -> tuple[PackageLine, ...]:
    today = programme.today(now)
    requests = _request_lines(programme, rows, status_round, now)
    grouped = by_package(rows.answered)
    running = programme.reporting_packages(slug, on=today)
    # A package that ended in the round is shown until the next one.
    asked = [package for package in programme.work_packages if package.key in requests and package not in running]
    return tuple(
        PackageLine(
            key=package.key,
            name=package.name,
            home="" if package.municipality == slug else programme.municipality(package.municipality).name,
            leads=tuple(lead.name for lead in package_leads(programme, package.key, today)),
            light=_light_now(grouped.get(package.key, ()), status_round),
            request=requests.get(package.key),
            reached=_reached(rows.messages, requests.get(package.key)),
            lights=lights_over_rounds(grouped.get(package.key, ())),
            trends=trends_of(package.indicators, grouped.get(package.key, ())),
        )
        for package in (*running, *asked)
    )


def _request_lines(
    programme: Programme, rows: MunicipalityRows, status_round: StatusRound | None, now: datetime
) -> Mapping[str, RequestLine]:
    """Return the lines of the newest round by package, as the local lead sees them."""
    if status_round is None:
        return {}
    newest = [item for item in rows.answered if item.request.meeting == status_round.meeting]
    overview = round_overview(
        programme,
        status_round,
        [item.request for item in newest],
        rows.messages,
        {item.request.id: item.answer for item in newest if item.answer is not None},
        on=programme.today(min(now, status_round.deadline_at)),
        drafted={item.request.id for item in newest if item.drafted},
    )
    return {line.work_package: line for line in overview.lines}


def _light_now(answered: Sequence[AnsweredRequest], status_round: StatusRound | None) -> Light | None:
    meeting = status_round.meeting if status_round else ""
    return next((item.light for item in answered if item.request.meeting == meeting), None)


def _reached(messages: Sequence[Message], line: RequestLine | None) -> datetime | None:
    """Return when a message about a request last reached somebody."""
    if line is None:
        return None
    sent = [
        message.sent_at
        for message in messages
        if message.request == line.request and message.state is MessageState.SENT and message.sent_at is not None
    ]
    return max(sent, default=None)

"""A work package's page, and a body's."""

from collections.abc import Sequence
from datetime import datetime

from config.programme import Programme
from workflows.overview.model import BoardOverview, PackageOverview, PastMeeting
from workflows.overview.plan import lights_over_rounds, question_lines, trends_of
from workflows.overview.rows import BoardRows, MeetingLine, PackageRows, ReportLine
from workflows.papers.minutes.model import MatterState
from workflows.papers.reports.model import ReportState
from workflows.status.plan import package_leads, round_before
from workflows.status.ports import BoardMeeting


def package_overview(programme: Programme, key: str, rows: PackageRows, *, now: datetime) -> PackageOverview:
    """Return the overview of a work package."""
    package, today = programme.work_package(key), programme.today(now)
    leads = package_leads(programme, key, today)
    current = rows.answered[0] if rows.answered else None
    takes_answers = current is not None and current.round.takes_answers(now)
    mine = {lead.key for lead in leads}
    return PackageOverview(
        key=key,
        name=package.name,
        summary=package.summary,
        municipality=package.municipality,
        municipality_name=programme.municipality(package.municipality).name,
        board=programme.local_board(package.municipality).key,
        leads=tuple(lead.name for lead in leads),
        current=current,
        takes_answers=takes_answers,
        history=rows.answered if not takes_answers else rows.answered[1:],
        lights=lights_over_rounds(rows.answered),
        trends=trends_of(package.indicators, rows.answered),
        decisions=tuple(item for item in rows.decisions if item.work_package == key and item.text),
        actions=tuple(item for item in rows.actions if item.person in mine and item.state is MatterState.OPEN),
        questions=question_lines(programme, rows.questions, rows.answered),
        next_meeting=rows.meetings[0] if rows.meetings else None,
        next_opens=None if takes_answers else _next_opens(programme, rows.meetings, now),
    )


def board_overview(programme: Programme, key: str, rows: BoardRows) -> BoardOverview:
    """Return the overview of a body's meetings and papers."""
    body = programme.body(key)
    first = rows.meetings[0].key if rows.meetings else ""
    return BoardOverview(
        key=key,
        name=body.name,
        municipality=body.municipality,
        next_meetings=rows.meetings,
        next_report=_released(rows.reports.get(first)),
        has_agenda=first in rows.agendas,
        past=tuple(
            PastMeeting(
                meeting=meeting,
                report=_released(rows.reports.get(meeting.key)),
                has_minutes=meeting.key in rows.minutes,
            )
            for meeting in rows.past
        ),
        decisions=tuple(item for item in rows.decisions if item.text),
        actions=tuple(item for item in rows.actions if item.what and item.state is MatterState.OPEN),
    )


def _next_opens(programme: Programme, meetings: Sequence[MeetingLine], now: datetime) -> datetime | None:
    """Return the local time at which the round before the next meeting opens; None when that is not ahead."""
    for meeting in meetings:
        facts = BoardMeeting(key=meeting.key, body=meeting.body, starts_local=meeting.starts_local, cancelled=False)
        status_round = round_before(programme, facts)
        if status_round is not None and status_round.opens_at > now:
            return programme.local_time(status_round.opens_at).replace(tzinfo=None)
    return None


def _released(report: ReportLine | None) -> ReportLine | None:
    return None if report is None or report.state is ReportState.DRAFT else report

"""A work package's page, and a body's."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime

from config.programme import Programme
from config.values import WorkPackage
from workflows.overview.model import BoardOverview, PackageOverview, PastMeeting, ReportSeries
from workflows.overview.plan import lights_over_rounds, question_lines, trends_of
from workflows.overview.rows import BoardRows, MeetingLine, PackageRows, ReportLine
from workflows.papers.minutes.model import MatterState
from workflows.papers.reports.model import ReportState
from workflows.status.plan import package_leads, round_before
from workflows.status.ports import BoardMeeting


def package_overview(
    programme: Programme, key: str, rows: PackageRows, *, now: datetime, boards: frozenset[str] | None = None
) -> PackageOverview:
    """
    Return the overview of a work package.

    *boards*: the municipalities whose boards' rounds, questions, decisions and reports are shown; None: all of them.
    """
    package, today = programme.work_package(key), programme.today(now)
    rows = rows if boards is None else _rows_of(programme, rows, boards)
    leads = package_leads(programme, key, today)
    asked = [item for item in rows.answered if item.round.takes_answers(now)]
    mine = {lead.key for lead in leads}
    return PackageOverview(
        key=key,
        name=package.name,
        summary=package.summary,
        municipality=package.municipality,
        municipality_name=programme.municipality(package.municipality).name,
        board=board_of(programme, key, boards),
        leads=tuple(lead.name for lead in leads),
        asked=tuple(sorted(asked, key=lambda item: (item.round.deadline_at, item.request.meeting))),
        history=tuple(item for item in rows.answered if item not in asked),
        lights=lights_over_rounds(rows.answered),
        trends=trends_of(package.indicators, rows.answered),
        decisions=tuple(item for item in rows.decisions if item.work_package == key and item.text),
        actions=tuple(item for item in rows.actions if item.person in mine and item.state is MatterState.OPEN),
        questions=question_lines(programme, rows.questions, rows.answered),
        series=_series(programme, package, rows.reports, boards),
        next_meeting=rows.meetings[0] if rows.meetings else None,
        next_opens=None if asked else _next_opens(programme, rows.meetings, now),
    )


def board_of(programme: Programme, key: str, boards: frozenset[str] | None) -> str:
    """Return the board whose next meeting a package's page tells: its own, or the first of *boards* by name."""
    package = programme.work_package(key)
    return programme.local_board(package.municipality if boards is None else min(boards)).key


def _rows_of(programme: Programme, rows: PackageRows, boards: frozenset[str]) -> PackageRows:
    """Return of *rows* what concerns the boards of some municipalities."""
    keys = {programme.local_board(slug).key for slug in boards}

    def concerns(meeting: str) -> bool:
        return meeting.rpartition("/")[0] in keys

    return replace(
        rows,
        answered=tuple(item for item in rows.answered if item.round.municipality in boards),
        questions=tuple(item for item in rows.questions if concerns(item.meeting)),
        decisions=tuple(item for item in rows.decisions if concerns(item.meeting)),
        actions=tuple(item for item in rows.actions if concerns(item.meeting)),
    )


def _series(
    programme: Programme, package: WorkPackage, reports: Mapping[str, ReportLine], boards: frozenset[str] | None
) -> tuple[ReportSeries, ...]:
    """Return the boards that a package reports to, each with its newest released report."""
    series = []
    for slug in (package.municipality, *package.boards):
        if boards is not None and slug not in boards:
            continue
        board = programme.local_board(slug)
        known = [item for key, item in reports.items() if key.rpartition("/")[0] == board.key and _released(item)]
        newest = max(known, key=lambda item: item.meeting, default=None)
        series.append(ReportSeries(body=board.key, name=board.name, municipality=slug, newest=newest))
    return tuple(series)


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

"""From the overviews of pages to the answers of the HTTP interface; each reader is given what their pages show."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

import texts
from config.programme import Programme
from config.values import Body, Municipality
from web.access.gate import Visit
from web.api.model import (
    HeldRoleAnswer,
    MeAnswer,
    MeetingAnswer,
    MissingAnswer,
    MissingAnswers,
    MunicipalityAnswer,
    MunicipalityDetailAnswer,
    PackageAnswer,
    ReportAnswer,
    RoundAnswer,
)
from workflows.access.model import Reader, Right, Where
from workflows.access.rules import may
from workflows.overview.county import newest_progress, owing, round_progress
from workflows.overview.model import MunicipalityState, PackageLine, RoundProgress
from workflows.overview.municipality import municipality_overview
from workflows.overview.rows import MeetingLine, MunicipalityRows, ReportLine, RoundLine, RoundRows
from workflows.papers.reports.model import ReportState


def me_answer(reader: Reader) -> MeAnswer:
    """Return the reader."""
    held = sorted(reader.roles, key=lambda item: (item.role, item.municipality or "", item.work_package or ""))
    return MeAnswer(
        key=reader.person,
        name=reader.name,
        language=reader.language,
        roles=[
            HeldRoleAnswer(role=item.role, municipality=item.municipality, work_package=item.work_package)
            for item in held
        ],
        bodies=sorted(reader.bodies),
    )


def municipalities_of(visit: Visit) -> list[Municipality]:
    """Return the municipalities that the reader may see."""
    return [
        item
        for item in visit.programme.municipalities
        if may(visit.reader, Right.SEE_MUNICIPALITY, Where(municipality=item.slug))
    ]


def slugs_seen(visit: Visit) -> list[str] | None:
    """Return the municipalities that the reader may see, by their slugs; None for all."""
    return None if visit.reader.runs_programme else [item.slug for item in municipalities_of(visit)]


def bodies_seen(visit: Visit) -> list[str] | None:
    """
    Return the bodies whose meetings the reader's answers may name; None for all.

    They are the boards that the reader sees, and those of the municipalities.
    """
    if visit.reader.runs_programme:
        return None
    seen = {item.slug for item in municipalities_of(visit)}
    return [body.key for body in visit.programme.bodies if body.municipality in seen or _sees_board(visit, body)]


def _sees_board(visit: Visit, body: Body) -> bool:
    return may(visit.reader, Right.SEE_BOARD, Where(municipality=body.municipality, body=body.key))


def rounds_seen(visit: Visit, rows: RoundRows) -> list[tuple[str, RoundProgress]]:
    """Return the newest round of each municipality that the reader may see, by deadline."""
    found = newest_progress(visit.programme, rows)
    seen = [(item.slug, found[item.slug]) for item in municipalities_of(visit) if item.slug in found]
    return sorted(seen, key=lambda item: (item[1].deadline_local, item[0]))


def meetings_seen(visit: Visit, meetings: Sequence[MeetingLine]) -> list[MeetingLine]:
    """Return those of *meetings* whose bodies the reader may see."""
    found = ((line, visit.programme.find_body(line.body)) for line in meetings)
    return [line for line, body in found if body is not None and _sees_board(visit, body)]


def reports_seen(visit: Visit, reports: Mapping[str, ReportLine]) -> list[tuple[str, ReportLine]]:
    """Return the reports that the reader may see, by municipality, which stands beside each; drafts if they may."""
    found = ((_municipality_of(visit.programme, report), report) for report in reports.values())
    seen = [(slug, report) for slug, report in found if slug is not None and _sees_report(visit, slug, report)]
    return sorted(seen, key=lambda item: (item[0], item[1].meeting))


def _municipality_of(programme: Programme, report: ReportLine) -> str | None:
    body = programme.find_body(report.meeting.rpartition("/")[0])
    found = programme.find_municipality(body.municipality) if body is not None else None
    return None if found is None else found.slug


def _sees_report(visit: Visit, slug: str, report: ReportLine) -> bool:
    """Return True for a report of a municipality that the reader may see; a draft, if they look after it."""
    right = Right.LOOK_AFTER if report.state is ReportState.DRAFT else Right.SEE_MUNICIPALITY
    return may(visit.reader, right, Where(municipality=slug))


@dataclass(frozen=True)
class MunicipalityAnswers:
    """Answers about one municipality, from one look at the record."""

    programme: Programme
    slug: str
    rows: MunicipalityRows
    now: datetime

    @property
    def progress(self) -> RoundProgress | None:
        """Return the progress of its newest round; None without one."""
        if not self.rows.answered:
            return None
        newest = self.rows.answered[0]
        requests = [item.request for item in self.rows.answered if item.request.meeting == newest.request.meeting]
        return round_progress(self.programme, RoundLine.of(newest.round), requests)

    def detail(self) -> MunicipalityDetailAnswer:
        """Return the municipality with its packages and meetings."""
        overview, progress = municipality_overview(self.programme, self.slug, self.rows, now=self.now), self.progress
        meetings = [meeting_answer(self.programme, line) for line in overview.next_meetings]
        return MunicipalityDetailAnswer(
            slug=self.slug,
            name=overview.name,
            place=overview.place,
            paused=overview.paused,
            next_meeting_at=next((item.starts_at for item in meetings if item.body == overview.board), None),
            round=None if progress is None else round_answer(self.programme, self.slug, progress),
            report=overview.report,
            packages=[package_answer(line) for line in overview.packages],
            meetings=meetings,
        )

    def missing(self) -> MissingAnswers:
        """Return the packages that have not answered, by name, each with the person who owes it."""
        progress = self.progress
        owed = list(owing(self.programme, progress, now=self.now)) if progress else []
        owed.sort(key=lambda item: texts.sort_key(item.name))
        return MissingAnswers(
            round=None if progress is None else round_answer(self.programme, self.slug, progress),
            takes_answers=progress is not None and progress.takes_answers,
            missing=[MissingAnswer(work_package=item.work_package, name=item.name, lead=item.lead) for item in owed],
        )


def package_answer(line: PackageLine) -> PackageAnswer:
    """Return a package of a municipality in its newest round."""
    return PackageAnswer(
        key=line.key,
        name=line.name,
        leads=list(line.leads),
        light=line.light,
        request=None if line.request is None else line.request.state,
    )


def municipality_answer(programme: Programme, line: MunicipalityState) -> MunicipalityAnswer:
    """Return a municipality as lists give it."""
    return MunicipalityAnswer(
        slug=line.slug,
        name=line.name,
        place=line.place,
        paused=line.paused,
        next_meeting_at=None if line.next_meeting is None else aware(programme, line.next_meeting),
        round=None if line.round is None else round_answer(programme, line.slug, line.round),
        report=line.report,
    )


def round_answer(programme: Programme, slug: str, progress: RoundProgress) -> RoundAnswer:
    """Return a round, without the people who owe an answer."""
    return RoundAnswer(
        municipality=slug,
        meeting=progress.meeting,
        state=progress.state,
        deadline_at=aware(programme, progress.deadline_local),
        asked=progress.asked,
        answered=progress.answered,
    )


def meeting_answer(programme: Programme, line: MeetingLine) -> MeetingAnswer:
    """Return a meeting, its times with the programme's offset."""
    body = programme.body(line.body)
    return MeetingAnswer(
        key=line.key,
        body=line.body,
        body_name=body.name,
        municipality=body.municipality,
        starts_at=aware(programme, line.starts_local),
        ends_at=aware(programme, line.ends_local),
        location=line.location,
        booked=line.booked,
    )


def report_answer(slug: str, report: ReportLine) -> ReportAnswer:
    """Return a report without its content; released, with the address of its page."""
    is_draft = report.state is ReportState.DRAFT
    day = report.meeting.rpartition("/")[2]
    return ReportAnswer(
        meeting=report.meeting,
        municipality=slug,
        state=report.state,
        compiled_at=report.compiled_at,
        released_at=report.released_at,
        address=None if is_draft else f"/kommune/{slug}/rapporter/{day}",
    )


def aware(programme: Programme, local: datetime) -> datetime:
    """Return a wall time in the programme with its offset."""
    return local.replace(tzinfo=ZoneInfo(programme.timezone))

"""From the overviews of pages to the answers of the HTTP interface; each reader is given what their pages show."""

from collections.abc import Iterator
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
from workflows.overview.county import county_overview, round_progress
from workflows.overview.model import MunicipalityState, PackageLine, RoundProgress
from workflows.overview.municipality import municipality_overview
from workflows.overview.rows import CountyRows, MeetingLine, MunicipalityRows, ReportLine, RoundLine
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


def bodies_seen(visit: Visit) -> list[str]:
    """Return the bodies whose meetings the reader's answers may name: boards they see, and their municipalities'."""
    seen = {item.slug for item in municipalities_of(visit)}
    return [body.key for body in visit.programme.bodies if body.municipality in seen or _sees_board(visit, body)]


def _sees_board(visit: Visit, body: Body) -> bool:
    return may(visit.reader, Right.SEE_BOARD, Where(municipality=body.municipality, body=body.key))


@dataclass(frozen=True)
class CountyAnswers:
    """Answers about all municipalities that a reader may see, from one look at the record."""

    visit: Visit
    rows: CountyRows
    now: datetime

    def municipalities(self) -> list[MunicipalityAnswer]:
        """Return the municipalities that the reader may see, by name."""
        seen = municipalities_of(self.visit)
        overview = county_overview(self._programme, self.rows, now=self.now, municipalities=seen)
        return [municipality_answer(self._programme, line) for line in overview.municipalities]

    def rounds(self) -> list[RoundAnswer]:
        """Return the newest round of each municipality that the reader may see, by deadline."""
        found = [item.round for item in self.municipalities() if item.round is not None]
        return sorted(found, key=lambda item: (item.deadline_at, item.municipality))

    def meetings(self) -> list[MeetingAnswer]:
        """Return the next meeting of each body that the reader may see, by time."""
        programme = self._programme
        return [
            meeting_answer(programme, line)
            for line in self.rows.meetings
            if (body := programme.find_body(line.body)) is not None and _sees_board(self.visit, body)
        ]

    def reports(self) -> list[ReportAnswer]:
        """Return the newest report of each municipality's newest round; drafts to those who look after it alone."""
        return list(self._reports())

    def _reports(self) -> Iterator[ReportAnswer]:
        for line in self.rows.rounds:
            slug, report = line.municipality, self.rows.reports.get(line.meeting)
            if report is None or self._programme.find_municipality(slug) is None:
                continue
            right = Right.LOOK_AFTER if report.state is ReportState.DRAFT else Right.SEE_MUNICIPALITY
            if self._sees(right, slug):
                yield report_answer(slug, report)

    @property
    def _programme(self) -> Programme:
        return self.visit.programme

    def _sees(self, right: Right, slug: str) -> bool:
        return may(self.visit.reader, right, Where(municipality=slug))


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
        return round_progress(self.programme, RoundLine.of(newest.round), requests, now=self.now)

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
        owing = sorted(progress.owing if progress else (), key=lambda item: texts.sort_key(item.name))
        return MissingAnswers(
            round=None if progress is None else round_answer(self.programme, self.slug, progress),
            takes_answers=progress is not None and progress.takes_answers,
            missing=[MissingAnswer(work_package=item.work_package, name=item.name, lead=item.lead) for item in owing],
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

"""The owner board's summary decided from plain data: every municipality on one screen, and what is passed up to it."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date, timedelta
from types import MappingProxyType

import texts
from config.programme import Programme
from config.values import BodyKind, Partner
from workflows.meetings.model import Meeting
from workflows.papers.minutes.model import Matters, decision_label
from workflows.papers.questions.model import BoardQuestion
from workflows.papers.questions.plan import questions_for
from workflows.papers.reports.model import BoardReport, MunicipalityLine, OwnerSummary
from workflows.papers.reports.owner_parts import (
    AgreementLine,
    CalendarLine,
    IndicatorSum,
    OwnerLesson,
    PackageLight,
    PassedOn,
    SettledBelow,
)
from workflows.papers.reports.plan import NOTHING, follow_up_lines, late_first, meeting_facts
from workflows.status.model import LessonLevel, Level, Light

EXPIRES_SOON = timedelta(days=120)
"""The time before its last day in which an agreement is told of: longer than it takes to make a new one."""
AHEAD = timedelta(days=120)
"""The part of the calendar that a summary shows."""
BOARDS = (BodyKind.OWNER_BOARD, BodyKind.LOCAL_BOARD)


def compile_owner_summary(
    programme: Programme,
    meeting: Meeting,
    reports: Mapping[str, BoardReport],
    previous: OwnerSummary | None,
    matters: Matters = NOTHING,
    *,
    questions: Iterable[BoardQuestion] = (),
    settled: Iterable[BoardQuestion] = (),
    held: Mapping[str, date] = MappingProxyType({}),
    meetings: Iterable[Meeting] = (),
) -> OwnerSummary:
    """
    Return the summary for the owner board that holds *meeting*.

    *reports*: the newest released report by municipality; who has none is left out. *previous*: the last summary.
    *matters*: what the owner board has decided. *questions*: any; those that local boards passed on stand in it.
    *settled*: those that municipalities have settled since the last summary; *held*: the days of their meetings.
    *meetings*: any; the boards' own to come make its calendar.
    """
    before = {line.slug: line for line in previous.municipalities} if previous else {}
    there = [item for item in programme.municipalities if programme.takes_part(item.slug, meeting.day)]
    by_name = sorted(there, key=lambda item: texts.sort_key(item.name))
    lines = tuple(_line(item.slug, item.name, reports.get(item.slug), before.get(item.slug)) for item in by_name)
    now, then = _red(lines), _red(previous.municipalities if previous else ())
    return OwnerSummary(
        meeting=meeting_facts(meeting),
        name=programme.body(meeting.body).name,
        municipalities=lines,
        is_first=previous is None,
        now_red=tuple(item for item in now if item not in then) if previous else (),
        no_longer_red=tuple(item for item in then if item not in now),
        follow_up=tuple(late_first(follow_up_lines(programme, matters.open_before(meeting.key)), meeting)),
        passed_on=tuple(_passed_on(programme, item) for item in questions_for(Level.OWNER, questions)),
        settled=_settled(programme, settled, held, names={item.slug: item.name for item in there}),
        sums=sums_of(programme, [reports[item.slug] for item in by_name if item.slug in reports]),
        lessons=tuple(_lessons(lines, reports)),
        agreements=agreements_of(programme, meeting.day),
        calendar=_calendar(programme, meeting, meetings),
    )


def sums_of(programme: Programme, reports: Sequence[BoardReport]) -> tuple[IndicatorSum, ...]:
    """
    Return the sums of the indicators that the register says may be added, under the name that it gives them.

    An indicator without such a name stands in no sum: shares, grades and counts of the same people are not added. A
    package that reports to several boards counts once, with the number of the newest report.
    """
    numbers = {
        (package.key, line.key): line.now if line.now is not None else line.previous
        for report in sorted(reports, key=lambda report: (report.meeting.starts_local, report.meeting.key))
        for package in report.packages
        for line in package.indicators
    }
    named: dict[str, list[tuple[str, float | None, float | None]]] = {}
    for package in programme.work_packages:
        for item in package.indicators:
            if item.summed_as and (package.key, item.key) in numbers:
                row = (item.unit, item.target, numbers[package.key, item.key])
                named.setdefault(item.summed_as, []).append(row)
    return tuple(_sum(name, rows) for name, rows in named.items())


def _sum(name: str, rows: Sequence[tuple[str, float | None, float | None]]) -> IndicatorSum:
    known = [(target, number) for _, target, number in rows if number is not None]
    targets = [target for target, _ in known if target is not None]
    return IndicatorSum(
        name=name,
        unit=rows[0][0],
        now=sum(number for _, number in known),
        target=sum(targets) if targets and len(targets) == len(known) else None,
        counted=len(known),
        of=len(rows),
    )


def agreements_of(programme: Programme, on: date) -> tuple[AgreementLine, ...]:
    """Return the cooperation agreements that are missing, have run out, or soon do."""
    names = {item.key: item.name for item in programme.organisations}
    found = (
        _agreement(programme, names.get(partner.organisation, partner.organisation), partner, on)
        for partner in programme.partners
        if partner.signs_agreement and programme.takes_part(partner.municipality, on)
    )
    return tuple(item for item in found if item is not None)


def _agreement(programme: Programme, name: str, partner: Partner, on: date) -> AgreementLine | None:
    place = programme.municipality(partner.municipality).name if partner.municipality else ""
    if partner.signed_on is None:
        return AgreementLine(partner=name, municipality=place, state="missing")
    if partner.expires_on is None or partner.expires_on > on + EXPIRES_SOON:
        return None
    state = "expired" if partner.expires_on < on else "expires"
    return AgreementLine(partner=name, municipality=place, state=state, on=partner.expires_on)


def _lessons(lines: Iterable[MunicipalityLine], reports: Mapping[str, BoardReport]) -> Iterator[OwnerLesson]:
    """Give the lessons meant for the owner board, of reports that the last summary did not have."""
    for line in lines:
        if line.is_new:
            for package in reports[line.slug].packages:
                if package.lesson and package.lesson_for == LessonLevel.OWNER:
                    yield OwnerLesson(municipality=line.name, package=package.name, text=package.lesson)


def _passed_on(programme: Programme, question: BoardQuestion) -> PassedOn:
    package, step = programme.find_work_package(question.work_package), question.decided_below
    return PassedOn(
        municipality=programme.municipality(question.municipality).name,
        package=package.name if package else "",
        question=question.question,
        proposal=question.proposal,
        decision=step.words if step else "",
        decided_on=programme.local_time(step.at).date() if step else None,
        view=question.view,
    )


def _settled(
    programme: Programme, questions: Iterable[BoardQuestion], held: Mapping[str, date], *, names: Mapping[str, str]
) -> tuple[SettledBelow, ...]:
    """Return the lines of settled questions, by municipality and day. *names*: of the municipalities that take part."""
    lines = (
        SettledBelow(
            municipality=names[item.municipality],
            package=package.name if package else "",
            on=held.get(step.meeting) or programme.local_time(step.at).date(),
            label=decision_label(step.decision),
        )
        for item in questions
        if item.municipality in names and (step := item.told_answer) is not None
        for package in [programme.find_work_package(item.work_package)]
    )
    return tuple(sorted(lines, key=lambda line: (texts.sort_key(line.municipality), line.on)))


def _calendar(programme: Programme, meeting: Meeting, meetings: Iterable[Meeting]) -> tuple[CalendarLine, ...]:
    boards = {body.key: body.name for body in programme.bodies if body.kind in BOARDS}
    ahead = (
        CalendarLine(on=item.day, board=boards[item.body])
        for item in meetings
        if item.body in boards and item.stands and meeting.day < item.day <= meeting.day + AHEAD
    )
    return tuple(sorted(ahead, key=lambda line: (line.on, texts.sort_key(line.board))))


def _line(slug: str, name: str, report: BoardReport | None, before: MunicipalityLine | None) -> MunicipalityLine:
    if report is None:
        return MunicipalityLine(slug=slug, name=name)
    known = {package.key: package.light for package in before.packages} if before else {}
    return MunicipalityLine(
        slug=slug,
        name=name,
        report_meeting=report.meeting.key,
        report_day=report.meeting.starts_local.date(),
        is_new=before is None or before.report_meeting != report.meeting.key,
        counts=report.counts,
        red=tuple(package.name for package in report.packages if package.light == Light.RED),
        missing=tuple(package.name for package in report.missing),
        packages=tuple(
            PackageLight(key=item.key, name=item.name, light=item.light, before=known.get(item.key, ""))
            for item in report.packages
        ),
        as_is=report.as_is,
    )


def _red(lines: Sequence[MunicipalityLine]) -> list[tuple[str, str]]:
    return [(line.name, package) for line in lines for package in line.red]

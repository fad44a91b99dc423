"""Agendas decided from plain data: which items a meeting has, in which order, and with which numbers."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime
from typing import TypeVar

from config.programme import Programme
from config.values import AgendaEntry, Assignment, Body, BodyKind, Person, Role, RoundTimes
from workflows.meetings.model import Meeting
from workflows.papers.agendas.arrangement import Arrangement, arranged
from workflows.papers.agendas.model import Agenda, AgendaItem, AgendaLine, ItemKind, Proposal
from workflows.papers.minutes.model import Matters, Minutes
from workflows.papers.questions.model import BoardQuestion
from workflows.papers.questions.plan import questions_for
from workflows.papers.reports.model import BoardReport, FollowUpLine, OwnerSummary, ReportContent
from workflows.papers.reports.package_report import MISSING
from workflows.papers.reports.plan import follow_up_lines, late_first, meeting_facts
from workflows.ports.units import DueUnit
from workflows.status.model import Level, Light
from workflows.status.plan import package_leads
from workflows.working_days import RoundMoments, WorkCalendar, round_moments

URGENCY = (Light.RED, Light.YELLOW, MISSING, Light.GREY, Light.GREEN, Light.DONE)
"""The items that a board takes first."""
PLACE = "{work_package}"
FILLED_LATER = {"questions": ItemKind.QUESTION, "packages": ItemKind.STATUS}
"""Sources of the template whose items a round's report brings, and their kind."""
Paper = TypeVar("Paper", Agenda, Minutes)


def draft_agenda(
    programme: Programme,
    meeting: Meeting,
    *,
    report: ReportContent | None,
    proposals: Iterable[Proposal],
    matters: Matters,
    questions: Iterable[BoardQuestion] = (),
    last_number: int = 0,
    arrangement: Arrangement | None = None,
) -> Agenda:
    """
    The agenda of *meeting* as things stand.

    *report*: of its round. *proposals*: the newest version of each, withdrawn ones included. *matters*: what the body
    has decided so far. *questions*: any; those that this body is asked by then come on it. *last_number*: of the body's
    items this year. *arrangement*: the order and the minutes that a recorder wants.
    """
    body = programme.body(meeting.body)
    names = {person.key: person.name for person in programme.people}
    source = _Sources(
        report=report,
        questions=_asked(programme, body, meeting, questions),
        programme=programme,
        proposals=sorted((item for item in proposals if not item.withdrawn), key=lambda item: (item.at, item.key)),
        follow_up=_told(late_first(follow_up_lines(programme, matters.open_before(meeting.key)), meeting), report),
        names=names,
        day=meeting.day,
    )
    entries = sorted(body.agenda, key=lambda entry: entry.order)
    items = arranged([item for entry in entries for item in source.items(entry)], arrangement)
    return Agenda(
        meeting=meeting_facts(meeting),
        name=body.name,
        year=meeting.day.year,
        items=tuple(replace(item, number=last_number + place) for place, item in enumerate(items, 1)),
    )


def to_arrange(body: Body, agenda: Agenda) -> tuple[AgendaItem, ...]:
    """
    List the items of a draft that a recorder may order, with a line for each entry that the round will fill.

    Questions and the packages' status come with the report, when the agenda is fixed.
    """
    there = {item.key.partition("/")[0] for item in agenda.items}
    ahead = [
        AgendaItem(key=entry.key, kind=FILLED_LATER[entry.source], title="", minutes=entry.minutes)
        for entry in body.agenda
        if entry.source in FILLED_LATER and entry.key not in there
    ]
    return (*agenda.items, *ahead)


def _asked(
    programme: Programme, body: Body, meeting: Meeting, questions: Iterable[BoardQuestion]
) -> tuple[BoardQuestion, ...]:
    """Return the questions that *body* is asked at *meeting*: those of a later round wait for theirs."""
    if body.kind is BodyKind.OWNER_BOARD:
        return questions_for(Level.OWNER, questions)
    if body.kind is not BodyKind.LOCAL_BOARD or body.municipality is None:
        return ()
    own = questions_for(Level.LOCAL, questions, municipality=body.municipality)
    packages = {package.key for package in programme.work_packages}
    return tuple(item for item in own if item.meeting <= meeting.key and item.work_package in packages)


def as_it_stands(paper: Paper, meeting: Meeting) -> Paper:
    """*paper*, an agenda or minutes, with the time and the place that its meeting has now: it may have moved since."""
    return replace(paper, meeting=meeting_facts(meeting))


def agenda_moments(programme: Programme, body: Body, meeting: Meeting) -> RoundMoments:
    """Return the deadline for items and the moment of sending: `deadline_at` and `release_at` of the body's round."""
    calendar = WorkCalendar(programme, body.municipality)
    return round_moments(meeting.starts_local, body.rounds or RoundTimes(), calendar)


def agenda_unit(meeting: str, now: datetime) -> DueUnit:
    """Return the unit that fixes and sends the meeting's agenda."""
    return DueUnit(key=f"agenda.publish:{meeting}", due_at=now)


def may_propose(programme: Programme, body: Body, person: str, on: date) -> bool:
    """Tell whether *person* may put items on the body's agenda, and read all of it: everybody who belongs to it."""
    return any(member.key == person for member, _ in programme.board_people(body, on))


def recorders(programme: Programme, body: Body, on: date) -> tuple[Person, ...]:
    """List the recorders of the body's meetings: the local lead, the chair and the county lead."""
    keys = dict.fromkeys(item.person for item in programme.assignments if _records(item, body, on))
    return tuple(programme.person(key) for key in keys)


def is_recorder(programme: Programme, body: Body, person: str, on: date) -> bool:
    """Tell whether *person* is among the recorders of the body's meetings."""
    return any(_records(item, body, on) for item in programme.assignments_of(person))


def _records(item: Assignment, body: Body, on: date) -> bool:
    roles = (Role.LOCAL_LEAD, body.chair, Role.COUNTY_LEAD)
    return item.role in roles and item.holds(on) and item.municipality in (None, body.municipality)


class _Sources:
    """The sources of a template's entries at one meeting."""

    def __init__(
        self,
        *,
        programme: Programme,
        report: ReportContent | None,
        questions: Sequence[BoardQuestion],
        proposals: Sequence[Proposal],
        follow_up: Sequence[FollowUpLine],
        names: Mapping[str, str],
        day: date,
    ) -> None:
        self._programme = programme
        self._report = report
        self._questions = questions
        self._proposals = proposals
        self._follow_up = follow_up
        self._names = names
        self._day = day

    def items(self, entry: AgendaEntry) -> Iterable[AgendaItem]:
        """The items of one entry, without numbers."""
        match entry.source:
            case None:
                yield AgendaItem(key=entry.key, kind=ItemKind.STANDING, title=entry.title, minutes=entry.minutes)
            case "questions":
                yield from self._asked(entry)
            case "proposals":
                yield from (self._proposal(entry, item) for item in self._proposals)
            case "packages":
                if lines := _status_lines(self._report):
                    yield self._listed(entry, ItemKind.STATUS, lines)
            case "follow_up":
                if self._follow_up:
                    yield self._listed(entry, ItemKind.FOLLOW_UP, [_follow_up_line(item) for item in self._follow_up])

    def _asked(self, entry: AgendaEntry) -> Iterable[AgendaItem]:
        """Give an item for each question, those of packages that stand still first."""
        lights = (
            {item.key: item.light for item in self._report.packages} if isinstance(self._report, BoardReport) else {}
        )
        in_order = sorted(self._questions, key=lambda item: URGENCY.index(lights.get(item.work_package, MISSING)))
        yield from (self._question(entry, item) for item in in_order)

    def _question(self, entry: AgendaEntry, asked: BoardQuestion) -> AgendaItem:
        package = self._programme.find_work_package(asked.work_package)
        name, below = package.name if package else asked.work_package, asked.decided_below
        place = self._programme.find_municipality(asked.municipality)
        if below is not None and place is not None:
            by, name = place.name, f"{name} ({place.name})"
        else:
            leads = package_leads(self._programme, asked.work_package, self._day)
            by = leads[0].name if leads else ""
        return AgendaItem(
            key=f"{entry.key}/{asked.id}" if below else f"{entry.key}/{asked.work_package}",
            kind=ItemKind.QUESTION,
            title=entry.title.replace(PLACE, name),
            minutes=entry.minutes,
            by=by,
            text=asked.question,
            proposal=asked.proposal,
            work_package=asked.work_package,
            question=asked.id,
            view=asked.view,
            decided_below=below.words if below else "",
        )

    def _proposal(self, entry: AgendaEntry, proposal: Proposal) -> AgendaItem:
        return AgendaItem(
            key=f"{entry.key}/{proposal.key}",
            kind=ItemKind.PROPOSAL,
            title=proposal.title,
            minutes=entry.minutes,
            by=self._names.get(proposal.person, ""),
            text=proposal.text,
            proposal=proposal.proposal,
        )

    def _listed(self, entry: AgendaEntry, kind: ItemKind, lines: Sequence[AgendaLine]) -> AgendaItem:
        return AgendaItem(key=entry.key, kind=kind, title=entry.title, minutes=entry.minutes, lines=tuple(lines))


def _status_lines(report: ReportContent | None) -> list[AgendaLine]:
    """The packages, those in trouble first; for the owner board its municipalities with what stands still there."""
    if isinstance(report, BoardReport):
        packages = sorted(report.packages, key=lambda package: URGENCY.index(package.light))
        return [AgendaLine(name=item.name, light=item.light, who=item.lead, words=item.hinders) for item in packages]
    if isinstance(report, OwnerSummary):
        lines = sorted(report.municipalities, key=lambda line: not line.red)
        return [AgendaLine(name=line.name, words="\n".join(line.red)) for line in lines]
    return []


def _follow_up_line(line: FollowUpLine) -> AgendaLine:
    name = f"{line.label} {line.text}".strip()
    return AgendaLine(name=name, who=line.who, due_on=line.due_on, words=line.words)


def _told(lines: Sequence[FollowUpLine], report: ReportContent | None) -> list[FollowUpLine]:
    """The lines with what the round told about them."""
    words = {line.key: line.words for line in report.follow_up} if report else {}
    return [replace(line, words=words.get(line.key, "")) for line in lines]

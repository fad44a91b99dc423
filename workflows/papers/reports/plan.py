"""Reports decided from plain data: what the local boards and the owner board read."""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import date, datetime

from config.place_template import PlaceSpec
from config.programme import Programme
from config.values import Body
from workflows.meetings.model import Meeting
from workflows.papers.minutes.model import Matters, decision_label
from workflows.papers.questions.model import BoardQuestion
from workflows.papers.questions.plan import news_since, questions_for
from workflows.papers.reports.changes import changes_of, trend_of, unchanged_texts
from workflows.papers.reports.model import (
    BoardReport,
    FollowUpLine,
    MeetingFacts,
)
from workflows.papers.reports.package_report import MISSING, IndicatorLine, PackageReport
from workflows.papers.reports.parts import ActivityLine, AnsweredQuestion, BudgetFigure, WantedDecision
from workflows.status.model import EscalationState, Level, PackageResult, RoundResult

NOTHING = Matters()


def compile_board_report(
    programme: Programme,
    meeting: Meeting,
    result: RoundResult,
    matters: Matters = NOTHING,
    *,
    questions: Sequence[BoardQuestion] = (),
    previous: BoardReport | None = None,
    since: datetime | None = None,
) -> BoardReport:
    """
    Return the report of a round as it stands, for the board that holds *meeting*.

    *matters*: what the board has decided. *questions*: its own; those that it is asked stand in the report, and those
    with news after *since*. *previous*: its last report, from which trends and the days of unchanged texts are carried
    on. Each board carries on its own.
    """
    told = {key: words for package in result.packages for key, words in package.follow_ups.items()}
    municipality = programme.municipality(result.round.municipality)
    known = {package.key: package for package in previous.packages} if previous else {}
    packages = tuple(_package(programme, meeting, item, known.get(item.work_package)) for item in result.packages)
    follow_up = (
        replace(line, words=told.get(line.key, ""))
        for line in follow_up_lines(programme, matters.open_before(meeting.key))
    )
    return BoardReport(
        meeting=meeting_facts(meeting),
        municipality=municipality.slug,
        municipality_name=municipality.name,
        name=programme.local_name.replace("{municipality}", municipality.name),
        board=programme.local_board(municipality.slug).name,
        packages=packages,
        follow_up=tuple(late_first(tuple(follow_up), meeting)),
        wanted=_wanted(meeting, packages, questions_for(Level.LOCAL, questions, municipality=municipality.slug)),
        answered=_answered(programme, news_since(questions, since=since), previous) if since else (),
        changes=changes_of(packages, {item.work_package: item for item in result.packages}, previous),
        previous_day=previous.meeting.starts_local.date() if previous else None,
        budget=budget_of(programme, municipality.slug, meeting.day.year),
        activities=activities_of(programme, municipality.slug, meeting.day.year),
    )


def late_first(lines: Sequence[FollowUpLine], meeting: Meeting) -> list[FollowUpLine]:
    """Return the lines with those first whose day will have passed, the latest of them on top."""
    return sorted(lines, key=lambda line: (line.due_on is None or line.due_on >= meeting.day, line.due_on or date.max))


def budget_of(programme: Programme, municipality: str, year: int) -> tuple[BudgetFigure, ...]:
    """Return the year's budget lines that a municipality spends: its own, and those that each municipality has."""
    spent = {
        item.line: item.spent for item in programme.spending if item.year == year and item.municipality == municipality
    }
    return tuple(
        BudgetFigure(purpose=line.purpose, amount=line.amount, spent=spent.get(line.key, 0))
        for line in programme.budget
        if year in line.years
        and (line.municipality == municipality or (line.municipality is None and line.per == "municipality"))
    )


def activities_of(programme: Programme, municipality: str, year: int) -> tuple[ActivityLine, ...]:
    """Return the year's activities of the plan that a municipality has not done, those under way first."""
    states = {item.activity: item.state for item in programme.progress if item.municipality == municipality}
    due = (
        ActivityLine(text=item.text, state=states.get(item.key, "not_begun"), responsible=item.responsible)
        for item in programme.activities
        if year in item.years and item.level in ("municipality", "both") and states.get(item.key) != "done"
    )
    return tuple(sorted(due, key=lambda item: item.state != "under_way"))


def _wanted(
    meeting: Meeting, packages: Sequence[PackageReport], questions: Iterable[BoardQuestion]
) -> tuple[WantedDecision, ...]:
    """Return the questions as the board decides them; those of a later round wait for theirs."""
    known = {package.key for package in packages}
    return tuple(
        WantedDecision(package=item.work_package, question=item.question, proposal=item.proposal, view=item.view)
        for item in questions
        if item.meeting <= meeting.key and item.work_package in known
    )


def _answered(
    programme: Programme, questions: Iterable[BoardQuestion], previous: BoardReport | None
) -> tuple[AnsweredQuestion, ...]:
    """Return the lines of questions that have news for their board; those that its last report told are none."""
    lines = (
        AnsweredQuestion(
            package=_package_name(programme, item.work_package),
            question=item.question,
            answer=answer.words,
            by="owner" if answer.level is Level.OWNER else "board" if answer.meeting else "lead",
            label=decision_label(answer.decision),
            state=item.state,
            words=item.steps[-1].words if item.state is not EscalationState.ANSWERED else "",
        )
        for item in questions
        if (answer := item.told_answer) is not None
    )
    told = previous.answered if previous else ()
    return tuple(line for line in lines if line not in told)


def follow_up_lines(programme: Programme, matters: Matters) -> tuple[FollowUpLine, ...]:
    """*matters* as a report and an agenda list them: decisions first, then who does what."""
    names = programme.names
    decisions = (
        FollowUpLine(
            key=item.key,
            label=item.label,
            text=item.text,
            who=names.get(item.person, "") or _package_name(programme, item.work_package),
            due_on=item.due_on,
        )
        for item in matters.decisions
    )
    actions = (
        FollowUpLine(key=item.key, label=item.label, text=item.what, who=names.get(item.person, ""), due_on=item.due_on)
        for item in matters.actions
    )
    return (*decisions, *actions)


def _package_name(programme: Programme, key: str) -> str:
    package = programme.find_work_package(key)
    return package.name if package else ""


def bodies_of(programme: Programme, place: PlaceSpec) -> tuple[Body, ...]:
    """The boards and networks that meet in a place: the municipality's, or those common to the programme that have no
    place of their own."""
    if place.municipality is not None:
        return tuple(body for body in programme.bodies if body.municipality == place.municipality)
    own = tuple(body for body in programme.bodies if body.key == place.key)
    common = (body for body in programme.bodies if body.municipality is None and programme.find_place(body.key) is None)
    return own or tuple(common)


def meeting_facts(meeting: Meeting) -> MeetingFacts:
    """Return the facts that a report keeps of its meeting."""
    return MeetingFacts(
        key=meeting.key,
        body=meeting.body,
        starts_local=meeting.starts_local,
        ends_local=meeting.ends_local,
        location=meeting.location,
    )


def _package(
    programme: Programme, meeting: Meeting, result: PackageResult, before: PackageReport | None
) -> PackageReport:
    package = programme.work_package(result.work_package)
    last_light, last_on = _last_known(result, before)
    return PackageReport(
        key=result.work_package,
        name=result.name,
        lead=result.lead,
        light=result.light.value if result.light else MISSING,
        previous_light=result.previous_light.value if result.previous_light else None,
        done=result.done,
        next=result.next,
        hinders=result.hinders,
        question=result.question,
        proposal=result.proposal,
        on_behalf=result.on_behalf,
        outlook=result.outlook,
        weight=result.weight,
        lesson=result.lesson,
        lesson_for=result.lesson_for,
        theme=package.theme or "",
        unchanged=unchanged_texts(result, before),
        last_light=last_light,
        last_on=last_on,
        missing_rounds=(before.missing_rounds if before else 0) + 1 if result.is_missing else 0,
        until=package.until,
        indicators=tuple(
            IndicatorLine(
                key=item.key,
                baseline=item.baseline,
                trend=trend_of(item.key, item.now, meeting.day, before),
                name=item.name,
                unit=item.unit,
                better=item.better,
                target=item.target,
                previous=item.previous,
                now=item.now,
            )
            for item in result.indicators
        ),
    )


def _last_known(result: PackageResult, before: PackageReport | None) -> tuple[str, date | None]:
    """Return the last known status of a package that is silent, and its day; nothing for one that answered."""
    if not result.is_missing:
        return "", None
    if result.previous_light:
        return result.previous_light.value, result.previous_on
    # It has been silent for longer than answers are looked for: its board's last report still knows.
    return (before.last_light, before.last_on) if before else ("", None)

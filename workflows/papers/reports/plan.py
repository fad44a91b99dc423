"""Reports decided from plain data: what the local boards and the owner board read."""

from collections.abc import Mapping, Sequence
from dataclasses import replace

import texts
from config.place_template import PlaceSpec
from config.programme import Programme
from config.values import Body
from workflows.meetings.model import Meeting
from workflows.papers.minutes.model import Matters
from workflows.papers.reports.model import (
    BoardReport,
    FollowUpLine,
    IndicatorLine,
    LiftedQuestion,
    MeetingFacts,
    MunicipalityLine,
    OwnerSummary,
    PackageReport,
)
from workflows.status.model import Light, PackageResult, RoundResult

NOTHING = Matters()


def compile_board_report(
    programme: Programme, meeting: Meeting, result: RoundResult, matters: Matters = NOTHING
) -> BoardReport:
    """The report of a round as it stands, for the board that holds *meeting*. *matters*: what the board has decided."""
    told = {key: words for package in result.packages for key, words in package.follow_ups.items()}
    municipality = programme.municipality(result.round.municipality)
    return BoardReport(
        meeting=meeting_facts(meeting),
        municipality=municipality.slug,
        municipality_name=municipality.name,
        name=programme.local_name.replace("{municipality}", municipality.name),
        packages=tuple(_package(package) for package in result.packages),
        follow_up=tuple(
            replace(line, words=told.get(line.key, ""))
            for line in follow_up_lines(programme, matters.open_before(meeting.key))
        ),
    )


def compile_owner_summary(
    programme: Programme,
    meeting: Meeting,
    reports: Mapping[str, BoardReport],
    previous: OwnerSummary | None,
    matters: Matters = NOTHING,
) -> OwnerSummary:
    """
    The summary for the owner board that holds *meeting*.

    *reports*: the newest released report by municipality; who has none is left out. *previous*: the last summary.
    *matters*: what the owner board has decided.
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
        follow_up=follow_up_lines(programme, matters.open_before(meeting.key)),
    )


def follow_up_lines(programme: Programme, matters: Matters) -> tuple[FollowUpLine, ...]:
    """*matters* as a report and an agenda list them: decisions first, then who does what."""
    names = names_of(programme)
    packages = {package.key: package.name for package in programme.work_packages}
    decisions = (
        FollowUpLine(
            key=item.key,
            label=item.label,
            text=item.text,
            who=names.get(item.person, "") or packages.get(item.work_package, ""),
            due_on=item.due_on,
        )
        for item in matters.decisions
    )
    actions = (
        FollowUpLine(key=item.key, label=item.label, text=item.what, who=names.get(item.person, ""), due_on=item.due_on)
        for item in matters.actions
    )
    return (*decisions, *actions)


def names_of(programme: Programme) -> Mapping[str, str]:
    """Return people as readers know them, by key."""
    return {person.key: person.name for person in programme.people}


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


def _package(result: PackageResult) -> PackageReport:
    return PackageReport(
        key=result.work_package,
        name=result.name,
        lead=result.lead,
        light=result.light.value if result.light else "missing",
        previous_light=result.previous_light.value if result.previous_light else None,
        done=result.done,
        next=result.next,
        hinders=result.hinders,
        question=result.question,
        proposal=result.proposal,
        on_behalf=result.on_behalf,
        indicators=tuple(
            IndicatorLine(
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


def _line(slug: str, name: str, report: BoardReport | None, before: MunicipalityLine | None) -> MunicipalityLine:
    if report is None:
        return MunicipalityLine(slug=slug, name=name)
    return MunicipalityLine(
        slug=slug,
        name=name,
        report_meeting=report.meeting.key,
        report_day=report.meeting.starts_local.date(),
        is_new=before is None or before.report_meeting != report.meeting.key,
        counts=report.counts,
        red=tuple(package.name for package in report.packages if package.light == Light.RED),
        questions=tuple(
            LiftedQuestion(
                package=package.name,
                question=package.question,
                proposal=package.proposal,
                stands_still=package.light == Light.RED,
            )
            for package in report.questions
        ),
        missing=tuple(package.name for package in report.missing),
    )


def _red(lines: Sequence[MunicipalityLine]) -> list[tuple[str, str]]:
    return [(line.name, package) for line in lines for package in line.red]

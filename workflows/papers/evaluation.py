"""The yearly evaluation extract: what each municipality's rounds, questions and indicators came to, in tables."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import partial

import texts
from documents.document import Cell, Document, Paragraph, Section, Table
from workflows.papers.record import BodyRecord
from workflows.papers.reports.model import LIGHTS, BoardReport
from workflows.papers.reports.package_report import MISSING, IndicatorLine


@dataclass(frozen=True, kw_only=True)
class IndicatorYear:
    """An indicator through the year: its first and its last number."""

    package: str
    name: str
    unit: str
    first: float | None
    last: float | None
    target: float | None


@dataclass(frozen=True, kw_only=True)
class MunicipalityYear:
    """A municipality's year, counted from its released reports."""

    name: str
    rounds: int
    asked: int
    answered: int
    questions: int
    decided: int
    """Items with a decision in its approved minutes."""
    lights: Sequence[tuple[str, int]]
    """Packages by light in the last round."""
    indicators: Sequence[IndicatorYear]


def municipality_year(record: BodyRecord, year: int) -> MunicipalityYear | None:
    """Count a board's year; None for a year without a released report."""
    newest: dict[str, BoardReport] = {}
    for stored in sorted(record.reports, key=lambda stored: stored.version):
        if isinstance(stored.content, BoardReport) and stored.content.meeting.starts_local.year == year:
            newest[stored.meeting] = stored.content
    reports = sorted(newest.values(), key=lambda report: (report.meeting.starts_local, report.meeting.key))
    if not reports:
        return None
    packages = [package for report in reports for package in report.packages]
    minutes = {item.meeting: item.content for item in sorted(record.approved_minutes, key=lambda item: item.version)}
    of_year = [item for item in minutes.values() if item.meeting.starts_local.year == year]
    return MunicipalityYear(
        name=reports[-1].municipality_name,
        rounds=len(reports),
        asked=len(packages),
        answered=sum(package.light != MISSING for package in packages),
        questions=sum(bool(package.question) for package in packages),
        decided=sum(bool(item.decision) for content in of_year for item in content.items),
        lights=tuple((light, reports[-1].counts[light]) for light in LIGHTS),
        indicators=tuple(_indicators(reports)),
    )


def _indicators(reports: Sequence[BoardReport]) -> Iterable[IndicatorYear]:
    """Give every indicator with its first and last number, in the order of the last report."""
    found: dict[tuple[str, str], list[IndicatorLine]] = {}
    for report in reports:
        for package in report.packages:
            for indicator in package.indicators:
                found.setdefault((package.name, indicator.name), []).append(indicator)
    for (owner, name), lines in found.items():
        told = [line.now for line in lines if line.now is not None]
        yield IndicatorYear(
            package=owner,
            name=name,
            unit=lines[-1].unit,
            first=told[0] if told else None,
            last=told[-1] if told else None,
            target=lines[-1].target,
        )


def evaluation_document(years: Sequence[MunicipalityYear], year: int, programme: str, language: str) -> Document:
    """Return the extract as a document."""
    say = partial(texts.say, language=language)
    title = say("evaluation.title", name=programme, year=str(year))
    signs = {light: say(f"light_sign.{light}") for light in LIGHTS}
    if not years:
        lead = (Paragraph(text=say("evaluation.none", year=str(year))),)
        return Document(language=language, title=title, lead=lead, sections=(), signs=signs)
    return Document(
        language=language,
        title=title,
        lead=(Paragraph(text=say("evaluation.lead", count=len(years))),),
        sections=tuple(Section(heading=table.name, blocks=(table,)) for table in evaluation_tables(years, language)),
        signs=signs,
    )


def evaluation_tables(years: Sequence[MunicipalityYear], language: str) -> tuple[Table, ...]:
    """Return the extract's tables: rounds and answers, lights at the end of the year, and indicators."""
    say = partial(texts.say, language=language)

    def table(name: str, headers: Sequence[str], rows: Iterable[Sequence[str]]) -> Table:
        cells = tuple(tuple(Cell(text=text) for text in row) for row in rows)
        return Table(name=say(f"evaluation.{name}"), headers=tuple(headers), rows=cells)

    def number(value: float | None) -> str:
        return say("reports.no_number") if value is None else texts.number(value, language)

    rounds = ("municipality", "rounds", "asked", "answered", "rate", "questions", "decided")
    lights = [kind for kind, _ in years[0].lights] if years else []
    indicators = ("municipality", "package", "indicator", "unit", "first", "last", "target")
    return (
        table(
            "rounds_table",
            [say(f"evaluation.{name}") for name in rounds],
            (
                (
                    item.name,
                    *(number(count) for count in (item.rounds, item.asked, item.answered)),
                    say("evaluation.percent", share=round(100 * item.answered / item.asked) if item.asked else 0),
                    *(number(count) for count in (item.questions, item.decided)),
                )
                for item in years
            ),
        ),
        table(
            "lights_table",
            [say("evaluation.municipality"), *(say(f"light.{kind}") for kind in lights)],
            ((item.name, *(number(count) for _, count in item.lights)) for item in years),
        ),
        table(
            "indicators_table",
            [say(f"evaluation.{name}") for name in indicators],
            (
                (
                    item.name,
                    line.package,
                    line.name,
                    line.unit,
                    number(line.first),
                    number(line.last),
                    number(line.target),
                )
                for item in years
                for line in item.indicators
            ),
        ),
    )

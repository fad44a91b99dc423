"""Tables that reports share with the papers made of them: indicators against their targets, and budget lines."""

from collections.abc import Iterable

from documents.document import Cell, Table
from documents.picture import TrendLine, trend_picture
from workflows.papers.reports.model import BoardReport
from workflows.papers.reports.package_report import IndicatorLine, PackageReport
from workflows.papers.reports.words import ReportWords
from workflows.status.model import adds_to_name


def indicator_table(words: ReportWords, packages: Iterable[PackageReport]) -> Table:
    """
    Return every indicator of *packages* against baseline and target, with its trend.

    The number of last time has a column where any package had a status then.
    """
    found = [package for package in packages if package.indicators]
    compared = ("previous",) if any(package.previous_light for package in found) else ()
    rows = [
        (Cell(text=f"{package.name}: {_name(words, item)}"), *_measured(words, item, package, compared=bool(compared)))
        for package in found
        for item in package.indicators
    ]
    headers = ("indicator", "baseline", *compared, "now", "target", "trend")
    return words.table(words.say("reports.numbers"), headers, rows)


def budget_table(words: ReportWords, report: BoardReport) -> Table:
    """Return the budget's lines in the year of the report's meeting."""
    rows = (
        (
            Cell(text=item.purpose),
            Cell(text="–" if item.amount is None else words.number(item.amount)),
            Cell(text=words.number(item.spent)),
            Cell(text="–" if item.amount is None else words.number(item.amount - item.spent)),
        )
        for item in report.budget
    )
    return words.table(budget_heading(words, report), ("purpose", "amount", "spent", "left"), rows)


def budget_heading(words: ReportWords, report: BoardReport) -> str:
    """Return «Budsjett 2026, i kroner»."""
    return words.say("reports.budget", year=str(report.meeting.starts_local.year))


def _measured(words: ReportWords, item: IndicatorLine, package: PackageReport, *, compared: bool) -> tuple[Cell, ...]:
    picture = trend_picture(TrendLine(points=item.trend, target=item.target, baseline=item.baseline), words.language)
    # Before the first status there is no number but the baseline, which stands beside it.
    previous = (words.number(item.previous) if package.previous_light else "–",) if compared else ()
    numbers = (words.number(item.baseline), *previous, words.number(item.now), words.number(item.target))
    direction = words.say(f"reports.better_{item.better}")
    return (*(Cell(text=number) for number in numbers), Cell(text=direction, picture=picture))


def _name(words: ReportWords, item: IndicatorLine) -> str:
    with_unit = adds_to_name(item.unit, item.name)
    return words.say("reports.with_unit", name=item.name, unit=item.unit) if with_unit else item.name

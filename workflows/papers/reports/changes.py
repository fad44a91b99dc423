"""Changes since a board's last report: texts, numbers, leads and dates, and nothing that stands as it stood."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date

from workflows.papers.reports.model import BoardReport
from workflows.papers.reports.package_report import IndicatorLine, PackageReport
from workflows.papers.reports.parts import ChangeKind, ReportChange
from workflows.status.model import PackageResult

KEPT_TEXTS = ("done", "next", "hinders", "outlook")
"""The texts that are looked at for being the same as last time."""
TREND = 8
"""The rounds that an indicator's trend shows; a report carries it from the one before."""


def unchanged_texts(result: PackageResult, before: PackageReport | None) -> Mapping[str, date]:
    """
    Return the texts of an answer that are the same as last time's, with the day from which they have stood.

    *before*: the package in the board's last report, which knows of texts that stood before it.
    """
    if result.previous is None or result.previous_on is None or result.is_missing:
        return {}
    known = before.unchanged if before else {}
    return {
        name: known.get(name, result.previous_on)
        for name in KEPT_TEXTS
        if getattr(result, name) and getattr(result, name) == getattr(result.previous, name)
    }


def trend_of(key: str, now: float | None, day: date, before: PackageReport | None) -> tuple[tuple[date, float], ...]:
    """Return an indicator's numbers up to this round's, carried on from the board's last report."""
    lines: Sequence[IndicatorLine] = before.indicators if before else ()
    known = next((line.trend for line in lines if line.key == key), ())
    earlier = tuple(point for point in known if point[0] < day)
    return (*earlier, *(((day, now),) if now is not None else ()))[-TREND:]


def changes_of(
    packages: Iterable[PackageReport], results: Mapping[str, PackageResult], before: BoardReport | None
) -> tuple[ReportChange, ...]:
    """Return what changed, package by package; *results*: the round's, by package."""
    there = {package.key: package for package in packages}
    known = {package.key: package for package in before.packages} if before else {}
    changes = [
        change
        for key, package in there.items()
        for change in (*_of_answer(package, results[key]), *_of_register(package, known.get(key)))
    ]
    gone = (ReportChange(package=item.name, kind=ChangeKind.ENDED) for key, item in known.items() if key not in there)
    return (*changes, *gone)


def _of_answer(package: PackageReport, result: PackageResult) -> Iterator[ReportChange]:
    """
    Yield what the answer has otherwise than the one before.

    A package nobody answered for has changed nothing, and a first status has nothing to be otherwise than.
    """
    key, previous = package.key, result.previous
    if package.is_missing:
        return
    if previous is None:
        yield ReportChange(package=key, kind=ChangeKind.FIRST_LIGHT, now=package.light)
        return
    if package.is_changed:
        yield ReportChange(package=key, kind=ChangeKind.LIGHT, before=package.previous_light, now=package.light)
    if package.hinders and previous.hinders != package.hinders:
        yield ReportChange(package=key, kind=ChangeKind.HINDERS)
    if previous.hinders and not package.hinders:
        yield ReportChange(package=key, kind=ChangeKind.HINDERS_GONE)
    if package.next and previous.next != package.next:
        yield ReportChange(package=key, kind=ChangeKind.NEXT)
    if package.outlook and previous.outlook != package.outlook:
        yield ReportChange(package=key, kind=ChangeKind.OUTLOOK)
    for line in package.indicators:
        if line.is_worth_a_line:
            yield ReportChange(package=key, kind=ChangeKind.NUMBER, name=line.name, before=line.previous, now=line.now)


def _of_register(package: PackageReport, before: PackageReport | None) -> Iterator[ReportChange]:
    if before is not None and before.lead != package.lead:
        yield ReportChange(package=package.key, kind=ChangeKind.LEAD, before=before.lead, now=package.lead)
    if before is not None and before.until != package.until:
        now = package.until.isoformat() if package.until else None
        yield ReportChange(package=package.key, kind=ChangeKind.UNTIL, now=now)

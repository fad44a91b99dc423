"""The released record in a place's lists: reports and decisions of its board."""

from collections.abc import Awaitable, Callable, Collection, Mapping, Sequence
from typing import Protocol

from config.place_template import PlaceSpec
from workflows.papers.reports.model import BoardReport, ReportContent
from workflows.rollout.list_rows import DecisionRow, PlaceRecord


class NewestReports(Protocol):
    """The record of reports."""

    async def newest_contents(self, bodies: Collection[str]) -> Mapping[str, ReportContent]: ...


Decisions = Callable[[Collection[str]], Awaitable[Mapping[str, Sequence[DecisionRow]]]]
"""The decisions of bodies, by body, that their places' whole groups may read."""


async def no_decisions(bodies: Collection[str]) -> Mapping[str, Sequence[DecisionRow]]:
    """Return no decisions, where none are kept."""
    del bodies
    return {}


class RolloutRecord:
    """Reads what is released and nothing else: an answer stays in the product until its report is out."""

    def __init__(self, reports: NewestReports, decisions: Decisions = no_decisions) -> None:
        self._reports = reports
        self._decisions = decisions

    async def of(self, places: Collection[PlaceSpec]) -> Mapping[str, PlaceRecord]:
        """Return the records of *places* by their keys, which are those of their boards."""
        keys = [place.key for place in places]
        reports, decisions = await self._reports.newest_contents(keys), await self._decisions(keys)
        return {key: _record(reports.get(key), decisions.get(key, ())) for key in keys}


def _record(report: ReportContent | None, decisions: Sequence[DecisionRow]) -> PlaceRecord:
    packages = report.packages if isinstance(report, BoardReport) else ()
    return PlaceRecord(
        lights={package.key: package.light for package in packages},
        measured={
            (package.key, indicator.name): value
            for package in packages
            for indicator in package.indicators
            if (value := indicator.previous if indicator.now is None else indicator.now) is not None
        },
        decisions=tuple(decisions),
    )

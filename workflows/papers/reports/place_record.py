"""The released record in a place's lists: reports and decisions of its board."""

from collections.abc import Awaitable, Callable, Sequence
from typing import Protocol

from config.place_template import PlaceSpec
from workflows.papers.reports.model import BoardReport, StoredReport
from workflows.rollout.list_rows import DecisionRow, PlaceRecord


class NewestReports(Protocol):
    """The record of reports."""

    async def newest_released(self, body: str) -> StoredReport | None: ...


Decisions = Callable[[str], Awaitable[Sequence[DecisionRow]]]
"""The decisions of a body that its place's whole group may read."""


async def no_decisions(body: str) -> Sequence[DecisionRow]:
    """Return no decisions, where none are kept."""
    return ()


class RolloutRecord:
    """Reads what is released and nothing else: an answer stays in the product until its report is out."""

    def __init__(self, reports: NewestReports, decisions: Decisions = no_decisions) -> None:
        self._reports = reports
        self._decisions = decisions

    async def of(self, place: PlaceSpec) -> PlaceRecord:
        """A place's board has the place's key."""
        report = await self._reports.newest_released(place.key)
        packages = report.content.packages if report and isinstance(report.content, BoardReport) else ()
        return PlaceRecord(
            lights={package.key: package.light for package in packages},
            measured={
                (package.key, indicator.name): value
                for package in packages
                for indicator in package.indicators
                if (value := indicator.previous if indicator.now is None else indicator.now) is not None
            },
            decisions=tuple(await self._decisions(place.key)),
        )

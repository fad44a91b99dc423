"""Ports of overviews: the record, read in few questions however long its history."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Protocol

from workflows.overview.rows import (
    BoardRows,
    CountyRows,
    MeetingLine,
    MunicipalityRows,
    PackageRows,
    ReportLine,
    RoundRows,
    StartRows,
    UnitLine,
)


class OverviewStore(Protocol):
    """
    Reads for one page each, in a number of questions that stays the same.

    *now* is a moment, *now_local* the same as a wall time in the programme. Meetings, rounds and messages are looked
    for within some months of it; older ones are found by their own pages.
    """

    async def county(
        self,
        *,
        now: datetime,
        now_local: datetime,
        municipalities: Collection[str] | None = None,
        bodies: Collection[str] | None = None,
    ) -> CountyRows:
        """
        Return what the county's page needs.

        *municipalities* and *bodies* (whose meetings and questions are wanted): those alone; None for all.
        """
        ...

    async def newest_rounds(self, *, now: datetime, municipalities: Collection[str] | None = None) -> RoundRows:
        """Return each municipality's newest round; *municipalities*: of those alone."""
        ...

    async def newest_reports(
        self, *, now: datetime, municipalities: Collection[str] | None = None
    ) -> Mapping[str, ReportLine]:
        """Return the newest report of each municipality's newest round, by its meeting; else as `newest_rounds`."""
        ...

    async def next_meetings(
        self, *, now_local: datetime, bodies: Collection[str] | None = None
    ) -> Sequence[MeetingLine]:
        """Return the next meeting of each body, in the order of time; *bodies*: of those alone."""
        ...

    async def municipality(
        self, slug: str, *, now: datetime, now_local: datetime, bodies: Sequence[str], place: str
    ) -> MunicipalityRows:
        """Return what a municipality's page needs. *bodies*: all that meet there; its board's key is the slug."""
        ...

    async def package(self, key: str, *, body: str, now_local: datetime) -> PackageRows:
        """Return what a package's page needs. *body*: the board that it reports to."""
        ...

    async def board(self, body: str, *, now_local: datetime) -> BoardRows:
        """Return what a body's page needs."""
        ...

    async def find_unit(self, key: str) -> UnitLine | None:
        """Return a unit of work as it stands."""
        ...

    async def start(
        self,
        *,
        now: datetime,
        now_local: datetime,
        bodies: Collection[str],
        asked_in: Collection[str] | None,
        packages: Collection[str],
        municipalities: Collection[str] | None,
        scopes: Collection[str],
        places: Collection[str],
        most_stopped: int,
    ) -> StartRows:
        """
        Return what a reader's start page needs.

        *asked_in*: the bodies for whose meetings questions were asked that are counted, None for all of them.
        *municipalities*: those that the reader looks after, None for all. *packages*: those whose requests are the
        reader's, besides those of the municipalities. *scopes*: those whose guests the reader confirms. *most_stopped*:
        as many units that failed are read at most.
        """
        ...

"""Routes of the HTTP interface: `/api/v1/…`. They answer JSON, and errors as JSON too."""

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from fastapi import APIRouter

from web.access.gate import LooksAfter, SeesMunicipality, TakesPart, Visit
from web.api.answers import (
    MunicipalityAnswers,
    bodies_seen,
    me_answer,
    meeting_answer,
    meetings_seen,
    municipalities_of,
    municipality_answer,
    report_answer,
    reports_seen,
    round_answer,
    rounds_seen,
    slugs_seen,
)
from web.api.model import (
    ListPage,
    MeAnswer,
    MeetingAnswer,
    MissingAnswers,
    MunicipalityAnswer,
    MunicipalityDetailAnswer,
    ProblemAnswer,
    ReportAnswer,
    RoundAnswer,
)
from web.api.paging import Asked
from workflows.overview.county import county_overview
from workflows.overview.model import MunicipalityState, RoundProgress
from workflows.overview.municipality import bodies_of
from workflows.overview.ports import OverviewStore
from workflows.overview.rows import MeetingLine, ReportLine
from workflows.ports.units import Clock

EVERYWHERE: Mapping[int | str, dict[str, Any]] = {
    401: {"model": ProblemAnswer, "description": "Signed out."},
    500: {"model": ProblemAnswer, "description": "A failure of ours; `number` names it in the log."},
}
NOT_THERE: Mapping[int | str, dict[str, Any]] = {
    404: {"model": ProblemAnswer, "description": "Not there, or not for this reader."},
}
WRONG_PAGE: Mapping[int | str, dict[str, Any]] = {
    400: {"model": ProblemAnswer, "description": "A page or size that no list has."},
}


def router(*, store: OverviewStore, clock: Clock) -> APIRouter:
    """Return the routes of the HTTP interface, which read what the overview pages read."""
    reading = _Reading(store, clock)
    routes = APIRouter(prefix="/api/v1", tags=["api"], responses={**EVERYWHERE})
    _add_own(routes)
    _add_lists(routes, reading)
    _add_municipality(routes, reading)
    return routes


def _add_own(routes: APIRouter) -> None:
    @routes.get("/me", summary="The person who is signed in, and their roles")
    async def me(visit: TakesPart) -> MeAnswer:
        return me_answer(visit.reader)


@dataclass(frozen=True)
class _Reading:
    """One look at the record for an answer."""

    store: OverviewStore
    clock: Clock

    async def municipalities(self, visit: Visit) -> Sequence[MunicipalityState]:
        """Return all municipalities that the reader may see, by name."""
        now, now_local = self._now(visit)
        rows = await self.store.county(
            now=now, now_local=now_local, municipalities=slugs_seen(visit), bodies=bodies_seen(visit)
        )
        seen = municipalities_of(visit)
        # Beside the loop: of a country it takes longer than others should wait.
        county = await asyncio.to_thread(county_overview, visit.programme, rows, now=now, municipalities=seen)
        return county.municipalities

    async def rounds(self, visit: Visit) -> Sequence[tuple[str, RoundProgress]]:
        """Return the newest round of each, by deadline, beside its municipality."""
        now, _ = self._now(visit)
        return rounds_seen(visit, await self.store.newest_rounds(now=now, municipalities=slugs_seen(visit)))

    async def meetings(self, visit: Visit) -> Sequence[MeetingLine]:
        """Return the next meeting of each body that the reader may see."""
        _, now_local = self._now(visit)
        return meetings_seen(visit, await self.store.next_meetings(now_local=now_local, bodies=bodies_seen(visit)))

    async def reports(self, visit: Visit) -> Sequence[tuple[str, ReportLine]]:
        """Return the newest report of each newest round, beside its municipality."""
        now, _ = self._now(visit)
        return reports_seen(visit, await self.store.newest_reports(now=now, municipalities=slugs_seen(visit)))

    async def municipality(self, visit: Visit, slug: str) -> MunicipalityAnswers:
        """Read one municipality."""
        now, now_local = self._now(visit)
        bodies = [body.key for body in bodies_of(visit.programme, slug)]
        rows = await self.store.municipality(slug, now=now, now_local=now_local, bodies=bodies, place=slug)
        return MunicipalityAnswers(visit.programme, slug, rows, now)

    def _now(self, visit: Visit) -> tuple[datetime, datetime]:
        now = self.clock.now()
        return now, visit.programme.local_time(now).replace(tzinfo=None)


def _add_lists(routes: APIRouter, reading: _Reading) -> None:
    @routes.get("/municipalities", summary="Municipalities that the reader may see, by name", responses={**WRONG_PAGE})
    async def municipalities(visit: TakesPart, asked: Asked) -> ListPage[MunicipalityAnswer]:
        return asked.of(await reading.municipalities(visit), lambda line: municipality_answer(visit.programme, line))

    @routes.get("/rounds", summary="The newest status round of each municipality", responses={**WRONG_PAGE})
    async def rounds(visit: TakesPart, asked: Asked) -> ListPage[RoundAnswer]:
        return asked.of(await reading.rounds(visit), lambda line: round_answer(visit.programme, *line))

    @routes.get("/meetings", summary="The next meeting of each body that the reader may see", responses={**WRONG_PAGE})
    async def meetings(visit: TakesPart, asked: Asked) -> ListPage[MeetingAnswer]:
        return asked.of(await reading.meetings(visit), lambda line: meeting_answer(visit.programme, line))

    @routes.get("/reports", summary="The newest report of each municipality's newest round", responses={**WRONG_PAGE})
    async def reports(visit: TakesPart, asked: Asked) -> ListPage[ReportAnswer]:
        return asked.of(await reading.reports(visit), lambda line: report_answer(*line))


def _add_municipality(routes: APIRouter, reading: _Reading) -> None:
    @routes.get("/municipalities/{slug}", summary="A municipality as it stands", responses={**NOT_THERE})
    async def municipality(visit: SeesMunicipality, slug: str) -> MunicipalityDetailAnswer:
        return (await reading.municipality(visit, slug)).detail()

    @routes.get("/municipalities/{slug}/missing", summary="Packages without an answer", responses={**NOT_THERE})
    async def missing(visit: LooksAfter, slug: str) -> MissingAnswers:
        return (await reading.municipality(visit, slug)).missing()

"""The county lead's overview: `GET /fylket`."""

import asyncio
from collections.abc import Callable, Iterable, Mapping
from functools import partial
from typing import Any

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse

import texts
from web.access.gate import SeesCounty
from web.overview.reading import Overviews
from web.shell.page import shell_page
from web.shell.paging import pages_of
from web.shell.sorting import sorted_by
from workflows.overview.county import county_overview, owing
from workflows.overview.model import CountyOverview, MunicipalityState, Owing, PlaceState, ReportStage, RoundProgress

KEYS: Mapping[str, Callable[[MunicipalityState], Any]] = {
    "navn": lambda line: texts.sort_key(line.name),
    "sted": lambda line: (list(PlaceState).index(line.place), texts.sort_key(line.name)),
    "mote": lambda line: (line.next_meeting is None, str(line.next_meeting or ""), texts.sort_key(line.name)),
    "svar": lambda line: (-len(line.round.owed) if line.round else 1, texts.sort_key(line.name)),
    "rapport": lambda line: (list(ReportStage).index(line.report), texts.sort_key(line.name)),
    "sporsmal": lambda line: (-(line.questions_local + line.questions_owner), texts.sort_key(line.name)),
    "levering": lambda line: (-len(line.undelivered), texts.sort_key(line.name)),
}
"""Columns that the table can be sorted by, as its address names them."""

MOST_ROWS = 60
"""Municipalities on one page: more than any county has; a country has six pages."""
TROUBLED = (PlaceState.DRIFT, PlaceState.ASKS, PlaceState.FAILED, PlaceState.WAITS_FOR_IT)
FILTERS: Mapping[str, Callable[[MunicipalityState], bool]] = {
    "svar": lambda line: line.round is not None and line.round.takes_answers and bool(line.round.owed),
    "rapport": lambda line: line.report is ReportStage.DRAFT,
    "sporsmal": lambda line: line.questions_local + line.questions_owner > 0,
    "levering": lambda line: bool(line.undelivered),
    "utrulling": lambda line: line.place in TROUBLED,
    "pause": lambda line: line.paused,
}
"""Choices of municipalities, as the address names them (`?vis=svar`)."""


def router(overviews: Overviews) -> APIRouter:
    """Return the route of the county's overview."""
    routes = APIRouter()

    @routes.get("/fylket", response_class=HTMLResponse, summary="Every municipality on one screen")
    async def show(
        request: Request, visit: SeesCounty, q: str = "", vis: str = "", sort: str = "", side: str = "1"
    ) -> HTMLResponse:
        now, now_local = overviews.now(visit)
        rows = await overviews.store.county(now=now, now_local=now_local)
        # Beside the loop: of a country it takes longer than others should wait.
        county = await asyncio.to_thread(county_overview, visit.programme, rows, now=now)
        owing_of = partial(owing, visit.programme, now=now)
        chosen = [line for line in county.municipalities if FILTERS.get(vis, _every)(line)]
        chosen = [line for line in chosen if _has(line, owing_of, words)] if (words := q.casefold().strip()) else chosen
        kept = {"q": q, "vis": vis}
        lines, sorting = sorted_by(chosen, sort, keys=KEYS, default="navn", path="/fylket", kept=kept)
        pages = pages_of(len(lines), side, most=MOST_ROWS, path="/fylket", kept={**kept, "sort": sort})
        return shell_page(
            request,
            "overview/county.html",
            visit,
            county=county,
            lines=pages.of(lines),
            found=len(lines),
            pages=pages,
            sorting=sorting,
            counts={name: sum(map(choose, county.municipalities)) for name, choose in FILTERS.items()},
            owing_of=owing_of,
            owing=sum(len(line.round.owed) for line in county.municipalities if line.round and FILTERS["svar"](line)),
            q=q,
            vis=vis if vis in FILTERS else "",
            tones=PLACE_TONES,
            report_tones=REPORT_TONES,
            undelivered=_all_undelivered(county),
        )

    return routes


PLACE_TONES: Mapping[str, str] = {
    PlaceState.READY: "ok",
    PlaceState.DRIFT: "warn",
    PlaceState.ASKS: "warn",
    PlaceState.WAITS_FOR_IT: "warn",
    PlaceState.UNDER_WAY: "wait",
    PlaceState.FAILED: "bad",
    PlaceState.NOT_MADE: "none",
    PlaceState.THEIRS: "none",
    PlaceState.NONE: "none",
    PlaceState.LEFT: "none",
}
"""The tone in which the state of a place is shown."""
REPORT_TONES: Mapping[str, str] = {
    ReportStage.NONE: "none",
    ReportStage.COLLECTING: "wait",
    ReportStage.DUE: "wait",
    ReportStage.DRAFT: "warn",
    ReportStage.RELEASED: "ok",
}


def _every(line: MunicipalityState) -> bool:
    del line
    return True


def _has(line: MunicipalityState, owing_of: Callable[[RoundProgress], Iterable[Owing]], words: str) -> bool:
    """Return True when the words stand in a municipality's name or in what it owes."""
    owed = [name for item in (owing_of(line.round) if line.round else ()) for name in (item.name, item.lead)]
    return any(words in name.casefold() for name in (line.name, line.slug, *owed))


def _all_undelivered(county: CountyOverview) -> list[tuple[str, Any]]:
    """List what reached nobody with the municipality it is of; those of none first."""
    of_none = [("", item) for item in county.undelivered]
    return of_none + [(line.name, item) for line in county.municipalities for item in line.undelivered]

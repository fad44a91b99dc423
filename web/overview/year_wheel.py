"""The year as a wheel: `GET /fylket/arshjul` for what is common, `GET /kommune/{slug}/arshjul` for a municipality."""

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse

import texts
from web.access.gate import SeesCounty, SeesMunicipality, Visit
from web.meetings.year_wheel import shown, wheel_of
from web.overview.reading import Overviews
from web.shell.page import shell_page

FIRST, LAST = 2000, 2100
"""Years that an address may ask for; another gets this year."""


def router(overviews: Overviews) -> APIRouter:
    """Return the routes of year wheels."""
    routes = APIRouter()

    @routes.get("/fylket/arshjul", response_class=HTMLResponse, summary="The year of the programme's common bodies")
    async def show_common(request: Request, visit: SeesCounty, ar: str = "") -> HTMLResponse:
        return await _show(request, visit, overviews, None, ar)

    @routes.get("/kommune/{slug}/arshjul", response_class=HTMLResponse, summary="The year of a municipality")
    async def show_local(request: Request, visit: SeesMunicipality, slug: str, ar: str = "") -> HTMLResponse:
        return await _show(request, visit, overviews, slug, ar)

    return routes


async def _show(request: Request, visit: Visit, overviews: Overviews, slug: str | None, asked: str) -> HTMLResponse:
    year, language = _year(asked, overviews.now(visit)[1].year), visit.reader.language
    wheel = await wheel_of(overviews.meetings, visit.programme, slug, year=year, language=language)
    path, first, last = request.url.path, visit.programme.first_day.year, visit.programme.last_day.year
    return shell_page(
        request,
        "overview/year_wheel.html",
        visit,
        crumbs=[(texts.say("meetings.wheel", language), "")],
        wheel=shown(wheel, language),
        year=year,
        # A programme's years end: nobody pages on into empty ones.
        years=[(other, f"{path}?ar={other}") for other in (year - 1, year + 1) if first <= other <= last],
    )


def _year(asked: str, now: int) -> int:
    is_year = asked.isascii() and asked.isdecimal() and len(asked) == 4 and FIRST <= int(asked) <= LAST
    return int(asked) if is_year else now

"""The owner board's summary before it goes out, and the county lead's summing up: `GET|POST /fylket/sammendrag`."""

from collections.abc import Mapping

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response

import texts
from web.access.gate import RunsProgramme, Visit
from web.forms import typed_in
from web.municipality.doors import LeadDoors
from web.papers.agenda import said_problems
from web.shell.page import shell_page
from workflows.free_text import InvalidText
from workflows.papers.reports.owner_desk import MAX_SUMMING_UP, SummaryInHand
from workflows.papers.reports.rendering import owner_document

HERE = "/fylket/sammendrag"


def router(doors: LeadDoors) -> APIRouter:
    """Return the routes of the summary of the owner board's next meeting."""
    routes = APIRouter()

    @routes.get(HERE, response_class=HTMLResponse, summary="The owner board's next summary as it stands")
    async def show(request: Request, visit: RunsProgramme, gjort: str = "") -> HTMLResponse:
        return _page(request, visit, doors, await doors.owner_desk.find(visit.programme), done=bool(gjort))

    @routes.post(HERE, summary="Sum up for the owner board")
    async def sum_up(request: Request, visit: RunsProgramme) -> Response:
        work, typed = await doors.owner_desk.find(visit.programme), dict(typed_in(request))
        if work is None:
            return RedirectResponse(HERE, 303)
        try:
            stored = await doors.owner_desk.sum_up(work, typed, by=visit.reader.person)
        except InvalidText as invalid:
            now = await doors.owner_desk.find(visit.programme)
            return _page(request, visit, doors, now, typed=typed, invalid=invalid)
        return RedirectResponse(f"{HERE}?gjort=1" if stored else HERE, 303)

    return routes


def _page(
    request: Request,
    visit: Visit,
    doors: LeadDoors,
    work: SummaryInHand | None,
    *,
    done: bool = False,
    typed: Mapping[str, str] | None = None,
    invalid: InvalidText | None = None,
) -> HTMLResponse:
    language = texts.choose(visit.reader.language, visit.programme.language)
    return shell_page(
        request,
        "municipality/summary.html",
        visit,
        status=422 if invalid else 200,
        crumbs=[(texts.say("review.owner_page", language), "")],
        work=work,
        document=owner_document(work.shown, language) if work and work.shown else None,
        release_at=doors.local(visit, work.release_at) if work else None,
        done=done,
        typed=typed or {},
        problems=said_problems(invalid.problems, language) if invalid else {},
        confirm=invalid.confirm if invalid else "",
        most=MAX_SUMMING_UP,
    )

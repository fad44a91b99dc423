"""The start page: `GET /`."""

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse

import texts
from web.access.gate import TakesPart, Visit
from web.overview.reading import Overviews
from web.shell.page import shell_page
from workflows.access.model import Right, Where
from workflows.access.rules import may
from workflows.operations.stopped import MOST_SHOWN
from workflows.overview.start import StartPlanner
from workflows.papers.questions.life import level_of
from workflows.status.model import Level


def router(overviews: Overviews) -> APIRouter:
    """Return the route of the start page."""
    routes = APIRouter()

    @routes.get("/", response_class=HTMLResponse, summary="What needs the reader now")
    async def start(request: Request, visit: TakesPart) -> HTMLResponse:
        programme, reader = visit.programme, visit.reader
        now, now_local = overviews.now(visit)
        rows = await overviews.store.start(
            now=now,
            now_local=now_local,
            bodies=_bodies(visit),
            asked_in=_asked_in(visit),
            packages=reader.led_packages,
            municipalities=None if reader.runs_programme else reader.looks_after,
            scopes=_scopes(visit),
            places=_places(visit),
            most_stopped=MOST_SHOWN if may(reader, Right.SEE_IT) or reader.looks_after else 0,
        )
        page = StartPlanner(programme, reader, rows, now).page()
        return shell_page(
            request,
            "overview/start.html",
            visit,
            page=page,
            today=now_local.date(),
            sees_lessons=may(reader, Right.SEE_LESSONS),
            first_name=_first_name(visit),
            end_of=texts.end_of,
        )

    return routes


def _scopes(visit: Visit) -> list[str]:
    """List the scopes whose guests the reader confirms: their municipalities', or the programme's own."""
    own = [visit.programme.key] if visit.reader.runs_programme else []
    return [*own, *sorted(visit.reader.looks_after)]


def _places(visit: Visit) -> list[str]:
    """List the places whose things the page shows: those that the reader belongs to."""
    reader = visit.reader
    seen = (slug for slug in reader.municipalities if may(reader, Right.SEE_MUNICIPALITY, Where(municipality=slug)))
    return [*sorted(seen), *_bodies(visit)]


def _bodies(visit: Visit) -> list[str]:
    """List the bodies whose meetings the page shows. A county lead has the overview for the local ones."""
    mine = sorted(visit.reader.bodies)
    if not visit.reader.runs_programme:
        return mine
    return [key for key in mine if visit.programme.body(key).municipality is None]


def _asked_in(visit: Visit) -> list[str] | None:
    """List the bodies for whose meetings those questions were asked that wait for the reader's; None for all."""
    mine = _bodies(visit)
    of_all = any(level_of(visit.programme, body) is Level.OWNER for body in mine)
    return None if of_all else mine


def _first_name(visit: Visit) -> str:
    person = visit.programme.find_person(visit.reader.person)
    return person.first_name if person else ""

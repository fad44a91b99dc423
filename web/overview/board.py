"""A body's page: `GET /styret/{body}`, and the owner board's short address."""

from fastapi import APIRouter, HTTPException, Request
from fastapi.responses import HTMLResponse, RedirectResponse

import texts
from web.access.gate import SeesBoard, TakesPart
from web.overview.meeting import may_record, reads_agenda
from web.overview.reading import Overviews
from web.shell.page import shell_page
from workflows.access.model import Right, Where
from workflows.access.rules import may
from workflows.overview.package import board_overview


def router(overviews: Overviews) -> APIRouter:
    """Return the routes of bodies."""
    routes = APIRouter()

    @routes.get("/styret/{body}", response_class=HTMLResponse, summary="A body's meetings and papers")
    async def show(request: Request, visit: SeesBoard, body: str) -> HTMLResponse:
        programme = visit.programme
        _, now_local = overviews.now(visit)
        overview = board_overview(programme, body, await overviews.store.board(body, now_local=now_local))
        token = await overviews.links.issue("feed", body)
        slug = overview.municipality
        crumbs = [(overview.name, "")]
        if slug is not None and may(visit.reader, Right.SEE_MUNICIPALITY, Where(municipality=slug)):
            crumbs.insert(0, (programme.municipality(slug).name, f"/kommune/{slug}"))
        return shell_page(
            request,
            "overview/board.html",
            visit,
            crumbs=crumbs,
            board=overview,
            feed=f"{overviews.public_url.rstrip('/')}/kalender/{token}.ics",
            packages={package.key: package.name for package in programme.work_packages},
            names={person.key: person.name for person in programme.people},
            end_of=texts.end_of,
            local=programme.local_time,
            may_record=may_record(visit, programme.body(body), overviews),
            has_agenda=reads_agenda(visit, programme.body(body), overviews),
            day_of=lambda key: key.rpartition("/")[2],
        )

    @routes.get("/eierstyret", summary="The owner board's page")
    async def owner_board(visit: TakesPart) -> RedirectResponse:
        board = visit.programme.find_owner_board()
        if board is None:
            raise HTTPException(404)
        return RedirectResponse(f"/styret/{board.key}", 303)

    return routes

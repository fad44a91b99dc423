"""A body's page: `GET /styret/{body}`, the owner board's short address, and the ways to papers and reports."""

from fastapi import APIRouter, HTTPException, Request
from fastapi.responses import HTMLResponse, RedirectResponse

import texts
from web.access.gate import SeesBoard, SeesMunicipality, TakesPart, Visit
from web.overview.reading import Overviews
from web.shell.page import shell_page
from workflows.access.model import Right, Where
from workflows.access.rules import may
from workflows.overview.package import board_overview
from workflows.papers.agendas.plan import may_propose, recorders
from workflows.ports.links import LinkPurpose


def router(overviews: Overviews) -> APIRouter:
    """Return the routes of bodies."""
    routes = APIRouter()
    _add_page(routes, overviews)
    _add_papers(routes, overviews)
    return routes


def _add_page(routes: APIRouter, overviews: Overviews) -> None:
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
            may_record=_may_record(visit, body, overviews),
            has_agenda=_reads_agenda(visit, body, overviews),
            day_of=lambda key: key.rpartition("/")[2],
        )

    @routes.get("/eierstyret", summary="The owner board's page")
    async def owner_board(visit: TakesPart) -> RedirectResponse:
        board = visit.programme.find_owner_board()
        if board is None:
            raise HTTPException(404)
        return RedirectResponse(f"/styret/{board.key}", 303)


def _may_record(visit: Visit, body: str, overviews: Overviews) -> bool:
    """Return True for those who record the body's minutes."""
    today = visit.programme.today(overviews.clock.now())
    return visit.reader.person in {item.key for item in recorders(visit.programme, visit.programme.body(body), today)}


def _reads_agenda(visit: Visit, body: str, overviews: Overviews) -> bool:
    """Return True where the body has agendas and the reader sees all of them: its people, and those who record."""
    programme, found = visit.programme, visit.programme.body(body)
    today = programme.today(overviews.clock.now())
    reads = may_propose(programme, found, visit.reader.person, today) or _may_record(visit, body, overviews)
    return bool(found.agenda) and reads


def _add_papers(routes: APIRouter, overviews: Overviews) -> None:
    @routes.get("/styret/{body}/moter/{day}", summary="The papers of a body's meeting")
    async def papers_of_body(visit: SeesBoard, body: str, day: str) -> RedirectResponse:
        return await _to_papers(f"{body}/{day}")

    @routes.get("/styret/{body}/rapporter/{day}", summary="The released report of a body's meeting")
    async def report_of_body(visit: SeesBoard, body: str, day: str) -> RedirectResponse:
        return await _to_report(f"{body}/{day}")

    @routes.get("/kommune/{slug}/moter/{day}", summary="The papers of a municipality's board meeting")
    async def papers_of_municipality(visit: SeesMunicipality, slug: str, day: str) -> RedirectResponse:
        return await _to_papers(f"{visit.programme.local_board(slug).key}/{day}")

    @routes.get("/kommune/{slug}/rapporter/{day}", summary="The released report of a municipality's board meeting")
    async def report_of_municipality(visit: SeesMunicipality, slug: str, day: str) -> RedirectResponse:
        return await _to_report(f"{visit.programme.local_board(slug).key}/{day}")

    async def _to_papers(meeting: str) -> RedirectResponse:
        if await overviews.meetings.find_meeting(meeting) is None:
            raise HTTPException(404)
        return await _to(overviews, "papers", meeting, "/moter")

    async def _to_report(meeting: str) -> RedirectResponse:
        report = await overviews.reports.newest(meeting)
        if report is None or not report.is_released:
            raise HTTPException(404)
        return await _to(overviews, "report", meeting, "/rapport")


async def _to(overviews: Overviews, purpose: LinkPurpose, meeting: str, path: str) -> RedirectResponse:
    """Lead to the page of a link; the same link for everybody who may come here."""
    return RedirectResponse(f"{path}/{await overviews.links.issue(purpose, meeting)}", 303)

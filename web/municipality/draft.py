"""The report of the next board meeting as it stands: `GET|POST /kommune/{slug}/rapport`."""

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse, RedirectResponse

import texts
from documents.document import kind_of
from web.access.gate import LooksAfter, Visit
from web.municipality.doors import LeadDoors
from web.shell.page import shell_page
from workflows.papers.reports.model import StoredReport
from workflows.papers.reports.rendering import document_of
from workflows.status.model import StatusRound
from workflows.status.plan import compile_unit
from workflows.status.ports import BoardMeeting


def router(doors: LeadDoors) -> APIRouter:
    """Return the routes of a report that is not released yet."""
    routes = APIRouter()

    async def look(visit: Visit, slug: str) -> tuple[BoardMeeting | None, StatusRound | None, StoredReport | None]:
        """Find the next board meeting, its round and its report, as far as they are there."""
        board, now_local = visit.programme.local_board(slug).key, doors.local(visit, doors.clock.now())
        ahead = await doors.rounds.list_meetings(bodies=[board], after_local=now_local)
        if not ahead:
            return None, None, None
        key = ahead[0].key
        return ahead[0], await doors.rounds.find_round(key), await doors.reports.newest(key)

    @routes.get("/kommune/{slug}/rapport", response_class=HTMLResponse, summary="The next report as it stands")
    async def show(request: Request, visit: LooksAfter, slug: str, bestilt: str = "") -> HTMLResponse:
        meeting, current, report = await look(visit, slug)
        language = texts.choose(visit.reader.language, visit.programme.language)
        return shell_page(
            request,
            "municipality/draft.html",
            visit,
            crumbs=[(texts.say("lead.report", language), "")],
            meeting=meeting,
            round=current,
            report=report,
            document=document_of(report.content, language) if report else None,
            kind_of=kind_of,
            release_at=doors.local(visit, current.release_at) if current else None,
            is_ordered=bool(bestilt),
        )

    @routes.post("/kommune/{slug}/rapport", summary="Make the draft anew")
    async def compile_(visit: LooksAfter, slug: str) -> RedirectResponse:
        _, current, report = await look(visit, slug)
        if current is not None and not (report is not None and report.is_released):
            await doors.units.make_due([compile_unit(current.meeting, doors.clock.now())], by=visit.reader.person)
        return RedirectResponse(f"/kommune/{slug}/rapport?bestilt=1", 303)

    return routes

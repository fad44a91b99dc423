"""Ways from a sign-in to pages that others reach by a mailed link: guests to confirm, minutes to record."""

from datetime import timedelta

from fastapi import APIRouter, HTTPException, Request
from fastapi.responses import HTMLResponse, RedirectResponse

import texts
from web.access.gate import LooksAfter, RunsProgramme, SeesBoard, Visit
from web.municipality.doors import LeadDoors
from web.shell.page import shell_page
from workflows.operations.guest_review import may_review
from workflows.papers.agendas.editing import DeskRefused

WAY_LIFE = timedelta(hours=4)
"""As long as a link that is mailed for the same."""


def router(doors: LeadDoors) -> APIRouter:
    """Return the routes that lead on. Who is signed in has proved who they are: no link needs to be mailed."""
    routes = APIRouter()

    @routes.get("/kommune/{slug}/gjester", summary="The confirmation of a municipality's guests")
    async def guests(visit: LooksAfter, slug: str) -> RedirectResponse:
        return await _to_guests(doors, visit, slug)

    @routes.get("/fylket/gjester", summary="The confirmation of the programme's own guests")
    async def guests_of_programme(visit: RunsProgramme) -> RedirectResponse:
        return await _to_guests(doors, visit, visit.programme.key)

    @routes.get("/styret/{body}/referat", response_class=HTMLResponse, summary="Meetings whose minutes can be recorded")
    async def to_record(request: Request, visit: SeesBoard, body: str) -> HTMLResponse:
        found = await doors.desk.to_record(visit.reader.person, body=body)
        return shell_page(
            request,
            "municipality/to_record.html",
            visit,
            crumbs=[
                (visit.programme.body(body).name, f"/styret/{body}"),
                (texts.say("lead.record", visit.reader.language), ""),
            ],
            body=body,
            days=[day for day, _ in found],
        )

    @routes.get("/styret/{body}/moter/{day}/referat", summary="The form for a meeting's minutes")
    async def minutes(visit: SeesBoard, body: str, day: str) -> RedirectResponse:
        key = f"{body}/{day}"
        try:
            await doors.desk.minutes(key, visit.reader.person)
        except DeskRefused as no:
            raise HTTPException(404) from no
        token = await doors.links.issue("record_minutes", key, visit.reader.person, doors.clock.now() + WAY_LIFE)
        return RedirectResponse(f"/referat/{token}", 303)

    return routes


async def _to_guests(doors: LeadDoors, visit: Visit, scope: str) -> RedirectResponse:
    """Lead to the confirmation of a scope's guests; only those who confirm them find it."""
    now = doors.clock.now()
    if not may_review(visit.programme, scope, visit.reader.person, visit.programme.today(now)):
        raise HTTPException(404)
    token = await doors.links.issue("guests", f"guests:{scope}", visit.reader.person, now + WAY_LIFE)
    return RedirectResponse(f"/gjester/{token}", 303)

"""Ways from a sign-in to pages that others reach by a mailed link: minutes to record."""

from datetime import timedelta

from fastapi import APIRouter, HTTPException, Request
from fastapi.responses import HTMLResponse, RedirectResponse

import texts
from web.access.gate import SeesBoard
from web.municipality.doors import LeadDoors
from web.shell.page import shell_page
from workflows.papers.agendas.editing import DeskRefused

WAY_LIFE = timedelta(hours=4)
"""As long as a link that is mailed for the same."""


def router(doors: LeadDoors) -> APIRouter:
    """Return the routes that lead on. Who is signed in has proved who they are: no link needs to be mailed."""
    routes = APIRouter()

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

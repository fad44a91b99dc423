"""The way from a body's page to the minutes that can be recorded."""

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse

import texts
from web.access.gate import SeesBoard
from web.municipality.doors import LeadDoors
from web.shell.page import shell_page


def router(doors: LeadDoors) -> APIRouter:
    """Return the route that lists meetings whose minutes the reader may record."""
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

    return routes

"""Messages that leave next: `GET /fylket/utboks`, and sending stopped and started for all or one municipality."""

from fastapi import APIRouter, HTTPException, Request
from fastapi.responses import HTMLResponse, RedirectResponse

import texts
from web.access.gate import RunsProgramme
from web.forms import typed_in
from web.municipality.doors import LeadDoors
from web.shell.page import shell_page
from workflows.messages.model import NOT_ALLOWED, PAUSED, WAITING
from workflows.messages.preview import preview

MOST_SHOWN = 200
HELD = {PAUSED: "terminal.held_paused", NOT_ALLOWED: "terminal.held_not_allowed"}


def router(doors: LeadDoors) -> APIRouter:
    """Return the routes of the outbox."""
    routes = APIRouter()

    @routes.get("/fylket/utboks", response_class=HTMLResponse, summary="Messages that leave next, as they will look")
    async def show(request: Request, visit: RunsProgramme, kommune: str = "") -> HTMLResponse:
        waiting = await doors.messages.list_messages(states=WAITING)
        lines = preview([item for item in waiting if kommune in ("", item.municipality)])
        paused = await doors.switches.list_paused()
        municipalities = sorted(visit.programme.municipalities, key=lambda item: texts.sort_key(item.name))
        return shell_page(
            request,
            "municipality/outbox.html",
            visit,
            crumbs=[(texts.say("lead.outbox", visit.reader.language), "")],
            lines=lines[:MOST_SHOWN],
            number=len(lines),
            kommune=kommune,
            municipalities=[(item.slug, item.name) for item in municipalities],
            all_paused="" in paused,
            paused=[(item.slug, item.name) for item in municipalities if item.slug in paused],
            running=[(item.slug, item.name) for item in municipalities if item.slug not in paused],
            held=HELD,
            local=lambda moment: doors.local(visit, moment),
        )

    @routes.post("/fylket/utboks", summary="Stop sending, or start it again")
    async def switch(request: Request, visit: RunsProgramme) -> RedirectResponse:
        typed = dict(typed_in(request))
        municipality = typed.get("municipality") or None
        if municipality is not None and visit.programme.find_municipality(municipality) is None:
            raise HTTPException(422)
        match typed.get("do"):
            case "pause":
                await doors.switches.pause(municipality, by=visit.reader.person)
            case "resume":
                await doors.switches.resume(municipality, by=visit.reader.person)
            case _:
                raise HTTPException(422)
        return RedirectResponse("/fylket/utboks", 303)

    return routes

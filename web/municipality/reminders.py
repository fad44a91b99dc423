"""Reminders by hand: `GET|POST /kommune/{slug}/purring`. The page says before who gets one, and who cannot, and why."""

from collections.abc import Sequence

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse, RedirectResponse

import texts
from web.access.gate import LooksAfter, Visit
from web.forms import typed_in
from web.municipality.doors import LeadDoors
from web.shell.page import shell_page
from workflows.status.model import RoundState, StatusRound
from workflows.status.nudges import KIND, Nudge, Obstacle, chosen, nudge_unit, plan_nudges
from workflows.working_days import WorkCalendar


def router(doors: LeadDoors) -> APIRouter:
    """Return the routes of reminders by hand."""
    routes = APIRouter()

    async def look(visit: Visit, slug: str) -> tuple[StatusRound | None, Sequence[Nudge]]:
        now = doors.clock.now()
        rounds = await doors.rounds.list_rounds(state=RoundState.OPEN)
        current = next((item for item in rounds if item.municipality == slug and item.takes_answers(now)), None)
        if current is None:
            return None, ()
        requests = await doors.rounds.list_requests(current.meeting)
        messages = await doors.messages.list_messages(requests=[request.id for request in requests])
        waiting = await doors.units.list_waiting(KIND)
        return current, plan_nudges(visit.programme, requests, messages, now=now, waiting_units=waiting)

    @routes.get("/kommune/{slug}/purring", response_class=HTMLResponse, summary="Reminders that could be sent now")
    async def show(request: Request, visit: LooksAfter, slug: str) -> HTMLResponse:
        current, nudges = await look(visit, slug)
        now = doors.clock.now()
        leaves_at = WorkCalendar(visit.programme, slug).next_sendable(now)
        return shell_page(
            request,
            "municipality/reminders.html",
            visit,
            crumbs=[(texts.say("lead.reminders", visit.reader.language), "")],
            round=current,
            deadline=doors.local(visit, current.deadline_at) if current else None,
            nudges=nudges,
            ready=[nudge for nudge in nudges if nudge.obstacle is None],
            leaves_at=doors.local(visit, leaves_at) if leaves_at > now else None,
            local=lambda moment: doors.local(visit, moment),
            ordered=sum(nudge.obstacle is Obstacle.ORDERED for nudge in nudges),
        )

    @routes.post("/kommune/{slug}/purring", summary="Send reminders to those who are named")
    async def send(request: Request, visit: LooksAfter, slug: str) -> RedirectResponse:
        _, nudges = await look(visit, slug)
        now = doors.clock.now()
        today = visit.programme.today(now)
        picked = chosen(nudges, typed_in(request))
        units = [nudge_unit(nudge.request, today=today, now=now) for nudge in picked]
        await doors.units.make_due(units, by=visit.reader.person)
        return RedirectResponse(f"/kommune/{slug}/purring", 303)

    return routes

"""The stable address of a meeting's papers: the invitation carries it from the first booking on."""

from collections.abc import Awaitable, Callable
from typing import Protocol

from fastapi import APIRouter, HTTPException, Request
from fastapi.responses import HTMLResponse

import texts
from config.programme import Programme
from web.meetings.year_wheel import shown, wheel_of
from web.pages import language_behind_link, page
from workflows.meetings.model import MeetingStore
from workflows.meetings.rendering import explain_change, state_key
from workflows.papers.agendas.model import StoredAgenda
from workflows.papers.agendas.rendering import agenda_overview
from workflows.ports.links import Links


class ReleasedReports(Protocol):
    async def report_address(self, meeting: str) -> str | None:
        """Return the address of the meeting's released report; empty when only those who were mailed a link can read
        it,
        None when none is released."""
        ...


class SentAgendas(Protocol):
    async def fixed(self, meeting: str) -> StoredAgenda | None:
        """Return the meeting's agenda once it is sent."""
        ...


def router(
    *,
    meetings: MeetingStore,
    reports: ReleasedReports,
    agendas: SentAgendas,
    links: Links,
    programme: Callable[[], Awaitable[Programme]],
) -> APIRouter:
    """
    `GET /moter/{token}`; the token is a link with the purpose `papers` to a meeting's key.

    An invitation is passed on easily, so the page shows only what may be seen by whoever holds it: when and where, the
    items' titles, and where the report stands for those who may read it. Neither the way into the Teams meeting, nor
    what people wrote, nor the report itself.
    """
    routes = APIRouter()

    @routes.get("/moter/{token}", response_class=HTMLResponse, summary="A meeting's papers")
    async def papers(request: Request, token: str, sprak: str = "") -> HTMLResponse:
        link = await links.resolve(token, "papers")
        meeting = None if link is None else await meetings.find_meeting(link.subject)
        if meeting is None:
            raise HTTPException(404)
        known = await programme()
        body = known.find_body(meeting.body)
        name = body.name if body else meeting.body
        language = await language_behind_link(request, sprak, known.paper_language(meeting.body))
        agenda = await agendas.fixed(meeting.key)
        place = body.municipality if body else None
        wheel = await wheel_of(meetings, known, place, year=meeting.day.year, language=language)
        return page(
            request,
            "papers/papers.html",
            language=language,
            frame="base.html",
            full_agenda="",
            heading=texts.say("meetings.subject", language, body=name),
            meeting=meeting,
            ends=texts.end_of(meeting.starts_local, meeting.ends_local, language),
            state=texts.say(state_key(meeting), language),
            changed=explain_change(meeting, language),
            ask_own=f"/moter/{token}/mine-moter",
            place=known.their_place(body.municipality) if body else None,
            report=await reports.report_address(meeting.key),
            gets_report=body is not None and body.rounds is not None and meeting.stands,
            agenda=agenda_overview(agenda.content, language) if agenda else None,
            wheel=shown(wheel, language),
        )

    return routes

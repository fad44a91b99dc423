"""Guests behind sign-in: `GET|POST /kommune/{slug}/gjester`, and `/fylket/gjester` for the programme's own."""

from collections.abc import Mapping, Sequence
from urllib.parse import urlencode

from fastapi import APIRouter, HTTPException, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response

import texts
from web.access.gate import LooksAfter, RunsProgramme, Visit
from web.forms import typed_in
from web.municipality.doors import LeadDoors
from web.operations.guests import CHOICES, scope_name, shown_guest
from web.shell.page import shell_page
from workflows.messages.lead_mail import leads_of
from workflows.operations.guest_review import GuestLine, NotTheirGuests, may_review


def router(doors: LeadDoors) -> APIRouter:
    """Return the routes of guests. Everybody who looks after a place sees them; those who lead it say who goes on."""
    routes = APIRouter()

    @routes.get("/kommune/{slug}/gjester", response_class=HTMLResponse, summary="A municipality's guests")
    async def show(request: Request, visit: LooksAfter, slug: str) -> HTMLResponse:
        return await _show(doors, request, visit, slug)

    @routes.post("/kommune/{slug}/gjester", response_model=None, summary="Store which guests of a municipality go on")
    async def answer(request: Request, visit: LooksAfter, slug: str) -> Response:
        return await _answer(doors, request, visit, slug)

    @routes.get("/fylket/gjester", response_class=HTMLResponse, summary="The programme's own guests")
    async def show_common(request: Request, visit: RunsProgramme) -> HTMLResponse:
        return await _show(doors, request, visit, visit.programme.key)

    @routes.post("/fylket/gjester", response_model=None, summary="Store which guests of the programme go on")
    async def answer_common(request: Request, visit: RunsProgramme) -> Response:
        return await _answer(doors, request, visit, visit.programme.key)

    return routes


async def _show(doors: LeadDoors, request: Request, visit: Visit, scope: str) -> HTMLResponse:
    _, lines = await doors.guests.lines(scope)
    ending = set(request.query_params.getlist("slutter"))
    return _page(
        doors,
        request,
        visit,
        scope,
        lines,
        is_stored="lagret" in request.query_params,
        ending=[line.name for line in lines if line.person in ending],
    )


async def _answer(doors: LeadDoors, request: Request, visit: Visit, scope: str) -> Response:
    """Store what was chosen about every guest. A form that leaves one out comes back as it was sent."""
    typed = dict(typed_in(request))
    try:
        _, lines = await doors.guests.reviewed_by(scope, visit.reader.person)
    except NotTheirGuests as no:
        raise HTTPException(404) from no
    said = {line.person: typed.get(line.person) for line in lines}
    if any(choice not in CHOICES for choice in said.values()):
        return _page(doors, request, visit, scope, lines, typed=typed, status=400)
    keeps = {person: choice == "keeps" for person, choice in said.items()}
    await doors.guests.answer(scope, keeps, by=visit.reader.person)
    ending = [("slutter", person) for person, goes_on in keeps.items() if not goes_on]
    return RedirectResponse(f"{request.url.path}?{urlencode([('lagret', '1'), *ending])}", 303)


def _page(
    doors: LeadDoors,
    request: Request,
    visit: Visit,
    scope: str,
    lines: Sequence[GuestLine],
    *,
    typed: Mapping[str, str] | None = None,
    status: int = 200,
    is_stored: bool = False,
    ending: Sequence[str] = (),
) -> HTMLResponse:
    """*typed*: what was sent and is not whole; None at first."""
    programme, language = visit.programme, texts.choose(visit.reader.language)
    today = programme.today(doors.clock.now())
    municipality = None if scope == programme.key else scope
    return shell_page(
        request,
        "municipality/guests.html",
        visit,
        crumbs=[(texts.say("lead.guests", language), "")],
        status=status,
        name=scope_name(programme, scope),
        lines=[shown_guest(line, language) for line in lines],
        may_confirm=may_review(programme, scope, visit.reader.person, today),
        leads=texts.join([lead.name for lead in leads_of(programme, municipality, today)], language),
        choices=CHOICES,
        typed=typed or {},
        unanswered=[] if typed is None else [line.name for line in lines if typed.get(line.person) not in CHOICES],
        action=request.url.path,
        csrf=visit.csrf,
        is_stored=is_stored,
        ending=texts.join(ending, language),
    )

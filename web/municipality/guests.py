"""Guests, for readers who are signed in: `GET|POST /kommune/{slug}/gjester` and `/fylket/gjester`."""

from dataclasses import dataclass
from typing import Annotated

from fastapi import APIRouter, HTTPException, Query, Request, Response
from fastapi.responses import HTMLResponse, RedirectResponse

import texts
from web.access.gate import LooksAfter, RunsProgramme, Visit, sign_in_address
from web.forms import typed_in
from web.municipality.doors import LeadDoors
from web.operations.guests import CHOICES, shown_guest
from web.shell.page import shell_page
from web.shell.paging import pages_of
from workflows.operations.guest_review import GuestLine, may_review

ENDED = "avsluttet"
"""The parameter with the people whose roles end, as the page says after it stored a choice."""
MOST_NAMED = 50
MOST_GUESTS = 60
"""Guests on a page, each with a choice of their own."""


@dataclass(frozen=True, kw_only=True)
class GuestList:
    """The guests of *scope*, a municipality or the programme itself, for one reader."""

    scope: str
    name: str
    lines: list[GuestLine]
    may_answer: bool
    """False for a county lead where a local lead answers: they see the same, and change nothing."""


def router(doors: LeadDoors) -> APIRouter:
    """Return the routes of the confirmation of guests."""
    routes = APIRouter()

    @routes.get("/kommune/{slug}/gjester", response_class=HTMLResponse, summary="A municipality's guests")
    async def show(
        request: Request, visit: LooksAfter, slug: str, avsluttet: Annotated[list[str] | None, Query()] = None
    ) -> Response:
        return _page(request, visit, await _guests(doors, visit, slug), stored=avsluttet)

    @routes.post("/kommune/{slug}/gjester", summary="Store which of a municipality's guests go on")
    async def answer(request: Request, visit: LooksAfter, slug: str) -> Response:
        return await _store(doors, request, visit, await _guests(doors, visit, slug))

    @routes.get("/fylket/gjester", response_class=HTMLResponse, summary="The programme's own guests")
    async def show_common(
        request: Request, visit: RunsProgramme, avsluttet: Annotated[list[str] | None, Query()] = None
    ) -> Response:
        return _page(request, visit, await _guests(doors, visit, visit.programme.key), stored=avsluttet)

    @routes.post("/fylket/gjester", summary="Store which of the programme's own guests go on")
    async def answer_common(request: Request, visit: RunsProgramme) -> Response:
        return await _store(doors, request, visit, await _guests(doors, visit, visit.programme.key))

    return routes


async def _guests(doors: LeadDoors, visit: Visit, scope: str) -> GuestList:
    programme, lines = await doors.guests.lines(scope)
    return GuestList(
        scope=scope,
        name=programme.name if scope == programme.key else programme.municipality(scope).name,
        lines=lines,
        may_answer=may_review(programme, scope, visit.reader.person, doors.guests.today(programme)),
    )


async def _store(doors: LeadDoors, request: Request, visit: Visit, guests: GuestList) -> Response:
    """Store the choices that were made; a guest without one stays as they are, and is asked about again."""
    if not guests.may_answer:
        raise HTTPException(404)
    typed = dict(typed_in(request))
    said = {line.person: typed[line.person] for line in guests.lines if typed.get(line.person) in CHOICES}
    if not said:
        return _page(request, visit, guests, is_empty=True)
    await doors.guests.answer(
        guests.scope, {person: choice == "keeps" for person, choice in said.items()}, by=visit.reader.person
    )
    ended = [person for person, choice in said.items() if choice == "ends"]
    query = "&".join(f"{ENDED}={person}" for person in ended[:MOST_NAMED] or [""])
    side = f"side={asked}&" if (asked := request.query_params.get("side", "")).isdecimal() else ""
    return RedirectResponse(f"{request.url.path}?{side}{query}", 303)


def _page(
    request: Request, visit: Visit, guests: GuestList, *, stored: list[str] | None = None, is_empty: bool = False
) -> HTMLResponse:
    """*stored*: the people whose roles end by a choice that was just stored; None when none was."""
    language, asked = visit.reader.language, request.query_params.get("side", "")
    pages = pages_of(len(guests.lines), asked, most=MOST_GUESTS, path=request.url.path, kept={})
    lines = pages.of(guests.lines)
    names = [person.name for key in stored or () if (person := visit.programme.find_person(key)) is not None]
    return shell_page(
        request,
        "municipality/guests.html",
        visit,
        status=400 if is_empty else 200,
        crumbs=[(texts.say("lead.guests_page", language), "")],
        name=guests.name,
        lines=[shown_guest(line, language) for line in lines],
        pages=pages,
        action=pages.addresses[pages.number - 1] if pages.addresses else request.url.path,
        may_answer=guests.may_answer,
        choices=CHOICES,
        sign_in=sign_in_address(request),
        typed={},
        is_stored=stored is not None,
        ended=texts.join(names[:MOST_NAMED], language),
        problems={f"{lines[0].person}-keeps": texts.say("guests.choose_one", language)} if is_empty and lines else {},
    )

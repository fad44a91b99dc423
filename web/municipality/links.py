"""Links that people hold: `GET|POST /kommune/{slug}/lenker`, and `/fylket/lenker` for the programme's own."""

from fastapi import APIRouter, HTTPException, Request
from fastapi.responses import HTMLResponse, RedirectResponse

import texts
from web.access.gate import LooksAfter, RunsProgramme, Visit
from web.forms import typed_in
from web.municipality.doors import LeadDoors
from web.shell.page import shell_page
from workflows.access.held_links import HeldLink, day_of, owner_of, package_of


def router(doors: LeadDoors) -> APIRouter:
    """Return the routes of the links of a municipality and of the programme. One press ends one."""
    routes = APIRouter()

    @routes.get("/kommune/{slug}/lenker", response_class=HTMLResponse, summary="Links that people hold to its pages")
    async def show(request: Request, visit: LooksAfter, slug: str, avsluttet: str = "") -> HTMLResponse:
        return await _show(request, doors, visit, slug, is_ended=bool(avsluttet))

    @routes.post("/kommune/{slug}/lenker", summary="End a link")
    async def end(request: Request, visit: LooksAfter, slug: str) -> RedirectResponse:
        await _end(request, doors, visit, slug)
        return RedirectResponse(f"/kommune/{slug}/lenker?avsluttet=1", 303)

    @routes.get("/fylket/lenker", response_class=HTMLResponse, summary="Links to the owner board's and networks' pages")
    async def show_common(request: Request, visit: RunsProgramme, avsluttet: str = "") -> HTMLResponse:
        return await _show(request, doors, visit, None, is_ended=bool(avsluttet))

    @routes.post("/fylket/lenker", summary="End a link of the programme")
    async def end_common(request: Request, visit: RunsProgramme) -> RedirectResponse:
        await _end(request, doors, visit, None)
        return RedirectResponse("/fylket/lenker?avsluttet=1", 303)

    return routes


async def _show(request: Request, doors: LeadDoors, visit: Visit, slug: str | None, *, is_ended: bool) -> HTMLResponse:
    programme = visit.programme
    owner = owner_of(programme, slug, programme.today(doors.clock.now()))
    held = [item for item in await doors.held.list_held(owner) if owner.has(item)]
    names = {person.key: person.name for person in programme.people}

    def holder(item: HeldLink) -> str:
        key = item.person or item.subject.removeprefix("person:")
        return names.get(key, "")

    return shell_page(
        request,
        "municipality/links.html",
        visit,
        crumbs=[(texts.say("lead.links", visit.reader.language), "")],
        personal=[item for item in held if holder(item)],
        common=[item for item in held if not holder(item)],
        holder=holder,
        package=lambda item: package_of(programme, item),
        day_of=day_of,
        local=lambda moment: doors.local(visit, moment),
        is_ended=is_ended,
    )


async def _end(request: Request, doors: LeadDoors, visit: Visit, slug: str | None) -> None:
    """End the link that was asked for; one that is over already is no fault. Answers 404 about another's."""
    found = await doors.held.find_held(dict(typed_in(request)).get("link", ""))
    owner = owner_of(visit.programme, slug, visit.programme.today(doors.clock.now()))
    if found is None:
        return
    if not owner.has(found):
        raise HTTPException(404)
    await doors.held.end(found.id, by=visit.reader.person)

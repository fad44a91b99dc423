"""The reader's own page: `GET /meg`, where they choose their language."""

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response

import texts
from web.access.gate import TakesPart
from web.forms import typed_in
from web.overview.reading import Overviews
from web.shell.page import shell_page
from workflows.meetings.personal import PERSON, own_address


def router(overviews: Overviews) -> APIRouter:
    """Return the routes of the reader's own page."""
    routes = APIRouter()

    @routes.get("/meg", response_class=HTMLResponse, summary="The reader's own settings")
    async def show(request: Request, visit: TakesPart, lagret: str = "") -> HTMLResponse:
        programme = visit.programme
        person = programme.person(visit.reader.person)
        token = await overviews.links.issue("feed", f"{PERSON}{person.key}")
        return shell_page(
            request,
            "overview/me.html",
            visit,
            crumbs=[(texts.say("shell.me", visit.reader.language), "")],
            person=person,
            organisation=programme.organisation_of(person).name,
            languages=[(language, texts.say("overview.language_name", language)) for language in _in_order()],
            feed=f"{overviews.public_url.rstrip('/')}/kalender/{token}.ics",
            own_meetings=await own_address(overviews.links, overviews.public_url, person.key, overviews.clock.now()),
            is_stored=bool(lagret),
        )

    @routes.post("/meg/sprak", summary="Choose the language that the service speaks to the reader")
    async def choose(request: Request, visit: TakesPart) -> Response:
        language = dict(typed_in(request)).get("language", "")
        if language in texts.languages():
            await overviews.settings.set_language(visit.reader.person, language)
        return RedirectResponse("/meg?lagret=1", 303)

    return routes


def _in_order() -> list[str]:
    """Return the languages to choose from, both kinds of Norwegian before English."""
    return sorted(texts.languages(), key=lambda language: (language == "en", language))

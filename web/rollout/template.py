"""The template over all municipalities: the differences first, then the upgrade of the chosen ones."""

from collections.abc import Sequence

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response

import texts
from web.access.gate import RunsProgramme
from web.forms import typed_in
from web.rollout.places import BASE, RolloutPages
from web.rollout.showing import ORDER_TONES, leaf_of
from web.shell.page import shell_page
from workflows.rollout.mails_to_come import MailToCome
from workflows.rollout.names import PlaceNames
from workflows.rollout.preview import differences

PATH = "/fylket/malen"


def router(pages: RolloutPages) -> APIRouter:
    """Return the routes of the template."""
    routes = APIRouter()

    @routes.get(PATH, response_class=HTMLResponse, summary="The template against every municipality")
    async def show(request: Request, visit: RunsProgramme) -> HTMLResponse:
        language, programme = texts.choose(visit.reader.language, visit.programme.language), visit.programme
        lines, now = await pages.desk.lines(programme), pages.clock.now()
        seen = [line.preview for line in lines if line.preview is not None]
        names = {line.place: line.name for line in lines}
        changes = [
            (
                PlaceNames(programme, programme.place(places[0]), language).kind(item.key),
                leaf_of(item, PlaceNames(programme, programme.place(places[0]), language), language),
                [names[place] for place in places],
            )
            for item, places in differences(seen).items()
        ]
        return shell_page(
            request,
            "rollout/template.html",
            visit,
            crumbs=[(texts.say("rollout_pages.template_heading", language), "")],
            lines=lines,
            # The changes that most places share come from the template; those of one are its own.
            changes=sorted(changes, key=lambda change: -len(change[2])),
            looking=any(line.looking for line in lines),
            unseen=[line.name for line in lines if line.preview is None],
            mailed={line.place: _mailed(line.mails(programme, now)) for line in lines},
            tones=ORDER_TONES,
            base=BASE,
            path=PATH,
        )

    @routes.post(f"{PATH}/se", response_class=HTMLResponse, summary="Look at every place")
    async def look(visit: RunsProgramme) -> Response:
        await pages.desk.look(*(spec.key for spec in visit.programme.places))
        return RedirectResponse(PATH, 303)

    @routes.post(f"{PATH}/oppgrader", response_class=HTMLResponse, summary="Order the chosen places")
    async def upgrade(request: Request, visit: RunsProgramme) -> Response:
        chosen = [value for name, value in typed_in(request) if name == "place"]
        places = [place for place in dict.fromkeys(chosen) if visit.programme.find_place(place) is not None]
        await pages.desk.order(*places, by=visit.reader.person)
        return RedirectResponse(BASE if places else PATH, 303)

    return routes


def _mailed(mails: Sequence[MailToCome]) -> int:
    """Count the people of mails, each once."""
    return len({name for mail in mails for name in mail.people})

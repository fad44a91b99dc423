"""Questions that packages lift, as their leads act on them: `/kommune/{slug}/sporsmal` and `/fylket/sporsmal`."""

from collections.abc import Sequence
from typing import Any

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response

import texts
from web.access.gate import LooksAfter, RunsProgramme, Visit
from web.forms import typed_in
from web.municipality.doors import LeadDoors
from web.papers.agenda import said_problems
from web.shell.page import shell_page
from web.shell.paging import pages_of
from workflows.free_text import InvalidText
from workflows.papers.agendas.editing import DeskRefused
from workflows.papers.questions.desk import TELLING, acts_on
from workflows.papers.questions.model import BoardQuestion
from workflows.status.model import Level
from workflows.status.plan import package_leads

STORED = "?lagret=1"
MOST_SHOWN = 30
"""Questions on one of the county lead's pages."""


def router(doors: LeadDoors) -> APIRouter:
    """Return the routes of questions."""
    routes = APIRouter()

    @routes.get("/kommune/{slug}/sporsmal", response_class=HTMLResponse, summary="Questions of a municipality")
    async def of_municipality(request: Request, visit: LooksAfter, slug: str, lagret: str = "") -> HTMLResponse:
        return await _municipality(doors, request, visit, slug, is_stored=bool(lagret))

    @routes.post("/kommune/{slug}/sporsmal/{question}", summary="Act on a question as the local lead")
    async def act_locally(request: Request, visit: LooksAfter, slug: str, question: str) -> Response:
        return await _act(doors, request, visit, question, slug)

    @routes.get("/fylket/sporsmal", response_class=HTMLResponse, summary="Questions that wait for the owner board")
    async def of_county(request: Request, visit: RunsProgramme, lagret: str = "", side: str = "1") -> HTMLResponse:
        return await _county(doors, request, visit, side=side, is_stored=bool(lagret))

    @routes.post("/fylket/sporsmal/{question}", summary="Act on a question as the county lead")
    async def act_for_county(request: Request, visit: RunsProgramme, question: str) -> Response:
        return await _act(doors, request, visit, question, None)

    return routes


async def _act(doors: LeadDoors, request: Request, visit: Visit, question: str, slug: str | None) -> Response:
    """Take a lead's step. What cannot be stored is shown on the page again, with what was written."""
    typed = dict(typed_in(request))
    level = Level.LOCAL if slug else Level.OWNER
    language = texts.choose(visit.reader.language, visit.programme.language)
    problems, confirm = {}, ""
    try:
        await doors.questions.act(question, person=visit.reader.person, level=level, municipality=slug, raw=typed)
    except InvalidText as invalid:
        problems, confirm = said_problems(invalid.problems, language), invalid.confirm
    except DeskRefused as no:
        problems = {"": texts.say(no.words.key, language, **no.words.values)}
    if not problems:
        return RedirectResponse(f"{_base(slug)}{STORED}", 303)
    again: dict[str, Any] = {
        "typed": {question: typed},
        "problems": {question: problems},
        "confirm": {question: confirm},
    }
    if slug:
        return await _municipality(doors, request, visit, slug, status=422, **again)
    return await _county(doors, request, visit, status=422, **again)


async def _municipality(
    doors: LeadDoors, request: Request, visit: Visit, slug: str, *, status: int = 200, **again: object
) -> HTMLResponse:
    found = await doors.questions.of_municipality(slug)
    parts = (
        ("local", [item for item in found if item.waits and item.level is Level.LOCAL]),
        ("owner", [item for item in found if item.waits and item.level is Level.OWNER]),
        ("settled", [item for item in found if not item.waits]),
    )
    return _page(doors, request, visit, Level.LOCAL, slug, parts, status=status, **again)


async def _county(
    doors: LeadDoors, request: Request, visit: Visit, *, status: int = 200, side: str = "1", **again: Any
) -> HTMLResponse:
    """Show a page of the questions that wait for the owner board; one that was acted on in vain stands first."""
    wrong = again.get("problems", {})
    found = sorted(await doors.questions.for_owner_board(), key=lambda item: item.id not in wrong)
    pages = pages_of(len(found), side, most=MOST_SHOWN, path=_base(None), kept={})
    parts = (("owner", pages.of(found)),)
    return _page(doors, request, visit, Level.OWNER, None, parts, status=status, pages=pages, **again)


def _page(
    doors: LeadDoors,
    request: Request,
    visit: Visit,
    level: Level,
    slug: str | None,
    parts: Sequence[tuple[str, Sequence[BoardQuestion]]],
    *,
    status: int,
    **again: Any,
) -> HTMLResponse:
    programme, shown = visit.programme, [item for _, items in parts for item in items]
    today = programme.today(doors.clock.now())
    context: dict[str, Any] = {"typed": {}, "problems": {}, "confirm": {}, "is_stored": False, "pages": None, **again}
    return shell_page(
        request,
        "municipality/questions.html",
        visit,
        status=status,
        crumbs=[(texts.say("questions.title", visit.reader.language), "")],
        parts=parts,
        base=_base(slug),
        acts={item.id: acts_on(item, level) for item in shown},
        telling=TELLING,
        told={item.id: len(package_leads(programme, item.work_package, today)) for item in shown},
        packages={package.key: package.name for package in programme.work_packages},
        municipalities={item.slug: item.name for item in programme.municipalities},
        names={person.key: person.name for person in programme.people},
        is_county=slug is None,
        local=lambda moment: programme.local_time(moment).replace(tzinfo=None),
        **context,
    )


def _base(slug: str | None) -> str:
    return f"/kommune/{slug}/sporsmal" if slug else "/fylket/sporsmal"

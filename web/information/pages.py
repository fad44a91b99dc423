"""Pages about the service, which anybody may read: `/tilgjengelighet`, `/personvern` and `/hjelp`."""

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse

from web.information.criteria import CRITERIA
from web.pages import language_of, page

PRIVACY = ("what", "where", "who", "change", "cookie", "children", "help")
"""Paragraphs of the privacy page, by the ends of their keys."""
_FROM_WEB = frozenset({"what", "children", "help"})
HELP = ("sign_in", "package", "lead_role", "board", "county", "it")
"""Parts of the help, one for each role; the ends of the keys of their headings."""


def router(*, statement_url: str = "") -> APIRouter:
    """Return the routes. *statement_url*: the county's own statement at uustatus.no, once it is published."""
    routes = APIRouter()

    @routes.get("/tilgjengelighet", response_class=HTMLResponse, summary="The accessibility statement's evidence")
    async def accessibility(request: Request) -> HTMLResponse:
        return page(
            request,
            "information/accessibility.html",
            language=language_of(request),
            criteria=CRITERIA,
            statement_url=statement_url,
        )

    @routes.get("/personvern", response_class=HTMLResponse, summary="Privacy: what is stored, and who sees it")
    async def privacy(request: Request) -> HTMLResponse:
        keys = [f"web.privacy_{end}" if end in _FROM_WEB else f"information.privacy_{end}" for end in PRIVACY]
        return page(request, "information/privacy.html", language=language_of(request), keys=keys)

    @routes.get("/hjelp", response_class=HTMLResponse, summary="Help by role")
    async def help_by_role(request: Request) -> HTMLResponse:
        parts = [(f"information.help_{part}", f"information.help_{part.removesuffix('_role')}_what") for part in HELP]
        return page(request, "information/help.html", language=language_of(request), parts=parts)

    return routes

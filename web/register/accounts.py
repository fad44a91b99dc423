"""«Does this address have an account?» on the form of a new person: asked of a unit, and looked at until it answers."""

from collections.abc import Mapping, Sequence

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse

import texts
from web.access.gate import LooksAfter, RunsProgramme, Visit
from web.register.reading import RegisterDoors
from web.shell.page import shell_page
from workflows.register.look_up import LookUp, is_address

LOOK_UP = "look_up"
"""The value of the button that looks an address up and keeps nothing."""
ANSWERS = "konto"
"""The page of the answer so far, below a municipality or the county."""


def router(doors: RegisterDoors) -> APIRouter:
    """Return the routes of the answer so far. They change nothing, and name no address but the one that was asked."""
    routes = APIRouter()

    @routes.get(
        f"/kommune/{{slug}}/{ANSWERS}", response_class=HTMLResponse, summary="Whether an address has an account"
    )
    async def show(request: Request, visit: LooksAfter, slug: str, id: str = "") -> HTMLResponse:  # noqa: A002
        return await _answers(doors, request, visit, f"/kommune/{slug}/{ANSWERS}", id)

    @routes.get(f"/fylket/{ANSWERS}", response_class=HTMLResponse, summary="The same, for the programme's own people")
    async def show_common(request: Request, visit: RunsProgramme, id: str = "") -> HTMLResponse:  # noqa: A002
        return await _answers(doors, request, visit, f"/fylket/{ANSWERS}", id)

    return routes


async def look_up(doors: RegisterDoors, visit: Visit, typed: Mapping[str, str]) -> Sequence[LookUp]:
    """Ask about the address that was typed, and return the answer as far as it is known; nothing without an address."""
    email = typed.get("email", "").strip()
    return [await doors.accounts.ask(email, by=visit.reader.person)] if is_address(email) else []


async def _answers(doors: RegisterDoors, request: Request, visit: Visit, here: str, question: str) -> HTMLResponse:
    found = await doors.accounts.find(question)
    return shell_page(
        request,
        "rollout/accounts.html",
        visit,
        crumbs=[(texts.say("rollout_pages.accounts_heading", visit.reader.language), "")],
        accounts=[found] if found is not None else [],
        look_at=here,
    )

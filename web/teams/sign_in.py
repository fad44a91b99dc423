"""Sign-in in Teams, without leaving it: a token from `getAuthToken` becomes a session (`/logg-inn/teams`)."""

from urllib.parse import urlencode

import structlog
from fastapi import APIRouter, HTTPException, Request
from fastapi.responses import HTMLResponse, JSONResponse, Response

from web.access.gate import IN_TEAMS, SIGN_IN, Gate
from web.access.kept import own_path
from web.forms import is_from_us, read_form
from web.pages import language_of, page
from workflows.access.ports import TokenReader
from workflows.access.sign_in import SignIn
from workflows.errors import Refused, Transient

log = structlog.get_logger()

MAX_BODY = 16_000


def router(*, gate: Gate, sign_in: SignIn, tokens: TokenReader) -> APIRouter:
    """Return the page that asks Teams for a token, and the address that takes it."""
    routes = APIRouter()

    @routes.get(IN_TEAMS, response_class=HTMLResponse, summary="Asks Teams who is signed in there")
    async def show(request: Request, til: str = "/") -> HTMLResponse:
        back = own_path(til)
        in_browser = f"{gate.public_url.rstrip('/')}{SIGN_IN}?{urlencode({'til': back})}"
        return page(
            request, "teams/sign_in.html", language=language_of(request), back=back, action=IN_TEAMS, away=in_browser
        )

    @routes.post(IN_TEAMS, summary="Begin a session by a token of Teams'")
    async def take(request: Request) -> Response:
        if not is_from_us(request, gate.public_url):
            raise HTTPException(403)
        form = await read_form(request, most=MAX_BODY)
        try:
            admission = await sign_in.enter(await tokens.read(form.get("token", "")))
        except (Refused, Transient) as error:
            log.warning("sign_in.teams_failed", reason=error.reason)
            return JSONResponse({"signed_in": False}, 400 if isinstance(error, Refused) else 503)
        if admission.refused is not None:
            return JSONResponse({"signed_in": False, "reason": admission.refused}, 403)
        if gate.teams_cookie in request.cookies:
            await gate.sessions.end(request.cookies[gate.teams_cookie])
        answer = JSONResponse({"signed_in": True})
        answer.headers.append("set-cookie", gate.teams_cookie_header(admission.token))
        return answer

    return routes

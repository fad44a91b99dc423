"""Sign-in: `/logg-inn` with a way for each provider, and `/logg-ut`."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import timedelta
from urllib.parse import urlencode

import structlog
from fastapi import APIRouter, HTTPException, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response

import texts
from web.access.gate import SEE_OTHER, SIGN_IN, Gate, TakesPart, Visit
from web.access.kept import Keeper, Kept, own_path
from web.pages import language_of, page
from workflows.access.binding import Bindings
from workflows.access.identities import ProvedIdentity
from workflows.access.ports import Provider
from workflows.access.sessions import IDLE_LIMIT, LIFE
from workflows.access.sign_in import NoEntry, SignIn
from workflows.errors import Refused, Transient

log = structlog.get_logger()

HOUR = timedelta(hours=1)
MOST_LOOKS = 20
"""Looks for an account that is being looked up, one each three seconds."""
WAITING, ASKING, CONFIRMING = f"{SIGN_IN}/venter", f"{SIGN_IN}/ukjent", f"{SIGN_IN}/knytt"
LOG_OUT = "/logg-ut"
PROVED = "proved"


@dataclass(frozen=True, kw_only=True)
class SignInPages:
    """The ports of the pages of sign-in."""

    gate: Gate
    keeper: Keeper
    providers: Mapping[str, Provider]
    """By their name in our addresses; those that are switched on."""
    sign_in: SignIn
    bindings: Bindings

    def redirect_uri(self, provider: str) -> str:
        """Return the address that a provider sends people back to, as it is registered there."""
        return f"{self.gate.public_url.rstrip('/')}{SIGN_IN}/{provider}/retur"


def router(pages: SignInPages) -> APIRouter:
    """Return the routes of sign-in and of logging out."""
    routes = APIRouter()
    _add_choice(routes, pages)
    _add_waiting(routes, pages)
    _add_log_out(routes, pages)
    return routes


def provider_router(pages: SignInPages) -> APIRouter:
    """Return the ways to each provider and back; after all other addresses below `/logg-inn`."""
    routes = APIRouter()

    @routes.get(f"{SIGN_IN}/{{provider}}", summary="To the provider")
    async def leave(request: Request, provider: str, til: str = "/", knytt: str = "") -> Response:
        found = pages.providers.get(provider)
        if found is None:
            raise HTTPException(404)
        flow: Kept = {}
        try:
            address = await found.begin(flow, redirect_uri=pages.redirect_uri(provider))
        except (Refused, Transient) as error:
            return _failed(request, error)
        kept = {"flow": flow, "til": own_path(til), "knytt": knytt}
        return _to(address, await pages.keeper.header(kept))

    @routes.get(f"{SIGN_IN}/{{provider}}/retur", summary="Back from the provider")
    async def come_back(request: Request, provider: str) -> Response:
        found, kept = pages.providers.get(provider), await pages.keeper.read(request)
        if found is None:
            raise HTTPException(404)
        flow = kept.get("flow")
        try:
            proved = await found.finish(flow if isinstance(flow, dict) else {}, request.query_params)
        except (Refused, Transient) as error:
            return _failed(request, error, await pages.keeper.header({}))
        return await enter(request, pages, proved, kept)

    return routes


async def enter(request: Request, pages: SignInPages, proved: ProvedIdentity, kept: Kept) -> Response:
    """Begin a session for a proved identity, or lead to the page that says what is missing."""
    admission = await pages.sign_in.enter(proved)
    til, looks = own_path(str(kept.get("til", "/"))), int(kept.get("looks", 0))
    if admission.refused is None:
        # A known session of before is ended: nobody may be given one.
        for name in {pages.gate.cookie, pages.gate.teams_cookie} & request.cookies.keys():
            await pages.gate.sessions.end(request.cookies[name])
        return _to(til, pages.gate.cookie_header(admission.token), await pages.keeper.header({}))
    if admission.refused is NoEntry.UNKNOWN_ACCOUNT and looks < MOST_LOOKS:
        later = {PROVED: asdict(proved), "til": til, "looks": looks + 1}
        return _to(WAITING, await pages.keeper.header(later))
    if admission.refused is NoEntry.NOT_BOUND:
        later = {PROVED: asdict(proved), "til": til, "knytt": kept.get("knytt", "")}
        return _to(CONFIRMING if later["knytt"] else ASKING, await pages.keeper.header(later))
    return _stranger(request, admission.refused, await pages.keeper.header({}))


def proved_in(kept: Kept) -> ProvedIdentity | None:
    """Return the identity that was proved a moment ago in this browser; None when there is none."""
    return ProvedIdentity(**kept[PROVED]) if PROVED in kept else None


def _add_choice(routes: APIRouter, pages: SignInPages) -> None:
    @routes.get(SIGN_IN, response_class=HTMLResponse, summary="Ways to sign in")
    async def choose(request: Request, til: str = "/") -> Response:
        back = own_path(til)
        if await pages.gate.enter(request) is not None:
            return _to(back)
        language = language_of(request)
        ways = [(name, f"{SIGN_IN}/{name}?{urlencode({'til': back})}") for name in pages.providers]
        # A cookie that opens nothing is of a session that time, a role's end or its holder has ended.
        ended = not {pages.gate.cookie, pages.gate.teams_cookie}.isdisjoint(request.cookies)
        hours = {"idle": IDLE_LIMIT // HOUR, "life": LIFE // HOUR}
        return page(request, "access/sign_in.html", language=language, ways=ways, ended=ended, hours=hours)


def _add_waiting(routes: APIRouter, pages: SignInPages) -> None:
    @routes.get(WAITING, response_class=HTMLResponse, summary="While an account is looked up")
    async def wait(request: Request, se: str = "") -> Response:
        kept = await pages.keeper.read(request)
        proved = proved_in(kept)
        if proved is None:
            return _to(SIGN_IN)
        if se:
            return await enter(request, pages, proved, kept)
        return page(request, "access/waiting.html", language=language_of(request), again=f"{WAITING}?se=1")


def _add_log_out(routes: APIRouter, pages: SignInPages) -> None:
    @routes.get(LOG_OUT, response_class=HTMLResponse, summary="Log out; changes nothing")
    async def show(request: Request, hos: str = "") -> HTMLResponse:
        visit = request.state.visit = await pages.gate.enter(request)
        language = language_of(request) if visit is None else visit.reader.language
        provider = pages.providers.get(hos) if visit is None else None
        away = "" if provider is None else await _end_address(pages, provider)
        return page(request, "access/log_out.html", language=language, away=away, provider=hos)

    @routes.post(LOG_OUT, summary="End this session")
    async def log_out(visit: TakesPart) -> Response:
        await pages.gate.sessions.sign_out(visit.reader.person, visit.token)
        return _signed_out(pages, visit)

    @routes.post(f"{LOG_OUT}/overalt", summary="End all of one's sessions")
    async def log_out_everywhere(visit: TakesPart) -> Response:
        await pages.gate.sessions.sign_out(visit.reader.person)
        return _signed_out(pages, visit)


def _signed_out(pages: SignInPages, visit: Visit) -> Response:
    """
    Lead to the page that says so, which leads on to the provider.

    It stands between, because browsers hold a form and all that it is redirected to against our content policy. Within
    Teams nothing leads on: a provider's pages refuse to be framed, and the account there is not ours to end.
    """
    names = [name for name, provider in pages.providers.items() if provider.issuer == visit.session.issuer]
    query = f"?{urlencode({'hos': names[0]})}" if names and not visit.in_teams else ""
    gate = pages.gate
    return _to(f"{LOG_OUT}{query}", gate.end_header(gate.cookie), gate.end_header(gate.teams_cookie))


async def _end_address(pages: SignInPages, provider: Provider) -> str:
    """Return the address that ends the session at a provider; empty where there is none, or it does not answer."""
    try:
        return await provider.end_address(back=f"{pages.gate.public_url.rstrip('/')}{LOG_OUT}")
    except (Refused, Transient) as error:
        log.warning("sign_out.failed", reason=error.reason)
        return ""


def _to(address: str, *cookies: str) -> Response:
    answer = RedirectResponse(address, status_code=SEE_OTHER)
    for cookie in cookies:
        answer.headers.append("set-cookie", cookie)
    return answer


def _failed(request: Request, error: Refused | Transient, *cookies: str) -> Response:
    """Say that sign-in did not come to an end. The log names the reason, which never holds a token."""
    log.warning("sign_in.failed", reason=error.reason)
    kind, status = ("refused", 400) if isinstance(error, Refused) else ("no_answer", 503)
    return _message(request, kind, status, cookies)


def _stranger(request: Request, reason: NoEntry, *cookies: str) -> Response:
    log.info("sign_in.no_entry", reason=reason)
    kind = "no_role" if reason is NoEntry.NO_ROLE else "stranger"
    return _message(request, kind, 403, cookies)


def _message(request: Request, kind: str, status: int, cookies: tuple[str, ...]) -> Response:
    language = language_of(request)
    heading, words = texts.say(f"sign_in.{kind}_heading", language), texts.say(f"sign_in.{kind}", language)
    answer = page(request, "access/message.html", status=status, language=language, heading=heading, words=words)
    for cookie in cookies:
        answer.headers.append("set-cookie", cookie)
    return answer

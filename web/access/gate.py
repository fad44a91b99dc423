"""The gate of pages behind sign-in: it knows the reader of a request, asks the route's rule, and checks every write."""

import hmac
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace
from typing import Annotated, Any
from urllib.parse import quote

from fastapi import Depends, HTTPException, Request
from fastapi.routing import APIRoute

from config.programme import Programme
from web.forms import is_from_us, keep_typed, read_pairs
from workflows.access.model import Reader, Right, Session, Where
from workflows.access.rules import NOWHERE, find_where, may, reader_of
from workflows.access.sessions import Sessions, csrf_token
from workflows.origin import ActOrigin, ActSurface, note_origin
from workflows.ports.units import Clock

SIGN_IN = "/logg-inn"
IN_TEAMS = f"{SIGN_IN}/teams"
"""Sign-in that never leaves Teams' frame."""
SEE_OTHER = 303
"""The way to another page, such as sign-in."""
MAX_FORM = 256_000
MAX_FIELDS = 2_000
CSRF_FIELD = "csrf"
CSRF_HEADER = "x-csrf-token"
READING = ("GET", "HEAD")


@dataclass(frozen=True, kw_only=True)
class Gate:
    """The ports of sign-in, which an application carries as `app.state.gate`."""

    sessions: Sessions
    programme: Callable[[], Awaitable[Programme]]
    clock: Clock
    public_url: str

    @property
    def cookie(self) -> str:
        """The cookie's name. Browsers take the prefix only together with `Secure`, which plain http has not."""
        return "__Host-vareunge" if self.is_secure else "vareunge"

    @property
    def teams_cookie(self) -> str:
        """The name of the cookie in Teams' frame: one of its own, so that neither replaces the other."""
        return f"{self.cookie}-teams"

    @property
    def is_secure(self) -> bool:
        """True when our pages are reached by https."""
        return self.public_url.startswith("https:")

    def cookie_header(self, token: str) -> str:
        """Return the header that gives a browser its session, until the browser is closed."""
        return _cookie(self.cookie, token, secure=self.is_secure)

    def teams_cookie_header(self, token: str) -> str:
        """Return the same for Teams' frame: a cookie that browsers send there, and keep for Teams alone."""
        # By hand: Starlette refuses `partitioned` below Python 3.14.
        return f"{self.teams_cookie}={token}; Path=/; HttpOnly; SameSite=None; Secure; Partitioned"

    def end_header(self, name: str) -> str:
        """Return the header that takes a cookie back."""
        return f"{_cookie(name, '', secure=self.is_secure)}; Max-Age=0"

    async def enter(self, request: Request) -> "Visit | None":
        """Return the visit of a request's session; None when it is signed out, or without any role by now."""
        name = self.cookie if request.cookies.get(self.cookie) else self.teams_cookie
        token = request.cookies.get(name)
        session = await self.sessions.find(token) if token else None
        if token is None or session is None:
            return None
        programme = await self.programme()
        reader = reader_of(programme, session.person, programme.today(self.clock.now()))
        if reader is None:
            await self.sessions.end(token)
            return None
        return Visit(
            reader=reader, session=session, token=token, programme=programme, in_teams=name == self.teams_cookie
        )


@dataclass(frozen=True, kw_only=True)
class Visit:
    """A request of a person who is signed in."""

    reader: Reader
    session: Session
    token: str
    programme: Programme
    in_teams: bool = False
    """True in Teams' frame, where the session's cookie is another."""
    where: Where = NOWHERE
    """The place that the address names."""

    @property
    def origin(self) -> ActOrigin:
        """The origin of what is done in this visit: at a municipality's pages the county acts on its behalf."""
        municipality, reader = self.where.municipality or "", self.reader
        theirs = reader.runs_programme and municipality not in reader.looks_after
        return ActOrigin(
            surface=ActSurface.TEAMS_TAB if self.in_teams else ActSurface.PAGE,
            sign_in=self.session.issuer,
            on_behalf=municipality if theirs else "",
        )

    @property
    def csrf(self) -> str:
        """The word that each form of this session carries, in the field `csrf`."""
        return csrf_token(self.token)


def sign_in_address(request: Request) -> str:
    """Return the address that people sign in at, whole, for who sends it on."""
    gate: Gate = request.app.state.gate
    return f"{gate.public_url.rstrip('/')}{SIGN_IN}"


@dataclass(frozen=True)
class Require:
    """
    The rule of a route, as a dependency that gives its visit: signed in, with *right* at the place in the address.

    The place is read from the path's `{slug}` (a municipality), `{package}` and `{body}`. Signed out, a page leads to
    sign-in and anything else is answered 401. Without the right, or where there is no such place, the answer is 404: a
    person who may not see a page is not told that it is there. Every write is checked here as well: it comes from one
    of our own pages and carries the session's word.
    """

    right: Right

    async def __call__(self, request: Request) -> Visit:
        gate: Gate = request.app.state.gate
        visit = await gate.enter(request)
        if visit is None:
            raise await _signed_out(request)
        request.state.known = visit
        where = find_where(
            visit.programme,
            municipality=request.path_params.get("slug"),
            work_package=request.path_params.get("package"),
            body=request.path_params.get("body"),
        )
        if where is None or not may(visit.reader, self.right, where):
            raise HTTPException(404)
        request.state.visit = visit = replace(visit, where=where)
        note_origin(visit.origin)
        if request.method not in READING:
            await _check_write(request, gate, visit)
        return visit


def require(right: Right) -> Any:
    """Return the dependency that a route with the rule *right* declares."""
    return Depends(Require(right))


TakesPart = Annotated[Visit, require(Right.TAKE_PART)]
SeesCounty = Annotated[Visit, require(Right.SEE_COUNTY)]
RunsProgramme = Annotated[Visit, require(Right.RUN_PROGRAMME)]
LooksAfter = Annotated[Visit, require(Right.LOOK_AFTER)]
SeesMunicipality = Annotated[Visit, require(Right.SEE_MUNICIPALITY)]
SeesPackage = Annotated[Visit, require(Right.SEE_PACKAGE)]
LeadsPackage = Annotated[Visit, require(Right.LEAD_PACKAGE)]
SeesBoard = Annotated[Visit, require(Right.SEE_BOARD)]
SeesLessons = Annotated[Visit, require(Right.SEE_LESSONS)]
SeesIT = Annotated[Visit, require(Right.SEE_IT)]


def rule_of(route: APIRoute) -> Right | None:
    """Return the right that a route asks for; None for a route without sign-in."""
    rights = [found.call.right for found in route.dependant.dependencies if isinstance(found.call, Require)]
    return rights[0] if rights else None


def visit_of(request: Request) -> Visit | None:
    """Return the visit that the route's rule found; None on pages without sign-in."""
    visit: Visit | None = getattr(request.state, "visit", None)
    return visit


def known_visit(request: Request) -> Visit | None:
    """Return the visit of a reader whom we know, also at an address that is none of theirs."""
    known: Visit | None = getattr(request.state, "known", None)
    return visit_of(request) or known


async def _check_write(request: Request, gate: Gate, visit: Visit) -> None:
    """
    Raise HTTPException 403 unless a write comes from our own page, in this session. Its form is read once, here.

    A page of ours that was opened in an earlier session is shown its form again, with this session's word.
    """
    if not is_from_us(request, gate.public_url):
        raise HTTPException(403)
    pairs = await read_pairs(request, most=MAX_FORM, fields=MAX_FIELDS)
    word = request.headers.get(CSRF_HEADER) or dict(pairs).get(CSRF_FIELD, "")
    if hmac.compare_digest(word.encode(errors="surrogatepass"), visit.csrf.encode()):
        return
    keep_typed(request, [(name, value) for name, value in pairs if name != CSRF_FIELD] if _is_ours(request) else [])
    raise HTTPException(403)


async def _signed_out(request: Request) -> HTTPException:
    """Return the answer to a request that is signed out: the way to sign-in for a page, 401 for all else."""
    if request.method not in READING:
        if _is_ours(request):
            pairs = await read_pairs(request, most=MAX_FORM, fields=MAX_FIELDS)
            keep_typed(request, [(name, value) for name, value in pairs if name != CSRF_FIELD])
        return HTTPException(401)
    if request.url.path.startswith("/api/"):
        return HTTPException(401)
    address = request.url.path + (f"?{request.url.query}" if request.url.query else "")
    # A provider's own pages refuse to be framed, so that within Teams sign-in stays there.
    way = IN_TEAMS if request.headers.get("sec-fetch-dest") == "iframe" else SIGN_IN
    return HTTPException(SEE_OTHER, headers={"Location": f"{way}?til={quote(address, safe='/')}"})


def _is_ours(request: Request) -> bool:
    """Return True when the browser itself says that one of our own pages sent this."""
    return request.headers.get("sec-fetch-site") == "same-origin"


def _cookie(name: str, value: str, *, secure: bool) -> str:
    return f"{name}={value}; Path=/; HttpOnly; SameSite=Lax{'; Secure' if secure else ''}"

"""The web application: the routers it is given, between security headers and honest error pages."""

import asyncio
import traceback
import uuid
from collections.abc import Awaitable, Callable, Iterable, Sequence
from contextlib import AbstractAsyncContextManager, nullcontext, suppress
from functools import cache
from pathlib import Path

import structlog
from fastapi import APIRouter, FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse, Response
from fastapi.telemetry import TelemetryConfig
from starlette.datastructures import MutableHeaders
from starlette.exceptions import HTTPException
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from config.signs import is_storable
from engine.telemetry import NO_TELEMETRY, Telemetry
from web import health, pages, problems
from web.access.gate import IN_TEAMS, SEE_OTHER, Gate, Visit, known_visit
from web.access.open_routes import origin_at
from web.assets import Assets
from web.described import Application
from web.forms import typed_in
from web.information import pages as information
from web.shell import colour
from workflows.origin import coming_from

log = structlog.get_logger()

TEAMS = "https://teams.microsoft.com https://*.teams.microsoft.com https://*.cloud.microsoft https://*.office.com"
"""Hosts that may show our tabs in a frame: Teams and Outlook. Nobody may frame any other page."""
TABS = "/fane"

HEADERS = {
    # `data:` images, because Designsystemet's signs are masks of that kind.
    "Content-Security-Policy": (
        "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self' data:; font-src 'self'; "
        "connect-src 'self'; frame-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors {framers}"
    ),
    # Our addresses carry tokens: they go to nobody else, into no search engine and into no cache.
    "Referrer-Policy": "no-referrer",
    "X-Robots-Tag": "noindex",
    "Cache-Control": "no-store",
    "X-Content-Type-Options": "nosniff",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
    "Strict-Transport-Security": "max-age=31536000",
}

PAGES_OF_STRANGERS = ("/logg-inn", "/logg-ut", "/fane", "/personvern", "/tilgjengelighet", "/hjelp")
"""Pages that are shown without reading the programme for them."""
GIVE_BACK = (401, 403, 500, 503)
"""Failures after which a form that was read is given back: signed out, signed in anew meanwhile, and our own."""
TRY_AGAIN_IN = "10"
"""Seconds after which a service that is away is worth another try."""

BODY_TIME = 10.0
"""Seconds within which a request's whole body has to arrive. Real time: it is the sender's line that is slow."""
MOST_UNREAD = 2_000_000
"""Bytes of an unread body that are taken in before the connection is closed on them."""

Around = Callable[[], AbstractAsyncContextManager[object]]


Words = Callable[[], Awaitable[object]]


async def _always_ready() -> str:
    return ""


async def _no_words() -> None:
    """Know no programme: pages say our own words."""


def create_app(
    routers: Sequence[APIRouter],
    *,
    ready: health.Check = _always_ready,
    around: Around = nullcontext,
    body_time: float = BODY_TIME,
    gate: Gate | None = None,
    statement_url: str = "",
    words: Words = _no_words,
    telemetry: Telemetry = NO_TELEMETRY,
) -> FastAPI:
    """
    Return the application with *routers*, health, static files and error pages.

    It needs no lifespan: it runs the same below uvicorn and below Azure Functions. *ready* names the part that is
    missing while the service cannot work. *around* is entered for each request; the simulated clock counts work by it.
    *body_time*: seconds within which a body has to arrive. *gate*: knows who is signed in, for routes that ask.
    *statement_url*: the county's statement about accessibility. *words*: reads the programme, so that its own words
    are known before the first page that a stranger sees.
    """
    # No redirect to the address with or without a slash: it would lead to the host that the request named.
    app = Application(
        title="vareunge", docs_url=None, redoc_url=None, redirect_slashes=False, telemetry=recorded(telemetry)
    )
    app.state.gate = gate
    for router in (
        # Routes are tried in their order: plain pages before the tabs whose token would take their names, then the
        # given ones, whose own first ones are asked for by the thousand.
        pages.router(),
        *routers,
        health.router(ready),
        colour.router(),
        information.router(statement_url=statement_url),
    ):
        # As they are: `include_router` would make each route anew at the first request, for prefixes that we have not.
        app.router.routes.extend(router.routes)
    app.mount("/static", Assets(), name="static")
    app.add_exception_handler(HTTPException, _on_http_error)
    app.add_exception_handler(RequestValidationError, _on_wrong_input)
    app.add_middleware(Frame, around=around, body_time=body_time, words=words, ready=ready)
    return app


def recorded(telemetry: Telemetry) -> TelemetryConfig:
    """Return FastAPI's own settings of the same name: requests by their routes, and no exception with its words."""
    return {
        "tracer_provider": telemetry.traces,
        "meter_provider": telemetry.measurements,
        "tracing": telemetry.traces is not None,
        "metrics": telemetry.measurements is not None,
        "logs": False,
        "operation_spans": False,
        "auto_configure": False,
    }


class Frame:
    """
    The frame of every request: security headers, a time limit for bodies, HEAD wherever GET answers, no address with a
    sign that a database refuses, and no exception reaches the outside.
    """

    def __init__(self, app: ASGIApp, *, around: Around, body_time: float, words: Words, ready: health.Check) -> None:
        self._app = app
        self._words = words
        self._ready = ready
        self._knows_words = False
        self._around = around
        self._body_time = body_time

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        # What a route finds out about its request, such as who is signed in, is told to the answer by this.
        scope.setdefault("state", {})
        body = _Body(scope, receive, self._body_time)
        answer = _Answer(scope, send, body)
        if scope["method"] == "HEAD":
            scope = {**scope, "method": "GET"}
        if not _is_storable(scope):
            await _problem(Request(scope), 404)(scope, receive, answer.send)
            return
        async with self._around():
            try:
                await self._learn_words(scope["path"])
                with coming_from(origin_at(scope["path"])):
                    await self._app(scope, body.receive, answer.send)
            except TooSlow:
                if not answer.started:
                    await _problem(Request(scope), 408)(scope, receive, answer.send)
            except Exception as error:
                number = uuid.uuid4().hex[:8]
                _log_failure(error, number, scope)
                if answer.started:
                    raise
                await (await self._failed(Request(scope), number))(scope, receive, answer.send)

    async def _failed(self, request: Request, number: str) -> Response:
        """Return the page of a failure: of our own, or of what we cannot do without and that is away for a while."""
        if await health.missing(self._ready):
            response = _problem(request, 503)
            response.headers["Retry-After"] = TRY_AGAIN_IN
            return response
        return _problem(request, 500, number)

    async def _learn_words(self, path: str) -> None:
        """Read the programme's words once, for pages that are shown before anybody has signed in."""
        if self._knows_words or not path.startswith(PAGES_OF_STRANGERS):
            return
        try:
            await self._words()
            self._knows_words = True
        except Exception as error:  # noqa: BLE001 - whatever it is, the page is shown in our own words
            log.warning("web.no_words", error=type(error).__name__)


def _is_storable(scope: Scope) -> bool:
    """Return False for an address that names nothing, as a database would not even look for it. See `is_storable`."""
    query = scope["query_string"]
    return is_storable(scope["path"]) and b"%00" not in query and b"\0" not in query


class TooSlow(Exception):
    """A request's body did not arrive in time."""


class _Body:
    """A request's body, all of which has to arrive within *seconds* of the first look at it."""

    def __init__(self, scope: Scope, receive: Receive, seconds: float) -> None:
        names = {name for name, _ in scope["headers"]}
        self.pending = b"transfer-encoding" in names or b"content-length" in names
        """True while some of it may still come."""
        self._receive = receive
        self._seconds = seconds
        self._until: float | None = None

    async def receive(self) -> Message:
        if not self.pending:
            # From here on the application only waits for the other side to hang up.
            return await self._receive()
        if self._until is None:
            self._until = asyncio.get_running_loop().time() + self._seconds
        try:
            async with asyncio.timeout_at(self._until):
                message = await self._receive()
        except TimeoutError:
            raise TooSlow from None
        self.pending = bool(message.get("more_body"))
        return message

    async def drain(self) -> None:
        """Take in what an answer leaves unread, within bounds: a sender who is cut off never sees the answer."""
        if self._until is not None and asyncio.get_running_loop().time() >= self._until:
            return
        taken = 0
        with suppress(TooSlow):
            while self.pending and taken <= MOST_UNREAD:
                message = await self.receive()
                if message["type"] != "http.request":
                    return
                taken += len(message.get("body", b""))


class _Answer:
    """An answer with our headers; without its body when only the head was asked for."""

    def __init__(self, scope: Scope, send: Send, body: _Body) -> None:
        self.started = False
        self._scope = scope
        self._head_only = scope["method"] == "HEAD"
        self._send = send
        self._body = body

    async def send(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            self.started = True
            await self._body.drain()
            message = {**message, "headers": _with_ours(message.get("headers", ()), framers=_framers(self._scope))}
            if self._body.pending:
                # Nobody will read the rest, and nobody waits for it.
                MutableHeaders(scope=message)["Connection"] = "close"
        elif self._head_only and message["type"] == "http.response.body":
            message = {**message, "body": b""}
        await self._send(message)


def _framers(scope: Scope) -> str:
    """Return the hosts that may show this page in a frame: Teams' for tabs, and for those who are signed in there."""
    path, visit = scope["path"], known_visit(Request(scope))
    lives_in_teams = path in (TABS, IN_TEAMS) or path.startswith(f"{TABS}/") or (visit is not None and visit.in_teams)
    return TEAMS if lives_in_teams else "'none'"


def _with_ours(headers: Iterable[tuple[bytes, bytes]], *, framers: str) -> list[tuple[bytes, bytes]]:
    """Return an answer's headers, with ours where it has none of the name."""
    given = list(headers)
    names = {name for name, _ in given}
    return given + [(name, value) for name, value in _raw_headers(framers) if name not in names]


@cache
def _raw_headers(framers: str) -> list[tuple[bytes, bytes]]:
    return [(name.lower().encode(), value.format(framers=framers).encode()) for name, value in HEADERS.items()]


def _log_failure(error: Exception, number: str, scope: Scope) -> None:
    """Log the place of a failure; not the path, which may hold a token, nor the message, which may hold a person's
    words."""
    frames = traceback.extract_tb(error.__traceback__)[-8:]
    log.error(
        "web.failed",
        number=number,
        error=type(error).__name__,
        route=getattr(scope.get("route"), "path", None),
        where=[f"{Path(frame.filename).name}:{frame.lineno} {frame.name}" for frame in frames],
    )


async def _on_http_error(request: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)
    if error.status_code == SEE_OTHER:
        return Response(status_code=SEE_OTHER, headers=error.headers)
    if error.status_code == 404 and known_visit(request) is None:
        request.state.known = await _visit(request)
    response = _problem(request, error.status_code)
    response.headers.update(error.headers or {})
    return response


async def _visit(request: Request) -> Visit | None:
    """Return the visit of a reader who came to an address that is none, so that the answer has their menu."""
    gate: Gate | None = request.app.state.gate
    try:
        return await gate.enter(request) if gate else None
    except Exception as error:  # noqa: BLE001 - whatever it is, the page is shown without the menu
        log.warning("web.no_visit", error=type(error).__name__)
        return None


async def _on_wrong_input(request: Request, error: Exception) -> Response:
    del error  # It quotes what was sent.
    return _problem(request, 400)


def _problem(request: Request, status: int, number: str | None = None) -> Response:
    """Return an error for programs below /api, for people everywhere else."""
    if request.url.path.startswith("/api/"):
        return JSONResponse({"error": {"status": status, "number": number}}, status)
    return problems.problem(request, status, number=number, typed=typed_in(request) if status in GIVE_BACK else ())

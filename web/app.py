"""The web application: the routers it is given, between security headers and honest error pages."""

import traceback
import uuid
from collections.abc import Callable, Sequence
from contextlib import AbstractAsyncContextManager, nullcontext
from pathlib import Path

import structlog
from fastapi import APIRouter, FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse, Response
from fastapi.staticfiles import StaticFiles
from starlette.datastructures import MutableHeaders
from starlette.exceptions import HTTPException
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from web import health, pages
from web.forms import typed_in

log = structlog.get_logger()

STATIC = Path(__file__).parent / "static"

TEAMS = "https://teams.microsoft.com https://*.teams.microsoft.com https://*.cloud.microsoft https://*.office.com"
"""Hosts that may show our tabs in a frame: Teams and Outlook. Nobody may frame any other page."""
TABS = "/fane"

HEADERS = {
    # `data:` images, because Designsystemet's signs are masks of that kind.
    "Content-Security-Policy": (
        "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self' data:; font-src 'self'; "
        "connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors {framers}"
    ),
    # Our addresses carry tokens: they go to nobody else, into no search engine and into no cache.
    "Referrer-Policy": "no-referrer",
    "X-Robots-Tag": "noindex",
    "Cache-Control": "no-store",
    "X-Content-Type-Options": "nosniff",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
    "Strict-Transport-Security": "max-age=31536000",
}

Around = Callable[[], AbstractAsyncContextManager[object]]


async def _always_ready() -> str:
    return ""


def create_app(
    routers: Sequence[APIRouter], *, ready: health.Check = _always_ready, around: Around = nullcontext
) -> FastAPI:
    """
    The application with *routers*, health, static files and error pages.

    It needs no lifespan: it runs the same below uvicorn and below Azure Functions. *ready* names the part that is
    missing while the service cannot work. *around* is entered for each request; the simulated clock counts work by it.
    """
    app = FastAPI(title="Våre unge 365", docs_url=None, redoc_url=None)
    for router in (health.router(ready), pages.router(), *routers):
        app.include_router(router)
    app.mount("/static", StaticFiles(directory=STATIC), name="static")
    app.add_exception_handler(HTTPException, _on_http_error)
    app.add_exception_handler(RequestValidationError, _on_wrong_input)
    app.add_middleware(Frame, around=around)
    return app


class Frame:
    """The frame of every request: security headers, and no exception reaches the outside."""

    def __init__(self, app: ASGIApp, *, around: Around) -> None:
        self._app = app
        self._around = around

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        started = False

        async def framed(message: Message) -> None:
            nonlocal started
            if message["type"] == "http.response.start":
                started = True
                _add_headers(MutableHeaders(scope=message), path=scope["path"])
            await send(message)

        async with self._around():
            try:
                await self._app(scope, receive, framed)
            except Exception as error:
                number = uuid.uuid4().hex[:8]
                _log_failure(error, number, scope)
                if started:
                    raise
                await _problem(Request(scope), 500, number)(scope, receive, framed)


def _add_headers(headers: MutableHeaders, *, path: str) -> None:
    if path.startswith("/static/"):
        headers.setdefault("Cache-Control", "public, max-age=3600")
    framers = TEAMS if path == TABS or path.startswith(f"{TABS}/") else "'none'"
    for name, value in HEADERS.items():
        headers.setdefault(name, value.format(framers=framers))


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
    response = _problem(request, error.status_code)
    response.headers.update(error.headers or {})
    return response


async def _on_wrong_input(request: Request, error: Exception) -> Response:
    del error  # It quotes what was sent.
    return _problem(request, 400)


def _problem(request: Request, status: int, number: str | None = None) -> Response:
    """An error for programs below /api, for people everywhere else."""
    if request.url.path.startswith("/api/"):
        return JSONResponse({"error": {"status": status, "number": number}}, status)
    return pages.problem(request, status, number=number, typed=typed_in(request) if status == 500 else ())

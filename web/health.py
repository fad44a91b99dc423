"""Health of the process: it lives (`/healthz`) and can work (`/readyz`)."""

from collections.abc import Awaitable, Callable

import structlog
from fastapi import APIRouter
from fastapi.responses import JSONResponse

log = structlog.get_logger()

Check = Callable[[], Awaitable[str]]
"""Gives the part that is missing, in one word; empty when the service can work."""


def router(ready: Check) -> APIRouter:
    """Give the two health pages. *ready* tells of what the service cannot do without, the database first of all."""
    routes = APIRouter()

    @routes.get("/healthz", summary="The process answers")
    async def healthz() -> JSONResponse:
        return JSONResponse({"status": "ok"})

    @routes.get("/readyz", summary="The process and its database answer")
    async def readyz() -> JSONResponse:
        if lacks := await missing(ready):
            return JSONResponse({"status": "unavailable", "missing": lacks}, 503)
        return JSONResponse({"status": "ok"})

    return routes


async def missing(ready: Check) -> str:
    """Return the part that is missing, in one word, and log it; empty when the service can work."""
    error = None
    try:
        part = await ready()
    except Exception as failure:  # noqa: BLE001 - whatever it is, the answer is that we are not ready
        part, error = "unknown", type(failure).__name__
    if part:
        log.warning("web.not_ready", missing=part, error=error)
    return part

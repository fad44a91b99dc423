"""Health of the process: it lives (`/healthz`) and can work (`/readyz`)."""

from collections.abc import Awaitable, Callable

import structlog
from fastapi import APIRouter
from fastapi.responses import JSONResponse

log = structlog.get_logger()

Check = Callable[[], Awaitable[object]]


def router(ready: Check) -> APIRouter:
    """*ready* raises when something the service cannot do without, the database first of all, does not answer."""
    routes = APIRouter()

    @routes.get("/healthz", summary="The process answers")
    async def healthz() -> JSONResponse:
        return JSONResponse({"status": "ok"})

    @routes.get("/readyz", summary="The process and its database answer")
    async def readyz() -> JSONResponse:
        try:
            await ready()
        except Exception as error:  # noqa: BLE001 - whatever it is, the answer is that we are not ready
            log.warning("web.not_ready", error=type(error).__name__)
            return JSONResponse({"status": "unavailable"}, 503)
        return JSONResponse({"status": "ok"})

    return routes

"""POST /api/messages: where Teams sends what people do with the bot."""

import json
import re
from collections.abc import Awaitable, Callable, Mapping
from typing import Any

from fastapi import APIRouter, Request
from fastapi.responses import JSONResponse, Response

MAX_BODY = 256_000
"""Bytes. Far above the largest form of ours, with Teams' own words around it."""
NUL = re.compile(r"(?<!\\)((?:\\\\)*)\\u0000")
"""A NUL as JSON writes it, behind backslashes that stand for themselves. PostgreSQL does not take it; as in our forms,
it arrives as U+FFFD."""

Handle = Callable[[Mapping[str, str], object], Awaitable[tuple[int, dict[str, Any] | None]]]


def router(handle: Handle) -> APIRouter:
    """Make the route. *handle*: `BotEndpoint.handle`."""
    routes = APIRouter()

    @routes.post("/api/messages", summary="Activities from Teams; needs a token of the Bot Framework")
    async def messages(request: Request) -> Response:
        content = await _read(request)
        if content is None:
            return JSONResponse({"error": "too large"}, 413)
        try:
            body = json.loads(_without_nul(content.decode("utf-8-sig")))
            # Half of a surrogate pair is no text, and an endless number no number: neither could be sent back.
            json.dumps(body, ensure_ascii=False, allow_nan=False).encode()
        except (ValueError, RecursionError):
            return JSONResponse({"error": "body"}, 400)
        status, answer = await handle(dict(request.headers), body)
        return Response(status_code=status) if answer is None else JSONResponse(answer, status)

    return routes


def _without_nul(text: str) -> str:
    # Hardly any activity has one, and to search for the sign alone takes a fiftieth of the time.
    return NUL.sub(r"\1\\ufffd", text) if "\\u0000" in text else text


async def _read(request: Request) -> bytes | None:
    """Return the body, or None as soon as it is too large."""
    content = bytearray()
    async for chunk in request.stream():
        content += chunk
        if len(content) > MAX_BODY:
            return None
    return bytes(content)

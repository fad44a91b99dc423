"""Style sheets, scripts and pictures of ours: compressed, and kept by browsers for ever."""

import gzip
import os
from functools import cache
from hashlib import sha256
from pathlib import Path

from fastapi.responses import Response
from fastapi.staticfiles import StaticFiles
from starlette.datastructures import Headers
from starlette.types import Scope

FOLDER = Path(__file__).parent / "static"
FOR_EVER = "public, max-age=31536000, immutable"
"""Said of a file asked for by an address that names its content: another content has another address."""
FOR_AN_HOUR = "public, max-age=3600"
PACKED = frozenset({".css", ".js", ".svg"})
"""Endings of files that get smaller by compressing."""
LEAST = 1_000
"""Bytes below which compressing saves nothing on the line."""
LEVEL = 6


def asset(name: str) -> str:
    """Return the address of the file *name*, which changes with its content."""
    return f"/static/{name}?v={_version(name)}"


class Assets(StaticFiles):
    """The folder of static files."""

    def __init__(self) -> None:
        super().__init__(directory=FOLDER)

    async def get_response(self, path: str, scope: Scope) -> Response:
        response = await super().get_response(path, scope)
        if response.status_code not in (200, 304):
            return response
        name = path.replace(os.sep, "/")
        asked_for = scope["query_string"].decode("latin-1")
        response.headers["Cache-Control"] = FOR_EVER if asked_for == f"v={_version(name)}" else FOR_AN_HOUR
        if response.status_code == 304 or Path(name).suffix not in PACKED:
            return response
        response.headers["Vary"] = "Accept-Encoding"
        if not takes_gzip(Headers(scope=scope)):
            return response
        kept = {key: value for key, value in response.headers.items() if key not in ("content-length", "etag")}
        return Response(_packed(name), headers={**kept, "Content-Encoding": "gzip"})


def takes_gzip(headers: Headers) -> bool:
    """Return True when the asker says that it unpacks gzip."""
    asked = (item.strip().lower() for item in headers.get("accept-encoding", "").split(","))
    return any(item.partition(";")[0] == "gzip" and "q=0" not in item.replace(" ", "").split(";") for item in asked)


def packed(content: bytes) -> bytes:
    """Return *content* compressed, the same bytes every time."""
    return gzip.compress(content, LEVEL, mtime=0)


@cache
def _version(name: str) -> str:
    return sha256((FOLDER / name).read_bytes()).hexdigest()[:12]


@cache
def _packed(name: str) -> bytes:
    return packed((FOLDER / name).read_bytes())

"""Addresses of things: keys in paths, binds and references."""

import re

from sandbox.protocol.errors import GraphError

_KEY = re.compile(r"/([A-Za-z]+)\('((?:[^']|'')*)'\)(?=/|$)")

_DRIVE_OF_OWNER = re.compile(r"^/(?:sites|groups)/[^/:]+(?::/[^:]+:)?(?=/drives/.)", re.IGNORECASE)


def normalized(path: str) -> str:
    """
    Return the one form of an address that has several.

    `/teams('1')/operations('2')/` is `/teams/1/operations/2`, `/groups/(key='1')` has no slash before its key, and
    `/sites/1/drives/2` is `/drives/2`.
    """
    path = _KEY.sub(lambda m: f"/{m[1]}/{m[2]}", path.replace("/(", "("))
    return _DRIVE_OF_OWNER.sub("", path).rstrip("/") or "/"


def bound_id(reference: object, kind: str) -> str:
    """Return the id in a bind or reference such as `https://…/v1.0/users('1')`; 400 when it leads to no *kind*."""
    text = normalized("/" + str(reference).partition("://")[2].partition("/")[2])
    match = re.search(rf"/{kind}/([^/]+)$", text, re.IGNORECASE)
    if not match:
        raise GraphError(400, "BadRequest", f"Invalid bind: '{reference}' is no {kind}.")
    return match[1]

"""Refusals in Graph's form."""

from typing import Any


class GraphError(Exception):
    """An answer of 4xx or 5xx in Graph's form. *extra* stands beside code and message in the error object."""

    def __init__(
        self,
        status: int,
        code: str,
        message: str,
        details: list[dict[str, Any]] | None = None,
        extra: dict[str, Any] | None = None,
        headers: dict[str, str] | None = None,
    ) -> None:
        super().__init__(f"{status} {code}: {message}")
        self.status = status
        self.code = code
        self.message = message
        self.details = details
        self.extra = extra or {}
        self.headers = headers or {}


def check_match(etag: str, if_match: str | None) -> None:
    """Refuse with 412 unless *if_match* is absent, a star or the current *etag*."""
    if if_match not in (None, "*", etag, etag.strip('"')):
        raise GraphError(412, "resourceModified", "ETag does not match current item's value")

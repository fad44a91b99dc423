"""Answers of Graph."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sandbox.protocol.errors import GraphError


@dataclass(kw_only=True)
class Reply:
    """An answer: *body* is JSON data, or bytes for a file, or None for none."""

    status: int = 200
    body: Any = None
    headers: dict[str, str] = field(default_factory=dict)
    content_type: str = "application/json"

    def __init__(
        self,
        status: int = 200,
        body: Any = None,
        headers: dict[str, str] | None = None,
        content_type: str = "application/json",
    ) -> None:
        self.status = status
        self.body = body
        self.headers = dict(headers or {})
        self.content_type = content_type


def error_reply(error: GraphError, now: datetime, request_id: str, client_request_id: str) -> Reply:
    """Return an error as Graph writes it."""
    content: dict[str, Any] = {"code": error.code, "message": error.message}
    if error.details:
        content["details"] = error.details
    inner = {
        **error.extra.get("innerError", {}),
        "date": now.strftime("%Y-%m-%dT%H:%M:%S"),
        "request-id": request_id,
        "client-request-id": client_request_id,
    }
    body = {"error": {**content, **error.extra, "innerError": inner}}
    return Reply(error.status, body, dict(error.headers))

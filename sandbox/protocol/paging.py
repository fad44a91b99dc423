"""Collections in pages."""

from collections.abc import Sequence
from typing import Any
from urllib.parse import quote

from sandbox.protocol.errors import GraphError
from sandbox.protocol.reply import Reply
from sandbox.protocol.request import Call


def count(items: Sequence[Any]) -> Reply:
    """Return the number of *items*, as the address `…/$count` answers."""
    return Reply(200, str(len(items)).encode(), content_type="text/plain")


def collection(call: Call[Any], items: Sequence[Any], *, size: int = 100, most: int = 999) -> Reply:
    """Return a page of *items* with its next link on this host; honours $top, $skip, $skiptoken and $count."""
    try:
        top = min(int(call.query.get("top", size)), most)
        start = int(call.query.get("skiptoken", call.query.get("skip", "0")))
    except ValueError:
        raise GraphError(400, "BadRequest", "Invalid $top or $skiptoken.") from None
    if top < 1 and "top" in call.query:
        raise GraphError(400, "BadRequest", "Invalid $top.")
    body: dict[str, Any] = {"@odata.context": call.url(f"$metadata#{call.path.strip('/')}")}
    if call.query.get("count", "").lower() == "true":
        body["@odata.count"] = len(items)
    body["value"] = list(items[start : start + top])
    if start + top < len(items):
        options = [(name, value) for name, value in call.query.items() if name not in ("skiptoken", "skip")]
        text = "&".join(f"${name}={quote(value)}" for name, value in [*options, ("skiptoken", str(start + top))])
        body["@odata.nextLink"] = call.url(f"{quote(call.path.lstrip('/'))}?{text}")
    return Reply(200, body)

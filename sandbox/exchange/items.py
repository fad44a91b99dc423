"""Recipients, bodies, tags and ids of mails and events."""

import base64
import html
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sandbox.protocol.errors import GraphError
from sandbox.protocol.request import Call

_TAG = re.compile(
    r"(String|Integer|Boolean|Double|SystemTime|CLSID)\s+"
    r"(\{[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}\}\s+(Name\s+\S.*|Id\s+0x[0-9a-f]+)|0x[0-9a-f]+)",
    re.IGNORECASE,
)
_IMMUTABLE = re.compile(r'IdType\s*=\s*"?ImmutableId"?', re.IGNORECASE)
_EXPANDED = re.compile(r"singleValueExtendedProperties\s*\(\s*\$filter\s*=\s*(.*)\)", re.IGNORECASE)
_HEAD = '<html><head>\r\n<meta http-equiv="Content-Type" content="text/html; charset=utf-8"></head><body>'
_TAIL = "</body></html>"
TAGS = "singleValueExtendedProperties"


@dataclass(frozen=True)
class Address:
    email: str
    name: str

    @property
    def key(self) -> str:
        return self.email.lower()

    def to_json(self) -> dict[str, Any]:
        return {"emailAddress": {"name": self.name, "address": self.email}}


@dataclass(frozen=True)
class Body:
    """HTML as Exchange keeps it, or plain text."""

    kind: str = "html"
    content: str = ""

    def to_json(self) -> dict[str, str]:
        return {"contentType": self.kind, "content": self.content}

    @property
    def preview(self) -> str:
        text = html.unescape(re.sub(r"<[^>]+>", " ", self.content)) if self.kind == "html" else self.content
        return " ".join(text.split())[:255]


def parse_address(value: Any) -> Address:
    """Return a recipient; 400 when it has no address."""
    given = value.get("emailAddress") if isinstance(value, Mapping) else None
    address = given.get("address") if isinstance(given, Mapping) else None
    if not isinstance(given, Mapping) or not isinstance(address, str) or not re.fullmatch(r"[^@\s]+@[^@\s]+", address):
        raise GraphError(400, "ErrorInvalidRecipients", "At least one recipient is not valid.")
    return Address(address, str(given.get("name") or address))


def parse_addresses(value: Any) -> list[Address]:
    """Return a list of recipients; an address that comes twice is one."""
    if not isinstance(value, list):
        raise GraphError(400, "ErrorInvalidRequest", "Recipients must be a list.")
    found: dict[str, Address] = {}
    for entry in value:
        address = parse_address(entry)
        found.setdefault(address.key, address)
    return list(found.values())


def parse_body(value: Any) -> Body:
    """Return a body. HTML is made a whole document, and scripts are taken out."""
    content = value.get("content", "") if isinstance(value, Mapping) else None
    kind = str(value.get("contentType", "text")).lower() if isinstance(value, Mapping) else ""
    if kind not in ("html", "text") or not isinstance(content, str):
        raise GraphError(400, "ErrorInvalidRequest", "A body needs contentType and content.")
    if kind == "text":
        return Body("text", content)
    content = re.sub(r"<script\b.*?</script\s*>", "", content, flags=re.IGNORECASE | re.DOTALL)
    inner = re.search(r"<body[^>]*>(.*)</body>", content, re.IGNORECASE | re.DOTALL)
    return Body("html", f"{_HEAD}{inner[1] if inner else content}{_TAIL}")


def with_appendix(body: Body, appendix: str) -> Body:
    """Return *body* with more at its end."""
    if body.kind == "html" and body.content.endswith(_TAIL):
        return Body("html", body.content.removesuffix(_TAIL) + appendix + _TAIL)
    return Body("html", f"{_HEAD}{html.escape(body.content)}{appendix}{_TAIL}")


def parse_tags(value: Any) -> dict[str, str]:
    """Return extended properties by their id; 400 for an id that Outlook does not understand."""
    tags = {}
    for entry in value if isinstance(value, list) else [value]:
        tag = str(entry.get("id", "")) if isinstance(entry, Mapping) else ""
        if not isinstance(entry, Mapping) or not _TAG.fullmatch(tag) or not isinstance(entry.get("value"), str):
            raise GraphError(400, "ErrorInvalidProperty", f"'{tag}' is no extended property with a value.")
        tags[tag] = entry["value"]
    return tags


def tags_json(tags: Mapping[str, str]) -> list[dict[str, str]]:
    """Return all extended properties, for filters."""
    return [{"id": tag, "value": value} for tag, value in tags.items()]


def expanded_tags(tags: Mapping[str, str], call: Call[Any]) -> dict[str, Any]:
    """Return the extended properties that a request expands; an expand without a filter gives none."""
    match = _EXPANDED.search(call.query.get("expand", ""))
    if match is None:
        return {}
    wanted = {tag.casefold() for tag in re.findall(r"id\s+eq\s+'([^']+)'", match[1], re.IGNORECASE)}
    shown = [each for each in tags_json(tags) if each["id"].casefold() in wanted]
    return {TAGS: shown} if shown else {}


def item_id(guid: str, *, moves: int, immutable: bool) -> str:
    """Return an id as Outlook writes it. The ordinary one changes whenever the item moves to another folder."""
    raw = bytes.fromhex(guid.replace("-", ""))
    if immutable:
        return "AAkALgAAAAAA" + base64.urlsafe_b64encode(raw + b"imm").decode()
    return "AAMkADAwAAAA" + base64.urlsafe_b64encode(raw + bytes([0, moves % 256])).decode()


def wants_immutable(call: Call[Any]) -> bool:
    """Return True when the request asks for ids that stay."""
    return bool(_IMMUTABLE.search(call.headers.get("prefer", "")))


def check_settable(body: Mapping[str, Any], settable: Sequence[str] | frozenset[str], kind: str) -> None:
    """Refuse a property that the type does not have or that cannot be set (400), or that is not played (501)."""
    for key in body:
        name = key.partition("@")[0]
        if not name or name in settable:
            continue
        if name in ("recurrence", "extensions", "multiValueExtendedProperties"):
            raise GraphError(501, "notImplemented", f"The sandbox does not play '{name}'.")
        message = f"The property '{name}' does not exist on type '{kind}' or cannot be set."
        raise GraphError(400, "RequestBodyRead", message)

"""Requests to Graph: headers, query options, and the call that a handler gets."""

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Generic, TypeVar
from urllib.parse import parse_qsl

from sandbox.platform.identity import Identity
from sandbox.protocol.errors import GraphError
from sandbox.protocol.faults import Rule
from sandbox.protocol.reply import Reply

GRAPH = "/v1.0"
STORAGE = "/storage/"
Area = TypeVar("Area")
"""The part of the tenant that a handler works on, such as Teams or SharePoint."""


class Headers(Mapping[str, str]):
    """Request headers, found whatever their case."""

    def __init__(self, items: Mapping[str, str] | Sequence[tuple[str, str]] = ()) -> None:
        pairs = items.items() if isinstance(items, Mapping) else items
        self._items = {name.lower(): value for name, value in pairs}

    def __getitem__(self, name: str) -> str:
        return self._items[name.lower()]

    def __iter__(self) -> Iterator[str]:
        return iter(self._items)

    def __len__(self) -> int:
        return len(self._items)

    def prefers(self, preference: str) -> bool:
        """Return True when the Prefer header names *preference*."""
        return preference.lower() in (part.strip().lower() for part in self.get("prefer", "").split(","))


class Query(Mapping[str, str]):
    """The query options, found whatever their case and with or without the dollar sign: `query["select"]`."""

    def __init__(self, text: str = "") -> None:
        self._items = {name.lower().lstrip("$"): value for name, value in parse_qsl(text, keep_blank_values=True)}

    def __getitem__(self, name: str) -> str:
        return self._items[name.lower().lstrip("$")]

    def __iter__(self) -> Iterator[str]:
        return iter(self._items)

    def __len__(self) -> int:
        return len(self._items)

    def names(self, option: str) -> list[str]:
        """Return the names in a comma-separated option such as $select; parentheses of $expand are cut off."""
        text = re.sub(r"\([^()]*(?:\([^()]*\)[^()]*)*\)", "", self.get(option, ""))
        return [name.strip() for name in text.split(",") if name.strip()]


@dataclass(kw_only=True)
class GraphRequest:
    """One request below /v1.0; *path* is decoded and without the version."""

    method: str
    path: str
    query: str = ""
    headers: Headers = field(default_factory=Headers)
    raw: bytes = b""
    base_url: str = "http://127.0.0.1"
    faults: Mapping[str, Rule] = field(default_factory=dict)
    """Rules for parts of a $batch, by their id."""


@dataclass(kw_only=True)
class Call(Generic[Area]):
    """One request to Graph as its handler gets it: recognised, allowed, and with the *area* it is about."""

    area: Area
    app: Identity
    now: datetime
    method: str
    path: str
    args: dict[str, str]
    query: Query
    headers: Headers
    ask: Callable[[GraphRequest], Reply]
    """Puts another request as the same caller; raises GraphError."""
    body: Any = None
    raw: bytes = b""
    base_url: str = "http://127.0.0.1"
    faults: Mapping[str, Rule] = field(default_factory=dict)
    """Rules for parts of a $batch, by their id."""
    allowed_by: frozenset[str] = frozenset()
    """The permissions of the caller that allow this operation; empty when an Exchange role or a site grant does."""

    @property
    def is_for_own_app_only(self) -> bool:
        """True when every permission that allows the call is one of `…Self…`."""
        return bool(self.allowed_by) and all("Self" in name for name in self.allowed_by)

    def json(self) -> dict[str, Any]:
        """Return the body as an object; 400 when it is none."""
        if not isinstance(self.body, dict):
            raise GraphError(400, "BadRequest", "The request body must be a JSON object.")
        return self.body

    def url(self, path: str) -> str:
        """Return an absolute address on this host, below the version."""
        return f"{self.base_url}{GRAPH}/{path.lstrip('/')}"

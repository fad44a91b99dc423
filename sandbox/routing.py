"""
How operations of Graph are registered and found.

A module below `sandbox/graph/` writes::

    @operation("POST", "/teams/{team}/channels", permissions=("Channel.Create",), rsc=("Channel.Create.Group",))
    def create_channel(call: Call) -> Reply: ...

Handlers are plain functions that run to the end without a pause: what one of them writes is written as a whole, as
with the real service. `sandbox.dispatch` asks for the token, draws from the token buckets and checks permissions first.
"""

import re
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import cache
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qsl, quote

if TYPE_CHECKING:
    from sandbox.faults import Rule
    from sandbox.identity import Identity
    from sandbox.tenant import Tenant
    from sandbox.throttling import Draw

GRAPH = "/v1.0"
STORAGE = "/storage/"


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
        """Whether the Prefer header names *preference*."""
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
        """The names in a comma-separated option such as $select; parentheses of $expand are cut off."""
        text = re.sub(r"\([^()]*(?:\([^()]*\)[^()]*)*\)", "", self.get(option, ""))
        return [name.strip() for name in text.split(",") if name.strip()]


@dataclass(kw_only=True)
class Call:
    """One request to Graph, with everything a handler may need."""

    tenant: "Tenant"
    app: "Identity"
    method: str
    path: str
    args: dict[str, str]
    query: Query = field(default_factory=Query)
    headers: Headers = field(default_factory=Headers)
    body: Any = None
    raw: bytes = b""
    base_url: str = "http://127.0.0.1"
    faults: "Mapping[str, Rule]" = field(default_factory=dict)
    """What goes wrong with parts of a $batch, by their id."""
    allowed_by: frozenset[str] = frozenset()
    """The permissions of the caller that allow this operation; empty when an Exchange role or a site grant does."""

    @property
    def now(self) -> datetime:
        return self.tenant.clock.now()

    def json(self) -> dict[str, Any]:
        """The body as an object; 400 when it is none."""
        if not isinstance(self.body, dict):
            raise GraphError(400, "BadRequest", "The request body must be a JSON object.")
        return self.body

    def url(self, path: str) -> str:
        """An absolute address on this host, below the version."""
        return f"{self.base_url}{GRAPH}/{path.lstrip('/')}"


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


Handler = Callable[[Call], Reply]


@dataclass(frozen=True, kw_only=True)
class Operation:
    """A registered operation and who may call it."""

    method: str
    template: str
    pattern: re.Pattern[str]
    handler: Handler
    permissions: frozenset[str]
    rsc: frozenset[str]
    sites: str | None
    exchange: frozenset[str]
    limits: "tuple[Draw, ...]"
    anonymous: bool


_operations: dict[tuple[str, str], list[Operation]] = defaultdict(list)


def operation(
    method: str,
    template: str,
    *,
    permissions: Sequence[str] = (),
    rsc: Sequence[str] = (),
    sites: str | None = None,
    exchange: Sequence[str] = (),
    limits: "Sequence[Draw]" = (),
    anonymous: bool = False,
) -> Callable[[Handler], Handler]:
    """
    Register a handler.

    *permissions*: tenant-wide ones, any of which is enough. *rsc*: resource-specific ones that count in the team
    `args["team"]` (or `args["group"]`). *sites*: the least role of a `Sites.Selected` grant that is enough: read,
    write, manage or fullcontrol. *exchange*: Exchange roles that are enough for the mailbox `args["user"]`. *limits*:
    token buckets and what a call costs there, `(SHAREPOINT(2),)`; see `sandbox.throttling`. *anonymous*: called without
    a token, as pre-authenticated addresses are; the template begins with `/storage/` and stands on the host, not below
    the version.

    In a template `{name}` takes one segment, `{name*}` the rest of the path, a name between `:/` and `:` a path with
    slashes, `(uniqueName='{name}')` a quoted key. `microsoft.graph.` casts may be sent as `graph.`; `x('key')` and
    `x/key` are the same. Literal segments win over names.
    """

    def register(handler: Handler) -> Handler:
        _operations[method, _first(template)].append(
            Operation(
                method=method,
                template=template,
                pattern=_pattern(template),
                handler=handler,
                permissions=frozenset(permissions),
                rsc=frozenset(rsc),
                sites=sites,
                exchange=frozenset(exchange),
                limits=tuple(limits),
                anonymous=anonymous,
            )
        )
        _operations[method, _first(template)].sort(key=lambda found: _specificity(found.template))
        return handler

    return register


def operations() -> list[Operation]:
    """Everything that is registered."""
    return [found for group in _operations.values() for found in group]


def find_operation(method: str, path: str) -> tuple[Operation, dict[str, str]] | None:
    """The operation for a decoded path below the version, with the values of its names."""
    path = normalized(path)
    for found in _operations.get((method, _first(path)), ()):
        match = found.pattern.fullmatch(path)
        if match:
            args = {name: value.replace("''", "'") for name, value in match.groupdict().items() if value is not None}
            return found, args
    return None


_KEY = re.compile(r"/([A-Za-z]+)\('((?:[^']|'')*)'\)(?=/|$)")


def normalized(path: str) -> str:
    """`/teams('1')/operations('2')/` as `/teams/1/operations/2`."""
    return _KEY.sub(lambda m: f"/{m[1]}/{m[2]}", path).rstrip("/") or "/"


_NAME = re.compile(r"\{(\w+)(\*?)\}")


def _first(path: str) -> str:
    return re.split(r"[/(:]", path.lstrip("/"), maxsplit=1)[0].lower()


def _specificity(template: str) -> tuple[tuple[bool, int], ...]:
    return tuple((bool(_NAME.search(part)), -len(_NAME.sub("", part))) for part in template.strip("/").split("/"))


@cache
def _pattern(template: str) -> re.Pattern[str]:
    text, at = "", 0
    for match in _NAME.finditer(template):
        literal = template[at : match.start()]
        text += _literal(literal)
        name, rest = match.groups()
        if rest:
            inner = ".+"
        elif literal.endswith("'"):
            inner = "(?:[^']|'')*"
        elif literal.endswith(":/"):
            inner = "[^:]+?"
        else:
            inner = "[^/]+"
        text += f"(?P<{name}>{inner})"
        at = match.end()
        if literal.endswith(":/") and at == len(template):
            text += ":?"
    return re.compile(text + _literal(template[at:]), re.IGNORECASE)


def _literal(text: str) -> str:
    return re.escape(text).replace(re.escape("microsoft.graph."), r"(?:microsoft\.)?graph\.")


def collection(call: Call, items: Sequence[Any], *, size: int = 100, most: int = 999) -> Reply:
    """A page of *items* with its next link on this host; honours $top, $skip, $skiptoken and $count."""
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


def bound_id(reference: object, kind: str) -> str:
    """The id in a bind or reference such as `https://…/v1.0/users('1')`; 400 when it leads to no *kind*."""
    text = normalized("/" + str(reference).partition("://")[2].partition("/")[2])
    match = re.search(rf"/{kind}/([^/]+)$", text, re.IGNORECASE)
    if not match:
        raise GraphError(400, "BadRequest", f"Invalid bind: '{reference}' is no {kind}.")
    return match[1]

"""
Registration and look-up of Graph's operations.

A module below `<room>/routes/` writes::

    routes = Routes(Teams)

    @routes.operation("POST", "/teams/{team}/channels", permissions=("Channel.Create",), rsc=("Channel.Create.Group",))
    def create_channel(call: Call[Teams]) -> Reply: ...

Handlers are plain functions that run to the end without a pause: what one of them writes is written as a whole, as
with the real service. `sandbox.graph.dispatch` asks for the token, draws from the token buckets and checks permissions
first. `sandbox.graph.operations` lists the routes of all rooms.
"""

import re
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any, Generic

from sandbox.platform.throttling import Draw
from sandbox.protocol.references import normalized
from sandbox.protocol.reply import Reply
from sandbox.protocol.request import Area, Call

Handler = Callable[[Call[Area]], Reply]
EVERYBODY = "*"
"""In an operation's permissions: any token is enough."""


@dataclass(frozen=True, kw_only=True)
class Operation:
    """A registered operation, the area its handler works on, and the permissions it asks for."""

    method: str
    template: str
    pattern: re.Pattern[str]
    area: type[Any]
    handler: Handler[Any]
    permissions: frozenset[str]
    rsc: frozenset[str]
    sites: str | None
    exchange: frozenset[str]
    limits: tuple[Draw, ...]
    anonymous: bool


class Routes(Generic[Area]):
    """The operations of one module, which all work on one area of the tenant."""

    def __init__(self, area: type[Area]) -> None:
        self._area = area
        self._operations: list[Operation] = []

    def __iter__(self) -> Iterator[Operation]:
        return iter(self._operations)

    def operation(
        self,
        method: str,
        template: str,
        *,
        permissions: Sequence[str] = (),
        rsc: Sequence[str] = (),
        sites: str | None = None,
        exchange: Sequence[str] = (),
        limits: Sequence[Draw] = (),
        anonymous: bool = False,
    ) -> Callable[[Handler[Area]], Handler[Area]]:
        """
        Register a handler.

        *permissions*: tenant-wide ones, any of which is enough. *rsc*: resource-specific ones that count in the team
        `args["team"]` (or `args["group"]`). *sites*: the least role of a `Sites.Selected` grant that is enough: read,
        write, manage or fullcontrol. *exchange*: Exchange roles that are enough for the mailbox `args["user"]`.
        *limits*: token buckets and what a call costs there, `(SHAREPOINT(2),)`; see `sandbox.platform.throttling`.
        *anonymous*: called without a token, as pre-authenticated addresses are; the template begins with `/storage/`
        and stands on the host, not below the version.

        In a template `{name}` takes one segment, `{name*}` the rest of the path, a name between `:/` and `:` a path
        with slashes, `(uniqueName='{name}')` a quoted key, `{site}` also a site's address such as `host:/sites/a:`.
        `microsoft.graph.` casts may be sent as `graph.`; `x('key')` and `x/key` are the same. Literal segments win over
        names.
        """

        def register(handler: Handler[Area]) -> Handler[Area]:
            self._operations.append(
                Operation(
                    method=method,
                    template=template,
                    pattern=_pattern(template),
                    area=self._area,
                    handler=handler,
                    permissions=frozenset(permissions),
                    rsc=frozenset(rsc),
                    sites=sites,
                    exchange=frozenset(exchange),
                    limits=tuple(limits),
                    anonymous=anonymous,
                )
            )
            return handler

        return register


class Router:
    """Operations, found by method and path."""

    def __init__(self, operations: Iterable[Operation]) -> None:
        self._found: dict[tuple[str, str], list[Operation]] = defaultdict(list)
        for each in operations:
            self._found[each.method, _first(each.template)].append(each)
        for group in self._found.values():
            group.sort(key=lambda each: _specificity(each.template))

    def __iter__(self) -> Iterator[Operation]:
        return (each for group in self._found.values() for each in group)

    def find(self, method: str, path: str) -> tuple[Operation, dict[str, str]] | None:
        """Return the operation for a decoded path below the version, with the values of its names."""
        path = normalized(path)
        for found in self._found.get((method, _first(path)), ()):
            match = found.pattern.fullmatch(path)
            if match:
                args = {
                    name: value.replace("''", "'") for name, value in match.groupdict().items() if value is not None
                }
                return found, args
        return None


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
        elif name == "site":
            inner = "[^/:]+(?::/[^:]+:)?"
        else:
            inner = "[^/]+"
        text += f"(?P<{name}>{inner})"
        at = match.end()
        if literal.endswith(":/") and at == len(template):
            text += ":?"
    return re.compile(text + _literal(template[at:]), re.IGNORECASE)


def _literal(text: str) -> str:
    return re.escape(text).replace(re.escape("microsoft.graph."), r"(?:microsoft\.)?graph\.")

"""
The whole tenant as JSON, and back: to look at, to keep in a file, to hand to another sandbox of the same seed.

Plain values stand as they are. An object is `{"~new": number, "~is": "module:Class", …fields}` where it is met first
and `{"~same": number}` after that; other marks are `~moment`, `~seconds`, `~bytes`, `~tuple`, `~set`, `~frozen` (set),
`~pairs` (a dict whose keys are not all text), `~counts` and `~call` (a method of an object). An
attribute that the tenant has from its cloud is `{"~shared": name}`.
"""

import base64
from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from datetime import datetime, timedelta
from functools import cache
from importlib import import_module
from types import MethodType
from typing import Any, cast

from sandbox.tenant.snapshots import SHARED, revived
from sandbox.tenant.state import Tenant

PACKAGE = "sandbox."
_PLAIN: Mapping[str, Callable[[Any], Any]] = {
    "~moment": datetime.fromisoformat,
    "~seconds": lambda seconds: timedelta(seconds=seconds),
    "~bytes": base64.b64decode,
}
_FILLED: Mapping[str, Callable[[Iterable[Any]], Any]] = {
    "~tuple": tuple,
    "~set": set,
    "~frozen": frozenset,
    "~pairs": dict,
    "~counts": lambda pairs: Counter(dict(pairs)),
}


class Unreadable(ValueError):
    """The JSON is no exported state of this version of the sandbox."""


def exported(tenant: Tenant) -> dict[str, Any]:
    """Return everything *tenant* keeps."""
    return cast("dict[str, Any]", _Writer(tenant).write(tenant))


def imported(document: Any, like: Tenant) -> Tenant:
    """Return the tenant an export describes, in the place of *like*; raise Unreadable when it describes none."""
    try:
        found = _Reader(like).read(document)
    except (KeyError, TypeError, AttributeError, ImportError, IndexError) as error:
        raise Unreadable(f"This is no exported state: {type(error).__name__} {error}") from error
    if type(found) is not type(like) or found.id != like.id:
        raise Unreadable("This is no exported state of this tenant.")
    return revived(found, like)


class _Writer:
    def __init__(self, tenant: Tenant) -> None:
        self._shared = {id(getattr(tenant, name)): name for name in SHARED}
        self._shared[id(tenant.chats.outgoing)] = "outgoing"
        self._numbers: dict[int, int] = {}

    def write(self, value: Any) -> Any:
        kind = type(value)
        if value is None or kind in (str, int, float, bool):
            return value
        if kind is list:
            return [self.write(item) for item in value]
        if kind is dict:
            return self._write_dict(value)
        return self._write_special(value)

    def _write_dict(self, value: dict[Any, Any]) -> Any:
        if all(type(key) is str and not key.startswith("~") for key in value):
            return {key: self.write(item) for key, item in value.items()}
        return {"~pairs": [[self.write(key), self.write(item)] for key, item in value.items()]}

    def _write_special(self, value: Any) -> Any:
        match value:
            case datetime():
                return {"~moment": value.isoformat()}
            case timedelta():
                return {"~seconds": value.total_seconds()}
            case bytes():
                return {"~bytes": base64.b64encode(value).decode()}
            case tuple():
                return {"~tuple": [self.write(item) for item in value]}
            case set() | frozenset():
                mark = "~frozen" if isinstance(value, frozenset) else "~set"
                return {mark: sorted((self.write(item) for item in value), key=str)}
            case Counter():
                return {"~counts": [[self.write(key), count] for key, count in value.items()]}
            case MethodType():
                return {"~call": self.write(value.__self__), "name": value.__name__}
        return self._write_object(value)

    def _write_object(self, value: Any) -> dict[str, Any]:
        if name := self._shared.get(id(value)):
            return {"~shared": name}
        known = self._numbers.get(id(value))
        if known is not None:
            return {"~same": known}
        number = self._numbers[id(value)] = len(self._numbers)
        kind = type(value)
        if not kind.__module__.startswith(PACKAGE):
            raise TypeError(f"A tenant keeps no {kind.__module__}.{kind.__qualname__}")
        fields = {name: self.write(item) for name, item in vars(value).items()}
        return {"~new": number, "~is": f"{kind.__module__}:{kind.__qualname__}", **fields}


class _Reader:
    def __init__(self, like: Tenant) -> None:
        self._like = like
        self._objects: dict[int, Any] = {}

    def read(self, value: Any) -> Any:
        if isinstance(value, list):
            return [self.read(item) for item in value]
        if not isinstance(value, dict):
            return value
        mark = next(iter(value), "")
        if not mark.startswith("~"):
            return {key: self.read(item) for key, item in value.items()}
        return self._read_marked(mark, value)

    def _read_marked(self, mark: str, value: Mapping[str, Any]) -> Any:
        content = value[mark]
        match mark:
            case "~new":
                return self._read_object(value)
            case "~same":
                return self._objects[content]
            case "~shared":
                return None if content == "outgoing" else getattr(self._like, content)
            case "~call":
                return getattr(self.read(content), value["name"])
        if mark in _PLAIN:
            return _PLAIN[mark](content)
        if mark in _FILLED:
            return _FILLED[mark](map(self.read, content))
        raise Unreadable(f"'{mark}' marks nothing.")

    def _read_object(self, value: Mapping[str, Any]) -> Any:
        kind = _class(value["~is"])
        made: Any = object.__new__(kind)
        self._objects[value["~new"]] = made
        # Not by setattr: many of them are frozen.
        vars(made).update({name: self.read(item) for name, item in value.items() if not name.startswith("~")})
        return made


@cache
def _class(name: str) -> type:
    """Return a class of the sandbox by its written name: nothing else is ever made from a file."""
    module, _, path = name.partition(":")
    if not module.startswith(PACKAGE):
        raise Unreadable(f"{name} is no part of the sandbox.")
    found: Any = getattr(import_module(module), path)
    if not isinstance(found, type):
        raise Unreadable(f"{name} is no class.")
    return found

"""Laying layers on each other: template, then county, then municipality."""

from collections.abc import Mapping, Sequence
from copy import deepcopy
from dataclasses import dataclass, field
from typing import Any

from config.place_template import Layer
from config.source import ValuePath

ENTRY_KEYS = ("key", "name")


@dataclass(frozen=True, kw_only=True)
class Origin:
    """The origin of a value: the layer, the document, and the path in it."""

    layer: Layer
    document: str
    path: ValuePath


@dataclass(frozen=True, kw_only=True)
class Sheet:
    """One layer's values, and where they start."""

    values: Mapping[str, Any]
    origin: Origin


@dataclass(frozen=True, kw_only=True)
class Laid:
    """The values after all layers. *origins* is by value path, with the keys of list entries for their numbers."""

    values: dict[str, Any] = field(default_factory=dict)
    origins: dict[tuple[str, ...], Origin] = field(default_factory=dict)
    not_there: list[Origin] = field(default_factory=list)
    """Entries that a layer takes out although no lower layer has them."""
    twice: list[Origin] = field(default_factory=list)
    """Entries that one layer has twice."""

    def layers(self) -> dict[str, Layer]:
        return {".".join(path): origin.layer for path, origin in self.origins.items() if path != ("per",)}

    def origin_of(self, path: ValuePath) -> Origin:
        """Return the origin of the value at *path* (with list numbers); for a missing one, that of its surroundings."""
        named = self._named(path)
        while named:
            if named in self.origins:
                return self.origins[named]
            below = [origin for known, origin in self.origins.items() if known[: len(named)] == named]
            if below:
                return below[-1]
            named = named[:-1]
        return next(iter(self.origins.values()))

    def _named(self, path: ValuePath) -> tuple[str, ...]:
        named: list[str] = []
        value: Any = self.values
        for step in path:
            try:
                value = value[step]
            except (KeyError, IndexError, TypeError):
                value = None
            entry = entry_key(value) if isinstance(step, int) else None
            named.append(entry or str(step))
        return tuple(named)


def lay(sheets: Sequence[Sheet], *, on: Laid | None = None) -> Laid:
    """
    Lay *sheets* on each other, the lowest first, and all of them on a copy of what was laid before.

    Mappings are merged, lists of entries are merged entry by entry (same key: merged; new key: added at the end;
    `remove: true`: taken out), and any other value is replaced whole.
    """
    laid = Laid() if on is None else Laid(values=deepcopy(on.values), origins=dict(on.origins))
    for sheet in sheets:
        _merge(laid, laid.values, sheet.values, (), sheet.origin)
    return laid


def entry_key(value: Any) -> str | None:
    """Return the key that tells an entry of a list from the others; None if the value is no entry."""
    if not isinstance(value, Mapping):
        return None
    return next((value[name] for name in ENTRY_KEYS if isinstance(value.get(name), str)), None)


def _merge(
    laid: Laid, target: dict[str, Any], values: Mapping[str, Any], path: tuple[str, ...], origin: Origin
) -> None:
    for name, value in values.items():
        here = (*path, name)
        at = _at(origin, name)
        if isinstance(value, Mapping):
            if not isinstance(target.get(name), dict):
                if name in target:
                    _forget(laid, here)
                target[name] = {}
            _merge(laid, target[name], value, here, at)
        elif isinstance(value, list) and value and all(entry_key(item) for item in value):
            if not isinstance(target.get(name), list):
                target[name] = []
            keys = [entry_key(entry) for entry in value]
            for index, entry in enumerate(value):
                if keys[index] in keys[:index]:
                    laid.twice.append(_at(at, index))
                _merge_entry(laid, target[name], entry, here, _at(at, index))
        else:
            if name in target:
                _forget(laid, here)
            target[name] = deepcopy(value)
            laid.origins[here] = at


def _merge_entry(
    laid: Laid, entries: list[Any], entry: Mapping[str, Any], path: tuple[str, ...], origin: Origin
) -> None:
    key = entry_key(entry)
    here = (*path, str(key))
    found = next((item for item in entries if entry_key(item) == key), None)
    if entry.get("remove") is True:
        if found is None:
            laid.not_there.append(origin)
            return
        entries.remove(found)
        _forget(laid, here)
        return
    values = {name: value for name, value in entry.items() if name != "remove"}
    if found is None:
        entries.append(found := {})
    else:
        # Its key belongs to the layer that made the entry.
        values = {name: value for name, value in values.items() if found.get(name) != value or name not in ENTRY_KEYS}
    _merge(laid, found, values, here, origin)


def _at(origin: Origin, step: str | int) -> Origin:
    return Origin(layer=origin.layer, document=origin.document, path=(*origin.path, step))


def _forget(laid: Laid, path: tuple[str, ...]) -> None:
    for known in [known for known in laid.origins if known[: len(path)] == path]:
        del laid.origins[known]

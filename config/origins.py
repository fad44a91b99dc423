"""Values of a place or body with the layer that each comes from, for those who may say something differently."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from config.layers import Laid, Origin, Sheet, entry_key, lay
from config.place_template import Layer

Part = Literal["places", "bodies"]


@dataclass(frozen=True, kw_only=True)
class LayeredValue:
    """A value as it holds, the layer it comes from, and what would hold without the uppermost layer."""

    value: Any
    layer: Layer | None
    """None for a value that no layer names: it is the default."""
    below: Any


@dataclass(frozen=True, kw_only=True)
class LayeredEntry:
    """An entry of a list, such as a channel, as it holds. *layer*: the nearest one that names it."""

    key: str
    value: Mapping[str, Any] | None
    """None for one that is left out."""
    below: Mapping[str, Any] | None
    """The entry without the uppermost layer; None for one that this layer added."""
    own: Mapping[str, Any] | None
    """The uppermost layer's own words about it; None where it says nothing."""
    layer: Layer


@dataclass(frozen=True, kw_only=True)
class LayeredPart:
    """A body or place of the template with the layers laid on each other. *own*: the uppermost one's values."""

    laid: Laid
    below: Laid
    own: Mapping[str, Any]
    own_layer: Layer
    county: Mapping[str, Any]

    def value(self, path: tuple[str, ...]) -> LayeredValue:
        """Return the value at *path*."""
        origin = self.laid.origins.get(path)
        return LayeredValue(
            value=_at(self.laid.values, path),
            layer=origin.layer if origin else None,
            below=_at(self.below.values, path),
        )

    def entries(self, name: str) -> list[LayeredEntry]:
        """Return the entries of the list *name*: those from below first, then its own."""
        here, below = _entries(self.laid.values, name), _entries(self.below.values, name)
        own, county = _entries(self.own, name), _entries(self.county, name)
        return [
            LayeredEntry(
                key=entry,
                value=here.get(entry),
                below=below.get(entry),
                own=own.get(entry),
                layer=self.own_layer if entry in own else "county" if entry in county else "template",
            )
            for entry in {**below, **here}
        ]

    def own_entries(self, name: str) -> list[Mapping[str, Any]]:
        """Return the uppermost layer's own entries of the list *name*, as its document has them."""
        return list(self.own.get(name) or ())


@dataclass(frozen=True)
class Layers:
    """
    The parts of the template as they hold in a municipality, or (*municipality* None) in the county.

    Each part is laid once, however many of its values are asked for.
    """

    documents: Mapping[str, Any]
    municipality: str | None
    _parts: dict[tuple[Part, str], LayeredPart] = field(default_factory=dict, repr=False)

    def part(self, part: Part, key: str) -> LayeredPart:
        """Return a body or place, as the template calls it; one that nobody has has no values."""
        if (part, key) not in self._parts:
            self._parts[part, key] = self._laid(part, key)
        return self._parts[part, key]

    def value(self, part: Part, key: str, path: tuple[str, ...]) -> LayeredValue:
        """Return the value at *path* of a body or place."""
        return self.part(part, key).value(path)

    def _laid(self, part: Part, key: str) -> LayeredPart:
        county = _override(self.documents.get("county.yaml"), part, key) or {}
        layers: list[tuple[Layer, str, Any]] = [
            ("template", "template.yaml", self.documents.get("template.yaml", {}).get(part, {}).get(key)),
            ("county", "county.yaml", county),
        ]
        if self.municipality is not None:
            home = self._home(self.municipality)
            layers.append(("municipality", home, _override(self.documents.get(home), part, key)))
        sheets = [
            Sheet(values=values or {}, origin=Origin(layer=layer, document=document, path=(part, key)))
            for layer, document, values in layers
        ]
        return LayeredPart(
            laid=lay(sheets),
            below=lay(sheets[:-1]),
            own=sheets[-1].values,
            own_layer=sheets[-1].origin.layer,
            county=county,
        )

    def _home(self, municipality: str) -> str:
        return next(
            (
                name
                for name, document in self.documents.items()
                if document.get("municipality", {}).get("slug") == municipality
            ),
            "",
        )


def _entries(values: Mapping[str, Any], name: str) -> dict[str, Any]:
    return {str(entry_key(entry)): entry for entry in values.get(name) or ()}


def _override(document: Any, part: Part, key: str) -> Any:
    return (document or {}).get("overrides", {}).get(part, {}).get(key)


def _at(values: Any, path: tuple[str, ...]) -> Any:
    for step in path:
        values = values.get(step) if isinstance(values, Mapping) else None
    return values

"""Values of a place or body with the layer that each comes from, for those who may say something differently."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

from config.layers import Laid, Origin, Sheet, entry_key, lay
from config.place_template import Layer

Part = Literal["places", "bodies"]


@dataclass(frozen=True, kw_only=True)
class LayeredValue:
    """A value as it holds in a municipality, the layer it comes from, and what would hold without the municipality."""

    value: Any
    layer: Layer | None
    """None for a value that no layer names: it is the default."""
    below: Any


def layered_value(
    documents: Mapping[str, Any], municipality: str, part: Part, key: str, path: tuple[str, ...]
) -> LayeredValue:
    """Return the value at *path* of a municipality's body or place, as the template calls it."""
    laid, below = _laid(documents, municipality, part, key)
    origin = laid.origins.get(path)
    return LayeredValue(
        value=_at(laid.values, path), layer=origin.layer if origin else None, below=_at(below.values, path)
    )


@dataclass(frozen=True, kw_only=True)
class LayeredEntry:
    """An entry of a list, such as a channel, as it holds in a municipality. *layer*: the nearest one that names it."""

    key: str
    value: Mapping[str, Any] | None
    """None for one that the municipality leaves out."""
    below: Mapping[str, Any] | None
    """The entry without the municipality; None for one that it added."""
    own: Mapping[str, Any] | None
    """The municipality's own words about it; None where it says nothing."""
    layer: Layer


def layered_entries(
    documents: Mapping[str, Any], municipality: str, part: Part, key: str, name: str
) -> list[LayeredEntry]:
    """Return the entries of the list *name* of a body or place: the template's and county's first, then its own."""
    laid, without = _laid(documents, municipality, part, key)
    here, below = _entries(laid.values, name), _entries(without.values, name)
    own = {entry["key"]: entry for entry in own_entries(documents, municipality, part, key, name)}
    county = _entries(_override(documents.get("county.yaml"), part, key) or {}, name)
    return [
        LayeredEntry(
            key=entry,
            value=here.get(entry),
            below=below.get(entry),
            own=own.get(entry),
            layer="municipality" if entry in own else "county" if entry in county else "template",
        )
        for entry in {**below, **here}
    ]


def own_entries(
    documents: Mapping[str, Any], municipality: str, part: Part, key: str, name: str
) -> list[Mapping[str, Any]]:
    """Return a municipality's own entries of the list *name*, as its document has them."""
    own = _override(documents.get(_home(documents, municipality)), part, key) or {}
    return list(own.get(name) or ())


def _entries(values: Mapping[str, Any], name: str) -> dict[str, Any]:
    return {str(entry_key(entry)): entry for entry in values.get(name) or ()}


def _laid(documents: Mapping[str, Any], municipality: str, part: Part, key: str) -> tuple[Laid, Laid]:
    """Return a part of the template with all layers laid on each other, and without the municipality's."""
    home = _home(documents, municipality)
    layers: tuple[tuple[Layer, str, Any], ...] = (
        ("template", "template.yaml", documents.get("template.yaml", {}).get(part, {}).get(key)),
        ("county", "county.yaml", _override(documents.get("county.yaml"), part, key)),
        ("municipality", home, _override(documents.get(home), part, key)),
    )
    sheets = [
        Sheet(values=values, origin=Origin(layer=layer, document=document, path=(part, key)))
        for layer, document, values in layers
        if values
    ]
    return lay(sheets), lay([sheet for sheet in sheets if sheet.origin.layer != "municipality"])


def _home(documents: Mapping[str, Any], municipality: str) -> str:
    return next(
        (name for name, document in documents.items() if document.get("municipality", {}).get("slug") == municipality),
        "",
    )


def _override(document: Any, part: Part, key: str) -> Any:
    return (document or {}).get("overrides", {}).get(part, {}).get(key)


def _at(values: Any, path: tuple[str, ...]) -> Any:
    for step in path:
        values = values.get(step) if isinstance(values, Mapping) else None
    return values

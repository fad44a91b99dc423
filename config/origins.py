"""Values of a place or body with the layer that each comes from, for those who may say something differently."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

from config.layers import Origin, Sheet, lay
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
    home = next(
        (name for name, document in documents.items() if document.get("municipality", {}).get("slug") == municipality),
        "",
    )
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
    laid = lay(sheets)
    below = lay([sheet for sheet in sheets if sheet.origin.layer != "municipality"])
    origin = laid.origins.get(path)
    return LayeredValue(
        value=_at(laid.values, path), layer=origin.layer if origin else None, below=_at(below.values, path)
    )


def _override(document: Any, part: Part, key: str) -> Any:
    return (document or {}).get("overrides", {}).get(part, {}).get(key)


def _at(values: Any, path: tuple[str, ...]) -> Any:
    for step in path:
        values = values.get(step) if isinstance(values, Mapping) else None
    return values

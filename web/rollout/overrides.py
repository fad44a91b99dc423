"""Values of a place that a municipality may say differently from the template, each with the layer it comes from."""

from collections.abc import Mapping
from dataclasses import dataclass

from config.place_template import Layer, PlaceSpec
from config.problems import InvalidInput, Problem, phrase
from web.access.gate import Visit
from workflows.register.editing import RegisterDesk
from workflows.register.edits.places import SetOverride


@dataclass(frozen=True, kw_only=True)
class Overridable:
    """A value with its layer. *is_long*: several lines belong in it."""

    name: str
    value: str
    layer: Layer
    is_long: bool


PLACE_KEY = "municipality"
"""Key of a municipality's place in the template."""
TEXTS: Mapping[str, bool] = {"name": False, "description": True, "landing_title": False, "landing_intro": True}
"""By the field's name: True where several lines belong in it."""


def overridable(spec: PlaceSpec) -> list[Overridable]:
    """Return the values that a municipality's place may say differently; none of a place that is common to all."""
    if spec.municipality is None:
        return []
    return [
        Overridable(name=name, value=str(getattr(spec, name)), layer=spec.layers.get(name, "template"), is_long=is_long)
        for name, is_long in TEXTS.items()
    ]


async def set_override(register: RegisterDesk, visit: Visit, place: str, form: Mapping[str, str]) -> None:
    """
    Say a value differently in the place's municipality; an empty one takes the template's again.

    Raises InvalidInput and ChangedMeanwhile.
    """
    municipality, name = visit.programme.place(place).municipality, form.get("name", "")
    if name not in TEXTS or municipality is None:
        raise InvalidInput([Problem(where=place, value=name, expected=phrase("template_value"), rule="unknown")])
    value = form.get("value", "").replace("\r\n", "\n").strip()
    edit = SetOverride(municipality=municipality, part="places", key=PLACE_KEY, path=(name,), value=value or None)
    seen = form.get("version", "")
    await register.edit(edit, by=visit.reader.person, seen=int(seen) if seen.isdecimal() else None)

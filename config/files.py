"""The files a programme is written in: which there are, and what each may hold.

The loader reads by these shapes and the JSON Schemas are made from them, so an editor knows what the loader knows.
"""

import types
from collections.abc import Mapping
from copy import copy
from datetime import date
from functools import cache
from pathlib import PurePosixPath
from typing import Annotated, Any, Literal, Union, get_args, get_origin

from pydantic import BaseModel, ConfigDict, Field, create_model

from config.fields import Colour, Language, Line, OptionalText, Slug, Text, Value
from config.place_template import ChannelSpec, ColumnSpec, ListSpec, PlaceTemplate, TabSpec
from config.retention import RetentionRule
from config.themes import Theme
from config.values import (
    AgendaEntry,
    Assignment,
    BodyTemplate,
    BudgetLine,
    BusyDay,
    Municipality,
    Occasion,
    Organisation,
    Partner,
    Person,
    PlanActivity,
    Progress,
    School,
    SchoolBreak,
    SendingHours,
    Spending,
    Stakeholder,
    WorkPackage,
)
from config.wording import Wording

ENTRY_KEYS: Mapping[type[BaseModel], str] = {
    ChannelSpec: "key",
    TabSpec: "key",
    ListSpec: "key",
    ColumnSpec: "name",
    Occasion: "key",
    AgendaEntry: "key",
}
"""Key that tells the entries of a list apart when layers are merged."""


class Shape(Value):
    """The shape of a file or of a part of it, built when it is first used, for most programmes override nothing."""

    model_config = ConfigDict(defer_build=True)


@cache
def patch_of(model: type[BaseModel]) -> type[BaseModel]:
    """Return *model* as an override writes it: everything may be left out, and an entry of a list may be taken out."""
    fields: dict[str, Any] = {}
    for name, field in model.model_fields.items():
        optional = copy(field)
        if name != ENTRY_KEYS.get(model):
            optional.default, optional.default_factory = None, None
            # Constraints stand inside the union: nothing at all (`name:`) has no length and no signs to look at.
            inner = _patched(field.annotation)
            inner = Annotated[(inner, *field.metadata)] if field.metadata else inner
            optional.annotation, optional.metadata = Union[inner, None], []  # noqa: UP007
        fields[name] = (optional.annotation, optional)
    if model in ENTRY_KEYS:
        fields["remove"] = (bool, False)
    return create_model(f"{model.__name__}Patch", __base__=Shape, **fields)


def _patched(annotation: Any) -> Any:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return patch_of(annotation)
    arguments = get_args(annotation)
    origin = get_origin(annotation)
    if origin is tuple:
        return tuple[tuple(_patched(argument) for argument in arguments)]  # type: ignore[misc]
    if origin in (Union, types.UnionType):
        return Union[tuple(_patched(argument) for argument in arguments)]  # noqa: UP007
    return annotation


class ProgrammeHead(Value):
    key: Slug
    name: Line
    local_name: Line
    first_day: date
    last_day: date
    timezone: Line = "Europe/Oslo"
    language: Language = "nb"
    vision: OptionalText = ""
    goals: tuple[Text, ...] = ()
    colour: Colour | None = None
    """Colour of the pages' top and of the papers' headings, `#rrggbb`; None: the product's own."""
    county: Slug


class ProgrammeFile(Shape):
    programme: ProgrammeHead
    themes: tuple[Theme, ...] = ()
    partners: tuple[Partner, ...] = ()
    activities: tuple[PlanActivity, ...] = ()
    progress: tuple[Progress, ...] = ()
    budget: tuple[BudgetLine, ...] = ()
    spending: tuple[Spending, ...] = ()
    stakeholders: tuple[Stakeholder, ...] = ()
    retention: tuple[RetentionRule, ...] = ()


class OrganisationsFile(Shape):
    organisations: tuple[Organisation, ...]


class PeopleFile(Shape):
    people: tuple[Person, ...]
    assignments: tuple[Assignment, ...] = ()


class SchoolsFile(Shape):
    schools: tuple[School, ...]


class CalendarFile(Shape):
    school_breaks: tuple[SchoolBreak, ...] = ()
    days_off: tuple[date, ...] = ()
    busy_days: tuple[BusyDay, ...] = ()
    sending: SendingHours = SendingHours()


class WordingFile(Shape):
    wording: Wording = Wording()


class PlaceDraft(PlaceTemplate):
    per: Literal["municipality"] | None = None
    """Once for every municipality whose place is ours."""


class BodyDraft(BodyTemplate):
    per: Literal["municipality"] | None = None
    """Once for every municipality."""


class TemplateFile(Shape):
    places: Mapping[Slug, PlaceDraft]
    bodies: Mapping[Slug, BodyDraft]


PlacePatch = patch_of(PlaceDraft)
BodyPatch = patch_of(BodyDraft)


class Overrides(Shape):
    """Differences of a layer from those below. Entries of lists are matched by key; other values are replaced whole."""

    places: Mapping[Slug, PlacePatch] = {}  # type: ignore[valid-type]
    bodies: Mapping[Slug, BodyPatch] = {}  # type: ignore[valid-type]


class CountyFile(Shape):
    overrides: Overrides = Field(default_factory=Overrides)


class MunicipalityFile(Shape):
    """Everything local. `municipality` is filled in where an entry would otherwise repeat it."""

    municipality: Municipality
    organisations: tuple[Organisation, ...] = ()
    people: tuple[Person, ...] = ()
    assignments: tuple[Assignment, ...] = ()
    schools: tuple[School, ...] = ()
    work_packages: tuple[WorkPackage, ...] = ()
    school_breaks: tuple[SchoolBreak, ...] = ()
    partners: tuple[Partner, ...] = ()
    stakeholders: tuple[Stakeholder, ...] = ()
    progress: tuple[Progress, ...] = ()
    budget: tuple[BudgetLine, ...] = ()
    spending: tuple[Spending, ...] = ()
    overrides: Overrides = Field(default_factory=Overrides)


FILES: Mapping[str, type[BaseModel]] = {
    "programme": ProgrammeFile,
    "organisations": OrganisationsFile,
    "people": PeopleFile,
    "schools": SchoolsFile,
    "calendar": CalendarFile,
    "template": TemplateFile,
    "wording": WordingFile,
    "county": CountyFile,
    "municipality": MunicipalityFile,
}
"""Kind of file → its shape. `municipalities/<slug>.yaml` are of kind municipality, `<kind>.yaml` are the others."""
REQUIRED = ("programme", "organisations", "people", "template")


def kind_of(path: str) -> str | None:
    """Return the kind of file at that path in a programme's folder; None for a file that has no place there."""
    parts = PurePosixPath(path)
    if parts.suffix != ".yaml":
        return None
    if len(parts.parts) == 2 and parts.parts[0] == "municipalities":
        return "municipality"
    return parts.stem if len(parts.parts) == 1 and parts.stem in FILES and parts.stem != "municipality" else None

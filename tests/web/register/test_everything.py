"""Everything that the YAML holds is changed on some page: each field of each section, but for those named here."""

from collections.abc import Iterator, Mapping
from datetime import date

import pytest
from pydantic import BaseModel

from config.files import ENTRY_KEYS, BodyDraft, PlaceDraft
from config.loading import load_documents, load_programme
from config.place_template import ChannelSpec, ListSpec
from config.values import AgendaEntry, BusyDay, Occasion, Rhythm, RoundTimes
from tests.web.register.desk import FOLDER
from web.register.forms import local_entries
from web.register.forms.form import FormContext
from web.register.forms.local_values import local_values
from web.register.forms.registry import COUNTY_FORMS, MUNICIPALITY_FORMS
from workflows.register.draft import SHAPES

PACKAGE = "horten-verkstedet"
FORMS: Mapping[str, tuple[str, ...]] = {
    "programme": ("programmet",),
    "organisations": ("organisasjon?nav",),
    "people": ("person?fylkesdirektor", "person-ny"),
    "assignments": ("rolle-ny", "rolle-slutt?owner_board_member//direktor-opplaering"),
    "schools": ("skole", "skole?horten"),
    "municipality": ("kommune?horten", "kommune-slutt?horten"),
    "themes": ("tema",),
    "work_packages": (
        f"pakke?{PACKAGE}",
        "pakke-ny",
        f"pakke-vedta?{PACKAGE}",
        f"pakke-slutt?{PACKAGE}",
        f"pakke-styre?{PACKAGE}",
    ),
    "indicators": ("malepunkt?" + PACKAGE,),
    "school_breaks": ("skoleferie",),
    "busy_days": ("opptatt-dag",),
    "sending": ("sendetid",),
    "partners": ("avtale",),
    "stakeholders": ("interessent",),
    "activities": ("aktivitet",),
    "progress": ("framdrift?C25-01",),
    "budget": ("budsjett",),
    "spending": ("forbruk?B2/2026",),
}
"""The forms of each section: what a form is called, and what it is about."""
SAID_OTHERWISE: Mapping[str, str] = {
    "adopted_by": "decision",
    "ended_by": "decision",
    "until": "last_day",
    "state": "decision",
    "work_package": "role",
    "indicators": "name",
}
"""Fields that a form asks for under another name; a role's form has a choice for each seat, a package's too."""
KEYS = {"key", "slug", "municipality", "activity", "line", "year"}
"""What an entry is about, and never changes."""
NOT_ON_A_PAGE: Mapping[str, frozenset[str]] = {
    "programme": frozenset({"timezone", "county"}),
    "municipality": frozenset({"number", "name", "organisation"}),
    "people": frozenset({"blocked_dates"}),
    "template": frozenset({"kind", "per", "mail_nickname"}),
}
"""
What has no form here. The programme's time zone and county, the kind of a body and for whom it stands, and a group's
mail address are decided before anything is made. Number and name of a municipality come from the register of
municipalities. People say themselves when they cannot come, on the page of their own meetings.
"""


def context(about: str = "", scope: str | None = None) -> FormContext:
    return FormContext(
        programme=load_programme(FOLDER),
        documents=load_documents(FOLDER),
        scope=scope,
        about=about,
        today=date(2026, 3, 2),
        language="nb",
    )


def asked_for(section: str) -> Iterator[str]:
    """Yield the names of the fields of a section's forms."""
    for named in FORMS[section]:
        form, _, about = named.partition("?")
        build = COUNTY_FORMS.get(form) or MUNICIPALITY_FORMS[form]
        scope = None if form in COUNTY_FORMS else "horten"
        for field in build(context(about, scope)).fields:
            yield field.name
            yield field.name.partition("_")[0]


@pytest.mark.parametrize("section", sorted(SHAPES))
def test_each_field_of_each_section_has_its_form(section: str) -> None:
    asked = set(asked_for(section)) | KEYS | NOT_ON_A_PAGE.get(section, frozenset())
    wanted = set(SHAPES[section].model_fields)
    plural = {name.removesuffix("s") for name in asked} | {f"{name}s" for name in asked}

    assert {name for name in wanted if name not in asked | plural and SAID_OTHERWISE.get(name) not in asked} == set()


def test_each_value_of_the_template_may_be_said_by_the_county() -> None:
    values = {(value.part, value.path) for value in local_values(context())}
    lists = {(group.part, group.name) for group in local_entries.local_lists(context())}
    known = {path[-1] for part, path in values if part == "bodies"} | {name for part, name in lists if part == "bodies"}
    apart = NOT_ON_A_PAGE["template"]

    assert set(BodyDraft.model_fields) - known - apart == {"rhythm", "rounds"}
    assert set(Rhythm.model_fields) | set(RoundTimes.model_fields) <= known
    places = {path[-1] for part, path in values if part == "places"} | {
        name for part, name in lists if part == "places"
    }
    assert set(PlaceDraft.model_fields) - places - apart == set()


@pytest.mark.parametrize(
    ("name", "shape", "without"),
    [
        ("channels", ChannelSpec, {"kind", "members", "per", "tabs"}),
        ("lists", ListSpec, {"source", "columns"}),
        ("agenda", AgendaEntry, {"source"}),
        ("occasions", Occasion, {"weekdays"}),
    ],
)
def test_entries_of_the_template_are_said_differently_but_for_what_the_service_relies_on(
    name: str, shape: type[BaseModel], without: set[str]
) -> None:
    said = set(local_entries.FIELDS[name])

    assert set(shape.model_fields) - said - {ENTRY_KEYS[shape]} == without


def test_a_busy_day_is_all_key() -> None:
    assert set(BusyDay.model_fields) == {"day", "name", "municipality"}

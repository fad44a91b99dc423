"""The frame of a page says where it belongs: in the way here, and in the section's menu."""

from datetime import UTC, datetime
from pathlib import Path

import pytest

from config.loading import load_programme
from web.access.gate import Visit
from web.shell.page import Crumb, Shell, shell_of
from workflows.access.model import Session, Where
from workflows.access.rules import reader_of

PROGRAMME = load_programme(Path(__file__).parents[3] / "config" / "vestfold")
NOW = datetime(2026, 10, 1, tzinfo=UTC)
HERE = "/kommune/horten"


def shell(person: str, here: str, *crumbs: Crumb, below: str = "") -> Shell:
    reader = reader_of(PROGRAMME, person, NOW.date())
    assert reader is not None
    session = Session(
        id="s", person=person, issuer="i", subject=person, started_at=NOW, seen_at=NOW, ends_at=NOW
    )  # fmt: skip
    where = Where(municipality="horten" if here.startswith(HERE) else None)
    visit = Visit(reader=reader, session=session, token="", programme=PROGRAMME, where=where)
    return shell_of(visit, here, crumbs, "nb", below=below)


def group(found: Shell) -> str:
    assert found.group is not None
    return found.group.label


@pytest.mark.parametrize(
    ("here", "label", "nearest"),
    [
        pytest.param(HERE, "Status og rapport", HERE, id="the section's first page"),
        pytest.param(f"{HERE}/folk", "Folk og pakker", f"{HERE}/folk", id="a page of another group"),
        pytest.param(f"{HERE}/rapport/pakke", "Status og rapport", f"{HERE}/rapport", id="a page below it"),
        pytest.param(f"{HERE}/logg-ut", "Status og rapport", "", id="an address that only begins like one"),
    ],
)
def test_the_menu_lists_the_pages_of_the_group_that_the_page_is_in(here: str, label: str, nearest: str) -> None:
    found = shell("leder-horten", here)

    assert (group(found), found.nearest) == (label, nearest)


def test_a_form_stands_below_the_page_that_led_to_it() -> None:
    found = shell("leder-horten", f"{HERE}/rediger/person", ("Endre", ""), below=f"{HERE}/folk")

    assert found.crumbs == [("Horten", HERE), ("Folk og roller", f"{HERE}/folk"), ("Endre", "")]
    assert (group(found), found.nearest) == ("Folk og pakker", f"{HERE}/folk")


def test_a_page_whose_way_leads_through_another_belongs_to_that_ones_group() -> None:
    found = shell("leder-vestfold", "/fylket/ukjent", ("Utrulling", "/fylket/utrulling"), ("Horten", ""))

    assert (group(found), found.nearest) == ("Kommuner og rom", "/fylket/utrulling")


def test_a_page_outside_sections_has_no_menu_of_one() -> None:
    found = shell("leder-horten", "/meg", ("Min side", ""))

    assert (found.group, found.nearest, found.crumbs) == (None, "", [("Min side", "")])


def test_the_county_lead_finds_the_way_back_from_a_municipality_to_all_of_them() -> None:
    assert shell("leder-vestfold", HERE).crumbs == [("Oversikt", "/fylket"), ("Horten", "")]

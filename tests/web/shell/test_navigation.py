"""Menus lead to pages that are there, under the same rule; many of them stand in groups."""

from fastapi.routing import APIRoute

from config.values import Role
from tools.authorisation import create_app, routes_of
from web.access.gate import rule_of
from web.shell.navigation import COUNTY_GROUPS, MOST_UNGROUPED, MUNICIPALITY_GROUPS, county_menu, municipality_menu
from workflows.access.model import HeldRole, Reader

COUNTY_LEAD = HeldRole(role=Role.COUNTY_LEAD)
LOCAL_LEAD = HeldRole(role=Role.LOCAL_LEAD, municipality="dal")
BOARD_MEMBER = HeldRole(role=Role.BOARD_MEMBER, municipality="dal")


def reader(*roles: HeldRole) -> Reader:
    return Reader(person="p", name="Leder Dal", language="nb", roles=frozenset(roles))


def test_every_entry_of_a_section_is_a_page_with_the_entrys_own_rule() -> None:
    rules = {route.path: rule_of(route) for route in routes_of(create_app()) if isinstance(route, APIRoute)}
    entries = [(f"/kommune/{{slug}}{page.path}", page.right) for group in MUNICIPALITY_GROUPS for page in group.pages]
    entries += [(f"/fylket{page.path}", page.right) for group in COUNTY_GROUPS for page in group.pages]

    assert len(entries) > 10
    assert [(path, right) for path, right in entries if rules.get(path) is not right] == []


def test_who_may_open_few_pages_has_them_in_one_line_without_groups() -> None:
    (only,) = municipality_menu(reader(BOARD_MEMBER), "dal", "nb")

    assert [entry.label for entry in only.entries] == ["Status", "Årshjul"]
    assert only.label == ""


def test_a_lead_has_groups_that_lead_to_their_first_page() -> None:
    municipality = municipality_menu(reader(LOCAL_LEAD), "dal", "nb")
    county = county_menu(reader(COUNTY_LEAD), "nb")

    assert [(group.label, group.address) for group in municipality] == [
        ("Status og rapport", "/kommune/dal"),
        ("Møter", "/kommune/dal/moteplan"),
        ("Folk og pakker", "/kommune/dal/folk"),
        ("Plan og avtaler", "/kommune/dal/plan"),
        ("Oppsett", "/kommune/dal/malen"),
    ]
    assert [(group.label, group.address) for group in county] == [
        ("Status", "/fylket"),
        ("Kommuner og rom", "/fylket/kommuner"),
        ("Folk", "/fylket/folk"),
        ("Plan og avtaler", "/fylket/plan"),
        ("Tilgang og logg", "/fylket/lenker"),
        ("Personvern og slutt", "/fylket/sladding"),
    ]
    assert max(len(group.entries) for group in [*municipality, *county]) <= MOST_UNGROUPED


def test_who_may_open_no_page_of_a_section_or_one_alone_has_no_menu_there() -> None:
    assert county_menu(reader(LOCAL_LEAD), "nb") == []
    assert municipality_menu(reader(LOCAL_LEAD), "fjord", "nb") == []

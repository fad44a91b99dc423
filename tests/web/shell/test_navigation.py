"""Menus lead to pages that are there, under the same rule."""

from fastapi.routing import APIRoute

from tools.authorisation import create_app, routes_of
from web.access.gate import rule_of
from web.shell.navigation import COUNTY_PAGES, MUNICIPALITY_PAGES


def test_every_entry_of_a_section_is_a_page_with_the_entrys_own_rule() -> None:
    rules = {route.path: rule_of(route) for route in routes_of(create_app()) if isinstance(route, APIRoute)}
    entries = [(f"/kommune/{{slug}}{page.path}", page.right) for page in MUNICIPALITY_PAGES]
    entries += [(f"/fylket{page.path}", page.right) for page in COUNTY_PAGES]

    assert len(entries) > 10
    assert [(path, right) for path, right in entries if rules.get(path) is not right] == []

"""No page leads its reader to a page that is not there for them: every kind of link is followed, as every role."""

from collections.abc import AsyncIterator

import pytest
from fastapi.responses import HTMLResponse
from fastapi.routing import APIRoute

from tests.support.site import SEEN_ELSEWHERE, Site, Walk, every_page, pages_without_address, whole_site
from tools.authorisation import routes_of


@pytest.fixture
async def site(database_url: str) -> AsyncIterator[Site]:
    async with whole_site(database_url) as made:
        yield made


@pytest.mark.parametrize(
    ("person", "kinds"),
    [
        pytest.param("leder-vestfold", 60, id="county lead"),
        pytest.param("leder-horten", 30, id="local lead"),
        pytest.param("oppvekstsjef-tonsberg", 10, id="board chair"),
        pytest.param("rektor-notteroy", 10, id="board member"),
        pytest.param("pakkeleder-tonsberg", 10, id="package lead"),
        pytest.param("kommunedirektor-horten", 8, id="owner board member"),
        pytest.param("programradgiver", 5, id="IT"),
        pytest.param("juridisk-radgiver", 4, id="adviser"),
    ],
)
async def test_no_link_is_a_dead_end(site: Site, person: str, kinds: int) -> None:
    walk = await Walk(site, person).everywhere()

    assert walk.dead == []
    assert walk.kinds >= kinds


async def test_no_route_takes_the_address_of_another(site: Site) -> None:
    """The first route that matches answers: `/fane/{token}` before `/fane/oppsett` would hide it."""
    routes = [route for route in routes_of(site.app) if isinstance(route, APIRoute)]
    plain = [route for route in routes if not route.param_convertors]
    hidden = [
        (route.path, other.path)
        for route in plain
        for other in routes[: routes.index(route)]
        if set(other.methods or ()) & set(route.methods or ()) and other.path_regex.match(route.path)
    ]

    assert hidden == []


async def test_every_page_of_the_route_table_has_an_address_to_be_looked_at(site: Site) -> None:
    """A new page that no link leads to gets one in `tests/support/site.py`; then `tests.exhaustive.looks` sees it."""
    assert pages_without_address(site.app, await every_page(site)) == []


async def test_a_page_that_nobody_looks_at_is_found(site: Site) -> None:
    @site.app.get("/glemt", response_class=HTMLResponse)
    async def forgotten() -> str:
        return ""

    assert "/glemt" in pages_without_address(site.app, [])


def test_no_page_is_left_out_that_is_not_there_any_more(site: Site) -> None:
    assert SEEN_ELSEWHERE.keys() - {route.path for route in routes_of(site.app)} == set()

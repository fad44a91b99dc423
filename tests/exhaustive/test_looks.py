"""Pages that no link leads to, each in some view; `python -m tests.exhaustive.looks` looks at every page."""

from pathlib import Path

import pytest
from playwright.async_api import Browser

from tests.e2e.conftest import browser
from tests.e2e.views import VIEWS
from tests.exhaustive.looks import look, looks, served_site, share
from tests.support.site import COUNTY, Shown, pages_of_errors, pages_without_links

__all__ = ["browser"]

PAGES = [Shown(address=f"/{number}", person=None) for number in range(len(VIEWS) + 1)]


def test_every_page_is_looked_at_in_one_view_or_in_all() -> None:
    quick = [(page, view) for _, pages in looks(PAGES, whole=False) for page, views in pages for view in views]
    whole = [(page, view) for _, pages in looks(PAGES, whole=True) for page, views in pages for view in views]

    assert sorted((page for page, _ in quick), key=PAGES.index) == PAGES
    assert {view for _, view in quick} == set(VIEWS)
    assert len(set(whole)) == len(whole) == len(PAGES) * len(VIEWS)


def test_the_parts_together_are_every_page_once() -> None:
    parts = [page for number in range(1, 5) for page in share(PAGES, f"{number}/4")]

    assert sorted(parts, key=PAGES.index) == PAGES
    with pytest.raises(ValueError, match="5/4 is no part"):
        share(PAGES, "5/4")


async def test_pages_that_say_what_went_wrong_are_for_everybody(database_file: Path, browser: Browser) -> None:
    async with served_site(f"sqlite+aiosqlite:///{database_file}") as (site, url):
        pages = [item async for item in pages_of_errors(site)]
        wrong = [
            line
            for language, seen in looks(pages, whole=False)
            for line in await look(site, url, browser, language, seen)
        ]

    assert wrong == []


async def test_the_county_s_pages_that_no_link_leads_to_are_for_everybody_and_a_wrong_one_is_named(
    database_file: Path, browser: Browser
) -> None:
    """The others are looked at where they are tested."""
    wrong = []
    async with served_site(f"sqlite+aiosqlite:///{database_file}") as (site, url):
        pages = [item for item in await pages_without_links(site) if item.person == COUNTY]
        pages.append(Shown(address="/finnes-ikke", person=COUNTY))
        for language, seen in looks(pages, whole=False):
            wrong += await look(site, url, browser, language, seen)

    assert [line.partition(" as ")[0] for line in wrong] == ["/finnes-ikke"]

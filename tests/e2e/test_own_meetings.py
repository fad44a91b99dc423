"""A person's own meetings in a browser: nothing for axe to find, and a meeting is moved as its chair would."""

import re
from collections.abc import AsyncIterator
from datetime import date, datetime
from html import unescape
from typing import Any
from urllib.parse import urlsplit

import pytest
from playwright.async_api import Browser, Page, expect

from tests.e2e.test_form_for_everybody import findings
from tests.support.doors import served
from tests.web.meetings.test_personal import KEY, PUBLIC, Site, site
from workflows.messages.short_links import KIND

__all__ = ["site"]


@pytest.fixture
async def url(site: Site) -> AsyncIterator[str]:
    """The chair's own page, with a day that does not suit."""
    await site.own.block("chair", date(2026, 11, 3), None)
    async with served(site.app) as address:
        yield address + await site.address("chair")


async def follow_mailed_link(page: Page, site: Site) -> None:
    """Have the link that moves KEY mailed to the chair, and open it."""
    here = "{0.scheme}://{0.netloc}".format(urlsplit(page.url))
    await page.get_by_role("button", name="Send meg lenken").click()
    await expect(page.get_by_role("heading", name="Lenken er på vei")).to_be_visible()
    (mail,) = await site.messages.list_messages(kind=KIND)
    link = re.search(r'href="([^"]+/flytt[^"]*)"', mail.content.html)
    assert link is not None
    await page.goto(here + unescape(link[1]).removeprefix(PUBLIC))


@pytest.mark.parametrize("theme", ["light", "dark"])
async def test_axe_finds_nothing_on_any_page(browser: Browser, site: Site, url: str, theme: Any) -> None:
    page = await browser.new_page(viewport={"width": 390, "height": 844}, color_scheme=theme)
    await page.goto(url)
    found = {"open": await findings(page)}
    await page.get_by_role("button", name="Legg til").click()
    found["no day"] = await findings(page)
    await page.goto(url)
    await page.get_by_role("link", name="Flytt møtet tirsdag 13. oktober 2026").click()
    found["way in"] = await findings(page)
    await follow_mailed_link(page, site)
    found["choose"] = await findings(page)
    await page.get_by_role("button", name="Se hva som skjer").click()
    found["nothing chosen"] = await findings(page)
    await page.get_by_label("tirsdag 27. oktober 2026").check()
    await page.get_by_label("Hvorfor blir møtet flyttet?").fill("Rådhuset er stengt")
    await page.get_by_role("button", name="Se hva som skjer").click()
    found["confirm"] = await findings(page)
    await page.get_by_role("button", name="Flytt møtet").click()
    found["done"] = await findings(page)

    assert {where: items for where, items in found.items() if items} == {}


async def test_a_chair_moves_a_meeting_and_says_which_days_do_not_suit(phone: Page, site: Site, url: str) -> None:
    await phone.goto(url)
    await phone.get_by_role("link", name="Flytt møtet tirsdag 13. oktober 2026").click()
    await follow_mailed_link(phone, site)
    await phone.get_by_label("Et annet tidspunkt").check()
    await phone.get_by_label("Dag", exact=True).fill("2026-10-28")
    await phone.get_by_label("Klokkeslett").fill("10:00")
    await phone.get_by_label("Hvorfor blir møtet flyttet?").fill("Rådhuset er stengt")
    await phone.get_by_role("button", name="Se hva som skjer").click()
    await phone.get_by_role("button", name="Velg et annet tidspunkt").click()
    await phone.get_by_label("Klokkeslett").fill("12:30")
    await phone.get_by_role("button", name="Se hva som skjer").click()
    await phone.get_by_role("button", name="Flytt møtet").click()

    await expect(phone.get_by_text("Møtet er flyttet til onsdag 28. oktober 2026 kl. 12.30.")).to_be_visible()
    moved = await site.meetings.find_meeting(KEY)
    assert moved is not None
    assert (moved.starts_local, moved.words) == (datetime.fromisoformat("2026-10-28T12:30"), "Rådhuset er stengt")

    await phone.get_by_label("Første dag").fill("2026-12-01")
    await phone.get_by_role("button", name="Legg til").click()
    await phone.get_by_label("tirsdag 3. november 2026").check()
    await phone.get_by_role("button", name="Fjern dagene jeg har valgt").click()

    await expect(phone.get_by_role("status")).to_have_text("Dagene dine er lagret.")
    assert site.register.value.person("chair").blocked_dates == (date(2026, 12, 1),)

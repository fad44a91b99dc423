"""The rollout pages in a browser: usable by everybody, no wider than a phone, in light and dark."""

from collections.abc import AsyncIterator
from typing import Literal

import pytest
from playwright.async_api import Browser, Page

from config.klass import KnownMunicipality
from tests.e2e.test_form_for_everybody import findings
from tests.e2e.test_overviews import OVERFLOW
from tests.support.doors import served
from tests.support.rollout import PLACE
from tests.web.rollout.conftest import CountyLead, lead
from wiring.sign_in import create_gate

__all__ = ["lead"]

BASE = f"/fylket/utrulling/{PLACE}"
PAGES = ("/fylket/utrulling", BASE, f"{BASE}/logg", "/fylket/malen", "/fylket/ny-kommune?q=1")
FORM = "/fylket/ny-kommune?nummer=3899"


@pytest.fixture
async def url(lead: CountyLead) -> AsyncIterator[str]:
    """The pages after a rollout of which some things wait for people."""
    await lead.bench.services.record.klass.replace([KnownMunicipality(number="3899", name="Dal")])
    await lead.press(f"{BASE}/start")
    await lead.run("rollout.place")
    await lead.press(f"{BASE}/se")
    await lead.run("rollout.preview")
    async with served(lead.bench.services.web) as address:
        yield address


async def enter(
    lead: CountyLead, browser: Browser, url: str, *, width: int, theme: Literal["light", "dark"] = "light"
) -> Page:
    services = lead.bench.services
    gate = create_gate(services.outside, services.jobs)
    context = await browser.new_context(viewport={"width": width, "height": 800}, color_scheme=theme)
    token = lead.browser.cookies[gate.cookie]
    await context.add_cookies([{"name": gate.cookie, "value": token, "url": url}])
    return await context.new_page()


@pytest.mark.parametrize(("width", "theme"), [(1280, "light"), (360, "dark")])
async def test_every_page_is_for_everybody_and_no_wider_than_its_window(
    lead: CountyLead, browser: Browser, url: str, width: int, theme: Literal["light", "dark"]
) -> None:
    page = await enter(lead, browser, url, width=width, theme=theme)

    for path in (*PAGES, FORM):
        await page.goto(f"{url}{path}")
        assert await findings(page) == [], path
        assert await page.evaluate(OVERFLOW) <= 0, path

"""Every card, drawn by Microsoft's renderer on a phone: nothing sticks out, and nothing people wrote comes alive."""

from pathlib import Path

from playwright.async_api import Browser

import cards
import texts
from tests.e2e.pictures import CARD_KINDS, sheet


async def test_every_card_fits_a_phone_and_brings_nothing_to_life(browser: Browser, tmp_path: Path) -> None:
    page = await browser.new_page(viewport={"width": 390, "height": 844})
    problems: list[str] = []
    page.on("pageerror", lambda error: problems.append(str(error)))
    page.on("request", lambda request: problems.append(request.url) if not request.url.startswith("file:") else None)
    for language in texts.languages():
        for kind in CARD_KINDS:
            path = tmp_path / "sheet.html"
            path.write_text(sheet(language, kind), encoding="utf-8")
            await page.goto(path.as_uri())

            assert await page.locator(".drawn .ac-adaptiveCard").count() == len(cards.names())
            assert await page.locator(".drawn").locator("img, a, script, iframe").count() == 0
            assert await page.evaluate("document.documentElement.scrollWidth") <= 390
    await page.close()

    assert problems == []

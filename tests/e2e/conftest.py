"""A browser that reaches nothing but the loopback."""

import re
import shutil
from collections.abc import AsyncIterator

import pytest
from playwright.async_api import Browser, ConsoleMessage, Page, async_playwright, expect

from tests.sandbox.conftest import seed

__all__ = ["browser", "phone", "seed"]

# Nothing hangs on how fast the machine is: what comes at all is waited for.
expect.set_options(timeout=30_000)
CHROMIUM = shutil.which("chromium")
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


@pytest.fixture
async def browser() -> AsyncIterator[Browser]:
    """Debian's Chromium; without it the test is skipped."""
    if CHROMIUM is None:
        pytest.skip("no chromium on this machine (apt-get install chromium)")
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        yield browser
        await browser.close()


@pytest.fixture
async def phone(browser: Browser) -> AsyncIterator[Page]:
    """A page as wide as a phone that reaches nothing but the loopback, and on which no script may fail."""
    page = await browser.new_page(viewport={"width": 390, "height": 844}, locale="nb-NO")
    problems: list[str] = []
    page.on("pageerror", lambda error: problems.append(str(error)))
    page.on("console", lambda message: problems.append(message.text) if _is_wrong(message) else None)
    page.on("request", lambda request: problems.append(request.url) if not _is_ours(request.url) else None)
    yield page
    assert problems == []


def _is_wrong(message: ConsoleMessage) -> bool:
    """Chromium calls pages errors that ask to change something (422) or to look first (409), or are over (410)."""
    return message.type == "error" and not re.search(r"status of (409|410|422) ", message.text)


def _is_ours(url: str) -> bool:
    return url.startswith(("http://127.0.0.1:", "data:", "about:", "blob:"))

"""
Looks at every page of the route table with axe, as people get it: `python -m tests.exhaustive.looks [--all]`.

The addresses come from `tests/support/site.py`, so that a page that is made escapes no look: all that links lead to as
four roles, every kind of form among them, and the pages that no link leads to. Each is looked at in one of twelve views
(three languages, two widths, light and dark), with --all in every one. A page is wrong when axe finds something, when
it is wider than its window, or when its frame is not in its reader's language.
"""

import argparse
import asyncio
import shutil
import sys
import tempfile
from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import asynccontextmanager
from pathlib import Path

from playwright.async_api import Browser, BrowserContext, async_playwright

from integration.database.connection import create_database
from tests.e2e.conftest import FLAGS
from tests.e2e.test_form_for_everybody import findings
from tests.e2e.test_overviews import OVERFLOW
from tests.e2e.views import VIEWS, View
from tests.support.doors import loopback, served
from tests.support.site import PEOPLE, Shown, Site, every_page, whole_site

LOCALES = {"nb": "nb-NO", "nn": "nn-NO", "en": "en-GB"}


def looks(pages: Sequence[Shown], *, whole: bool) -> Iterator[tuple[View, Sequence[Shown]]]:
    """Yield each view with the pages that are looked at in it: every page in one, or in all when *whole*."""
    for number, view in enumerate(VIEWS):
        yield view, pages if whole else pages[number :: len(VIEWS)]


async def look(site: Site, url: str, browser: Browser, view: View, pages: Sequence[Shown]) -> list[str]:
    """Return all that is wrong with the pages in one view."""
    for reader in PEOPLE:
        await site.outside.record.register.set_language(reader, view.language)
    wrong = []
    for person in dict.fromkeys(item.person for item in pages):
        context = await _enter(site, url, browser, view, person)
        page = await context.new_page()
        for shown in (item for item in pages if item.person == person):
            answer = await page.goto(f"{url}{shown.address}")
            where = f"{shown.address} as {person or 'anybody'}, {', '.join(map(str, view))}"
            if answer is None or answer.status != 200:
                wrong.append(f"{where}: {answer.status if answer else 'no answer'}")
                continue
            wrong += [f"{where}: {found}" for found in await findings(page)]
            if (by := await page.evaluate(OVERFLOW)) > 0:
                wrong.append(f"{where}: {by} px too wide")
            if await page.locator(f"body.shell:not(html[lang={view.language}] > *)").count():
                wrong.append(f"{where}: is in another language")
        await context.close()
    return wrong


async def _enter(site: Site, url: str, browser: Browser, view: View, person: str | None) -> BrowserContext:
    context = await browser.new_context(
        viewport={"width": view.width, "height": 800}, color_scheme=view.theme, locale=LOCALES[view.language]
    )
    if person is not None:
        gate = site.app.state.gate
        token = await gate.sessions.start(person, issuer="test", subject=person)
        await context.add_cookies([{"name": gate.cookie, "value": token, "url": url}])
    return context


@asynccontextmanager
async def served_site(database_url: str) -> AsyncIterator[tuple[Site, str]]:
    """Give the whole site, at an address of the loopback."""
    listener = loopback()
    address = f"http://127.0.0.1:{listener.getsockname()[1]}"
    async with whole_site(database_url, address) as site, served(site.app, listener) as url:
        yield site, url


async def _look_at_all(*, whole: bool) -> int:
    """Look at every page; print what is wrong, and return the exit code."""
    chromium, wrong, count = shutil.which("chromium"), 0, 0
    with tempfile.TemporaryDirectory() as folder:
        database_url = f"sqlite+aiosqlite:///{Path(folder) / 'site.db'}"
        database = create_database(database_url)
        await database.migrate()
        await database.close()
        async with served_site(database_url) as (site, url), async_playwright() as playwright:
            browser = await playwright.chromium.launch(executable_path=chromium, args=FLAGS)
            pages = await every_page(site)
            for view, seen in looks(pages, whole=whole):
                count += len(seen)
                for line in await look(site, url, browser, view, seen):
                    wrong += 1
                    sys.stdout.write(f"{line}\n")
            await browser.close()
    sys.stdout.write(f"{len(pages)} pages, {count} looks: {wrong or 'nothing'} wrong\n")
    return 1 if wrong else 0


def main() -> int:
    """Run the command; exit code 0 when nothing is wrong, 2 without a browser."""
    parser = argparse.ArgumentParser(prog="python -m tests.exhaustive.looks", description=__doc__)
    parser.add_argument("--all", action="store_true", help="every page in every view; takes most of an hour")
    given = parser.parse_args()
    if shutil.which("chromium") is None:
        sys.stderr.write("no chromium on this machine (apt-get install chromium)\n")
        return 2
    return asyncio.run(_look_at_all(whole=given.all))


if __name__ == "__main__":
    sys.exit(main())

"""
Looks at every page of the route table with axe, as people get it: `python -m tests.exhaustive.looks [--all]`.

The addresses come from `tests/support/site.py`, so that a page that is made escapes no look: all that links lead to as
four roles, every kind of form among them, and the pages that no link leads to. Each is looked at in one of twelve views
(three languages, two widths, light and dark), with --all in every one. A page is wrong when axe finds something, when
it is wider than its window, or when its frame is not in its reader's language.

All of them take most of an hour. `--language nn` and `--part 1/4` play a share, and the parts together play each look
once; `--pictures FOLDER` keeps a picture of each, to be looked at by people.
"""

import argparse
import asyncio
import re
import shutil
import sys
import tempfile
from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import asynccontextmanager
from itertools import cycle
from pathlib import Path

from playwright.async_api import Browser, BrowserContext, Page, async_playwright

import texts
from integration.database.connection import create_database
from tests.e2e.conftest import FLAGS
from tests.e2e.test_form_for_everybody import findings
from tests.e2e.test_overviews import OVERFLOW
from tests.e2e.views import VIEWS, View
from tests.support.doors import loopback, served
from tests.support.site import PEOPLE, Shown, Site, every_page, whole_site

LOCALES = {"nb": "nb-NO", "nn": "nn-NO", "en": "en-GB"}


Look = tuple[Shown, Sequence[View]]
"""A page, and the views it is looked at in."""


def looks(pages: Sequence[Shown], *, whole: bool) -> Iterator[tuple[str, Sequence[Look]]]:
    """Yield each language with its looks: every page in one view of one language, or in all of all when *whole*."""
    for language in texts.languages():
        of_each = [[view for view in (VIEWS if whole else [one]) if view.language == language] for one in VIEWS]
        yield language, [(page, views) for page, views in zip(pages, cycle(of_each), strict=False) if views]


def share(pages: Sequence[Shown], part: str) -> Sequence[Shown]:
    """Return the pages of a part, such as 1/4; each page is in one part. Raises ValueError for what is no part."""
    number, of = map(int, part.split("/"))
    if not 1 <= number <= of:
        raise ValueError(f"{part} is no part: 1/4, 2/4, 3/4 and 4/4 are")
    return pages[number - 1 :: of]


async def look(
    site: Site, url: str, browser: Browser, language: str, pages: Sequence[Look], *, pictures: Path | None = None
) -> list[str]:
    """Return all that is wrong with the pages in one language; with *pictures*, keep each there as it is seen."""
    for reader in PEOPLE:
        await site.outside.record.register.set_language(reader, language)
    wrong = []
    for person in dict.fromkeys(shown.person for shown, _ in pages):
        context = await _enter(site, url, browser, language, person)
        page = await context.new_page()
        for shown, views in (item for item in pages if item[0].person == person):
            answer = await page.goto(f"{url}{shown.address}")
            if answer is None or answer.status != shown.status:
                wrong.append(f"{shown.address} as {person or 'anybody'}: {answer.status if answer else 'no answer'}")
                continue
            for view in views:
                # The page is loaded once: style alone follows the window and the theme.
                await page.set_viewport_size({"width": view.width, "height": 800})
                await page.emulate_media(color_scheme=view.theme)
                where = f"{shown.address} as {person or 'anybody'}, {', '.join(map(str, view))}"
                wrong += [f"{where}: {found}" for found in await _problems(page, view)]
                if pictures is not None:
                    await _keep(page, pictures, view, shown)
        await context.close()
    return wrong


async def _problems(page: Page, view: View) -> list[str]:
    """Return what is wrong with a page as it stands."""
    found = await findings(page)
    if (by := await page.evaluate(OVERFLOW)) > 0:
        found.append(f"{by} px too wide")
    if await page.locator(f"body.shell:not(html[lang={view.language}] > *)").count():
        found.append("is in another language")
    return found


async def _enter(site: Site, url: str, browser: Browser, language: str, person: str | None) -> BrowserContext:
    context = await browser.new_context(locale=LOCALES[language])
    if person is not None:
        gate = site.app.state.gate
        token = await gate.sessions.start(person, issuer="test", subject=person)
        await context.add_cookies([{"name": gate.cookie, "value": token, "url": url}])
    return context


async def _keep(page: Page, folder: Path, view: View, shown: Shown) -> None:
    named = re.sub(r"[\w-]+\.[\w-]{20,}", "lenke", shown.address)
    name = re.sub(r"[^\w-]+", "_", named).strip("_") or "start"
    file = f"{name[:80]}.{shown.person or 'anybody'}.{view.language}.{view.width}.{view.theme}.png"
    await page.screenshot(path=folder / file, full_page=True)


@asynccontextmanager
async def served_site(database_url: str) -> AsyncIterator[tuple[Site, str]]:
    """Give the whole site, at an address of the loopback."""
    listener = loopback()
    address = f"http://127.0.0.1:{listener.getsockname()[1]}"
    async with whole_site(database_url, address) as site, served(site.app, listener) as url:
        yield site, url


async def _look_at_all(*, whole: bool, languages: Sequence[str], part: str, pictures: Path | None) -> int:
    """Look at every page of the part; print what is wrong, and return the exit code."""
    chromium, wrong, count = shutil.which("chromium"), 0, 0
    with tempfile.TemporaryDirectory() as folder:
        database_url = f"sqlite+aiosqlite:///{Path(folder) / 'site.db'}"
        database = create_database(database_url)
        await database.migrate()
        await database.close()
        async with served_site(database_url) as (site, url), async_playwright() as playwright:
            browser = await playwright.chromium.launch(executable_path=chromium, args=FLAGS)
            pages = share(await every_page(site), part)
            for language, seen in looks(pages, whole=whole):
                if language not in languages:
                    continue
                lines = await look(site, url, browser, language, seen, pictures=pictures)
                count, wrong = count + sum(len(views) for _, views in seen), wrong + len(lines)
                sys.stdout.write("".join(f"{line}\n" for line in lines))
                sys.stdout.flush()
            await browser.close()
    sys.stdout.write(f"{len(pages)} pages, {count} looks: {wrong or 'nothing'} wrong\n")
    return 1 if wrong else 0


def main() -> int:
    """Run the command; exit code 0 when nothing is wrong, 2 without a browser."""
    known = texts.languages()
    parser = argparse.ArgumentParser(prog="python -m tests.exhaustive.looks", description=__doc__)
    parser.add_argument("--all", action="store_true", help="every page in every view; takes most of an hour")
    parser.add_argument("--language", choices=known, nargs="+", default=known, help="views in these only")
    parser.add_argument("--part", default="1/1", metavar="N/OF", help="a share of the pages, such as 1/4")
    parser.add_argument("--pictures", type=Path, metavar="FOLDER", help="keep a picture of each look")
    given = parser.parse_args()
    if shutil.which("chromium") is None:
        sys.stderr.write("no chromium on this machine (apt-get install chromium)\n")
        return 2
    if given.pictures is not None:
        given.pictures.mkdir(parents=True, exist_ok=True)
    return asyncio.run(
        _look_at_all(whole=given.all, languages=given.language, part=given.part, pictures=given.pictures)
    )


if __name__ == "__main__":
    sys.exit(main())

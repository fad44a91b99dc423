"""
Draws every card and every page of the form to be looked at: `python -m tests.e2e.pictures FOLDER`.

In each language, for full, sparse and hostile data, as wide as a phone and as a desk, in light and in dark. The cards
are drawn by Microsoft's renderer as the sandbox sets it up; Teams' own clients look a little different.
"""

import argparse
import asyncio
import json
import shutil
import sys
import tempfile
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from html import escape
from pathlib import Path
from typing import Any, Literal

from playwright.async_api import Browser, Page, async_playwright

import cards
import texts
from integration.database.connection import create_database
from tests.cards.test_cards import full, hostile, sparse
from tests.support.doors import doors, served
from tests.web.test_snapshots import KINDS, REQUEST, fields_of, tell
from tests.workflows.status.rounds import GUEST, OPENS, STARTS, World
from tests.workflows.status.test_rounds import DAY, DEADLINE
from workflows.status.plan import request_id

STATIC = Path(__file__).parents[2] / "sandbox/static"
CARD_KINDS: dict[str, Callable[[str], dict[str, Any]]] = {"full": full, "sparse": sparse, "hostile": hostile}
WIDTHS = {"phone": 360, "desk": 1280}
THEMES: tuple[Literal["light", "dark"], ...] = ("light", "dark")


@dataclass(frozen=True)
class Camera:
    """Takes a page at each width and in each theme."""

    browser: Browser
    folder: Path

    async def take(self, name: str, show: Callable[[Page], Any]) -> None:
        for width_name, width in WIDTHS.items():
            for theme in THEMES:
                page = await self.browser.new_page(viewport={"width": width, "height": 800}, color_scheme=theme)
                await show(page)
                await page.screenshot(path=self.folder / f"{name}.{width_name}.{theme}.png", full_page=True)
                await page.close()


def sheet(language: str, kind: str) -> str:
    """All cards of a language on one page, drawn by the sandbox's script."""
    drawn = []
    for name in cards.names():
        card = cards.render(name, language=language, values=CARD_KINDS[kind](name))
        embedded = json.dumps(card, ensure_ascii=True).replace("<", "\\u003c")
        drawn.append(
            f"<h2>{escape(name)}</h2><div class='card' lang='{language}'>"
            f"<script type='application/json'>{embedded}</script><div class='drawn'></div>"
            "<p class='answer' role='status'></p></div>"
        )
    scripts = ("vendor/markdown-it/markdown-it.min.js", "vendor/adaptivecards/adaptivecards.min.js", "cards.js")
    styles = ("vendor/adaptivecards/adaptivecards.css", "sandbox.css")
    head = [f"<link rel='stylesheet' href='{(STATIC / style).as_uri()}'>" for style in styles]
    head += [f"<script src='{(STATIC / script).as_uri()}' defer></script>" for script in scripts]
    return (
        f"<!doctype html><html lang='{language}'><meta charset='utf-8'><meta name='viewport' "
        f"content='width=device-width, initial-scale=1'><meta name='color-scheme' content='light dark'>{''.join(head)}"
        f"<body><main>{''.join(drawn)}</main></body></html>"
    )


async def draw_cards(camera: Camera, languages: Sequence[str]) -> None:
    for language in languages:
        for kind in CARD_KINDS:
            path = camera.folder / f"cards.{language}.{kind}.html"
            path.write_text(sheet(language, kind), encoding="utf-8")

            async def show(page: Page, address: str = path.as_uri()) -> None:
                await page.goto(address)

            await camera.take(f"cards.{language}.{kind}", show)


@asynccontextmanager
async def form_of(language: str, kind: str, folder: Path) -> AsyncIterator[tuple[World, str]]:
    """A world with an open round, and the address of its guest lead's form."""
    database = create_database(f"sqlite+aiosqlite:///{folder / f'{language}-{kind}.db'}")
    await database.migrate()
    world = World(database)
    await tell(world, language, kind)
    app = doors(world, bot_id="1", tenant_id="2", service_url="http://127.0.0.1:9", metadata_url="http://127.0.0.1:9")
    async with served(app) as url:
        yield world, f"{url}/svar/{await world.links.issue('answer', REQUEST, 'guest-lead', DEADLINE + DAY)}"
    await database.close()


async def draw_form(camera: Camera, language: str, kind: str, folder: Path) -> None:
    """Draw the form as it opens, with problems, with a draft, its receipt, the round over, and the round after it."""

    async with form_of(language, kind, folder) as (world, url):

        async def opened(page: Page) -> None:
            await page.goto(url)

        def sent(light: str, button: str = "button:not([name])") -> Callable[[Page], Any]:
            async def send(page: Page) -> None:
                await page.goto(url)
                for name, value in fields_of(world, kind).items():
                    await page.locator(f'[name="{name}"]').fill("mange" if not light and "indicator" in name else value)
                if light:
                    await page.locator(f"#light-{light}").check()
                await page.locator(f"form {button}").first.click()

            return send

        await camera.take(f"form.{language}.{kind}.1-open", opened)
        await camera.take(f"form.{language}.{kind}.2-wrong", sent(""))
        await camera.take(f"form.{language}.{kind}.3-draft", sent("yellow", "button[name=draft]"))
        await camera.take(f"form.{language}.{kind}.4-receipt", sent("yellow"))
        world.clock.time = DEADLINE
        await camera.take(f"form.{language}.{kind}.5-over", opened)
        later = await open_the_next_round(world)
        await camera.take(f"form.{language}.{kind}.6-next", opened)
        url = f"{url.rpartition('/')[0]}/{await world.links.issue('answer', later, 'guest-lead')}"
        await camera.take(f"form.{language}.{kind}.7-last-time", opened)


async def open_the_next_round(world: World) -> str:
    """Close the round and open the one after it; return its request."""
    meeting = "a-dal/2027-02-09"
    await world.plan_meeting(STARTS + 84 * DAY, key=meeting)
    world.clock.time = OPENS + 84 * DAY
    await world.run("status.close")
    await world.run("status.open", meeting)
    return request_id(meeting, GUEST)


async def draw(folder: Path, languages: Sequence[str]) -> None:
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(
            executable_path=shutil.which("chromium"), args=["--no-sandbox", "--disable-gpu"]
        )
        camera = Camera(browser, folder)
        await draw_cards(camera, languages)
        with tempfile.TemporaryDirectory() as databases:
            for language in languages:
                for kind in KINDS:
                    await draw_form(camera, language, kind, Path(databases))
        await browser.close()


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.e2e.pictures", description="Draw cards and form.")
    parser.add_argument("folder", type=Path, help="where the pictures go")
    parser.add_argument("--language", choices=texts.languages(), help="of one language only; all takes minutes")
    arguments = parser.parse_args()
    folder: Path = arguments.folder
    folder.mkdir(parents=True, exist_ok=True)
    asyncio.run(draw(folder, [arguments.language] if arguments.language else list(texts.languages())))
    sys.stdout.write(f"{len(list(folder.glob('*.png')))} pictures in {folder}\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())

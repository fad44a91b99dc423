"""Make the documentation's pictures: `uv run python -m tools.pictures FOLDER`.

Each person's start page and main pages, at a desk's width and a phone's, from a service of its own over the shipped
programme with half a year of rounds. The pages are drawn by Debian's Chromium, as people get them, and made small.
"""

import argparse
import asyncio
import io
import shutil
import socket
import sys
import tempfile
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager, nullcontext
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Literal

import uvicorn
from fastapi import FastAPI
from PIL import Image
from playwright.async_api import Browser, async_playwright

from benchmarks.history import write_history
from config.loading import load_documents
from config.settings import Part, Settings
from engine.logs import configure_logs
from integration.clock import SystemClock
from web.access.gate import Gate
from wiring.jobs.rooms import Jobs
from wiring.outside import Outside
from wiring.web import create_web

SHIPPED = Path(__file__).parent.parent / "config" / "vestfold"
ON = datetime(2026, 10, 27, 9, 0, tzinfo=UTC)
"""The moment in the pictures: every municipality's round is open."""
ROUNDS = 6
WIDTHS = {"desk": 1280, "phone": 360}
LONGEST = 2_000
"""Pixels of a page that a picture shows at most: the rest is more of the same."""
COLOURS = 64
FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-component-update"]
Theme = Literal["light", "dark"]


@dataclass(frozen=True)
class Picture:
    """A page as one person sees it; nobody's when signed out."""

    name: str
    person: str
    path: str


PICTURES = (
    Picture("sign-in", "", "/logg-inn"),
    Picture("county-lead-start", "leder-vestfold", "/"),
    Picture("county-lead-county", "leder-vestfold", "/fylket"),
    Picture("county-lead-people", "leder-vestfold", "/fylket/folk"),
    Picture("county-lead-new-municipality", "leder-vestfold", "/fylket/ny-kommune"),
    Picture("county-lead-redaction", "leder-vestfold", "/fylket/sladding"),
    Picture("county-lead-governance", "leder-vestfold", "/fylket/papirer"),
    Picture("county-lead-end", "leder-vestfold", "/fylket/avslutning"),
    Picture("local-lead-start", "leder-horten", "/"),
    Picture("local-lead-municipality", "leder-horten", "/kommune/horten"),
    Picture("local-lead-people", "leder-horten", "/kommune/horten/folk"),
    Picture("local-lead-year", "leder-horten", "/kommune/horten/arshjul"),
    Picture("package-lead-start", "pakkeleder-tonsberg", "/"),
    Picture("package-lead-package", "pakkeleder-tonsberg", "/pakke/tonsberg-overgangsteamet"),
    Picture("board-chair-start", "oppvekstsjef-tonsberg", "/"),
    Picture("board-chair-board", "oppvekstsjef-tonsberg", "/styret/tonsberg"),
    Picture("owner-board-start", "fylkesdirektor", "/"),
    Picture("it-findings", "programradgiver", "/it"),
)
IN_THE_DARK = ("county-lead-county",)
"""Pictures that are also taken in the dark."""


class StillClock(SystemClock):
    """The moment of the pictures, always."""

    def now(self) -> datetime:
        return ON


async def take_all(folder: Path, wanted: Sequence[Picture] = PICTURES) -> list[Path]:
    """
    Take every picture into *folder*, which is there, and return their files.

    Raises RuntimeError for a page that is not shown.
    """
    chromium = shutil.which("chromium")
    if chromium is None:
        raise RuntimeError("no chromium on this machine: apt-get install chromium")
    files = []
    async with _service() as (app, address), async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=chromium, args=FLAGS)
        for picture in wanted:
            themes: tuple[Theme, ...] = ("light", "dark") if picture.name in IN_THE_DARK else ("light",)
            for width in WIDTHS:
                for theme in themes:
                    file = folder / f"{picture.name}.{width}{'.dark' if theme == 'dark' else ''}.png"
                    file.write_bytes(small(await _take(browser, app.state.gate, address, picture, width, theme)))
                    files.append(file)
        await browser.close()
    return files


async def _take(browser: Browser, gate: Gate, address: str, picture: Picture, width: str, theme: Theme) -> bytes:
    """Return the picture as Chromium draws it."""
    context = await browser.new_context(
        viewport={"width": WIDTHS[width], "height": 800}, color_scheme=theme, locale="nb-NO"
    )
    if picture.person:
        token = await gate.sessions.start(picture.person, issuer="pictures", subject=picture.person)
        await context.add_cookies([{"name": gate.cookie, "value": token, "url": address}])
    page = await context.new_page()
    answer = await page.goto(f"{address}{picture.path}")
    if answer is None or answer.status != 200:
        raise RuntimeError(f"{picture.path} is not shown to {picture.person or 'everybody'}")
    height = min(LONGEST, int(await page.evaluate("document.documentElement.scrollHeight")))
    taken = await page.screenshot(full_page=True, clip={"x": 0, "y": 0, "width": WIDTHS[width], "height": height})
    await context.close()
    return taken


def small(png: bytes) -> bytes:
    """Return a picture in few colours, which a page of text and lines is drawn in anyway."""
    packed = io.BytesIO()
    with Image.open(io.BytesIO(png)) as picture:
        picture.convert("RGB").quantize(COLOURS, dither=Image.Dither.NONE).save(packed, "PNG", optimize=True)
    return packed.getvalue()


@asynccontextmanager
async def _service() -> AsyncIterator[tuple[FastAPI, str]]:
    """Serve the pages over the shipped programme, with its rounds in the record."""
    configure_logs("ERROR")
    with tempfile.TemporaryDirectory() as folder, socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        listener.listen()
        address = f"http://127.0.0.1:{listener.getsockname()[1]}"
        url = f"sqlite+aiosqlite:///{Path(folder) / 'vareunge.db'}"
        # With all that sign-in needs: its page then offers what people meet, and nobody presses it here.
        settings = Settings(
            part=Part.DOOR,
            database_url=url,
            public_url=address,
            bot_id="bot",
            tenant_id="tenant",
            app_id="app",
            door_id="door",
        )
        outside = Outside(settings, name="pictures")
        vars(outside)["clock"] = StillClock()
        await outside.record.database.migrate()
        programme = await outside.record.register.save(load_documents(SHIPPED))
        await write_history(outside.record.database, programme, ROUNDS, ON)
        app = create_web(outside, Jobs(outside), around=nullcontext)
        server = uvicorn.Server(uvicorn.Config(app, log_level="warning", access_log=False, ws="none", lifespan="off"))
        serving = asyncio.create_task(server.serve(sockets=[listener]))
        try:
            yield app, address
        finally:
            server.should_exit = True
            await serving
            await outside.close()


def main(arguments: Sequence[str] | None = None) -> int:
    """Take the pictures and say how large they are."""
    parser = argparse.ArgumentParser(prog="python -m tools.pictures", description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--only", nargs="*", default=(), metavar="NAME", help="names of pictures, all of them without")
    options = parser.parse_args(arguments)
    options.folder.mkdir(parents=True, exist_ok=True)
    wanted = [picture for picture in PICTURES if not options.only or picture.name in options.only]
    files = asyncio.run(take_all(options.folder, wanted))
    total = sum(file.stat().st_size for file in files)
    print(f"{len(files)} pictures, {total / 1000:.0f} kB")
    return 0


if __name__ == "__main__":
    sys.exit(main())

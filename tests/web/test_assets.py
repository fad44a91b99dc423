"""Style sheets and scripts: compressed, kept for ever by an address of their content, and little to load at first."""

import gzip
import re
from pathlib import Path

import httpx
import pytest

from web import assets, pages
from web.app import create_app
from web.assets import asset

LARGEST_FIRST_LOAD = 100_000


def client() -> httpx.AsyncClient:
    return httpx.AsyncClient(transport=httpx.ASGITransport(create_app([])), base_url="http://service.example")


async def test_a_file_asked_for_by_its_content_is_kept_for_ever() -> None:
    response = await client().get(asset("app.css"))

    assert response.headers["cache-control"] == "public, max-age=31536000, immutable"
    assert response.headers["content-encoding"] == "gzip"
    assert response.headers["content-type"].startswith("text/css")
    assert response.text == (assets.FOLDER / "app.css").read_text()


@pytest.mark.parametrize("path", ["/static/app.css", "/static/app.css?v=000000000000", "/static/icon.png"])
async def test_by_any_other_address_it_is_asked_for_again_after_an_hour(path: str) -> None:
    assert (await client().get(path)).headers["cache-control"] == "public, max-age=3600"


async def test_a_browser_that_unpacks_nothing_gets_it_plain() -> None:
    response = await client().get("/static/app.css", headers={"Accept-Encoding": "br, gzip;q=0"})

    assert "content-encoding" not in response.headers
    assert response.headers["vary"] == "Accept-Encoding"
    assert response.content == (assets.FOLDER / "app.css").read_bytes()


async def test_a_picture_is_not_compressed_again() -> None:
    response = await client().get("/static/icon.png")

    assert "content-encoding" not in response.headers


async def test_a_file_that_is_known_already_is_not_sent_again() -> None:
    known = (await client().get("/static/app.css", headers={"Accept-Encoding": "identity"})).headers["etag"]

    response = await client().get("/static/app.css", headers={"If-None-Match": known})

    assert response.status_code == 304
    assert response.content == b""


async def test_a_file_that_is_not_there_is_an_honest_page() -> None:
    assert (await client().get("/static/../app.py")).status_code == 404
    assert (await client().get("/static/nothing.css?v=1")).status_code == 404


async def test_a_page_is_compressed_where_that_helps_and_is_understood() -> None:
    plain = await client().get("/personvern", headers={"Accept-Encoding": "identity"})
    squeezed = await client().get("/personvern")

    assert "content-encoding" not in plain.headers
    assert squeezed.headers["content-encoding"] == "gzip"
    assert squeezed.text == plain.text
    assert squeezed.headers["vary"] == "Accept-Encoding"


@pytest.mark.parametrize("template", sorted(pages.TEMPLATES.rglob("base.html")), ids=lambda path: path.parent.name)
def test_the_first_load_of_a_page_is_small(template: Path) -> None:
    """All that a page's head asks for, compressed as it is sent; the page itself comes on top of it."""
    names = set(re.findall(r'asset\("([^"]+)"\)', template.read_text() + (pages.TEMPLATES / "base.html").read_text()))
    sent = [gzip.compress((assets.FOLDER / name).read_bytes()) for name in names]

    assert len(names) >= 3
    assert sum(map(len, sent)) < LARGEST_FIRST_LOAD / 2

"""The description of the application's addresses is true to its answers."""

import httpx
import pytest
from fastapi import APIRouter

from web.app import create_app


def pages() -> APIRouter:
    """Return the routes of three pages, one of which has a value that can be wrong."""
    routes = APIRouter()

    @routes.get("/tall")
    async def number(sendt: int = 0) -> None: ...

    @routes.get("/ord/{slug}")
    async def words(slug: str, q: str = "") -> None: ...

    @routes.post("/kropp")
    async def body(values: list[int]) -> None: ...

    return routes


@pytest.mark.parametrize(
    ("address", "asked", "statuses"),
    [
        pytest.param("/tall", ("GET", "/tall?sendt=mange", None), {"200", "400"}, id="a number"),
        pytest.param("/ord/{slug}", ("GET", "/ord/x?q=%20", None), {"200"}, id="any text"),
        pytest.param("/kropp", ("POST", "/kropp", ["en"]), {"200", "400"}, id="a body"),
    ],
)
async def test_a_wrong_value_is_described_as_it_is_answered(
    address: str, asked: tuple[str, str, object], statuses: set[str]
) -> None:
    app = create_app([pages()])
    method, url, sent = asked

    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="https://test") as browser:
        answer = await browser.request(method, url, json=sent)
        document = (await browser.get("/openapi.json")).json()

    assert set(document["paths"][address][method.lower()]["responses"]) == statuses
    assert str(answer.status_code) in statuses

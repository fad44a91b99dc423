"""Pages: strict when they are made, rewritten when they are kept, drafts until they are published."""

from typing import Any

import pytest

from tests.sandbox.open_site import OpenSite, open_site
from tests.sandbox.points import plays
from tests.support.sandbox import RunningSandbox

HTML = "<h1 class='mine'>Styremøte</h1>\n<p style='color:red' onclick='x()'>A &amp; B</p><script>x()</script>"


@pytest.fixture
async def site(sandbox: RunningSandbox) -> OpenSite:
    return await open_site(sandbox)


def page(html: str = HTML, **more: Any) -> dict[str, Any]:
    part = {"@odata.type": "#microsoft.graph.textWebPart", "innerHtml": html}
    section = {"layout": "oneColumn", "id": "1", "columns": [{"id": "1", "width": 12, "webparts": [part]}]}
    return {
        "@odata.type": "#microsoft.graph.sitePage",
        "name": "rapport.aspx",
        "title": "Rapport",
        "pageLayout": "article",
        "canvasLayout": {"horizontalSections": [section]},
        **more,
    }


async def test_what_is_read_is_not_what_was_sent_but_stays_when_sent_back(site: OpenSite) -> None:
    made = await site.ask("POST", "/pages", page())
    kept = await _html(site, made.json()["id"])

    await site.ask("PATCH", f"/pages/{made.json()['id']}/microsoft.graph.sitePage", _canvas(kept))

    assert "mine" not in kept
    assert "script" not in kept
    assert "A &amp; B" in kept
    assert await _html(site, made.json()["id"]) == kept


@plays("11.2")
@pytest.mark.parametrize(
    "body",
    [
        pytest.param({**page(), "@odata.type": None}, id="without its type"),
        pytest.param(page(name="rapport.html"), id="name without aspx"),
        pytest.param(page(pageLayout="microsoftReserved"), id="layout"),
        pytest.param(page(webParts=[]), id="web parts at the top"),
        pytest.param(page(canvasLayout={"horizontalSections": [{"layout": "oneColumn", "columns": []}]}), id="columns"),
    ],
)
async def test_a_page_that_is_not_in_order_is_refused(site: OpenSite, body: dict[str, Any]) -> None:
    assert (await site.ask("POST", "/pages", body)).status_code == 400


async def test_a_second_page_of_the_same_name_is_refused(site: OpenSite) -> None:
    first, second = [await site.ask("POST", "/pages", page()) for _ in range(2)]

    assert (first.status_code, second.status_code) == (201, 409)


async def test_a_page_is_a_draft_until_it_is_published_and_again_after_a_change(site: OpenSite) -> None:
    made = (await site.ask("POST", "/pages", page())).json()
    path = f"/pages/{made['id']}/microsoft.graph.sitePage"

    published = await site.ask("POST", f"{path}/publish")
    after = (await site.ask("GET", path)).json()
    changed = (await site.ask("PATCH", path, {"@odata.type": "#microsoft.graph.sitePage", "title": "Ny"})).json()

    assert published.status_code == 204
    assert [each["publishingState"]["level"] for each in (made, after, changed)] == [
        "checkout",
        "published",
        "checkout",
    ]
    assert len({each["eTag"] for each in (made, after, changed)}) == 3


async def test_a_page_is_found_by_name(site: OpenSite) -> None:
    made = (await site.ask("POST", "/pages", page())).json()

    found = await site.ask("GET", "/pages/microsoft.graph.sitePage", params={"$filter": "name eq 'rapport.aspx'"})

    assert [each["id"] for each in found.json()["value"]] == [made["id"]]


async def _html(site: OpenSite, page_id: str) -> str:
    answer = await site.ask("GET", f"/pages/{page_id}/microsoft.graph.sitePage", params={"$expand": "canvasLayout"})
    return str(answer.json()["canvasLayout"]["horizontalSections"][0]["columns"][0]["webparts"][0]["innerHtml"])


def _canvas(html: str) -> dict[str, Any]:
    return {key: value for key, value in page(html).items() if key in ("@odata.type", "canvasLayout")}

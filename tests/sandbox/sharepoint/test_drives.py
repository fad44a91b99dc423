"""Files and folders, as SharePoint keeps them."""

import io
import zipfile

import httpx
import pytest

from tests.sandbox.open_site import OpenSite, open_site
from tests.sandbox.points import plays
from tests.support.sandbox import RunningSandbox

RANGE = 320 * 1024


@pytest.fixture
async def site(sandbox: RunningSandbox) -> OpenSite:
    return await open_site(sandbox)


@plays("7.3", "7.5")
async def test_a_folder_whose_name_is_taken_is_refused_unless_asked_otherwise(site: OpenSite) -> None:
    first = await _folder(site, "fail")
    second, third, fourth = [await _folder(site, conflict) for conflict in ("fail", "replace", "rename")]

    assert first.status_code == 201
    assert (second.status_code, second.json()["error"]["code"]) == (409, "nameAlreadyExists")
    assert third.json()["id"] == first.json()["id"]
    assert fourth.json()["name"] == "Møter 1"


async def test_a_file_is_created_then_replaced_with_new_tags(site: OpenSite) -> None:
    first = await site.put("Møter/a b.pdf", b"%PDF one")
    second = await site.put("møter/A B.pdf", b"%PDF one")

    assert (first.status_code, second.status_code) == (201, 200)
    assert first.json()["id"] == second.json()["id"]
    assert first.json()["eTag"] != second.json()["eTag"]
    assert first.json()["cTag"] != second.json()["cTag"]


@plays("11.4")
async def test_paths_may_come_encoded_as_one_segment(site: OpenSite) -> None:
    made = await site.ask(
        "PUT",
        "/drive/items/root%3A%2FM%C3%B8ter%2Fa%20b.pdf%3A/content",
        content=b"%PDF",
        headers={"Content-Type": "application/pdf"},
    )
    found = await site.ask("GET", "/drive/root:/Møter/a b.pdf")

    assert made.json()["id"] == found.json()["id"]


@plays("7.2")
async def test_an_old_tag_is_refused(site: OpenSite) -> None:
    old = (await site.put("notat.txt", b"1")).json()["eTag"]
    await site.put("notat.txt", b"2")

    refused = await site.put("notat.txt", b"3", **{"If-Match": old})

    assert (refused.status_code, refused.json()["error"]["code"]) == (412, "resourceModified")


async def test_content_lies_at_another_address_that_needs_no_token(site: OpenSite) -> None:
    item = (await site.put("rapport.pdf", b"%PDF as sent")).json()["id"]

    answer = await site.ask("GET", f"/drive/items/{item}/content")
    content = await site.sandbox.client.get(answer.headers["location"])

    assert answer.status_code == 302
    assert content.content == b"%PDF as sent"


@plays("7.6")
async def test_office_files_come_back_changed_and_can_be_read_as_pdf(site: OpenSite) -> None:
    sent = _docx()
    item = (await site.put("rapport.docx", sent)).json()["id"]

    kept = await site.ask("GET", f"/drive/items/{item}/content", follow_redirects=True)
    pdf = await site.ask("GET", f"/drive/items/{item}/content?format=pdf", follow_redirects=True)
    again = (await site.put("rapport.docx", kept.content)).json()["size"]

    assert kept.content != sent
    assert "docProps/custom.xml" in zipfile.ZipFile(io.BytesIO(kept.content)).namelist()
    assert again == len(kept.content)
    assert pdf.content.startswith(b"%PDF")


async def test_a_pdf_is_not_converted(site: OpenSite) -> None:
    item = (await site.put("rapport.pdf", b"%PDF")).json()["id"]

    answer = await site.ask("GET", f"/drive/items/{item}/content?format=pdf")

    assert answer.json()["error"]["code"] == "InputFormatNotSupported"


@plays("7.4")
async def test_a_large_file_comes_in_ranges(site: OpenSite) -> None:
    opened = await site.ask("POST", "/drive/root:/stor.bin:/createUploadSession", {"item": {}})
    url, total = opened.json()["uploadUrl"], RANGE + 10
    client = site.sandbox.client

    first = await client.put(url, content=b"x" * RANGE, headers={"Content-Range": f"bytes 0-{RANGE - 1}/{total}"})
    replayed = await client.put(url, content=b"x" * RANGE, headers={"Content-Range": f"bytes 0-{RANGE - 1}/{total}"})
    status = await client.get(url)
    last = await client.put(url, content=b"y" * 10, headers={"Content-Range": f"bytes {RANGE}-{total - 1}/{total}"})

    assert (first.status_code, first.json()["nextExpectedRanges"]) == (202, [f"{RANGE}-"])
    assert replayed.status_code == 416
    assert status.json()["nextExpectedRanges"] == [f"{RANGE}-"]
    assert (last.status_code, last.json()["size"]) == (201, total)


async def test_an_upload_address_takes_no_token(site: OpenSite) -> None:
    opened = await site.ask("POST", "/drive/root:/stor.bin:/createUploadSession", {"item": {}})

    answer = await site.sandbox.graph(
        "PUT", opened.json()["uploadUrl"], content=b"x", headers={"Content-Range": "bytes 0-0/1"}
    )

    assert answer.status_code == 401


async def test_canonical_state_names_files_by_path_and_content(site: OpenSite) -> None:
    await site.put("Møter/a.pdf", b"%PDF")

    files = (await site.sandbox.state())["sharepoint"]["vare-unge-a-dal"]["files"]

    assert set(files) == {"Møter", "Møter/a.pdf"}
    assert len(files["Møter/a.pdf"]) == 64


async def _folder(site: OpenSite, conflict: str) -> httpx.Response:
    body = {"name": "Møter", "folder": {}, "@microsoft.graph.conflictBehavior": conflict}
    return await site.ask("POST", "/drive/root/children", body)


def _docx() -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as package:
        package.writestr("[Content_Types].xml", "<Types></Types>")
        package.writestr("_rels/.rels", "<Relationships></Relationships>")
        package.writestr("word/document.xml", "<document/>")
    return buffer.getvalue()

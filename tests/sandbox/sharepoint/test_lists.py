"""Lists refuse what SharePoint refuses."""

from typing import Any

import pytest

from tests.sandbox.open_site import OpenSite, open_site
from tests.support.sandbox import RunningSandbox

PLAN = {
    "displayName": "Møteplan",
    "list": {"template": "genericList"},
    "columns": [
        {"name": "Key", "text": {}, "indexed": True, "enforceUniqueValues": True},
        {"name": "State", "choice": {"choices": ["ny", "ferdig"], "allowTextEntry": False}},
        {"name": "Day", "dateTime": {"format": "dateOnly"}},
        {"name": "Count", "number": {}},
        {"name": "Done", "boolean": {}},
    ],
}
UNINDEXED = {"Prefer": "HonorNonIndexedQueriesWarningMayFailRandomly"}


@pytest.fixture
async def site(sandbox: RunningSandbox) -> OpenSite:
    site = await open_site(sandbox)
    assert (await site.ask("POST", "/lists", PLAN)).status_code == 201
    return site


async def test_a_second_list_of_the_same_title_is_refused(site: OpenSite) -> None:
    answer = await site.ask("POST", "/lists", {**PLAN, "displayName": "møteplan"})

    assert (answer.status_code, answer.json()["error"]["code"]) == (409, "nameAlreadyExists")


async def test_a_list_is_found_by_filter_and_by_title(site: OpenSite) -> None:
    found = await site.ask("GET", "/lists", params={"$filter": "displayName eq 'Møteplan'"})
    by_title = await site.ask("GET", "/lists/Møteplan")

    assert [each["id"] for each in found.json()["value"]] == [by_title.json()["id"]]


async def test_the_library_and_the_pages_are_lists_too(site: OpenSite) -> None:
    lists = (await site.ask("GET", "/lists")).json()["value"]

    assert [each["list"]["template"] for each in lists] == ["documentLibrary", "webPageLibrary", "genericList"]


async def test_title_comes_with_the_list(site: OpenSite) -> None:
    columns = (await site.ask("GET", "/lists/Møteplan/columns")).json()["value"]

    assert [column["name"] for column in columns] == ["Title", "Key", "State", "Day", "Count", "Done"]


@pytest.mark.parametrize(
    "fields",
    [
        pytest.param({"Titel": "x"}, id="unknown column"),
        pytest.param({"Count": "3"}, id="text for a number"),
        pytest.param({"Done": "true"}, id="text for a boolean"),
        pytest.param({"State": "nesten"}, id="no such choice"),
        pytest.param({"Day": "tirsdag"}, id="no date"),
        pytest.param({"Title": "x" * 256}, id="too long"),
    ],
)
async def test_a_value_that_does_not_fit_is_refused(site: OpenSite, fields: dict[str, Any]) -> None:
    answer = await site.ask("POST", "/lists/Møteplan/items", {"fields": fields})

    assert answer.status_code == 400


async def test_a_unique_column_refuses_a_second_item(site: OpenSite) -> None:
    first = await site.ask("POST", "/lists/Møteplan/items", {"fields": {"Key": "a/1"}})
    second = await site.ask("POST", "/lists/Møteplan/items", {"fields": {"Key": "A/1"}})

    assert (first.status_code, second.status_code) == (201, 400)


async def test_items_are_filtered_on_indexed_columns_only(site: OpenSite) -> None:
    await site.ask("POST", "/lists/Møteplan/items", {"fields": {"Key": "a/1", "State": "ny"}})
    await site.ask("POST", "/lists/Møteplan/items", {"fields": {"Key": "a/2", "State": "ny"}})

    by_key = await _items(site, "fields/Key eq 'a/1'")
    refused = await _items(site, "fields/State eq 'ny'")
    insisted = await _items(site, "fields/State eq 'ny'", UNINDEXED)

    assert [item["fields"]["Key"] for item in by_key.json()["value"]] == ["a/1"]
    assert refused.status_code == 400
    assert len(insisted.json()["value"]) == 2


async def test_a_change_keeps_the_other_fields(site: OpenSite) -> None:
    item = (await site.ask("POST", "/lists/Møteplan/items", {"fields": {"Key": "a/1", "State": "ny"}})).json()["id"]

    changed = await site.ask("PATCH", f"/lists/Møteplan/items/{item}/fields", {"State": "ferdig"})

    assert (changed.json()["Key"], changed.json()["State"]) == ("a/1", "ferdig")


async def test_fields_come_only_when_they_are_expanded(site: OpenSite) -> None:
    await site.ask("POST", "/lists/Møteplan/items", {"fields": {"Key": "a/1"}})

    items = (await site.ask("GET", "/lists/Møteplan/items")).json()["value"]

    assert "fields" not in items[0]


async def _items(site: OpenSite, wanted: str, headers: dict[str, str] | None = None) -> Any:
    options = {"$expand": "fields", "$filter": wanted}
    return await site.ask("GET", "/lists/Møteplan/items", params=options, headers=headers or {})

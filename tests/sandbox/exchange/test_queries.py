"""Queries of mails and events, with what Exchange asks of each."""

import pytest

from tests.sandbox.exchange.test_events import EVENTS, ask
from tests.sandbox.exchange.test_messages import MESSAGES, TAG
from tests.support.sandbox import RunningSandbox


def tags(count: int) -> str:
    return " or ".join(
        f"singleValueExtendedProperties/Any(ep: ep/id eq '{TAG}' and ep/value eq '{number}')" for number in range(count)
    )


@pytest.mark.parametrize("path", [EVENTS, MESSAGES])
async def test_a_page_holds_at_most_a_thousand_items(sandbox: RunningSandbox, path: str) -> None:
    assert (await ask(sandbox, "GET", path, params={"$top": "1000"})).status_code == 200
    assert (await ask(sandbox, "GET", path, params={"$top": "1001"})).status_code == 400


@pytest.mark.parametrize("path", [EVENTS, MESSAGES])
async def test_too_many_extended_properties_are_too_complex_where_a_tenant_finds_so(
    sandbox: RunningSandbox, path: str
) -> None:
    assert (await ask(sandbox, "GET", path, params={"$filter": tags(9)})).status_code == 200
    await sandbox.control("POST", "variants", {"property_filters": 4})

    four, five = [await ask(sandbox, "GET", path, params={"$filter": tags(count)}) for count in (4, 5)]

    assert four.status_code == 200
    assert (five.status_code, five.json()["error"]["code"]) == (400, "ErrorRestrictionTooComplex")

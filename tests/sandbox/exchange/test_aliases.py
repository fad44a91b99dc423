"""People whose address is an alias, or who have no mailbox at all, as a seed describes them."""

from pathlib import Path
from typing import Any

import pytest

from tests.sandbox.conftest import TENANT
from tests.sandbox.exchange.test_events import attendee, book, mails
from tests.support.sandbox import RunningSandbox

ACCOUNTS = """
accounts:
  - {email: leder@fylket.example, name: "Dahl, Marit", mail: m.dahl@fylket.example, aliases: [leder@fylket.example]}
  - {email: radgiver@fylket.example, mail: null}
"""


@pytest.fixture
def seed(seed: Path) -> Path:
    (seed / "tenant.yaml").write_text(TENANT + ACCOUNTS, encoding="utf-8")
    return seed


async def find(sandbox: RunningSandbox, text: str) -> list[dict[str, Any]]:
    fields = "displayName,mail,userPrincipalName,proxyAddresses"
    found = (await sandbox.graph("GET", "/users", params={"$filter": text, "$select": fields})).json()["value"]
    return [{name: value for name, value in user.items() if not name.startswith("@")} for user in found]


@pytest.mark.parametrize(
    "text",
    ["mail eq 'm.dahl@fylket.example'", "proxyAddresses/any(p:p eq 'smtp:leder@fylket.example')"],
    ids=["primary", "alias"],
)
async def test_a_person_is_found_by_the_primary_address_and_by_an_alias(sandbox: RunningSandbox, text: str) -> None:
    assert await find(sandbox, text) == [
        {
            "displayName": "Dahl, Marit",
            "mail": "m.dahl@fylket.example",
            "userPrincipalName": "leder@fylket.example",
            "proxyAddresses": ["SMTP:m.dahl@fylket.example", "smtp:leder@fylket.example"],
        }
    ]


async def test_an_account_without_a_mailbox_is_found_by_its_name_to_sign_in_with_alone(sandbox: RunningSandbox) -> None:
    assert await find(sandbox, "mail eq 'radgiver@fylket.example'") == []
    (user,) = await find(sandbox, "userPrincipalName eq 'radgiver@fylket.example'")

    assert (user["mail"], user["proxyAddresses"]) == (None, [])


async def test_a_person_invited_by_an_alias_comes_back_under_the_primary_address(sandbox: RunningSandbox) -> None:
    booked = await book(sandbox, attendees=[attendee("Leder@fylket.example")])

    (shown,) = booked["attendees"]
    assert shown["emailAddress"] == {"address": "m.dahl@fylket.example", "name": "Dahl, Marit"}
    assert mails(sandbox, "leder@fylket.example") == mails(sandbox, "m.dahl@fylket.example") == ["invite"]

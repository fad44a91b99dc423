"""Looking people up: by every address that an account may have, in filters as long as Entra takes them."""

from typing import Any

import pytest

from integration.graph.people import GraphDirectory
from tests.integration.graph.doubles import Double, answer


async def test_people_are_looked_up_in_filters_as_long_as_entra_takes_and_quotes_are_doubled(double: Double) -> None:
    asked = ["O'Hara@a-dal.example", *(f"{n}@a.example" for n in range(20))]
    double.on("GET", "/users", answer(200, {"value": []}))

    await GraphDirectory(double.graph).find_accounts(asked)

    filters = [request.url.params["$filter"] for request in double.requests]
    assert max(text.count(" or ") for text in filters) == 14
    assert sum("mail eq 'o''hara@a-dal.example'" in text for text in filters) == 1
    assert sum("proxyAddresses/any(p:p eq 'smtp:o''hara@a-dal.example')" in text for text in filters) == 1


def user(number: int, mail: str | None, **properties: Any) -> dict[str, Any]:
    defaults = {"userPrincipalName": f"u{number}@home.example", "proxyAddresses": [], "otherMails": []}
    return {"id": str(number), "mail": mail, "userType": "Member", **defaults, **properties}


@pytest.mark.parametrize(
    "found",
    [
        pytest.param(user(1, "kari@home.example"), id="mail"),
        pytest.param(user(1, None, userPrincipalName="Kari@home.example"), id="no mailbox"),
        pytest.param(
            user(1, "k.hansen@home.example", proxyAddresses=["SMTP:k.hansen@home.example", "smtp:Kari@home.example"]),
            id="alias",
        ),
        pytest.param(user(1, None, userType="Guest", otherMails=["kari@home.example"]), id="a guest's other address"),
    ],
)
async def test_a_person_is_found_under_every_address_of_the_account_and_keeps_ours(
    double: Double, found: dict[str, Any]
) -> None:
    by_mail = {"value": [found] if found["mail"] == "kari@home.example" else []}
    double.on("GET", "/users", answer(200, by_mail), answer(200, {"value": [found]}))

    accounts = await GraphDirectory(double.graph).find_accounts(["Kari@home.example"])

    assert [(account.id, account.email) for account in accounts.values()] == [("1", "kari@home.example")]
    assert {"kari@home.example", "u1@home.example"} & accounts["kari@home.example"].addresses
    assert list(accounts) == ["kari@home.example"]


async def test_a_mail_goes_before_a_name_to_sign_in_with_and_that_before_an_alias(double: Double) -> None:
    alias = user(1, "a@home.example", proxyAddresses=["smtp:kari@home.example"])
    name = user(2, None, userPrincipalName="kari@home.example")
    double.on("GET", "/users", answer(200, {"value": []}), answer(200, {"value": [alias, name]}))

    assert (await GraphDirectory(double.graph).find_accounts(["kari@home.example"]))["kari@home.example"].id == "2"


async def test_all_who_are_found_by_their_mail_cost_one_call(double: Double) -> None:
    double.on("GET", "/users", answer(200, {"value": [user(1, "kari@home.example")]}))

    await GraphDirectory(double.graph).find_accounts(["kari@home.example"])

    assert len(double.requests) == 1


@pytest.mark.parametrize("kind", ["SMTP", "smtp", "Smtp"])
async def test_an_account_brings_every_mail_address_it_has_whatever_its_case(double: Double, kind: str) -> None:
    """Exchange gives people back under the primary one. Addresses of other kinds receive no mail."""
    proxies = [
        f"{kind}:K.Hansen@home.example",
        f"{kind}:Kari@home.example",
        "X500:/o=Home/cn=kari",
        "SIP:kari@sip.example",
    ]
    found = user(1, "K.Hansen@Home.example", proxyAddresses=proxies, otherMails=["Kari@Privat.example"])
    double.on("GET", "/users", answer(200, {"value": []}), answer(200, {"value": [found]}))

    accounts = await GraphDirectory(double.graph).find_accounts(["KARI@home.example"])

    assert accounts["kari@home.example"].addresses == {
        "k.hansen@home.example",
        "kari@home.example",
        "u1@home.example",
        "kari@privat.example",
    }

from typing import Any

import pytest

from tests.sandbox.points import plays
from tests.sandbox.walk import GROUP, UNIQUE, guest_id, make_group, refer, user_id
from tests.support.sandbox import RunningSandbox

INVITATION = {"invitedUserEmailAddress": "lokal@a-dal.example", "inviteRedirectUrl": "https://tjeneste.example/"}


def error(answer: Any) -> tuple[int, str]:
    return answer.status_code, answer.json()["error"]["code"]


async def mails(sandbox: RunningSandbox, **params: str) -> list[str]:
    answer = await sandbox.graph("GET", "/users", params=params)
    assert answer.status_code == 200, answer.text
    return sorted(user["mail"] for user in answer.json()["value"])


async def test_a_group_that_is_made_again_under_an_old_name_is_another_one(sandbox: RunningSandbox) -> None:
    first = await make_group(sandbox)
    assert sandbox.app is not None
    sandbox.app.tenant.directory.remove_group(sandbox.app.tenant.directory.get_group(first))
    assert (await sandbox.graph("GET", f"/groups/{first}")).status_code == 404

    assert await make_group(sandbox) != first


async def test_only_the_home_organisation_s_people_have_accounts(sandbox: RunningSandbox) -> None:
    assert await mails(sandbox) == ["leder@fylket.example", "moter@fylket.example", "radgiver@fylket.example"]


@pytest.mark.parametrize(
    "text",
    [
        "mail eq 'Leder@fylket.example'",
        "Mail eq 'leder@fylket.example'",
        "mail in ('leder@fylket.example', 'nobody@fylket.example')",
        "proxyAddresses/any(p:p eq 'smtp:leder@fylket.example')",
        "userPrincipalName eq 'leder@fylket.example' and userType eq 'Member'",
        "mail eq 'nobody@fylket.example' or mail eq 'LEDER@fylket.example' or mail eq 'leder@fylket.example'",
        "mail eq 'leder@fylket.example' and accountEnabled eq true",
        "mail eq 'nobody@fylket.example' or startswith(displayName, 'Lede')",
    ],
)
async def test_people_are_found(sandbox: RunningSandbox, text: str) -> None:
    assert await mails(sandbox, **{"$filter": text}) == ["leder@fylket.example"]


async def test_nobody_is_found_by_an_address_that_nobody_has(sandbox: RunningSandbox) -> None:
    assert await mails(sandbox, **{"$filter": "mail eq 'o''hara@fylket.example'"}) == []


@pytest.mark.parametrize("text", ["mail eq", "mail eq 'leder@fylket.example' or ", "shoeSize eq '43'"])
async def test_a_wrong_filter_is_refused(sandbox: RunningSandbox, text: str) -> None:
    assert (await sandbox.graph("GET", "/users", params={"$filter": text})).status_code == 400


@plays("11.5")
async def test_pages_follow_each_other_on_this_host(sandbox: RunningSandbox) -> None:
    found, url = [], "/users?$top=2&$select=mail"
    while url:
        page = (await sandbox.graph("GET", url)).json()
        found += [user["mail"] for user in page["value"]]
        url = page.get("@odata.nextLink", "")

    assert len(found) == len(set(found)) == 3


async def test_an_invitation_makes_one_guest_however_often_it_is_sent(sandbox: RunningSandbox) -> None:
    first, second = [await guest_id(sandbox) for _ in range(2)]

    assert first == second
    user = (await sandbox.graph("GET", f"/users/{first}?$select=userPrincipalName,userType,externalUserState")).json()
    assert user["userType"] == "Guest"
    assert user["externalUserState"] == "PendingAcceptance"
    assert "#EXT#@" in user["userPrincipalName"]


@pytest.mark.parametrize("email", ["ny@fylket.example", "ny@stengt.example", "no address"])
async def test_some_addresses_cannot_be_invited(sandbox: RunningSandbox, email: str) -> None:
    answer = await sandbox.graph("POST", "/invitations", {**INVITATION, "invitedUserEmailAddress": email}, app="hands")

    assert answer.status_code == 400


async def test_a_new_guest_is_found_only_after_a_while(slow: RunningSandbox) -> None:
    guest, group = await guest_id(slow), await make_group(slow)
    await slow.control("POST", "clock", {"now": "2026-08-17T06:00:09Z"})
    assert "lokal@a-dal.example" not in await mails(slow)
    assert (await slow.graph("GET", f"/users/{guest}")).status_code == 404
    assert error(await refer(slow, group, guest)) == (400, "Request_BadRequest")

    await slow.control("POST", "clock", {"now": "2026-08-17T06:05:00Z"})

    assert "lokal@a-dal.example" in await mails(slow)
    assert (await refer(slow, group, guest)).status_code == 204


@plays("3.1")
async def test_an_upsert_makes_updates_and_makes_nothing_unasked(sandbox: RunningSandbox) -> None:
    asked = {"Prefer": "create-if-missing"}
    owner = await user_id(sandbox, "leder@fylket.example")
    body = {**GROUP, "owners@odata.bind": [f"{sandbox.url}/v1.0/users('{owner}')"]}

    unasked = await sandbox.graph("PATCH", UNIQUE, body)
    made = await sandbox.graph("PATCH", UNIQUE, body, headers=asked)
    updated = await sandbox.graph("PATCH", UNIQUE, {**body, "displayName": "Nytt navn"}, headers=asked)

    assert [answer.status_code for answer in (unasked, made, updated)] == [404, 201, 204]
    found = (await sandbox.graph("GET", UNIQUE)).json()
    assert (found["id"], found["displayName"]) == (made.json()["id"], "Nytt navn")


@plays("3.2", "3.4")
@pytest.mark.parametrize(
    "changes",
    [
        pytest.param({"mailNickname": "vare-unge-a-dal"}, id="taken nickname"),
        pytest.param({"mailNickname": "å dal"}, id="nickname that is not ASCII"),
        pytest.param({"displayName": None}, id="no name"),
        pytest.param({"hideFromAddressLists": True}, id="set too early"),
        pytest.param({"displayname": "x"}, id="unknown property"),
        pytest.param({"members@odata_bind": []}, id="a bind that binds nothing"),
        pytest.param({"members@odata.bind": ["https://graph.microsoft.com/v1.0/users/x"] * 21}, id="21 relations"),
    ],
)
async def test_a_wrong_group_is_refused(sandbox: RunningSandbox, changes: dict[str, Any]) -> None:
    await make_group(sandbox)

    answer = await sandbox.graph("POST", "/groups", {**GROUP, "mailNickname": "other", **changes})

    assert answer.status_code == 400


@plays("3.3")
async def test_members_are_added_once_and_guests_never_own(sandbox: RunningSandbox) -> None:
    group, guest = await make_group(sandbox), await guest_id(sandbox)

    assert (await refer(sandbox, group, guest)).status_code == 204
    again = await refer(sandbox, group, guest)
    assert error(again) == (400, "Request_BadRequest")
    assert "already exist" in again.json()["error"]["message"]
    assert (await refer(sandbox, group, guest, "owners", "builder")).status_code == 400
    assert (await refer(sandbox, group, "5b4bb2b8-0000-4000-8000-000000000000")).status_code == 404


async def test_a_fresh_group_takes_no_members(slow: RunningSandbox) -> None:
    group, member = await make_group(slow), await user_id(slow, "radgiver@fylket.example")

    answer = await refer(slow, group, member)

    assert error(answer) == (400, "Request_BadRequest")
    assert "don't exist" in answer.json()["error"]["message"]


async def test_a_removal_without_ref_deletes_the_person_and_is_remembered(sandbox: RunningSandbox) -> None:
    group, guest = await make_group(sandbox), await guest_id(sandbox)
    for _ in range(2):
        await refer(sandbox, group, guest)
    assert (await sandbox.graph("DELETE", f"/groups/{group}/members/{guest}/$ref", app="hands")).status_code == 204
    assert (await sandbox.state())["directory"]["deleted"] == []

    await refer(sandbox, group, guest)
    await sandbox.graph("DELETE", f"/groups/{group}/members/{guest}", app="hands")

    assert (await sandbox.state())["directory"]["deleted"] == ["user:lokal@a-dal.example"]


async def test_the_last_owner_stays(sandbox: RunningSandbox) -> None:
    group, owner = await make_group(sandbox), await user_id(sandbox, "leder@fylket.example")

    assert (await sandbox.graph("DELETE", f"/groups/{group}/owners/{owner}/$ref")).status_code == 400

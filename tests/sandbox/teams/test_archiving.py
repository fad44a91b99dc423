"""Archiving, seats in private channels, and who can read what."""

from datetime import timedelta
from typing import Any

import httpx
import pytest

from tests.sandbox.walk import guest_id, make_team, refer, user_id
from tests.support.sandbox import RunningSandbox

MEMBER = "#microsoft.graph.aadUserConversationMember"


def member(user: str, *roles: str) -> dict[str, Any]:
    bind = f"https://graph.microsoft.com/v1.0/users('{user}')"
    return {"@odata.type": MEMBER, "roles": list(roles), "user@odata.bind": bind}


async def ask(
    sandbox: RunningSandbox, method: str, path: str, body: Any = None, app: str = "builder"
) -> httpx.Response:
    """A call five seconds after the last one: a channel takes one a second."""
    assert sandbox.app is not None
    now = sandbox.app.cloud.clock.now() + timedelta(seconds=5)
    await sandbox.control("POST", "clock", {"now": now.isoformat()})
    answer: httpx.Response = await sandbox.graph(method, path, body, app=app)
    return answer


async def make_channel(sandbox: RunningSandbox, team: str, name: str = "Styret", **more: Any) -> str:
    body = {"displayName": name, "membershipType": "standard"} | more
    answer = await sandbox.graph("POST", f"/teams/{team}/channels", body)
    assert answer.status_code == 201, answer.text
    return str(answer.json()["id"])


async def make_private(sandbox: RunningSandbox, team: str) -> str:
    owner = await user_id(sandbox, "leder@fylket.example")
    return await make_channel(sandbox, team, "Ledelse", membershipType="private", members=[member(owner, "owner")])


# ------------------------------------------------------------------------------------------------------------- archive


async def test_an_archived_team_is_read_only_until_it_is_taken_back(sandbox: RunningSandbox) -> None:
    team = await make_team(sandbox)

    answer = await ask(sandbox, "POST", f"/teams/{team}/archive", {})
    assert answer.status_code == 202
    assert (await ask(sandbox, "GET", answer.headers["Location"])).status_code == 200
    assert (await ask(sandbox, "GET", f"/teams/{team}")).json()["isArchived"] is True
    refused = await ask(sandbox, "POST", f"/teams/{team}/channels", {"displayName": "Ny"})
    assert refused.status_code == 403

    assert (await ask(sandbox, "POST", f"/teams/{team}/unarchive")).status_code == 202
    assert (await ask(sandbox, "GET", f"/teams/{team}")).json()["isArchived"] is False
    await make_channel(sandbox, team, "Ny")


async def test_an_app_cannot_have_the_site_made_read_only_with_the_team(sandbox: RunningSandbox) -> None:
    team = await make_team(sandbox)

    answer = await ask(sandbox, "POST", f"/teams/{team}/archive", {"shouldSetSpoSiteReadOnlyForMembers": True})

    assert answer.status_code == 400
    assert "application context" in answer.json()["error"]["message"]


async def test_a_channel_is_archived_by_itself_but_not_in_an_archived_team(sandbox: RunningSandbox) -> None:
    team = await make_team(sandbox)
    channel = await make_channel(sandbox, team)

    assert (await ask(sandbox, "POST", f"/teams/{team}/channels/{channel}/archive", {})).status_code == 202
    assert (await ask(sandbox, "GET", f"/teams/{team}/channels/{channel}")).json()["isArchived"] is True
    assert (await ask(sandbox, "POST", f"/teams/{team}/channels/{channel}/unarchive")).status_code == 202
    await ask(sandbox, "POST", f"/teams/{team}/archive", {})

    answer = await ask(sandbox, "POST", f"/teams/{team}/channels/{channel}/archive", {})
    assert answer.status_code == 400
    assert answer.json()["error"]["message"].startswith("Team has to be active")


@pytest.mark.parametrize("path", ["archive", "unarchive"])
async def test_hands_may_archive_nothing(sandbox: RunningSandbox, path: str) -> None:
    team = await make_team(sandbox)
    channel = await make_channel(sandbox, team)

    assert (await ask(sandbox, "POST", f"/teams/{team}/{path}", {}, app="hands")).status_code == 403
    answer = await ask(sandbox, "POST", f"/teams/{team}/channels/{channel}/{path}", {}, app="hands")
    assert answer.status_code == 403


# --------------------------------------------------------------------------------------------------------------- seats


async def test_only_who_is_in_the_team_gets_a_seat_and_once(sandbox: RunningSandbox) -> None:
    team = await make_team(sandbox)
    channel = await make_private(sandbox, team)
    seats = f"/teams/{team}/channels/{channel}/members"
    guest = await guest_id(sandbox, "lokal@a-dal.example")
    assert (await ask(sandbox, "POST", seats, member(guest))).status_code == 404
    await refer(sandbox, team, guest)

    assert (await ask(sandbox, "POST", seats, member(guest, "owner"))).status_code == 400
    assert (await ask(sandbox, "POST", seats, member(guest))).status_code == 201


async def test_a_seat_can_be_taken_again_but_not_the_last_owners(sandbox: RunningSandbox) -> None:
    team = await make_team(sandbox)
    channel = await make_private(sandbox, team)
    seats = f"/teams/{team}/channels/{channel}/members"
    (owner,) = (await ask(sandbox, "GET", seats)).json()["value"]

    assert owner["roles"] == ["owner"]
    assert (await ask(sandbox, "DELETE", f"{seats}/{owner['id']}")).status_code == 400


async def test_a_standard_channel_has_no_seats_of_its_own(sandbox: RunningSandbox) -> None:
    team = await make_team(sandbox)
    channel = await make_channel(sandbox, team)
    owner = await user_id(sandbox, "leder@fylket.example")

    answer = await ask(sandbox, "POST", f"/teams/{team}/channels/{channel}/members", member(owner))

    assert answer.status_code == 400


# -------------------------------------------------------------------------------------------------------------- access


async def test_access_tells_who_reads_group_channel_site_and_mailbox(sandbox: RunningSandbox) -> None:
    team = await make_team(sandbox)
    await make_private(sandbox, team)
    guest = await guest_id(sandbox, "lokal@a-dal.example")
    await refer(sandbox, team, guest)

    access = await sandbox.control("GET", "access")

    (group,) = access["groups"]
    assert "lokal@a-dal.example" in access["groups"][group]
    assert "lokal@a-dal.example" in access["channels"][f"{group}/General"]
    assert access["channels"][f"{group}/Ledelse"] == ["leder@fylket.example"]
    assert access["sites"][f"{group}/Ledelse"]["people"] == ["leder@fylket.example"]
    assert access["mailboxes"]["moter@fylket.example"]["apps"] == ["hands"]
    assert access["mailboxes"]["radgiver@fylket.example"]["apps"] == []

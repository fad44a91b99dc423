"""Channels that are deleted."""

import pytest

from tests.sandbox.walk import make_team, user_id
from tests.support.sandbox import RunningSandbox


async def channel(sandbox: RunningSandbox, team: str, kind: str = "standard") -> str:
    owner = f"{sandbox.url}/v1.0/users/{await user_id(sandbox, 'leder@fylket.example')}"
    member = {"@odata.type": "#microsoft.graph.aadUserConversationMember", "roles": ["owner"], "user@odata.bind": owner}
    body = {"displayName": "Arbeid", "membershipType": kind, **({} if kind == "standard" else {"members": [member]})}
    answer = await sandbox.graph("POST", f"/teams/{team}/channels", body)
    assert answer.status_code == 201, answer.text
    return str(answer.json()["id"])


@pytest.mark.parametrize("kind", ["standard", "private"])
async def test_a_deleted_channel_is_gone_with_its_own_site_and_its_name_is_free(
    sandbox: RunningSandbox, kind: str
) -> None:
    team = await make_team(sandbox)
    before = await sandbox.state()
    made = await channel(sandbox, team, kind)

    assert (await sandbox.graph("DELETE", f"/teams/{team}/channels/{made}")).status_code == 204

    left = (await sandbox.graph("GET", f"/teams/{team}/channels")).json()["value"]
    assert [each["displayName"] for each in left] == ["General"]
    assert (await sandbox.state())["teams"] == before["teams"]
    assert set((await sandbox.state())["sharepoint"]) == set(before["sharepoint"])
    assert await channel(sandbox, team, kind) != made


async def test_general_cannot_be_deleted(sandbox: RunningSandbox) -> None:
    team = await make_team(sandbox)
    general = (await sandbox.graph("GET", f"/teams/{team}/primaryChannel")).json()["id"]

    assert (await sandbox.graph("DELETE", f"/teams/{team}/channels/{general}")).status_code == 400

from typing import Any

import pytest

from tests.sandbox.points import plays
from tests.sandbox.walk import STANDARD, guest_id, install, make_group, make_team, refer, start_team, user_id
from tests.support.sandbox import RunningSandbox

MEMBER = "#microsoft.graph.aadUserConversationMember"


def member(user: str, *roles: str) -> dict[str, Any]:
    bind = f"https://graph.microsoft.com/v1.0/users('{user}')"
    return {"@odata.type": MEMBER, "roles": list(roles), "user@odata.bind": bind}


async def roster(sandbox: RunningSandbox, team: str) -> set[str]:
    answer = await sandbox.graph("GET", f"/teams/{team}/members", app="app")
    assert answer.status_code == 200, answer.text
    return {entry["email"] for entry in answer.json()["value"]}


async def at(sandbox: RunningSandbox, moment: str) -> None:
    await sandbox.control("POST", "clock", {"now": moment})


@plays("1.1", "1.2", "2.1", "2.3")
async def test_a_team_takes_its_time_and_tells_where_to_look(slow: RunningSandbox) -> None:
    group = await make_group(slow)
    assert (await start_team(slow, group)).status_code == 404, "a fresh group is not replicated yet"
    await at(slow, "2026-08-17T06:01:00Z")

    started = await start_team(slow, group)

    assert started.status_code == 202
    assert started.content == b""
    location = started.headers["Location"]
    assert location.startswith(f"/teams('{group}')/operations('")
    states = [(await slow.graph("GET", location)).json()["status"] for _ in range(2)]
    assert (await slow.graph("GET", f"/teams/{group}")).status_code == 404
    await at(slow, "2026-08-17T06:16:00Z")
    states.append((await slow.graph("GET", location)).json()["status"])
    assert states == ["notStarted", "inProgress", "succeeded"]
    assert (await slow.graph("GET", f"/teams/{group}")).json()["id"] == group


async def test_a_group_becomes_a_team_once(sandbox: RunningSandbox) -> None:
    team = await make_team(sandbox)

    assert (await start_team(sandbox, team)).status_code == 409


@plays("11.1", "11.3")
@pytest.mark.parametrize("extra", [{"displayName": "x"}, {"members": []}, {"group@odata_bind": "x"}])
async def test_a_team_of_a_group_takes_nothing_but_template_and_group(
    sandbox: RunningSandbox, extra: dict[str, Any]
) -> None:
    group = await make_group(sandbox)
    bind = f"https://graph.microsoft.com/v1.0/groups('{group}')"

    answer = await sandbox.graph("POST", "/teams", {"template@odata.bind": STANDARD, "group@odata.bind": bind, **extra})

    assert answer.status_code == 400


async def test_a_group_without_an_owner_becomes_no_team(sandbox: RunningSandbox) -> None:
    group = await make_group(sandbox, changes={"owners@odata.bind": []})

    assert (await start_team(sandbox, group)).status_code == 400


@plays("4.1", "4.2")
async def test_app_only_a_guest_gets_into_the_team_through_the_group_alone(slow: RunningSandbox) -> None:
    group, guest = await make_group(slow), await guest_id(slow)
    await at(slow, "2026-08-17T06:05:00Z")
    await start_team(slow, group)
    await at(slow, "2026-08-17T06:20:00Z")

    assert (await slow.graph("POST", f"/teams/{group}/members", member(guest), app="app")).status_code == 403
    assert (await refer(slow, group, guest)).status_code == 204
    assert "lokal@a-dal.example" not in await roster(slow, group)
    await at(slow, "2026-08-18T06:20:00Z")
    assert "lokal@a-dal.example" in await roster(slow, group)


async def test_who_was_in_the_group_before_is_in_the_team_at_once(sandbox: RunningSandbox) -> None:
    group, guest = await make_group(sandbox), await guest_id(sandbox)
    await refer(sandbox, group, guest)

    await start_team(sandbox, group)

    assert await roster(sandbox, group) == {"leder@fylket.example", "lokal@a-dal.example"}


@plays("3.6")
async def test_of_many_members_each_gets_an_answer(sandbox: RunningSandbox) -> None:
    team, guest = await make_team(sandbox), await guest_id(sandbox)
    values = [member(await user_id(sandbox, "radgiver@fylket.example")), member(guest)]

    answer = await sandbox.graph("POST", f"/teams/{team}/members/add", {"values": values}, app="app")

    assert answer.status_code == 207
    assert [bool(result["error"]) for result in answer.json()["value"]] == [False, True]


@plays("6.1")
@pytest.mark.parametrize(
    "body",
    [
        pytest.param({"displayName": "general"}, id="taken, in another case"),
        pytest.param({"displayName": "x" * 51}, id="too long"),
        pytest.param({"displayName": "a/b"}, id="a character channels cannot have"),
        pytest.param({"displayName": "Delt", "membershipType": "shared"}, id="shared without an owner"),
        pytest.param({"displayName": "Lukket", "membershipType": "private"}, id="private without an owner"),
        pytest.param({"displayName": "Åpen", "isfavorite": True}, id="unknown property"),
    ],
)
async def test_a_wrong_channel_is_refused(sandbox: RunningSandbox, body: dict[str, Any]) -> None:
    team = await make_team(sandbox)

    answer = await sandbox.graph("POST", f"/teams/{team}/channels", body, app="hands")

    assert answer.status_code == 400


async def test_a_private_channel_has_an_owner_of_the_team(sandbox: RunningSandbox) -> None:
    team, owner = await make_team(sandbox), await user_id(sandbox, "leder@fylket.example")
    outsider = await user_id(sandbox, "radgiver@fylket.example")
    body = {"displayName": "Lukket", "membershipType": "private"}

    async def made(user: str) -> int:
        wanted = {**body, "members": [member(user, "owner")]}
        return (await sandbox.graph("POST", f"/teams/{team}/channels", wanted, app="hands")).status_code

    assert [await made(outsider), await made(owner)] == [400, 201]


@plays("6.2")
async def test_a_tab_shows_an_installed_app_and_can_be_made_twice(sandbox: RunningSandbox) -> None:
    group = await make_group(sandbox)
    await start_team(sandbox, group)
    assert sandbox.app is not None
    app = sandbox.app.tenant.catalog.ours
    general = (await sandbox.graph("GET", f"/teams/{group}/primaryChannel")).json()["id"]
    body = {
        "displayName": "Status",
        "teamsApp@odata.bind": f"https://graph.microsoft.com/v1.0/appCatalogs/teamsApps/{app.id}",
        "configuration": {"entityId": "status", "contentUrl": "https://tjeneste.example/status"},
    }
    address = f"/teams/{group}/channels/{general}/tabs"

    assert (await sandbox.graph("POST", address, body)).status_code == 403
    await install(sandbox, group)
    await at(sandbox, "2030-01-01T00:00:00Z")
    assert (await sandbox.graph("POST", address, body, app="hands")).status_code == 201
    await at(sandbox, "2030-01-01T00:00:02Z")
    assert (await sandbox.graph("POST", address, body, app="hands")).status_code == 201
    await at(sandbox, "2030-01-01T00:00:04Z")
    tabs = (await sandbox.graph("GET", f"{address}?$expand=teamsApp", app="hands")).json()["value"]
    assert [tab["teamsApp"]["externalId"] for tab in tabs] == [app.external_id] * 2


@plays("6.3")
async def test_an_app_is_installed_once_and_its_chat_is_there(sandbox: RunningSandbox) -> None:
    user, guest = await user_id(sandbox, "leder@fylket.example"), await guest_id(sandbox)
    assert sandbox.app is not None
    installed: list[tuple[str, str]] = []
    sandbox.app.tenant.teams.on_install.append(lambda app, scope, target: installed.append((scope, target)))
    app = sandbox.app.tenant.catalog.ours
    body = {"teamsApp@odata.bind": f"https://graph.microsoft.com/v1.0/appCatalogs/teamsApps/{app.id}"}

    async def put(person: str) -> int:
        return (await sandbox.graph("POST", f"/users/{person}/teamwork/installedApps", body)).status_code

    assert [await put(user), await put(user), await put(guest)] == [201, 409, 403]
    assert installed == [("personal", user)]
    options = f"$expand=teamsApp&$filter=teamsApp/externalId eq '{app.external_id}'"
    found = (await sandbox.graph("GET", f"/users/{user}/teamwork/installedApps?{options}")).json()["value"]
    chat = await sandbox.graph("GET", f"/users/{user}/teamwork/installedApps/{found[0]['id']}/chat")
    assert chat.json()["id"] == f"19:{user}_{app.bot_id}@unq.gbl.spaces"
    removed = await sandbox.graph("DELETE", f"/users/{user}/teamwork/installedApps/{found[0]['id']}")
    assert (removed.status_code, await put(user)) == (204, 201)


async def test_with_the_app_its_consent_leaves_the_team(sandbox: RunningSandbox) -> None:
    team = await make_team(sandbox)
    installation = (await sandbox.graph("GET", f"/teams/{team}/installedApps")).json()["value"][0]["id"]

    assert (await sandbox.graph("DELETE", f"/teams/{team}/installedApps/{installation}")).status_code == 204

    assert (await sandbox.graph("GET", f"/teams/{team}/channels", app="hands")).status_code == 403


@plays("10.2")
async def test_apps_post_nothing_in_channels(sandbox: RunningSandbox) -> None:
    team = await make_team(sandbox)
    general = (await sandbox.graph("GET", f"/teams/{team}/primaryChannel", app="hands")).json()["id"]

    answer = await sandbox.graph("POST", f"/teams/{team}/channels/{general}/messages", {"body": {"content": "Hei"}})

    assert answer.status_code == 403

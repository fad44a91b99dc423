"""Members, owners and memberships by the addresses that other clients use."""

import pytest

from tests.sandbox.directory.test_directory import error
from tests.sandbox.walk import GROUP, guest_id, make_group, refer, start_team, user_id
from tests.support.sandbox import RunningSandbox

EVENTUAL = {"ConsistencyLevel": "eventual"}


@pytest.mark.parametrize(
    "relation",
    ["members", "members/microsoft.graph.user", "members/graph.user", "transitiveMembers/microsoft.graph.user"],
)
async def test_members_are_listed_and_counted_with_a_cast_and_without(sandbox: RunningSandbox, relation: str) -> None:
    group, guest = await make_group(sandbox), await guest_id(sandbox)
    await refer(sandbox, group, guest)

    listed = await sandbox.graph("GET", f"/groups/{group}/{relation}")
    counted = await sandbox.graph("GET", f"/groups/{group}/{relation}/$count", headers=EVENTUAL)

    assert [each["id"] for each in listed.json()["value"]] == [guest]
    assert (counted.text, counted.headers["content-type"].partition(";")[0]) == ("1", "text/plain")


@pytest.mark.parametrize("relation", ["owners", "owners/microsoft.graph.user"])
async def test_owners_are_listed_and_counted_with_a_cast_and_without(sandbox: RunningSandbox, relation: str) -> None:
    group = await make_group(sandbox)

    listed = await sandbox.graph("GET", f"/groups/{group}/{relation}")

    assert [each["mail"] for each in listed.json()["value"]] == ["leder@fylket.example"]
    assert (await sandbox.graph("GET", f"/groups/{group}/{relation}/$count", headers=EVENTUAL)).text == "1"


@pytest.mark.parametrize("relation", ["members", "owners", "members/microsoft.graph.user"])
async def test_people_are_bare_ids_to_a_caller_who_may_not_read_users(sandbox: RunningSandbox, relation: str) -> None:
    group, guest = await make_group(sandbox), await guest_id(sandbox)
    await refer(sandbox, group, guest)
    path = f"/groups/{group}/{relation}"

    (bare,) = (await sandbox.graph("GET", path, app="hands")).json()["value"]
    chosen = await sandbox.graph("GET", path, params={"$select": "id,mail,accountEnabled"}, app="hands")
    (known,) = (await sandbox.graph("GET", path, app="builder")).json()["value"]

    assert {name for name, value in bare.items() if value is not None} == {"@odata.type", "id"}
    assert chosen.json()["value"] == [
        {"@odata.type": "#microsoft.graph.user", "id": bare["id"], "mail": None, "accountEnabled": None}
    ]
    assert known["id"] == bare["id"]
    assert known["mail"]


@pytest.mark.parametrize(
    ("path", "found"),
    [
        pytest.param("/users/$count", "3", id="users"),
        pytest.param("/users/$count?$filter=mail eq 'leder@fylket.example'", "1", id="some users"),
        pytest.param("/groups/$count", "1", id="groups"),
    ],
)
async def test_directory_objects_are_counted(sandbox: RunningSandbox, path: str, found: str) -> None:
    await make_group(sandbox)

    assert (await sandbox.graph("GET", path, headers=EVENTUAL)).text == found


@pytest.mark.parametrize(
    "relation",
    ["memberOf", "memberOf/microsoft.graph.group", "transitiveMemberOf", "transitiveMemberOf/microsoft.graph.group"],
)
async def test_a_person_s_groups_are_listed(sandbox: RunningSandbox, relation: str) -> None:
    group, guest = await make_group(sandbox), await guest_id(sandbox)
    await refer(sandbox, group, guest)

    mine = (await sandbox.graph("GET", f"/users/{guest}/{relation}", app="app")).json()["value"]
    others = (await sandbox.graph("GET", f"/users/leder@fylket.example/{relation}", app="app")).json()["value"]

    assert [(each["@odata.type"], each["id"]) for each in mine] == [("#microsoft.graph.group", group)]
    assert others == []


async def test_the_ids_of_a_person_s_groups_are_told(sandbox: RunningSandbox) -> None:
    group, guest = await make_group(sandbox), await guest_id(sandbox)
    await refer(sandbox, group, guest)
    path = f"/users/{guest}/getMemberGroups"

    assert (await sandbox.graph("POST", path, {"securityEnabledOnly": False})).json()["value"] == [group]
    assert (await sandbox.graph("POST", path, {"securityEnabledOnly": True})).json()["value"] == []
    assert (await sandbox.graph("POST", path, {"securityEnabledOnly": "no"})).status_code == 400


async def test_owners_are_added_by_binds_too(sandbox: RunningSandbox) -> None:
    group, adviser = await make_group(sandbox), await user_id(sandbox, "radgiver@fylket.example")
    bind = {"owners@odata.bind": [f"https://graph.microsoft.com/v1.0/users/{adviser}"]}

    first, second = [await sandbox.graph("PATCH", f"/groups/{group}", bind) for _ in range(2)]

    assert (first.status_code, second.status_code) == (204, 400)
    owners = (await sandbox.graph("GET", f"/groups/{group}/owners")).json()["value"]
    assert [each["mail"] for each in owners] == ["leder@fylket.example", "radgiver@fylket.example"]


async def test_all_teams_are_listed_and_found_by_name(sandbox: RunningSandbox) -> None:
    await start_team(sandbox, await make_group(sandbox))
    found = {"$filter": f"displayName eq '{GROUP['displayName']}'"}

    listed = await sandbox.graph("GET", "/teams", app="app")

    assert [each["displayName"] for each in listed.json()["value"]] == [GROUP["displayName"]]
    assert len((await sandbox.graph("GET", "/teams", params=found, app="app")).json()["value"]) == 1
    assert (await sandbox.graph("GET", "/teams", params={"$filter": "displayName eq 'x'"}, app="app")).json()[
        "value"
    ] == []


async def test_a_person_s_teams_are_those_that_show_them(sandbox: RunningSandbox) -> None:
    group = await make_group(sandbox)
    await start_team(sandbox, group)
    owner = await user_id(sandbox, "leder@fylket.example")

    joined = await sandbox.graph("GET", f"/users/{owner}/joinedTeams")

    assert [each["displayName"] for each in joined.json()["value"]] == [GROUP["displayName"]]
    assert (await sandbox.graph("GET", "/users/radgiver@fylket.example/joinedTeams")).json()["value"] == []


async def test_a_group_is_upserted_with_a_slash_before_its_key_too(sandbox: RunningSandbox) -> None:
    group = await make_group(sandbox)

    changed = await sandbox.graph("PATCH", "/groups/(uniqueName='vare-unge-a-dal')", {"description": "Ny"})

    assert changed.status_code == 204
    assert (await sandbox.graph("GET", f"/groups/{group}")).json()["description"] == "Ny"


async def test_a_deleted_group_takes_team_site_plans_and_chats_along(sandbox: RunningSandbox) -> None:
    group = await make_group(sandbox)
    await start_team(sandbox, group)
    site = (await sandbox.graph("GET", f"/groups/{group}/sites/root")).json()["id"]
    assert sandbox.app is not None
    sandbox.app.tenant.planner.add("plan", {"title": "Plan"}, {"container": {"containerId": group}})
    team = sandbox.app.tenant.teams.teams[group]
    sandbox.app.tenant.chats.of_channel(team, next(iter(team.channels.values())))

    assert (await sandbox.graph("DELETE", f"/groups/{group}")).status_code == 204

    assert error(await sandbox.graph("GET", f"/groups/{group}")) == (404, "Request_ResourceNotFound")
    assert (await sandbox.graph("GET", f"/teams/{group}")).status_code == 404
    assert (await sandbox.graph("GET", f"/sites/{site}")).status_code == 404
    state = await sandbox.state()
    assert (state["planner"], state["chats"], state["sharepoint"], state["teams"]["teams"]) == ([], {}, {}, {})
    assert state["directory"]["deleted"] == ["group:vare-unge-a-dal"]

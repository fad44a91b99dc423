"""Sites come some time after their group, and only who was let in gets in."""

import pytest

from tests.sandbox.open_site import let_in, open_site
from tests.sandbox.points import plays
from tests.sandbox.walk import install, make_group, make_team, start_team
from tests.support.sandbox import RunningSandbox


@plays("5.1")
async def test_a_site_is_there_only_some_time_after_its_group(slow: RunningSandbox) -> None:
    group = await make_group(slow)

    early = await slow.graph("GET", f"/groups/{group}/sites/root")
    await slow.control("POST", "clock", {"now": "2026-08-17T07:00:00Z"})
    late = await slow.graph("GET", f"/groups/{group}/sites/root")

    assert (early.status_code, early.json()["error"]["code"]) == (404, "itemNotFound")
    assert late.status_code == 200
    assert late.json()["id"].count(",") == 2


async def test_a_group_without_an_owner_never_gets_a_site(slow: RunningSandbox) -> None:
    group = await make_group(slow, changes={"owners@odata.bind": []})

    await slow.control("POST", "clock", {"now": "2026-08-24T06:00:00Z"})

    assert (await slow.graph("GET", f"/groups/{group}/sites/root")).status_code == 404


async def test_selected_sites_are_closed_until_a_grant(sandbox: RunningSandbox) -> None:
    group = await make_group(sandbox)
    site = (await sandbox.graph("GET", f"/groups/{group}/sites/root")).json()["id"]

    before = await sandbox.graph("GET", f"/sites/{site}", app="hands")
    await let_in(sandbox, site, "read")
    after = await sandbox.graph("GET", f"/sites/{site}", app="hands")

    assert (before.status_code, before.json()["error"]["code"]) == (403, "accessDenied")
    assert after.status_code == 200


async def test_a_weaker_role_is_not_enough(sandbox: RunningSandbox) -> None:
    group = await make_group(sandbox)
    site = (await sandbox.graph("GET", f"/groups/{group}/sites/root")).json()["id"]
    await let_in(sandbox, site, "write")

    made = await sandbox.graph("POST", f"/sites/{site}/lists", {"displayName": "Plan"}, app="hands")

    assert made.status_code == 403


async def test_only_a_permission_read_by_its_id_tells_its_roles(sandbox: RunningSandbox) -> None:
    site = await open_site(sandbox)

    listed = (await sandbox.graph("GET", f"/sites/{site.id}/permissions")).json()["value"]
    single = (await sandbox.graph("GET", f"/sites/{site.id}/permissions/{listed[0]['id']}")).json()

    assert "roles" not in listed[0]
    assert single["roles"] == ["manage"]


@pytest.mark.parametrize("path", ["/groups/{group}/sites/root", "/groups/{group}/drives"])
async def test_a_grant_on_a_site_is_not_enough_to_ask_its_group_for_it(sandbox: RunningSandbox, path: str) -> None:
    site = await open_site(sandbox)

    by_group = await sandbox.graph("GET", path.format(group=site.group), app="hands")

    assert (by_group.status_code, by_group.json()["error"]["code"]) == (403, "accessDenied")
    for known in (f"/sites/{site.id}", f"/groups/{site.group}/drive"):
        assert (await sandbox.graph("GET", known, app="hands")).status_code == 200


async def test_a_grant_takes_no_owner(sandbox: RunningSandbox) -> None:
    site = await open_site(sandbox)

    assert (await let_in(sandbox, site.id, "owner")).status_code == 400
    assert (await let_in(sandbox, site.id, "fullcontrol")).status_code == 201


async def test_where_manage_cannot_be_granted_it_can_be_set_afterwards(sandbox: RunningSandbox) -> None:
    await sandbox.control("POST", "variants", {"manage_grants": False})
    site = (await sandbox.graph("GET", f"/groups/{await make_group(sandbox)}/sites/root")).json()["id"]

    refused, granted = await let_in(sandbox, site, "manage"), await let_in(sandbox, site, "write")
    changed = await sandbox.graph("PATCH", f"/sites/{site}/permissions/{granted.json()['id']}", {"roles": ["manage"]})

    assert (refused.status_code, granted.status_code, changed.status_code) == (400, 201, 200)
    assert changed.json()["roles"] == ["manage"]


async def test_the_library_of_a_private_channels_site_is_called_otherwise(sandbox: RunningSandbox) -> None:
    team = await make_team(sandbox)
    owner = (await sandbox.graph("GET", f"/groups/{team}/owners")).json()["value"][0]["id"]
    member = {
        "@odata.type": "#microsoft.graph.aadUserConversationMember",
        "roles": ["owner"],
        "user@odata.bind": f"https://graph.microsoft.com/v1.0/users('{owner}')",
    }
    channel = await sandbox.graph(
        "POST",
        f"/teams/{team}/channels",
        {"displayName": "Styret", "membershipType": "private", "members": [member]},
        app="hands",
    )
    assert channel.status_code == 201, channel.text

    folder = await sandbox.graph("GET", f"/teams/{team}/channels/{channel.json()['id']}/filesFolder")
    own = (await sandbox.graph("GET", f"/groups/{team}/drive", app="builder")).json()

    assert folder.status_code == 200
    assert folder.json()["parentReference"]["driveId"] != own["id"]
    assert own["name"] == "Dokumenter"
    assert "/Shared%20Documents/" in folder.json()["webUrl"]


@plays("5.1")
async def test_the_folder_of_a_channel_comes_later_than_the_channel(slow: RunningSandbox) -> None:
    group = await make_group(slow)
    await slow.control("POST", "clock", {"now": "2026-08-17T06:30:00Z"})
    assert (await start_team(slow, group)).status_code == 202
    await slow.control("POST", "clock", {"now": "2026-08-17T07:00:00Z"})
    await install(slow, group)
    channel = await slow.graph("POST", f"/teams/{group}/channels", {"displayName": "Ungdom"}, app="hands")

    early = await slow.graph("GET", f"/teams/{group}/channels/{channel.json()['id']}/filesFolder")
    await slow.control("POST", "clock", {"now": "2026-08-17T07:05:00Z"})
    late = await slow.graph("GET", f"/teams/{group}/channels/{channel.json()['id']}/filesFolder")

    assert early.status_code == 404
    assert (late.status_code, late.json()["name"]) == (200, "Ungdom")


async def test_a_drive_is_found_below_its_site_and_its_group_too(sandbox: RunningSandbox) -> None:
    site = await open_site(sandbox)
    await site.put("a.txt", b"hei")

    for owner in (f"/sites/{site.id}", f"/groups/{site.group}"):
        listed = await sandbox.graph("GET", f"{owner}/drives/{site.drive}/root/children")
        assert [each["name"] for each in listed.json()["value"]] == ["a.txt"]


async def test_the_tenant_has_a_root_site_that_no_group_owns(sandbox: RunningSandbox) -> None:
    before = await sandbox.state()

    root = (await sandbox.graph("GET", "/sites/root")).json()

    host = root["siteCollection"]["hostname"]
    assert root["webUrl"] == f"https://{host}"
    assert (await sandbox.graph("GET", f"/sites/{root['id']}")).json()["id"] == root["id"]
    assert (await sandbox.graph("GET", f"/sites/{host}")).json()["id"] == root["id"]
    assert await sandbox.state() == before


@pytest.mark.parametrize("part", ["lists", "drive/root/children", "pages", "permissions"])
async def test_parts_of_a_site_are_found_by_the_site_s_address(sandbox: RunningSandbox, part: str) -> None:
    site = (await sandbox.graph("GET", f"/groups/{await make_group(sandbox)}/sites/root")).json()
    host, path = site["webUrl"].removeprefix("https://").split("/", 1)

    by_address = await sandbox.graph("GET", f"/sites/{host}:/{path}:/{part}")

    assert by_address.status_code == 200, by_address.text
    assert by_address.json()["value"] == (await sandbox.graph("GET", f"/sites/{site['id']}/{part}")).json()["value"]
    assert (await sandbox.graph("GET", f"/sites/{host}:/sites/elsewhere:/{part}")).status_code == 404

"""Teams made in the other ways, and what does not come out as it should."""

from typing import Any

import pytest

from sandbox.platform.throttling import DIRECTORY, SHAREPOINT, Draw
from tests.sandbox.open_site import open_site
from tests.sandbox.points import plays
from tests.sandbox.teams.test_teams import at, member, roster
from tests.sandbox.walk import GROUP, STANDARD, guest_id, install, make_group, make_team, refer, start_team, user_id
from tests.support.sandbox import RunningSandbox

LATER = "2030-01-01T00:00:00Z"


@plays("1.3")
async def test_an_operation_that_fails_says_why_and_leaves_no_team(sandbox: RunningSandbox) -> None:
    group = await make_group(sandbox)
    await sandbox.control("POST", "mishaps", {"team_fails": 1})

    failed = await start_team(sandbox, group)
    operation = (await sandbox.graph("GET", failed.headers["Location"])).json()

    assert (failed.status_code, operation["status"]) == (202, "failed")
    assert operation["error"]["code"]
    assert (await sandbox.graph("GET", f"/teams/{group}")).status_code == 404
    assert (await start_team(sandbox, group)).status_code == 202, "the next attempt goes well"


@plays("2.2", "2.3")
async def test_a_team_is_put_into_a_group_unless_that_holds_guests(sandbox: RunningSandbox) -> None:
    group = await make_group(sandbox)

    put = await sandbox.graph("PUT", f"/groups/{group}/team", {"memberSettings": {"allowCreateUpdateChannels": False}})

    assert (put.status_code, put.json()["id"]) == (201, group)
    assert (await sandbox.graph("PUT", f"/groups/{group}/team", {})).status_code == 409
    other = await make_group_named(sandbox, "other")
    await refer(sandbox, other, await guest_id(sandbox))
    assert (await sandbox.graph("PUT", f"/groups/{other}/team", {})).status_code == 400
    assert (await start_team(sandbox, other)).status_code == 202


async def make_group_named(sandbox: RunningSandbox, name: str) -> str:
    owner = await user_id(sandbox, "leder@fylket.example")
    body = {**GROUP, "mailNickname": name, "owners@odata.bind": [f"{sandbox.url}/v1.0/users/{owner}"]}
    return str((await sandbox.graph("POST", "/groups", body)).json()["id"])


async def test_two_posts_without_a_group_make_two_teams(sandbox: RunningSandbox) -> None:
    owner = member(await user_id(sandbox, "leder@fylket.example"), "owner")
    body = {"template@odata.bind": STANDARD, "displayName": "Våre unge Å-dal", "members": [owner]}

    answers = [await sandbox.graph("POST", "/teams", body) for _ in range(2)]

    assert [answer.status_code for answer in answers] == [202, 202]
    assert len({answer.headers["Content-Location"] for answer in answers}) == 2
    assert (await sandbox.graph("POST", "/teams", {**body, "members": []})).status_code == 400


@plays("3.5")
async def test_members_are_added_two_hundred_at_a_time_at_most(sandbox: RunningSandbox) -> None:
    team = await make_team(sandbox)

    answer = await sandbox.graph("POST", f"/teams/{team}/members/add", {"values": [member("x")] * 201}, app="app")

    assert answer.status_code == 400


async def test_an_owner_is_shown_sooner_than_a_member(slow: RunningSandbox) -> None:
    group, new = await make_group(slow), await user_id(slow, "radgiver@fylket.example")
    await at(slow, "2026-08-17T06:20:00Z")
    await start_team(slow, group)
    await at(slow, "2026-08-17T06:40:00Z")
    await refer(slow, group, new, "owners", "builder")

    assert "radgiver@fylket.example" not in await roster(slow, group)
    await at(slow, "2026-08-17T08:40:00Z")
    assert "radgiver@fylket.example" in await roster(slow, group)


@plays("5.3")
async def test_a_stuck_site_comes_when_somebody_asks_for_its_folder(slow: RunningSandbox) -> None:
    await slow.control("POST", "mishaps", {"site_stuck": 1})
    group = await make_group(slow)
    await at(slow, "2026-08-17T12:00:00Z")
    await start_team(slow, group)
    await at(slow, "2026-08-17T13:00:00Z")
    general = (await slow.graph("GET", f"/teams/{group}/primaryChannel")).json()["id"]
    folder = f"/teams/{group}/channels/{general}/filesFolder"

    async def statuses() -> tuple[int, int]:
        site = await slow.graph("GET", f"/groups/{group}/sites/root")
        return site.status_code, (await slow.graph("GET", folder)).status_code

    assert await statuses() == (404, 404)
    await at(slow, "2026-08-17T13:10:00Z")
    assert await statuses() == (200, 200)


@plays("5.2")
async def test_a_private_and_a_shared_channel_have_sites_that_come_later(slow: RunningSandbox) -> None:
    group = await make_group(slow)
    await at(slow, "2026-08-17T08:00:00Z")
    await start_team(slow, group)
    await at(slow, "2026-08-17T09:00:00Z")
    await install(slow, group)
    owner = member(await user_id(slow, "leder@fylket.example"), "owner")
    made = {}
    for kind in ("private", "shared"):
        body = {"displayName": kind, "membershipType": kind, "members": [owner]}
        made[kind] = await slow.graph("POST", f"/teams/{group}/channels", body, app="hands")

    assert [answer.status_code for answer in made.values()] == [201, 202]
    operation = made["shared"].headers["Content-Location"]
    assert (await slow.graph("GET", operation)).json()["operationType"] == "unknownFutureValue"
    asked = {"Prefer": "include-unknown-enum-members"}
    assert (await slow.graph("GET", operation, headers=asked)).json()["operationType"] == "createChannel"
    early = await folders(slow, group)
    await at(slow, "2026-08-17T10:00:00Z")
    late = await folders(slow, group)
    assert early["private"] == 404
    assert late == {"General": 200, "private": 200, "shared": 200}


async def folders(sandbox: RunningSandbox, team: str) -> dict[str, int]:
    channels = (await sandbox.graph("GET", f"/teams/{team}/channels", app="hands")).json()["value"]
    return {
        channel["displayName"]: (
            await sandbox.graph("GET", f"/teams/{team}/channels/{channel['id']}/filesFolder")
        ).status_code
        for channel in channels
    }


@plays("6.5")
async def test_a_mail_is_accepted_and_lies_in_both_mailboxes(sandbox: RunningSandbox) -> None:
    to = [{"emailAddress": {"address": "lokal@a-dal.example"}}]
    message = {"subject": "Hei", "body": {"contentType": "text", "content": "Hei"}, "toRecipients": to}

    sent = await sandbox.graph("POST", "/users/moter@fylket.example/sendMail", {"message": message}, app="hands")

    assert (sent.status_code, sent.content) == (202, b"")
    boxes = (await sandbox.state())["exchange"]
    assert len(boxes["moter@fylket.example"]["sent"]) == len(boxes["lokal@a-dal.example"]["inbox"]) == 1


# -------------------------------------------------------------------------------------------------------------- limits


async def drain(sandbox: RunningSandbox, *draws: Draw, team: str = "", app: str = "builder") -> None:
    """Leave almost nothing in some buckets, at a moment that stands still."""
    await sandbox.control("POST", "clock", {"now": LATER})
    assert sandbox.app is not None
    tenant = sandbox.app.tenant
    client = tenant.identities.named(app).client_id
    assert tenant.throttle.draw(draws, app=client, args={"team": team}, now=tenant.clock.now()) is None


@plays("8.1", "8.2")
async def test_four_members_a_minute_are_added_one_by_one(sandbox: RunningSandbox) -> None:
    team, new = await make_team(sandbox), await user_id(sandbox, "radgiver@fylket.example")
    await at(sandbox, LATER)

    answers = [await sandbox.graph("POST", f"/teams/{team}/members", member(new), app="app") for _ in range(5)]

    assert [answer.status_code for answer in answers] == [201] * 4 + [429]
    assert answers[-1].headers["Retry-After"] == "15"


@plays("8.1")
async def test_over_a_longer_time_a_team_takes_less_than_four_a_second(sandbox: RunningSandbox) -> None:
    team = await make_team(sandbox)
    statuses = []
    for second in range(60):
        await at(sandbox, f"2030-01-01T00:00:{second:02}Z")
        statuses += [(await sandbox.graph("GET", f"/teams/{team}/channels", app="hands")).status_code for _ in range(4)]

    assert 0.83 * 240 <= statuses.count(200) < 240


@plays("8.1", "8.6")
async def test_sharepoint_tells_when_its_units_run_out_and_counts_what_it_refuses(sandbox: RunningSandbox) -> None:
    site = await open_site(sandbox)
    await drain(sandbox, SHAREPOINT(1249))
    address = f"/sites/{site.id}"

    near, first, second = [await sandbox.graph("GET", address) for _ in range(3)]

    assert (near.status_code, near.headers["RateLimit-Remaining"]) == (200, "0")
    assert (first.status_code, first.json()["error"]["code"]) == (429, "activityLimitReached")
    reset = [float(answer.headers["RateLimit-Reset"]) for answer in (first, second)]
    assert reset[0] <= reset[1]
    assert first.headers["Retry-After"].isdigit()


@plays("8.6")
async def test_entra_tells_what_a_call_costs_and_who_is_over_the_limit(sandbox: RunningSandbox) -> None:
    await sandbox.token("builder")
    costs = [
        (await sandbox.graph("GET", f"/users{query}")).headers["x-ms-resource-unit"]
        for query in ("", "?$select=id", "?$select=id&$top=5")
    ]
    await drain(sandbox, DIRECTORY(4000))
    near = await sandbox.graph("GET", "/users")
    await drain(sandbox, DIRECTORY(998))
    over = await sandbox.graph("GET", "/users")

    assert costs == ["2", "1", "1"]
    assert near.headers["x-ms-throttle-limit-percentage"] == "0.8"
    assert over.status_code == 429
    assert over.headers["x-ms-throttle-scope"].startswith("Tenant_Application/ReadWrite/")
    assert float(over.headers["Retry-After"]) == 0.004


# ------------------------------------------------------------------------------------------------------------- Planner


@plays("7.1")
async def test_a_task_is_changed_only_by_who_knows_its_version(sandbox: RunningSandbox) -> None:
    group = await make_group(sandbox)
    assert sandbox.app is not None
    app = sandbox.app.tenant.identities.named("app")
    app.granted |= {"Tasks.ReadWrite.All"}

    async def ask(method: str, path: str, json: Any = None, **headers: str) -> Any:
        return await sandbox.graph(method, path, json, app="app", headers=headers)

    container = {"url": f"https://graph.microsoft.com/v1.0/groups/{group}"}
    plan = (await ask("POST", "/planner/plans", {"container": container, "title": "Plan"})).json()
    bucket = (await ask("POST", "/planner/buckets", {"name": "Nå", "planId": plan["id"]})).json()
    body = {"planId": plan["id"], "bucketId": bucket["id"], "title": "Ring"}
    task = (await ask("POST", "/planner/tasks", body)).json()
    address, done = f"/planner/tasks/{task['id']}", {"percentComplete": 100}

    unasked = await ask("PATCH", address, done)
    changed = await ask("PATCH", address, done, **{"If-Match": task["@odata.etag"]})
    stale = await ask("DELETE", address, None, **{"If-Match": task["@odata.etag"]})

    assert [answer.status_code for answer in (unasked, changed, stale)] == [400, 204, 412]
    assert [each["title"] for each in (await ask("GET", f"/groups/{group}/planner/plans")).json()["value"]] == ["Plan"]


@pytest.mark.parametrize("wanted", [{"earthquake": 1}, {"team_fails": -1}, {"team_fails": True}])
async def test_a_mishap_that_is_none_is_refused(sandbox: RunningSandbox, wanted: dict[str, Any]) -> None:
    assert (await sandbox.client.post(f"{sandbox.url}/_sandbox/mishaps", json=wanted)).status_code == 400

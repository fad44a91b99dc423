import re

import pytest

from sandbox.graph.operations import ROUTER
from tests.sandbox.points import plays
from tests.sandbox.walk import install, make_group, make_team, start_team, user_id
from tests.support.sandbox import RunningSandbox


@pytest.mark.parametrize(
    ("method", "path", "code"),
    [
        pytest.param("GET", "/users", "Authorization_RequestDenied", id="directory"),
        pytest.param("GET", "/appCatalogs/teamsApps", "Forbidden", id="teams"),
    ],
)
async def test_who_lacks_the_permission_is_refused_in_the_service_s_own_words(
    sandbox: RunningSandbox, method: str, path: str, code: str
) -> None:
    answer = await sandbox.graph(method, path, app="hands")

    assert answer.status_code == 403
    assert answer.json()["error"]["code"] == code


async def test_consent_counts_only_where_the_app_is_installed(sandbox: RunningSandbox) -> None:
    team = await make_group(sandbox)
    await start_team(sandbox, team)
    before = await sandbox.graph("GET", f"/teams/{team}/channels", app="hands")

    await install(sandbox, team)

    after = await sandbox.graph("GET", f"/teams/{team}/channels", app="hands")
    assert (before.status_code, after.status_code) == (403, 200)


async def test_consent_falls_only_to_the_identity_the_manifest_names(sandbox: RunningSandbox) -> None:
    team = await make_team(sandbox)

    assert (await sandbox.graph("GET", f"/teams/{team}/channels", app="bot")).status_code == 403


async def test_the_consent_must_be_the_manifest_s(sandbox: RunningSandbox) -> None:
    team = await make_group(sandbox)
    await start_team(sandbox, team)

    answer = await install(sandbox, team, ["Channel.Create.Group"])

    assert answer.status_code == 400


async def test_a_permission_for_the_own_app_does_not_reach_another_s(sandbox: RunningSandbox) -> None:
    user = await user_id(sandbox, "leder@fylket.example")
    apps = (await sandbox.graph("GET", "/appCatalogs/teamsApps")).json()["value"]
    body = {"teamsApp@odata.bind": f"https://graph.microsoft.com/v1.0/appCatalogs/teamsApps/{apps[0]['id']}"}

    answer = await sandbox.graph("POST", f"/users/{user}/teamwork/installedApps", body, app="app")

    assert answer.status_code == 403


async def test_basic_reading_shows_basic_properties_only(sandbox: RunningSandbox) -> None:
    answer = await sandbox.graph("GET", "/users?$select=mail,userType", app="app")

    assert {user["userType"] for user in answer.json()["value"]} == {None}


@plays("10.1")
async def test_no_operation_can_be_called_without_its_permission(sandbox: RunningSandbox) -> None:
    """Walked with an identity that has none: whatever is registered refuses it."""
    let_through = []
    for found in ROUTER:
        if found.anonymous or "*" in found.permissions:
            continue
        path = re.sub(r"\{\w+\*?\}", "x", found.template)
        answer = await sandbox.graph(found.method, path, app="bot")
        if answer.status_code not in (401, 403, 429):
            let_through.append(f"{found.method} {found.template}: {answer.status_code}")

    assert let_through == []


def test_every_operation_says_who_may_call_it() -> None:
    """Nothing can be called without a permission but pre-authenticated addresses."""
    open_ones = [
        found.template
        for found in ROUTER
        if not found.anonymous and not (found.permissions or found.rsc or found.sites or found.exchange)
    ]

    assert open_ones == []

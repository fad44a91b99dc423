"""Private channels: an app of the team does not reach them before a person has added it there."""

import pytest

from tests.sandbox.forms import change
from tests.sandbox.teams.test_archiving import make_channel, make_private
from tests.sandbox.walk import make_team
from tests.support.sandbox import RunningSandbox

REACHED = ("tabs", "")


async def statuses(sandbox: RunningSandbox, team: str, channel: str, app: str) -> list[int]:
    """Return the statuses that an identity gets there; some seconds lie between the calls."""
    found = []
    for part in REACHED:
        now = (await sandbox.control("GET", "clock"))["now"][:19]
        await sandbox.control("POST", "clock", {"now": f"{now[:10]}T{int(now[11:13]) + 1:02}:00:00Z"})
        answer = await sandbox.graph("GET", f"/teams/{team}/channels/{channel}/{part}".rstrip("/"), app=app)
        found.append(answer.status_code)
    return found


@pytest.fixture
async def at_noon(sandbox: RunningSandbox) -> RunningSandbox:
    await sandbox.control("POST", "clock", {"now": "2030-01-15T12:00:00Z"})
    return sandbox


async def test_consent_in_the_team_does_not_reach_its_private_channels(at_noon: RunningSandbox) -> None:
    team = await make_team(at_noon)
    private, standard = await make_private(at_noon, team), await make_channel(at_noon, team)

    answer = await at_noon.graph("GET", f"/teams/{team}/channels/{private}/tabs", app="hands")

    assert (answer.status_code, answer.json()["error"]["code"]) == (403, "Forbidden")
    assert "required roles for accessing 'Private' channel data" in answer.json()["error"]["message"]
    assert await statuses(at_noon, team, private, "hands") == [403, 403]
    assert await statuses(at_noon, team, standard, "hands") == [200, 200]
    assert (await at_noon.graph("GET", f"/teams/{team}/channels/{private}", app="builder")).status_code == 200


async def test_a_person_adds_the_app_to_a_private_channel(at_noon: RunningSandbox) -> None:
    team = await make_team(at_noon)
    private = await make_private(at_noon, team)

    await change(at_noon, f"/teams/{team}", "Add the team's app: Ledelse")

    assert await statuses(at_noon, team, private, "hands") == [200, 200]
    (shown,) = (await at_noon.state())["teams"]["teams"].values()
    assert len(shown["channels"]["Ledelse"]["apps"]) == 1
    assert "apps" not in shown["channels"]["General"]
    page = (await at_noon.client.get(f"{at_noon.url}/teams/{team}")).text
    assert "Add the team" not in page, "nothing is left to add"


async def test_the_apps_of_a_private_channel_are_those_that_a_person_added(at_noon: RunningSandbox) -> None:
    team = await make_team(at_noon)
    private, standard = await make_private(at_noon, team), await make_channel(at_noon, team)
    assert at_noon.app is not None
    tenant = at_noon.app.tenant

    async def apps(channel: str) -> list[str]:
        answer = await at_noon.graph("GET", f"/teams/{team}/channels/{channel}/enabledApps")
        assert answer.status_code == 200
        return [app["externalId"] for app in answer.json()["value"]]

    refused = await at_noon.graph("GET", f"/teams/{team}/channels/{private}/enabledApps")
    assert refused.status_code == 403, "Group.ReadWrite.All does not tell it"
    tenant.identities.named("builder").granted |= {"TeamsAppInstallation.ReadForTeam.All"}
    await at_noon.control("POST", "clock", {"now": "2030-01-15T12:01:00Z"})
    assert await apps(private) == []

    await change(at_noon, f"/teams/{team}", "Add the team's app: Ledelse")
    await at_noon.control("POST", "clock", {"now": "2030-01-15T12:02:00Z"})

    assert await apps(private) == await apps(standard) == [tenant.catalog.ours.external_id]


async def test_nothing_is_added_to_a_standard_channel(at_noon: RunningSandbox) -> None:
    team = await make_team(at_noon)
    general = (await at_noon.graph("GET", f"/teams/{team}/primaryChannel")).json()["id"]

    answer = await at_noon.client.post(f"{at_noon.url}/teams/{team}/channels/{general}/apps/add")

    assert answer.status_code == 400

"""Short ways to what many tests need first."""

from collections.abc import Mapping
from typing import Any

from tests.support.sandbox import RunningSandbox

GROUP = {
    "displayName": "Våre unge Å-dal",
    "description": "Samarbeid",
    "mailNickname": "vare-unge-a-dal",
    "mailEnabled": True,
    "securityEnabled": False,
    "groupTypes": ["Unified"],
    "visibility": "Private",
}
UNIQUE = "/groups(uniqueName='vare-unge-a-dal')"
STANDARD = "https://graph.microsoft.com/v1.0/teamsTemplates('standard')"


async def user_id(sandbox: RunningSandbox, email: str) -> str:
    answer = await sandbox.graph("GET", "/users", params={"$filter": f"mail eq '{email}'", "$select": "id"})
    return str(answer.json()["value"][0]["id"])


async def guest_id(sandbox: RunningSandbox, email: str = "lokal@a-dal.example") -> str:
    body = {"invitedUserEmailAddress": email, "inviteRedirectUrl": "https://tjeneste.example/"}
    answer = await sandbox.graph("POST", "/invitations", body, app="hands")
    assert answer.status_code == 201, answer.text
    return str(answer.json()["invitedUser"]["id"])


async def make_group(
    sandbox: RunningSandbox, owner: str | None = None, changes: Mapping[str, Any] | None = None
) -> str:
    """Upsert the group with one owner; returns its id."""
    owner = owner or await user_id(sandbox, "leder@fylket.example")
    body = {**GROUP, "owners@odata.bind": [f"{sandbox.url}/v1.0/users/{owner}"], **(changes or {})}
    answer = await sandbox.graph("PATCH", UNIQUE, body, headers={"Prefer": "create-if-missing"})
    assert answer.status_code == 201, answer.text
    return str(answer.json()["id"])


async def refer(sandbox: RunningSandbox, group: str, user: str, relation: str = "members", app: str = "hands") -> Any:
    body = {"@odata.id": f"https://graph.microsoft.com/v1.0/directoryObjects/{user}"}
    return await sandbox.graph("POST", f"/groups/{group}/{relation}/$ref", body, app=app)


async def start_team(sandbox: RunningSandbox, group: str) -> Any:
    body = {
        "template@odata.bind": STANDARD,
        "group@odata.bind": f"https://graph.microsoft.com/v1.0/groups('{group}')",
    }
    return await sandbox.graph("POST", "/teams", body)


async def install(sandbox: RunningSandbox, team: str, permissions: list[str] | None = None) -> Any:
    catalog = await sandbox.graph(
        "GET", "/appCatalogs/teamsApps", params={"$filter": "distributionMethod eq 'organization'"}
    )
    app = catalog.json()["value"][0]["id"]
    if permissions is None:
        assert sandbox.app is not None
        permissions = sorted(name for name, _ in sandbox.app.tenant.catalog.ours.resource_specific)
    body = {
        "teamsApp@odata.bind": f"https://graph.microsoft.com/v1.0/appCatalogs/teamsApps/{app}",
        "consentedPermissionSet": {
            "resourceSpecificPermissions": [
                {"permissionValue": name, "permissionType": "application"} for name in permissions
            ]
        },
    }
    return await sandbox.graph("POST", f"/teams/{team}/installedApps", body)


async def make_team(sandbox: RunningSandbox) -> str:
    """A team with our app in it, in a sandbox without lags."""
    group = await make_group(sandbox)
    assert (await start_team(sandbox, group)).status_code == 202
    assert (await install(sandbox, group)).status_code == 201
    return group

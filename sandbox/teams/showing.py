"""Teams, channels, tabs, apps and members as Graph shows them."""

import base64
from typing import Any
from urllib.parse import quote

from sandbox.directory.model import User
from sandbox.protocol.request import Call
from sandbox.teams.catalog import CatalogApp
from sandbox.teams.model import Channel, Tab, Team
from sandbox.teams.state import Teams

READ_TEAM = (
    "Team.ReadBasic.All",
    "TeamSettings.Read.All",
    "TeamSettings.ReadWrite.All",
    "Group.Read.All",
    "Group.ReadWrite.All",
    "Directory.Read.All",
    "Directory.ReadWrite.All",
)
MEMBER_TYPE = "#microsoft.graph.aadUserConversationMember"


def team_json(call: Call[Teams], team: Team) -> dict[str, Any]:
    """Return a team with the properties of its group."""
    group = call.area.group(team)
    first = quote(next(iter(team.channels)))
    return {
        "id": team.id,
        "displayName": group.name,
        "description": group.description,
        "classification": group.classification,
        "visibility": group.visibility.lower(),
        "webUrl": f"https://teams.microsoft.com/l/team/{first}/conversations?groupId={team.id}",
        "isArchived": team.archived_at is not None,
        "createdDateTime": team.created_at.strftime("%Y-%m-%dT%H:%M:%SZ"),
        "tenantId": call.area.ids.tenant_id,
    }


def member_json(call: Call[Teams], user: User, roles: list[str]) -> dict[str, Any]:
    """Return a member of a team or channel."""
    key = f"MCMjMSMj{call.area.ids.tenant_id}##{call.args['team']}##{user.id}"
    return {
        "@odata.type": MEMBER_TYPE,
        "id": base64.b64encode(key.encode()).decode(),
        "roles": roles,
        "displayName": user.name,
        "visibleHistoryStartDateTime": "0001-01-01T00:00:00Z",
        "userId": user.id,
        "email": user.mail,
        "tenantId": call.area.ids.tenant_id,
    }


def channel_json(call: Call[Teams], team: Team, channel: Channel) -> dict[str, Any]:
    """Return a channel as it is listed."""
    address = f"{quote(channel.id)}/{quote(channel.name)}?groupId={team.id}&tenantId={call.area.ids.tenant_id}"
    return {
        "id": channel.id,
        "createdDateTime": channel.created_at.strftime("%Y-%m-%dT%H:%M:%SZ"),
        "displayName": channel.name,
        "description": channel.description,
        "isFavoriteByDefault": None,
        "email": "",
        "tenantId": call.area.ids.tenant_id,
        "webUrl": f"https://teams.microsoft.com/l/channel/{address}",
        "membershipType": channel.kind,
        "isArchived": channel.archived_at is not None or team.archived_at is not None,
    }


def app_json(app: CatalogApp) -> dict[str, Any]:
    """Return an app of the catalogue."""
    return {
        "id": app.id,
        "externalId": app.external_id,
        "displayName": app.name,
        "distributionMethod": app.distribution,
    }


def tab_json(call: Call[Teams], team: Team, channel: Channel, tab: Tab) -> dict[str, Any]:
    """Return a tab, with its app on `$expand=teamsApp`."""
    known: dict[str, Any] = {
        "id": tab.id,
        "displayName": tab.name,
        "webUrl": f"https://teams.microsoft.com/l/entity/{tab.app_id}/{tab.id}?groupId={team.id}",
        "configuration": {
            name: tab.configuration.get(name) for name in ("entityId", "contentUrl", "removeUrl", "websiteUrl")
        },
    }
    app = call.area.catalog.apps.get(tab.app_id)
    if "teamsApp" in call.query.names("expand") and app:
        known["teamsApp"] = app_json(app)
    return known

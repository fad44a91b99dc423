"""How teams and their members are shown."""

import base64
from typing import Any
from urllib.parse import quote

from sandbox.directory import User
from sandbox.routing import Call
from sandbox.teams import Team

READ_TEAM = (
    "Team.ReadBasic.All",
    "TeamSettings.Read.All",
    "TeamSettings.ReadWrite.All",
    "Group.Read.All",
    "Group.ReadWrite.All",
    "Directory.Read.All",
    "Directory.ReadWrite.All",
)
MEMBER = "#microsoft.graph.aadUserConversationMember"


def team_json(call: Call, team: Team) -> dict[str, Any]:
    """A team with the properties of its group."""
    group = call.tenant.teams.group(team)
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
        "tenantId": call.tenant.id,
    }


def member_json(call: Call, user: User, roles: list[str]) -> dict[str, Any]:
    """A member of a team or channel."""
    key = f"MCMjMSMj{call.tenant.id}##{call.args['team']}##{user.id}"
    return {
        "@odata.type": MEMBER,
        "id": base64.b64encode(key.encode()).decode(),
        "roles": roles,
        "displayName": user.name,
        "visibleHistoryStartDateTime": "0001-01-01T00:00:00Z",
        "userId": user.id,
        "email": user.mail,
        "tenantId": call.tenant.id,
    }

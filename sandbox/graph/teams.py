"""Teams and their members."""

import base64
from typing import Any
from urllib.parse import quote

from sandbox.directory import User
from sandbox.graph.channels import new_channel
from sandbox.routing import Call, GraphError, Reply, bound_id, collection, operation
from sandbox.teams import Team, TeamOperation
from sandbox.throttling import MEMBERS_BULK, TEAM, TEAM_CREATE, TEAM_MEMBERS, TEAMS, TEAMS_READS

CREATE_TEAM = ("Team.Create", "Group.ReadWrite.All", "Directory.ReadWrite.All")
READ_TEAM = (
    "Team.ReadBasic.All",
    "TeamSettings.Read.All",
    "TeamSettings.ReadWrite.All",
    "Group.Read.All",
    "Group.ReadWrite.All",
    "Directory.Read.All",
    "Directory.ReadWrite.All",
)
WRITE_MEMBERS = ("TeamMember.ReadWriteNonOwnerRole.All", "TeamMember.ReadWrite.All")
BULK = 200
GENERAL = "General"
MEMBER = "#microsoft.graph.aadUserConversationMember"


@operation("POST", "/teams", permissions=CREATE_TEAM, limits=(TEAM_CREATE(),))
def create_team(call: Call) -> Reply:
    """Make a team of a group. Takes a while: 202 and an operation. A group that has one already: 409."""
    body = call.json()
    if "group@odata.bind" not in body:
        raise GraphError(501, "notImplemented", "The sandbox plays POST /teams only with group@odata.bind.")
    unwelcome = sorted({"displayName", "visibility", "specialization", "members", "description"} & set(body))
    if unwelcome:
        raise GraphError(400, "BadRequest", f"'{unwelcome[0]}' cannot be set when a team is made of a group.")
    unknown = sorted(set(body) - {"group@odata.bind", "template@odata.bind", "@odata.type"})
    if unknown:
        raise GraphError(501, "notImplemented", f"The sandbox does not play '{unknown[0]}' in POST /teams.")
    bound_id(body.get("template@odata.bind"), "teamsTemplates")
    key = bound_id(body["group@odata.bind"], "groups").lower()
    group = call.tenant.directory.groups.get(key)
    if group is None or group.ready_at > call.now:
        raise GraphError(404, "NotFound", f"Failed to find the group {key}: it may not have been replicated yet.")
    if not group.owners:
        raise GraphError(400, "BadRequest", "The group must have at least one owner to make a team of it.")
    if key in call.tenant.teams.teams:
        raise GraphError(409, "Conflict", "The group is already provisioned as a team.")
    team = _new_team(call, key)
    operation_id = next(iter(team.operations))
    headers = {
        "Location": f"/teams('{key}')/operations('{operation_id}')",
        "Content-Location": f"/teams('{key}')",
    }
    return Reply(202, None, headers)


def _new_team(call: Call, group_id: str) -> Team:
    ready_at = call.now + call.tenant.latency.team_ready
    team = Team(id=group_id, created_at=call.now, ready_at=ready_at)
    made = TeamOperation(
        id=call.tenant.new_id("operation", group_id), kind="createTeam", created_at=call.now, ready_at=ready_at
    )
    team.operations[made.id] = made
    call.tenant.teams.teams[group_id] = team
    new_channel(call, team, name=GENERAL)
    return team


@operation("GET", "/teams/{team}/operations/{operation}", permissions=(*CREATE_TEAM, "Team.ReadBasic.All"))
def get_operation(call: Call) -> Reply:
    """notStarted, inProgress, succeeded, as time goes by."""
    team = call.tenant.teams.teams.get(call.args["team"].lower())
    made = team.operations.get(call.args["operation"]) if team else None
    if team is None or made is None:
        raise GraphError(404, "NotFound", "The operation was not found.")
    made.polls += 1
    done = made.ready_at <= call.now
    waiting = "notStarted" if made.polls == 1 else "inProgress"
    return Reply(
        200,
        {
            "id": made.id,
            "operationType": made.kind,
            "createdDateTime": _stamp(made.created_at),
            "status": ("failed" if made.error else "succeeded") if done else waiting,
            "lastActionDateTime": _stamp(min(made.ready_at, call.now)),
            "attemptsCount": 1,
            "targetResourceId": team.id,
            "targetResourceLocation": f"/teams('{team.id}')",
            "error": made.error,
        },
    )


@operation(
    "GET",
    "/teams/{team}",
    permissions=READ_TEAM,
    rsc=("TeamSettings.Read.Group", "TeamSettings.ReadWrite.Group"),
    limits=(TEAMS(), TEAM()),
)
def get_team(call: Call) -> Reply:
    """404 until the team is made."""
    team = call.tenant.teams.get_team(call.args["team"])
    group = call.tenant.teams.group(team)
    first = quote(next(iter(team.channels)))
    return Reply(
        200,
        {
            "id": team.id,
            "displayName": group.name,
            "description": group.description,
            "classification": group.classification,
            "visibility": group.visibility.lower(),
            "webUrl": f"https://teams.microsoft.com/l/team/{first}/conversations?groupId={team.id}",
            "isArchived": False,
            "createdDateTime": _stamp(team.created_at),
            "tenantId": call.tenant.id,
        },
    )


# ------------------------------------------------------------------------------------------------------------- members


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


@operation(
    "GET",
    "/teams/{team}/members",
    permissions=("TeamMember.Read.All", "TeamMember.ReadWrite.All"),
    rsc=("TeamMember.Read.Group",),
    limits=(TEAMS_READS(), TEAM()),
)
def list_members(call: Call) -> Reply:
    """Whom the team shows; who came into the group later is missing until the sync."""
    team = call.tenant.teams.get_team(call.args["team"])
    return collection(call, [member_json(call, user, roles) for user, roles in call.tenant.teams.roster(team)])


@operation("POST", "/teams/{team}/members", permissions=WRITE_MEMBERS, limits=(TEAMS(), TEAM_MEMBERS()))
def add_member(call: Call) -> Reply:
    """Guests are refused: app-only they get in through the group."""
    team = call.tenant.teams.get_team(call.args["team"])
    user, roles = _add(call, team, call.json())
    return Reply(201, member_json(call, user, roles))


@operation("POST", "/teams/{team}/members/add", permissions=WRITE_MEMBERS, limits=(MEMBERS_BULK(), TEAM_MEMBERS()))
def add_members(call: Call) -> Reply:
    """207 when some could not be added; each result tells."""
    team = call.tenant.teams.get_team(call.args["team"])
    values = call.json().get("values")
    if not isinstance(values, list) or not 1 <= len(values) <= BULK:
        raise GraphError(400, "BadRequest", f"values must hold 1 to {BULK} members.")
    results = [_add_result(call, team, value) for value in values]
    failed = any(result["error"] for result in results)
    return Reply(207 if failed else 200, {"@odata.context": call.url("$metadata"), "value": results})


def _add_result(call: Call, team: Team, value: Any) -> dict[str, Any]:
    result: dict[str, Any] = {"@odata.type": "#microsoft.graph.aadUserConversationMemberResult", "error": None}
    try:
        result["userId"] = _add(call, team, value)[0].id
    except GraphError as error:
        result["userId"] = None
        result["error"] = {"code": error.code, "message": error.message}
    return result


def _add(call: Call, team: Team, value: Any) -> tuple[User, list[str]]:
    if not isinstance(value, dict) or value.get("@odata.type", "").lstrip("#") != MEMBER.lstrip("#"):
        raise GraphError(400, "BadRequest", f"A member needs '@odata.type': '{MEMBER}' and 'user@odata.bind'.")
    roles = value.get("roles", [])
    user = call.tenant.directory.get_user(bound_id(value.get("user@odata.bind"), "users"))
    if user.guest:
        raise GraphError(403, "Forbidden", "An unknown error has occurred.")
    if roles not in ([], ["owner"]):
        raise GraphError(400, "BadRequest", f"Invalid roles: {roles}.")
    if roles and call.allowed_by <= {"TeamMember.ReadWriteNonOwnerRole.All"}:
        raise GraphError(403, "Forbidden", "TeamMember.ReadWriteNonOwnerRole.All does not allow owners to be added.")
    group = call.tenant.teams.group(team)
    group.members.setdefault(user.id, call.now)
    if roles:
        group.owners.setdefault(user.id, call.now)
    team.direct.add(user.id)
    return user, roles


def _stamp(moment: Any) -> str:
    return str(moment.strftime("%Y-%m-%dT%H:%M:%SZ"))

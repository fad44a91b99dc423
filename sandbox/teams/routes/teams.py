"""Teams and their members."""

from typing import Any

from sandbox.directory.model import User
from sandbox.platform.throttling import MEMBERS_BULK, TEAM, TEAM_MEMBERS, TEAMS, TEAMS_READS
from sandbox.protocol.errors import GraphError
from sandbox.protocol.filters import filter_of
from sandbox.protocol.operations import Routes
from sandbox.protocol.paging import collection
from sandbox.protocol.references import bound_id
from sandbox.protocol.reply import Reply
from sandbox.protocol.request import Call
from sandbox.teams.model import Team
from sandbox.teams.showing import MEMBER_TYPE, READ_TEAM, member_json, team_json
from sandbox.teams.state import Teams

routes = Routes(Teams)

WRITE_MEMBERS = ("TeamMember.ReadWriteNonOwnerRole.All", "TeamMember.ReadWrite.All")
READ_JOINED = (
    "Team.ReadBasic.All",
    "TeamSettings.Read.All",
    "TeamSettings.ReadWrite.All",
    "User.Read.All",
    "User.ReadWrite.All",
)
MAX_BULK_MEMBERS = 200


@routes.operation(
    "GET",
    "/teams/{team}",
    permissions=READ_TEAM,
    rsc=("TeamSettings.Read.Group", "TeamSettings.ReadWrite.Group"),
    limits=(TEAMS(), TEAM()),
)
def get_team(call: Call[Teams]) -> Reply:
    """Get a team; 404 until it is made."""
    return Reply(200, team_json(call, call.area.get_team(call.args["team"])))


@routes.operation(
    "GET",
    "/teams",
    permissions=("Team.ReadBasic.All", "TeamSettings.Read.All", "TeamSettings.ReadWrite.All"),
    limits=(TEAMS(),),
)
def list_teams(call: Call[Teams]) -> Reply:
    """List all teams; $filter on displayName, description, visibility or id."""
    wanted = filter_of(call, ("id", "displayName", "description", "visibility"))
    known = [team_json(call, team) for team in call.area.teams.values() if team.ready_at <= call.now]
    return collection(call, [team for team in known if wanted is None or wanted.matches(team)])


@routes.operation(
    "GET",
    "/users/{user}/joinedTeams",
    permissions=(*READ_JOINED, "Directory.Read.All", "Directory.ReadWrite.All"),
    limits=(TEAMS(),),
)
def list_joined_teams(call: Call[Teams]) -> Reply:
    """List the teams that show a person."""
    user = call.area.directory.get_user(call.args["user"])
    ready = [team for team in call.area.teams.values() if team.ready_at <= call.now]
    return collection(call, [team_json(call, team) for team in ready if call.area.rosters.shows(team, user.id)])


# ------------------------------------------------------------------------------------------------------------- members


@routes.operation(
    "GET",
    "/teams/{team}/members",
    permissions=("TeamMember.Read.All", "TeamMember.ReadWrite.All"),
    rsc=("TeamMember.Read.Group",),
    limits=(TEAMS_READS(), TEAM()),
)
def list_members(call: Call[Teams]) -> Reply:
    """List the people the team shows; later members of the group are missing until the sync."""
    team = call.area.get_team(call.args["team"])
    return collection(call, [member_json(call, user, roles) for user, roles in call.area.rosters.of(team)])


@routes.operation("POST", "/teams/{team}/members", permissions=WRITE_MEMBERS, limits=(TEAMS(), TEAM_MEMBERS()))
def add_member(call: Call[Teams]) -> Reply:
    """Add a member. Guests are refused: app-only they get in through the group."""
    team = call.area.get_team(call.args["team"])
    user, roles = _add(call, team, call.json())
    return Reply(201, member_json(call, user, roles))


@routes.operation(
    "POST", "/teams/{team}/members/add", permissions=WRITE_MEMBERS, limits=(MEMBERS_BULK(), TEAM_MEMBERS())
)
def add_members(call: Call[Teams]) -> Reply:
    """Add several: 207 when some could not be added; each result tells."""
    team = call.area.get_team(call.args["team"])
    values = call.json().get("values")
    if not isinstance(values, list) or not 1 <= len(values) <= MAX_BULK_MEMBERS:
        raise GraphError(400, "BadRequest", f"values must hold 1 to {MAX_BULK_MEMBERS} members.")
    results = [_add_result(call, team, value) for value in values]
    failed = any(result["error"] for result in results)
    return Reply(207 if failed else 200, {"@odata.context": call.url("$metadata"), "value": results})


def _add_result(call: Call[Teams], team: Team, value: Any) -> dict[str, Any]:
    result: dict[str, Any] = {"@odata.type": "#microsoft.graph.aadUserConversationMemberResult", "error": None}
    try:
        result["userId"] = _add(call, team, value)[0].id
    except GraphError as error:
        result["userId"] = None
        result["error"] = {"code": error.code, "message": error.message}
    return result


def _add(call: Call[Teams], team: Team, value: Any) -> tuple[User, list[str]]:
    if not isinstance(value, dict) or value.get("@odata.type", "").lstrip("#") != MEMBER_TYPE.lstrip("#"):
        raise GraphError(400, "BadRequest", f"A member needs '@odata.type': '{MEMBER_TYPE}' and 'user@odata.bind'.")
    roles = value.get("roles", [])
    user = call.area.directory.get_user(bound_id(value.get("user@odata.bind"), "users"))
    if user.guest:
        raise GraphError(403, "Forbidden", "An unknown error has occurred.")
    if roles not in ([], ["owner"]):
        raise GraphError(400, "BadRequest", f"Invalid roles: {roles}.")
    if roles and call.allowed_by <= {"TeamMember.ReadWriteNonOwnerRole.All"}:
        raise GraphError(403, "Forbidden", "TeamMember.ReadWriteNonOwnerRole.All does not allow owners to be added.")
    group = call.area.group(team)
    group.members.setdefault(user.id, call.now)
    if roles:
        group.owners.setdefault(user.id, call.now)
    team.direct.add(user.id)
    return user, roles

"""Making teams, of a group or from nothing, and the operations that tell how far it is."""

import re
import unicodedata
from typing import Any

from sandbox.directory.making import new_group
from sandbox.directory.model import Group
from sandbox.platform.throttling import DIRECTORY_WRITES, TEAM_CREATE, TEAM_PUT
from sandbox.protocol.errors import GraphError
from sandbox.protocol.operations import Routes
from sandbox.protocol.references import bound_id
from sandbox.protocol.reply import Reply
from sandbox.protocol.request import Call
from sandbox.teams.model import Team, check_channel_name
from sandbox.teams.showing import MEMBER_TYPE, READ_TEAM, team_json
from sandbox.teams.state import Teams

routes = Routes(Teams)

CREATE_TEAM = ("Team.Create", "Group.ReadWrite.All", "Directory.ReadWrite.All")
GENERAL = "General"
CREATION_FAILURE = {
    "code": "BadGateway",
    "message": "Failed to execute Templates backend request CreateTeamFromTemplate.",
}
_SETTINGS = frozenset({"memberSettings", "guestSettings", "messagingSettings", "funSettings", "discoverySettings"})
_SETTABLE_FROM_NOTHING = frozenset({"displayName", "description", "visibility", "firstChannelName", "members"})


@routes.operation("POST", "/teams", permissions=CREATE_TEAM, limits=(TEAM_CREATE(),))
def create_team(call: Call[Teams]) -> Reply:
    """Make a team: 202 and an operation. Of a group with a team: 409. From nothing: another team at each call."""
    body = call.json()
    bound_id(body.get("template@odata.bind"), "teamsTemplates")
    given = set(body) - {"template@odata.bind", "@odata.type"}
    if "group@odata.bind" not in body:
        return _from_nothing(call, body, given)
    unwelcome = sorted({"displayName", "visibility", "specialization", "members", "description"} & given)
    if unwelcome:
        raise GraphError(400, "BadRequest", f"'{unwelcome[0]}' cannot be set when a team is made of a group.")
    _refuse_unplayed(given - {"group@odata.bind"})
    group = _ready_group(call, bound_id(body["group@odata.bind"], "groups"))
    return _accepted(call, group.id, group.key, GENERAL)


def _from_nothing(call: Call[Teams], body: dict[str, Any], given: set[str]) -> Reply:
    """Make group and team. App-only a team must be given its owner, and can be given nobody else."""
    _refuse_unplayed(given - _SETTABLE_FROM_NOTHING)
    name, members = body.get("displayName"), body.get("members")
    if not isinstance(name, str) or not name:
        raise GraphError(400, "BadRequest", "A team needs a displayName.")
    if not isinstance(members, list) or len(members) != 1 or members[0].get("roles") != ["owner"]:
        raise GraphError(400, "BadRequest", "Exactly one member, an owner, must be given when an app makes a team.")
    if str(members[0].get("@odata.type", "")).lstrip("#") != MEMBER_TYPE.lstrip("#"):
        raise GraphError(400, "BadRequest", f"A member needs '@odata.type': '{MEMBER_TYPE}' and 'user@odata.bind'.")
    first = body.get("firstChannelName", GENERAL)
    check_channel_name(first)
    owner = f"https://graph/users/{bound_id(members[0].get('user@odata.bind'), 'users')}"
    group = new_group(
        call.area.directory,
        {
            "displayName": name,
            "description": body.get("description"),
            "visibility": str(body.get("visibility", "Public")).capitalize(),
            "mailNickname": _free_nickname(call, name),
            "mailEnabled": True,
            "securityEnabled": False,
            "groupTypes": ["Unified"],
            "owners@odata.bind": [owner],
            "members@odata.bind": [owner],
        },
    )
    return _accepted(call, group.id, group.key, first)


def _free_nickname(call: Call[Teams], name: str) -> str:
    plain = unicodedata.normalize("NFKD", name.lower()).encode("ascii", "ignore").decode()
    stem = re.sub(r"[^a-z0-9]", "", plain)[:56] or "team"
    number, nickname = 0, stem
    while call.area.directory.group_by_nickname(nickname):
        number += 1
        nickname = f"{stem}{number}"
    return nickname


def _refuse_unplayed(names: set[str]) -> None:
    if names:
        raise GraphError(501, "notImplemented", f"The sandbox does not play '{min(names)}' in POST /teams.")


def _ready_group(call: Call[Teams], key: str) -> Group:
    """Return a group of which a team can be made."""
    group = call.area.directory.groups.get(key.lower())
    if group is None or group.ready_at > call.now:
        raise GraphError(404, "NotFound", f"Failed to find the group {key}: it may not have been replicated yet.")
    if not group.owners:
        raise GraphError(400, "BadRequest", "The group must have at least one owner to make a team of it.")
    if group.id in call.area.teams:
        raise GraphError(409, "Conflict", "The group is already provisioned as a team.")
    return group


def _accepted(call: Call[Teams], team_id: str, key: str, first_channel: str) -> Reply:
    lag = call.area.latency.team_ready.of(key)
    error = CREATION_FAILURE if call.area.mishaps.strikes("team_fails") else None
    made = call.area.new_operation(team_id, "createTeam", ready_at=call.now + lag, error=error)
    if error is None:
        team = Team(id=team_id, created_at=call.now, ready_at=made.ready_at)
        call.area.add_team(team)
        call.area.new_channel(team, name=first_channel)
    location = f"/teams('{team_id}')/operations('{made.id}')"
    return Reply(202, None, {"Location": location, "Content-Location": f"/teams('{team_id}')"})


@routes.operation(
    "PUT",
    "/groups/{group}/team",
    permissions=("Group.ReadWrite.All", "Directory.ReadWrite.All"),
    limits=(TEAM_PUT(), DIRECTORY_WRITES()),
)
def put_team(call: Call[Teams]) -> Reply:
    """Make a team of a group: 201. Refused while the group holds guests, as was reported; POST /teams takes one."""
    unknown = set(call.json()) - _SETTINGS - {"@odata.type", "template@odata.bind"}
    if unknown:
        raise GraphError(400, "BadRequest", f"Invalid property '{min(unknown)}' on type 'microsoft.graph.team'.")
    group = _ready_group(call, call.args["group"])
    users = call.area.directory.users
    if any(users[key].guest for key in group.members if key in users):
        raise GraphError(400, "BadRequest", "Failed to execute MS Graph backend request: the group holds guests.")
    team = Team(id=group.id, created_at=call.now, ready_at=call.now)
    call.area.add_team(team)
    call.area.new_channel(team, name=GENERAL)
    return Reply(201, {"@odata.context": call.url("$metadata#teams/$entity"), **team_json(call, team)})


@routes.operation("GET", "/groups/{group}/team", permissions=("Group.Read.All", *READ_TEAM), limits=(TEAM_PUT(),))
def get_team_of_group(call: Call[Teams]) -> Reply:
    """Get the team of a group; 404 while there is none."""
    return Reply(200, team_json(call, call.area.get_team(call.args["group"])))


# ---------------------------------------------------------------------------------------------------------- operations


@routes.operation("GET", "/teams/{team}/operations/{operation}", permissions=(*CREATE_TEAM, "Team.ReadBasic.All"))
def get_operation(call: Call[Teams]) -> Reply:
    """Tell notStarted, inProgress, then succeeded or failed, as time goes by. Newer kinds only when asked for."""
    made = call.area.operations.get(call.args["operation"])
    if made is None or made.team_id != call.args["team"].lower():
        raise GraphError(404, "NotFound", "The operation was not found.")
    made.polls += 1
    done = made.ready_at <= call.now
    waiting = "notStarted" if made.polls == 1 else "inProgress"
    old = made.kind == "createTeam" or call.headers.prefers("include-unknown-enum-members")
    return Reply(
        200,
        {
            "id": made.id,
            "operationType": made.kind if old else "unknownFutureValue",
            "createdDateTime": made.created_at.strftime("%Y-%m-%dT%H:%M:%SZ"),
            "status": ("failed" if made.error else "succeeded") if done else waiting,
            "lastActionDateTime": min(made.ready_at, call.now).strftime("%Y-%m-%dT%H:%M:%SZ"),
            "attemptsCount": 1,
            "targetResourceId": made.team_id,
            "targetResourceLocation": f"/teams('{made.team_id}')",
            "error": made.error if done else None,
        },
    )

"""Channels."""

from typing import Any

from sandbox.platform.throttling import CHANNEL, CHANNEL_CREATE, TEAM, TEAMS, TEAMS_DELETE, TEAMS_READS
from sandbox.protocol.errors import GraphError
from sandbox.protocol.filters import filter_of
from sandbox.protocol.operations import Routes
from sandbox.protocol.paging import collection
from sandbox.protocol.references import bound_id
from sandbox.protocol.reply import Reply
from sandbox.protocol.request import Call
from sandbox.teams.model import Team, check_channel_name
from sandbox.teams.showing import channel_json
from sandbox.teams.state import Teams

routes = Routes(Teams)

READ_CHANNELS = (
    "Channel.ReadBasic.All",
    "ChannelSettings.Read.All",
    "ChannelSettings.ReadWrite.All",
    "Group.Read.All",
    "Group.ReadWrite.All",
    "Directory.Read.All",
    "Directory.ReadWrite.All",
)
READ_CHANNELS_RSC = ("ChannelSettings.Read.Group", "ChannelSettings.ReadWrite.Group")
CHANGE_CHANNELS = ("ChannelSettings.ReadWrite.All", "Group.ReadWrite.All", "Directory.ReadWrite.All")
MAX_PRIVATE_MEMBERS = 200
_SETTABLE = frozenset(
    {"@odata.type", "displayName", "description", "membershipType", "members", "isFavoriteByDefault"}
    | {"sharedWithTeams"}
)


@routes.operation(
    "GET",
    "/teams/{team}/channels",
    permissions=READ_CHANNELS,
    rsc=READ_CHANNELS_RSC,
    limits=(TEAMS_READS(), TEAM()),
)
def list_channels(call: Call[Teams]) -> Reply:
    """List channels, private ones too: the caller is an app."""
    team = call.area.get_team(call.args["team"])
    wanted = filter_of(call)
    there = [
        channel for channel in team.channels.values() if channel.kind != "shared" or channel.created_at <= call.now
    ]
    channels = [channel_json(call, team, channel) for channel in there]
    return collection(call, [each for each in channels if wanted is None or wanted.matches(each)])


@routes.operation(
    "GET",
    "/teams/{team}/channels/{channel}",
    permissions=READ_CHANNELS,
    rsc=READ_CHANNELS_RSC,
    limits=(TEAMS(), CHANNEL()),
)
def get_channel(call: Call[Teams]) -> Reply:
    """Get one channel."""
    channel = call.area.get_channel(call.args["team"], call.args["channel"])
    return Reply(200, channel_json(call, call.area.get_team(call.args["team"]), channel))


@routes.operation(
    "GET",
    "/teams/{team}/primaryChannel",
    permissions=READ_CHANNELS,
    rsc=READ_CHANNELS_RSC,
    limits=(TEAMS(), TEAM()),
)
def get_primary_channel(call: Call[Teams]) -> Reply:
    """Get the first channel, General."""
    team = call.area.get_team(call.args["team"])
    return Reply(200, channel_json(call, team, next(iter(team.channels.values()))))


@routes.operation(
    "POST",
    "/teams/{team}/channels",
    permissions=("Channel.Create", "Group.ReadWrite.All", "Directory.ReadWrite.All"),
    rsc=("Channel.Create.Group",),
    limits=(CHANNEL_CREATE(), TEAM()),
)
def create_channel(call: Call[Teams]) -> Reply:
    """Create a channel. Standard or private: 201. Shared: 202, and an operation. A taken name is 400."""
    team, body = call.area.get_active_team(call.args["team"]), call.json()
    name, kind = _checked(body)
    team.check_free(name)
    if kind == "shared":
        return _share(call, team, name, body)
    members = _private_members(call, team, body.get("members")) if kind == "private" else {}
    channel = call.area.new_channel(team, name=name, description=body.get("description"), kind=kind, members=members)
    return Reply(201, {"@odata.context": call.url("$metadata"), **channel_json(call, team, channel)})


@routes.operation(
    "PATCH",
    "/teams/{team}/channels/{channel}",
    permissions=CHANGE_CHANNELS,
    rsc=("ChannelSettings.ReadWrite.Group",),
    limits=(TEAMS(), CHANNEL()),
)
def change_channel(call: Call[Teams]) -> Reply:
    """Name and description. General keeps its name."""
    team, body = call.area.get_team(call.args["team"]), call.json()
    channel = call.area.get_channel(team.id, call.args["channel"])
    unknown = sorted(set(body) - {"@odata.type", "displayName", "description"})
    if unknown:
        raise GraphError(400, "BadRequest", f"Property '{unknown[0]}' of a channel cannot be changed here.")
    if "displayName" in body:
        check_channel_name(body["displayName"])
        team.rename_channel(channel, body["displayName"])
    channel.description = body.get("description", channel.description)
    return Reply(204)


@routes.operation(
    "DELETE",
    "/teams/{team}/channels/{channel}",
    permissions=("Channel.Delete.All", "Group.ReadWrite.All", "Directory.ReadWrite.All"),
    rsc=("Channel.Delete.Group",),
    limits=(TEAMS_DELETE(), CHANNEL()),
)
def delete_channel(call: Call[Teams]) -> Reply:
    """Delete a channel, and the site of one that has its own; the folder of a standard channel stays."""
    team = call.area.get_active_team(call.args["team"])
    call.area.remove_channel(team, call.area.get_channel(team.id, call.args["channel"]))
    return Reply(204)


def _share(call: Call[Teams], team: Team, name: str, body: dict[str, Any]) -> Reply:
    """Make a channel that other teams can be let into. It has one owner at first, and never guests."""
    if len(body.get("members") or ()) != 1:
        raise GraphError(400, "BadRequest", "A shared channel is made with exactly one owner.")
    members = _private_members(call, team, body["members"])
    ready_at = call.now + call.area.latency.team_ready.of(f"{team.id}/{name}")
    channel = call.area.new_channel(
        team, name=name, description=body.get("description"), kind="shared", members=members
    )
    channel.created_at = ready_at
    made = call.area.new_operation(team.id, "createChannel", ready_at=ready_at)
    return Reply(202, None, {"Content-Location": f"/teams/{team.id}/operations/{made.id}"})


def _checked(body: dict[str, Any]) -> tuple[str, str]:
    unknown = sorted(set(body) - _SETTABLE)
    if unknown:
        raise GraphError(400, "BadRequest", f"Invalid property '{unknown[0]}' on type 'microsoft.graph.channel'.")
    name, kind = body.get("displayName"), body.get("membershipType", "standard")
    check_channel_name(name)
    if kind not in ("standard", "private", "shared"):
        raise GraphError(400, "BadRequest", f"Invalid membershipType '{kind}'.")
    if kind == "standard" and body.get("members"):
        raise GraphError(400, "BadRequest", "Members can be given for private and shared channels only.")
    return str(name), kind


def _private_members(call: Call[Teams], team: Team, given: Any) -> dict[str, list[str]]:
    if not isinstance(given, list) or not 1 <= len(given) <= MAX_PRIVATE_MEMBERS:
        raise GraphError(400, "BadRequest", f"A private channel is made with 1 to {MAX_PRIVATE_MEMBERS} members.")
    roster = {user.id: user for user, _ in call.area.rosters.of(team)}
    members: dict[str, list[str]] = {}
    for entry in given:
        user = roster.get(call.area.directory.get_user(bound_id(entry.get("user@odata.bind"), "users")).id)
        roles = entry.get("roles", [])
        if user is None:
            raise GraphError(400, "BadRequest", "Members of a private channel must be members of the team.")
        if user.guest and roles:
            raise GraphError(400, "BadRequest", "A guest cannot own a channel.")
        members[user.id] = list(roles)
    if ["owner"] not in members.values():
        raise GraphError(400, "BadRequest", "A private channel needs an owner among its members.")
    return members


@routes.operation("POST", "/teams/{team}/channels/{channel}/messages", permissions=("Teamwork.Migrate.All",))
def refuse_message(call: Call[Teams]) -> Reply:
    """Refuse: apps cannot post in channels; the one permission there is serves imports."""
    raise GraphError(403, "Forbidden", "The channel is not in migration mode: messages cannot be posted app-only.")

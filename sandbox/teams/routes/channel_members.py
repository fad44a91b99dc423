"""Members of private and shared channels."""

import base64
from typing import Any

from sandbox.platform.throttling import CHANNEL, TEAMS
from sandbox.protocol.errors import GraphError
from sandbox.protocol.operations import Routes
from sandbox.protocol.paging import collection
from sandbox.protocol.references import bound_id
from sandbox.protocol.reply import Reply
from sandbox.protocol.request import Call
from sandbox.teams.model import Channel, Team
from sandbox.teams.showing import MEMBER_TYPE, member_json
from sandbox.teams.state import Teams

routes = Routes(Teams)

READ = ("ChannelMember.Read.All", "ChannelMember.ReadWrite.All")
READ_RSC = ("ChannelMember.Read.Group", "ChannelMember.ReadWrite.Group")
WRITE = ("ChannelMember.ReadWrite.All",)
WRITE_RSC = ("ChannelMember.ReadWrite.Group",)


@routes.operation(
    "GET",
    "/teams/{team}/channels/{channel}/members",
    permissions=READ,
    rsc=READ_RSC,
    limits=(TEAMS(), CHANNEL()),
)
def list_channel_members(call: Call[Teams]) -> Reply:
    """List members; of a standard channel those of the team. A person who left the team has no seat any more."""
    team, channel = _channel(call)
    roster = call.area.rosters.of(team)
    if channel.kind == "standard":
        return collection(call, [member_json(call, user, roles) for user, roles in roster])
    seats = [(user, channel.members[user.id]) for user, _ in roster if user.id in channel.members]
    return collection(call, [member_json(call, user, ["guest"] if user.guest else roles) for user, roles in seats])


@routes.operation(
    "POST",
    "/teams/{team}/channels/{channel}/members",
    permissions=WRITE,
    rsc=WRITE_RSC,
    limits=(TEAMS(), CHANNEL()),
)
def add_channel_member(call: Call[Teams]) -> Reply:
    """Add somebody whom the team shows; a guest cannot own it. Once more: 409."""
    team, channel = _private(call)
    body = call.json()
    if str(body.get("@odata.type", "")).lstrip("#") != MEMBER_TYPE.lstrip("#"):
        raise GraphError(400, "BadRequest", f"A member needs '@odata.type': '{MEMBER_TYPE}' and 'user@odata.bind'.")
    user = call.area.directory.get_user(bound_id(body.get("user@odata.bind"), "users"))
    roles = body.get("roles", [])
    if not call.area.rosters.shows(team, user.id):
        raise GraphError(404, "NotFound", "The user is not found in the team.")
    if user.guest and roles:
        raise GraphError(400, "BadRequest", "A guest cannot own a channel.")
    if user.id in channel.members:
        raise GraphError(409, "Conflict", "The user is a member of the channel already.")
    channel.members[user.id] = list(roles)
    return Reply(201, member_json(call, user, roles))


@routes.operation(
    "DELETE",
    "/teams/{team}/channels/{channel}/members/{seat}",
    permissions=WRITE,
    rsc=WRITE_RSC,
    limits=(TEAMS(), CHANNEL()),
)
def remove_channel_member(call: Call[Teams]) -> Reply:
    """Remove the seat in the channel, not the membership of the team."""
    _, channel = _private(call)
    user_id = _user_of(call.args["seat"])
    if user_id not in channel.members:
        raise GraphError(404, "NotFound", "The member was not found in the channel.")
    if channel.members[user_id] == ["owner"] and list(channel.members.values()).count(["owner"]) == 1:
        raise GraphError(400, "BadRequest", "The last owner cannot leave the channel.")
    del channel.members[user_id]
    return Reply(204)


def _private(call: Call[Teams]) -> tuple[Team, Channel]:
    team, channel = _channel(call)
    if channel.kind == "standard":
        raise GraphError(400, "BadRequest", "A standard channel has the team's members and no others.")
    return team, channel


def _channel(call: Call[Teams]) -> tuple[Team, Channel]:
    team = call.area.get_team(call.args["team"])
    return team, call.area.get_channel(team.id, call.args["channel"])


def _user_of(seat: str) -> str:
    """Return the user's id that the id of a seat wraps."""
    try:
        found: Any = base64.b64decode(seat).decode().rsplit("##", 1)[1]
    except (ValueError, IndexError):
        raise GraphError(404, "NotFound", "The member was not found in the channel.") from None
    return str(found)

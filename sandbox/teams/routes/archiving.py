"""Archiving teams and channels, and taking them back. Nothing is deleted by it."""

from sandbox.platform.throttling import CHANNEL, TEAM, TEAMS
from sandbox.protocol.errors import GraphError
from sandbox.protocol.operations import Routes
from sandbox.protocol.reply import Reply
from sandbox.protocol.request import Call
from sandbox.teams.model import Team
from sandbox.teams.state import Teams

routes = Routes(Teams)

CHANGE_TEAM = ("TeamSettings.ReadWrite.All", "Group.ReadWrite.All", "Directory.ReadWrite.All")
CHANGE_TEAM_RSC = ("TeamSettings.ReadWrite.Group",)
CHANGE_CHANNEL = ("ChannelSettings.ReadWrite.All",)
READ_ONLY = "shouldSetSpoSiteReadOnlyForMembers"


@routes.operation(
    "POST", "/teams/{team}/archive", permissions=CHANGE_TEAM, rsc=CHANGE_TEAM_RSC, limits=(TEAMS(), TEAM())
)
def archive_team(call: Call[Teams]) -> Reply:
    """Archive a team: 202 and an operation; needs an owner. Apps cannot have the site made read-only with it."""
    team = _owned(call)
    given = call.json() if call.body else {}
    if READ_ONLY in given:
        raise GraphError(400, "BadRequest", f"{READ_ONLY} is not supported in application context.")
    if given:
        raise GraphError(400, "BadRequest", f"Unknown parameter '{min(given)}'.")
    if team.archived_at is None:
        team.archived_at = call.now
    return _accepted(call, "archiveTeam")


@routes.operation(
    "POST", "/teams/{team}/unarchive", permissions=CHANGE_TEAM, rsc=CHANGE_TEAM_RSC, limits=(TEAMS(), TEAM())
)
def unarchive_team(call: Call[Teams]) -> Reply:
    """Take a team back: 202 and an operation. Channels that were archived by themselves stay so."""
    call.area.get_team(call.args["team"]).archived_at = None
    return _accepted(call, "unarchiveTeam")


@routes.operation(
    "POST", "/teams/{team}/channels/{channel}/archive", permissions=CHANGE_CHANNEL, limits=(TEAMS(), CHANNEL())
)
def archive_channel(call: Call[Teams]) -> Reply:
    """Archive a channel of a team that is not archived itself: 202 and an operation."""
    team = _active(call, _owned(call))
    channel = call.area.get_channel(team.id, call.args["channel"])
    if channel is next(iter(team.channels.values())):
        raise GraphError(400, "BadRequest", "The General channel cannot be archived.")
    if channel.archived_at is None:
        channel.archived_at = call.now
    return _accepted(call, "archiveChannel")


@routes.operation(
    "POST", "/teams/{team}/channels/{channel}/unarchive", permissions=CHANGE_CHANNEL, limits=(TEAMS(), CHANNEL())
)
def unarchive_channel(call: Call[Teams]) -> Reply:
    """Take a channel of a team that is not archived itself back: 202 and an operation."""
    team = _active(call, call.area.get_team(call.args["team"]))
    call.area.get_channel(team.id, call.args["channel"]).archived_at = None
    return _accepted(call, "unarchiveChannel")


def _owned(call: Call[Teams]) -> Team:
    team = call.area.get_team(call.args["team"])
    if not call.area.group(team).owners:
        raise GraphError(400, "BadRequest", "The team has no owner, so it cannot be archived.")
    return team


def _active(call: Call[Teams], team: Team) -> Team:
    if team.archived_at is not None:
        message = f"Team has to be active, for channel to be archived or unarchived: {call.args['channel']}"
        raise GraphError(400, "BadRequest", message)
    return team


def _accepted(call: Call[Teams], kind: str) -> Reply:
    team_id = call.args["team"].lower()
    made = call.area.new_operation(team_id, kind, ready_at=call.now)
    return Reply(202, None, {"Location": f"/teams/{team_id}/operations/{made.id}"})

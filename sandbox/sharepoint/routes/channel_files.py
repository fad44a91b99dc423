"""Folders of channels."""

from sandbox.platform.throttling import CHANNEL, TEAMS
from sandbox.protocol.operations import Routes
from sandbox.protocol.reply import Reply
from sandbox.protocol.request import Call
from sandbox.sharepoint.showing import item_json
from sandbox.sharepoint.state import SharePoint

routes = Routes(SharePoint)


@routes.operation(
    "GET",
    "/teams/{team}/channels/{channel}/filesFolder",
    permissions=(
        "Files.Read.All",
        "Files.ReadWrite.All",
        "Sites.Read.All",
        "Sites.ReadWrite.All",
        "Group.Read.All",
        "Group.ReadWrite.All",
    ),
    rsc=("File.Read.Group",),
    limits=(TEAMS(), CHANNEL()),
)
def get_files_folder(call: Call[SharePoint]) -> Reply:
    """Get the folder of a channel's files; 404 until SharePoint has made it."""
    team = call.area.teams.get_team(call.args["team"])
    channel = call.area.teams.get_channel(team.id, call.args["channel"])
    drive, folder = call.area.channel_folder(team.id, channel)
    return Reply(200, item_json(drive, folder))

"""Channels and tabs."""

import re
from typing import Any
from urllib.parse import quote

from sandbox.catalog import CatalogApp
from sandbox.filters import filter_of
from sandbox.permissions import only_for_own_app
from sandbox.routing import Call, GraphError, Reply, bound_id, collection, operation
from sandbox.teams import Channel, Tab, Team
from sandbox.throttling import CHANNEL, CHANNEL_CREATE, TEAM, TEAMS, TEAMS_READS

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
READ_TABS = (
    "TeamsTab.Read.All",
    "TeamsTab.ReadWrite.All",
    "TeamsTab.ReadWriteForTeam.All",
    "TeamsTab.ReadWriteSelfForTeam.All",
    "Group.Read.All",
    "Group.ReadWrite.All",
    "Directory.Read.All",
    "Directory.ReadWrite.All",
)
CREATE_TABS = (
    "TeamsTab.Create",
    "TeamsTab.ReadWrite.All",
    "TeamsTab.ReadWriteForTeam.All",
    "TeamsTab.ReadWriteSelfForTeam.All",
    "Group.ReadWrite.All",
    "Directory.ReadWrite.All",
)
CHANGE_CHANNELS = ("ChannelSettings.ReadWrite.All", "Group.ReadWrite.All", "Directory.ReadWrite.All")
CHANGE_TABS = (
    "TeamsTab.ReadWrite.All",
    "TeamsTab.ReadWriteForTeam.All",
    "TeamsTab.ReadWriteSelfForTeam.All",
    "Group.ReadWrite.All",
    "Directory.ReadWrite.All",
)
LONGEST_NAME = 50
PRIVATE_MEMBERS = 200
_FORBIDDEN = re.compile(r"[~#%&*{}+/\\:<>?|'\"]|^[_.]|\.$")
_KNOWN = frozenset(
    {"@odata.type", "displayName", "description", "membershipType", "members", "isFavoriteByDefault"}
    | {"sharedWithTeams"}
)


def channel_json(call: Call, team: Team, channel: Channel) -> dict[str, Any]:
    """A channel as it is listed."""
    address = f"{quote(channel.id)}/{quote(channel.name)}?groupId={team.id}&tenantId={call.tenant.id}"
    return {
        "id": channel.id,
        "createdDateTime": channel.created_at.strftime("%Y-%m-%dT%H:%M:%SZ"),
        "displayName": channel.name,
        "description": channel.description,
        "isFavoriteByDefault": None,
        "email": "",
        "tenantId": call.tenant.id,
        "webUrl": f"https://teams.microsoft.com/l/channel/{address}",
        "membershipType": channel.kind,
        "isArchived": channel.archived_at is not None or team.archived_at is not None,
    }


def new_channel(
    call: Call,
    team: Team,
    *,
    name: str,
    description: str | None = None,
    kind: str = "standard",
    members: dict[str, list[str]] | None = None,
) -> Channel:
    """Put a channel into the team; whether it may be there was checked before."""
    key = f"{call.tenant.directory.get_group(team.id).key}/{name}"
    made = call.tenant.teams.new_id("channel", key).replace("-", "")
    channel = Channel(
        id=f"19:{made}@thread.tacv2",
        name=name,
        description=description,
        kind=kind,
        created_at=call.now,
        members=members or {},
    )
    call.tenant.names[channel.id] = f"channel:{key}"
    team.channels[channel.id] = channel
    return channel


@operation(
    "GET",
    "/teams/{team}/channels",
    permissions=READ_CHANNELS,
    rsc=READ_CHANNELS_RSC,
    limits=(TEAMS_READS(), TEAM()),
)
def list_channels(call: Call) -> Reply:
    """Private ones too: the caller is an app."""
    team = call.tenant.teams.get_team(call.args["team"])
    wanted = filter_of(call)
    there = [
        channel for channel in team.channels.values() if channel.kind != "shared" or channel.created_at <= call.now
    ]
    channels = [channel_json(call, team, channel) for channel in there]
    return collection(call, [each for each in channels if wanted is None or wanted.matches(each)])


@operation(
    "GET",
    "/teams/{team}/channels/{channel}",
    permissions=READ_CHANNELS,
    rsc=READ_CHANNELS_RSC,
    limits=(TEAMS(), CHANNEL()),
)
def get_channel(call: Call) -> Reply:
    """One channel."""
    channel = call.tenant.teams.get_channel(call.args["team"], call.args["channel"])
    return Reply(200, channel_json(call, call.tenant.teams.get_team(call.args["team"]), channel))


@operation(
    "GET",
    "/teams/{team}/primaryChannel",
    permissions=READ_CHANNELS,
    rsc=READ_CHANNELS_RSC,
    limits=(TEAMS(), TEAM()),
)
def get_primary_channel(call: Call) -> Reply:
    """The first channel, General."""
    team = call.tenant.teams.get_team(call.args["team"])
    return Reply(200, channel_json(call, team, next(iter(team.channels.values()))))


@operation(
    "POST",
    "/teams/{team}/channels",
    permissions=("Channel.Create", "Group.ReadWrite.All", "Directory.ReadWrite.All"),
    rsc=("Channel.Create.Group",),
    limits=(CHANNEL_CREATE(), TEAM()),
)
def create_channel(call: Call) -> Reply:
    """Standard or private: 201. Shared: 202, and an operation. A taken name is 400."""
    team, body = call.tenant.teams.get_active_team(call.args["team"]), call.json()
    name, kind = _checked(body)
    call.tenant.teams.check_free(team, name)
    if kind == "shared":
        return _share(call, team, name, body)
    members = _private_members(call, team, body.get("members")) if kind == "private" else {}
    channel = new_channel(call, team, name=name, description=body.get("description"), kind=kind, members=members)
    return Reply(201, {"@odata.context": call.url("$metadata"), **channel_json(call, team, channel)})


@operation(
    "PATCH",
    "/teams/{team}/channels/{channel}",
    permissions=CHANGE_CHANNELS,
    rsc=("ChannelSettings.ReadWrite.Group",),
    limits=(TEAMS(), CHANNEL()),
)
def change_channel(call: Call) -> Reply:
    """Name and description. General keeps its name."""
    team, body = call.tenant.teams.get_team(call.args["team"]), call.json()
    channel = call.tenant.teams.get_channel(team.id, call.args["channel"])
    unknown = sorted(set(body) - {"@odata.type", "displayName", "description"})
    if unknown:
        raise GraphError(400, "BadRequest", f"Property '{unknown[0]}' of a channel cannot be changed here.")
    if "displayName" in body:
        check_name(body["displayName"])
        call.tenant.teams.rename_channel(team, channel, body["displayName"])
    channel.description = body.get("description", channel.description)
    return Reply(204)


def _share(call: Call, team: Team, name: str, body: dict[str, Any]) -> Reply:
    """A channel that other teams can be let into. It has one owner at first, and never guests."""
    if len(body.get("members") or ()) != 1:
        raise GraphError(400, "BadRequest", "A shared channel is made with exactly one owner.")
    members = _private_members(call, team, body["members"])
    ready_at = call.now + call.tenant.latency.team_ready.of(f"{team.id}/{name}")
    channel = new_channel(call, team, name=name, description=body.get("description"), kind="shared", members=members)
    channel.created_at = ready_at
    made = call.tenant.teams.new_operation(team.id, "createChannel", ready_at=ready_at)
    return Reply(202, None, {"Content-Location": f"/teams/{team.id}/operations/{made.id}"})


def _checked(body: dict[str, Any]) -> tuple[str, str]:
    unknown = sorted(set(body) - _KNOWN)
    if unknown:
        raise GraphError(400, "BadRequest", f"Invalid property '{unknown[0]}' on type 'microsoft.graph.channel'.")
    name, kind = body.get("displayName"), body.get("membershipType", "standard")
    check_name(name)
    if kind not in ("standard", "private", "shared"):
        raise GraphError(400, "BadRequest", f"Invalid membershipType '{kind}'.")
    if kind == "standard" and body.get("members"):
        raise GraphError(400, "BadRequest", "Members can be given for private and shared channels only.")
    return str(name), kind


def check_name(name: Any) -> None:
    """400 for what cannot be a channel's name."""
    if not isinstance(name, str) or not 1 <= len(name) <= LONGEST_NAME or _FORBIDDEN.search(name):
        raise GraphError(400, "BadRequest", f"Channel name is invalid: {name!r}.")


def _private_members(call: Call, team: Team, given: Any) -> dict[str, list[str]]:
    if not isinstance(given, list) or not 1 <= len(given) <= PRIVATE_MEMBERS:
        raise GraphError(400, "BadRequest", f"A private channel is made with 1 to {PRIVATE_MEMBERS} members.")
    roster = {user.id: user for user, _ in call.tenant.teams.roster(team)}
    members: dict[str, list[str]] = {}
    for entry in given:
        user = roster.get(call.tenant.directory.get_user(bound_id(entry.get("user@odata.bind"), "users")).id)
        roles = entry.get("roles", [])
        if user is None:
            raise GraphError(400, "BadRequest", "Members of a private channel must be members of the team.")
        if user.guest and roles:
            raise GraphError(400, "BadRequest", "A guest cannot own a channel.")
        members[user.id] = list(roles)
    if ["owner"] not in members.values():
        raise GraphError(400, "BadRequest", "A private channel needs an owner among its members.")
    return members


@operation(
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
def get_files_folder(call: Call) -> Reply:
    """Where the channel's files lie; 404 until SharePoint has made it."""
    team = call.tenant.teams.get_team(call.args["team"])
    channel = call.tenant.teams.get_channel(team.id, call.args["channel"])
    drive, folder = call.tenant.sharepoint.channel_folder(team.id, channel)
    return Reply(200, drive.item_json(folder))


@operation("POST", "/teams/{team}/channels/{channel}/messages", permissions=("Teamwork.Migrate.All",))
def refuse_message(call: Call) -> Reply:
    """Apps cannot post in channels; the one permission there is serves imports."""
    raise GraphError(403, "Forbidden", "The channel is not in migration mode: messages cannot be posted app-only.")


# ---------------------------------------------------------------------------------------------------------------- tabs


def app_json(app: CatalogApp) -> dict[str, Any]:
    """An app of the catalogue."""
    return {
        "id": app.id,
        "externalId": app.external_id,
        "displayName": app.name,
        "distributionMethod": app.distribution,
    }


def _tab_json(call: Call, team: Team, channel: Channel, tab: Tab) -> dict[str, Any]:
    known: dict[str, Any] = {
        "id": tab.id,
        "displayName": tab.name,
        "webUrl": f"https://teams.microsoft.com/l/entity/{tab.app_id}/{tab.id}?groupId={team.id}",
        "configuration": {
            name: tab.configuration.get(name) for name in ("entityId", "contentUrl", "removeUrl", "websiteUrl")
        },
    }
    app = call.tenant.catalog.apps.get(tab.app_id)
    if "teamsApp" in call.query.names("expand") and app:
        known["teamsApp"] = app_json(app)
    return known


@operation(
    "GET",
    "/teams/{team}/channels/{channel}/tabs",
    permissions=READ_TABS,
    rsc=("TeamsTab.Read.Group", "TeamsTab.ReadWrite.Group"),
    limits=(TEAMS(), CHANNEL()),
)
def list_tabs(call: Call) -> Reply:
    """With their app on `$expand=teamsApp`."""
    channel = call.tenant.teams.get_channel(call.args["team"], call.args["channel"])
    team = call.tenant.teams.get_team(call.args["team"])
    return collection(call, [_tab_json(call, team, channel, tab) for tab in channel.tabs.values()])


@operation(
    "POST",
    "/teams/{team}/channels/{channel}/tabs",
    permissions=CREATE_TABS,
    rsc=("TeamsTab.Create.Group", "TeamsTab.ReadWrite.Group"),
    limits=(TEAMS(), CHANNEL()),
)
def create_tab(call: Call) -> Reply:
    """The same tab can be made twice, as in the real one."""
    team = call.tenant.teams.get_active_team(call.args["team"])
    channel = call.tenant.teams.get_channel(call.args["team"], call.args["channel"])
    body = call.json()
    app = _installed(call, team, bound_id(body.get("teamsApp@odata.bind"), "teamsApps"))
    configuration = body.get("configuration") or {}
    unknown = sorted(set(body) - {"@odata.type", "displayName", "configuration", "teamsApp@odata.bind"})
    if unknown:
        raise GraphError(400, "BadRequest", f"Invalid property '{unknown[0]}' on type 'microsoft.graph.teamsTab'.")
    if not app.configurable_tabs:
        raise GraphError(400, "BadRequest", "A static tab takes no displayName and no configuration.")
    if not body.get("displayName") or not str(configuration.get("contentUrl") or "").startswith(
        ("http://", "https://")
    ):
        raise GraphError(400, "BadRequest", "A tab needs displayName and configuration.contentUrl.")
    tab = Tab(id=call.tenant.new_id("tab"), name=body["displayName"], app_id=app.id, configuration=dict(configuration))
    channel.tabs[tab.id] = tab
    return Reply(201, {"@odata.context": call.url("$metadata"), **_tab_json(call, team, channel, tab)})


@operation(
    "PATCH",
    "/teams/{team}/channels/{channel}/tabs/{tab}",
    permissions=CHANGE_TABS,
    rsc=("TeamsTab.ReadWrite.Group",),
    limits=(TEAMS(), CHANNEL()),
)
def change_tab(call: Call) -> Reply:
    """Its name and where it leads; its app stays."""
    team = call.tenant.teams.get_team(call.args["team"])
    channel = call.tenant.teams.get_channel(call.args["team"], call.args["channel"])
    tab, body = channel.tabs.get(call.args["tab"]), call.json()
    if tab is None:
        raise GraphError(404, "NotFound", f"Tab {call.args['tab']} was not found.")
    unknown = sorted(set(body) - {"@odata.type", "displayName", "configuration"})
    if unknown:
        raise GraphError(400, "BadRequest", f"Property '{unknown[0]}' of a tab cannot be changed.")
    tab.name = body.get("displayName", tab.name)
    tab.configuration |= body.get("configuration") or {}
    return Reply(200, {"@odata.context": call.url("$metadata"), **_tab_json(call, team, channel, tab)})


def _installed(call: Call, team: Team, app_id: str) -> CatalogApp:
    app = call.tenant.catalog.apps.get(app_id)
    if app is None:
        raise GraphError(404, "NotFound", f"App {app_id} was not found in the catalogue.")
    if not app.built_in and all(found.app_id != app.id for found in team.installations.values()):
        raise GraphError(403, "Forbidden", f"App {app_id} is not installed in the team.")
    if only_for_own_app(call.allowed_by) and app.web_application_id != call.app.client_id:
        raise GraphError(403, "Forbidden", f"{', '.join(sorted(call.allowed_by))} is for the caller's own app only.")
    return app

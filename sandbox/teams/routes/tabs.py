"""Tabs of channels."""

from sandbox.platform.throttling import CHANNEL, TEAMS
from sandbox.protocol.errors import GraphError
from sandbox.protocol.operations import Routes
from sandbox.protocol.paging import collection
from sandbox.protocol.references import bound_id
from sandbox.protocol.reply import Reply
from sandbox.protocol.request import Call
from sandbox.teams.catalog import CatalogApp
from sandbox.teams.model import Tab, Team
from sandbox.teams.showing import tab_json
from sandbox.teams.state import Teams

routes = Routes(Teams)

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
CHANGE_TABS = (
    "TeamsTab.ReadWrite.All",
    "TeamsTab.ReadWriteForTeam.All",
    "TeamsTab.ReadWriteSelfForTeam.All",
    "Group.ReadWrite.All",
    "Directory.ReadWrite.All",
)


@routes.operation(
    "GET",
    "/teams/{team}/channels/{channel}/tabs",
    permissions=READ_TABS,
    rsc=("TeamsTab.Read.Group", "TeamsTab.ReadWrite.Group"),
    limits=(TEAMS(), CHANNEL()),
)
def list_tabs(call: Call[Teams]) -> Reply:
    """List tabs, with their app on `$expand=teamsApp`."""
    channel = call.area.get_channel(call.args["team"], call.args["channel"])
    team = call.area.get_team(call.args["team"])
    return collection(call, [tab_json(call, team, channel, tab) for tab in channel.tabs.values()])


@routes.operation(
    "POST",
    "/teams/{team}/channels/{channel}/tabs",
    permissions=CREATE_TABS,
    rsc=("TeamsTab.Create.Group", "TeamsTab.ReadWrite.Group"),
    limits=(TEAMS(), CHANNEL()),
)
def create_tab(call: Call[Teams]) -> Reply:
    """Add a tab. The same one can be made twice, as in the real service."""
    team = call.area.get_active_team(call.args["team"])
    channel = call.area.get_channel(call.args["team"], call.args["channel"])
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
    tab = Tab(id=call.area.ids.new("tab"), name=body["displayName"], app_id=app.id, configuration=dict(configuration))
    channel.tabs[tab.id] = tab
    return Reply(201, {"@odata.context": call.url("$metadata"), **tab_json(call, team, channel, tab)})


@routes.operation(
    "PATCH",
    "/teams/{team}/channels/{channel}/tabs/{tab}",
    permissions=CHANGE_TABS,
    rsc=("TeamsTab.ReadWrite.Group",),
    limits=(TEAMS(), CHANNEL()),
)
def change_tab(call: Call[Teams]) -> Reply:
    """Change name and address of a tab; its app stays."""
    team = call.area.get_team(call.args["team"])
    channel = call.area.get_channel(call.args["team"], call.args["channel"])
    tab, body = channel.tabs.get(call.args["tab"]), call.json()
    if tab is None:
        raise GraphError(404, "NotFound", f"Tab {call.args['tab']} was not found.")
    unknown = sorted(set(body) - {"@odata.type", "displayName", "configuration"})
    if unknown:
        raise GraphError(400, "BadRequest", f"Property '{unknown[0]}' of a tab cannot be changed.")
    tab.name = body.get("displayName", tab.name)
    tab.configuration |= body.get("configuration") or {}
    return Reply(200, {"@odata.context": call.url("$metadata"), **tab_json(call, team, channel, tab)})


def _installed(call: Call[Teams], team: Team, app_id: str) -> CatalogApp:
    app = call.area.catalog.apps.get(app_id)
    if app is None:
        raise GraphError(404, "NotFound", f"App {app_id} was not found in the catalogue.")
    if not app.built_in and all(found.app_id != app.id for found in team.installations.values()):
        raise GraphError(403, "Forbidden", f"App {app_id} is not installed in the team.")
    if call.is_for_own_app_only and app.web_application_id != call.app.client_id:
        raise GraphError(403, "Forbidden", f"{', '.join(sorted(call.allowed_by))} is for the caller's own app only.")
    return app

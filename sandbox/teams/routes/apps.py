"""The catalogue of apps, and installing them in teams and for people."""

from typing import Any

from sandbox.platform.throttling import CHANNEL, TEAMS, TEAMS_DELETE
from sandbox.protocol.errors import GraphError
from sandbox.protocol.filters import filter_of
from sandbox.protocol.operations import Routes
from sandbox.protocol.paging import collection
from sandbox.protocol.references import bound_id
from sandbox.protocol.reply import Reply
from sandbox.protocol.request import Call
from sandbox.teams.catalog import CatalogApp
from sandbox.teams.model import Installation
from sandbox.teams.showing import app_json
from sandbox.teams.state import Teams

routes = Routes(Teams)

INSTALL_IN_TEAM = (
    "TeamsAppInstallation.ReadWriteSelfForTeam.All",
    "TeamsAppInstallation.ReadWriteForTeam.All",
    "TeamsAppInstallation.ReadWriteAndConsentSelfForTeam.All",
    "TeamsAppInstallation.ReadWriteAndConsentForTeam.All",
    "Group.ReadWrite.All",
    "Directory.ReadWrite.All",
)
WITHOUT_CONSENT = frozenset(
    {"TeamsAppInstallation.ReadWriteSelfForTeam.All", "TeamsAppInstallation.ReadWriteForTeam.All"}
)
"""Not enough for an app that asks for resource-specific permissions."""
READ_IN_TEAM = (
    "TeamsAppInstallation.ReadForTeam.All",
    "TeamsAppInstallation.Read.All",
    "Group.Read.All",
    "Directory.Read.All",
    *INSTALL_IN_TEAM,
)
READ_IN_CHANNEL = (
    "TeamsAppInstallation.ReadForTeam.All",
    "TeamsAppInstallation.ReadWriteForTeam.All",
    "TeamsAppInstallation.ManageSelectedForTeam.All",
    "TeamsAppInstallation.Read.All",
)
INSTALL_FOR_USER = (
    "TeamsAppInstallation.ReadWriteSelfForUser.All",
    "TeamsAppInstallation.ReadWriteForUser.All",
    "TeamsAppInstallation.ReadWriteAndConsentSelfForUser.All",
    "TeamsAppInstallation.ReadWriteAndConsentForUser.All",
)
READ_FOR_USER = ("TeamsAppInstallation.ReadForUser.All", "TeamsAppInstallation.Read.All", *INSTALL_FOR_USER)
READ_CHAT = (
    "TeamsAppInstallation.ReadForUser.All",
    "TeamsAppInstallation.Read.All",
    "TeamsAppInstallation.ReadWriteForUser.All",
    "TeamsAppInstallation.ReadWriteSelfForUser.All",
)


@routes.operation(
    "GET", "/appCatalogs/teamsApps", permissions=("AppCatalog.Read.All", "AppCatalog.ReadWrite.All"), limits=(TEAMS(),)
)
def list_apps(call: Call[Teams]) -> Reply:
    """List the organisation's and the built-in apps; $filter on externalId or id."""
    wanted = filter_of(call)
    apps = [_catalog_json(call, app) for app in call.area.catalog.apps.values()]
    return collection(call, [app for app in apps if wanted is None or wanted.matches(app)])


def _catalog_json(call: Call[Teams], app: CatalogApp) -> dict[str, Any]:
    known = app_json(app)
    if "appDefinitions" in call.query.names("expand"):
        known["appDefinitions"] = [_definition_json(app)]
    return known


def _definition_json(app: CatalogApp) -> dict[str, Any]:
    return {
        "id": f"{app.id}:{app.version}",
        "teamsAppId": app.id,
        "displayName": app.name,
        "version": app.version,
        "publishingState": "published",
    }


# --------------------------------------------------------------------------------------------------------------- teams


@routes.operation(
    "GET",
    "/teams/{team}/installedApps",
    permissions=READ_IN_TEAM,
    rsc=("TeamsAppInstallation.Read.Group",),
    limits=(TEAMS(),),
)
def list_in_team(call: Call[Teams]) -> Reply:
    """List installations, with `$expand=teamsApp,teamsAppDefinition` and $filter on teamsApp/externalId."""
    team = call.area.get_team(call.args["team"])
    return _installations(call, list(team.installations.values()))


@routes.operation(
    "GET",
    "/teams/{team}/channels/{channel}/enabledApps",
    permissions=READ_IN_CHANNEL,
    rsc=("TeamsAppInstallation.Read.Group",),
    limits=(TEAMS(), CHANNEL()),
)
def list_in_channel(call: Call[Teams]) -> Reply:
    """List the apps of a channel: those of the team, or in a private or shared one those that a person added there."""
    team = call.area.get_team(call.args["team"])
    channel = call.area.get_channel(team.id, call.args["channel"])
    of_team = {installation.app_id for installation in team.installations.values()}
    there = channel.apps if channel.is_closed else of_team
    apps = [app_json(app) for app in call.area.catalog.apps.values() if app.id in there]
    wanted = filter_of(call)
    return collection(call, [app for app in apps if wanted is None or wanted.matches(app)])


@routes.operation("POST", "/teams/{team}/installedApps", permissions=INSTALL_IN_TEAM, limits=(TEAMS(),))
def install_in_team(call: Call[Teams]) -> Reply:
    """Install an app. The consent must be the manifest's, no more and no less."""
    team = call.area.get_team(call.args["team"])
    app = _app_to_install(call, "team")
    if app.resource_specific and call.allowed_by <= WITHOUT_CONSENT:
        raise GraphError(403, "Forbidden", "The app asks for resource-specific consent, which the caller may not give.")
    consented = _consented(call.json())
    if consented != app.resource_specific:
        raise GraphError(
            400, "BadRequest", "The consentedPermissionSet must be exactly what the app's manifest asks for."
        )
    if any(found.app_id == app.id for found in team.installations.values()):
        raise GraphError(409, "Conflict", "App already installed in the scope.")
    installation = Installation(
        id=call.area.ids.new("installation", f"{team.id}/{app.external_id}"),
        app_id=app.id,
        created_at=call.now,
        consented=frozenset(name for name, kind in consented if kind == "application"),
    )
    team.installations[installation.id] = installation
    for hook in call.area.on_install:
        hook(app, "team", team.id)
    location = f"/teams('{team.id}')/installedApps('{installation.id}')"
    return Reply(201, None, {"Location": location})


@routes.operation(
    "DELETE",
    "/teams/{team}/installedApps/{installation}",
    permissions=(
        "TeamsAppInstallation.ReadWriteSelfForTeam.All",
        "TeamsAppInstallation.ReadWriteForTeam.All",
        "Group.ReadWrite.All",
        "Directory.ReadWrite.All",
    ),
    limits=(TEAMS_DELETE(),),
)
def remove_from_team(call: Call[Teams]) -> Reply:
    """Remove an app, and its consent with it."""
    team = call.area.get_team(call.args["team"])
    return _remove(call, team.installations, "team", team.id)


# -------------------------------------------------------------------------------------------------------------- people


@routes.operation("GET", "/users/{user}/teamwork/installedApps", permissions=READ_FOR_USER, limits=(TEAMS(),))
def list_for_user(call: Call[Teams]) -> Reply:
    """List the installations of a person."""
    user = call.area.directory.get_user(call.args["user"])
    return _installations(call, list(call.area.personal.get(user.id, {}).values()))


@routes.operation("POST", "/users/{user}/teamwork/installedApps", permissions=INSTALL_FOR_USER, limits=(TEAMS(),))
def install_for_user(call: Call[Teams]) -> Reply:
    """Install an app for a person, not for a guest."""
    user = call.area.directory.get_user(call.args["user"])
    app = _app_to_install(call, "personal")
    if user.guest:
        raise GraphError(403, "Forbidden", "Apps cannot be installed for guest users.")
    installed = call.area.personal.setdefault(user.id, {})
    if any(found.app_id == app.id for found in installed.values()):
        raise GraphError(409, "Conflict", "App already installed in the scope.")
    installation = Installation(
        id=call.area.ids.new("installation", f"{user.id}/{app.external_id}"), app_id=app.id, created_at=call.now
    )
    installed[installation.id] = installation
    for hook in call.area.on_install:
        hook(app, "personal", user.id)
    return Reply(201)


@routes.operation(
    "DELETE",
    "/users/{user}/teamwork/installedApps/{installation}",
    permissions=INSTALL_FOR_USER,
    limits=(TEAMS_DELETE(),),
)
def remove_for_user(call: Call[Teams]) -> Reply:
    """Remove an app from a person, whom its bot reaches no more."""
    user = call.area.directory.get_user(call.args["user"])
    return _remove(call, call.area.personal.get(user.id, {}), "personal", user.id)


@routes.operation(
    "GET", "/users/{user}/teamwork/installedApps/{installation}/chat", permissions=READ_CHAT, limits=(TEAMS(),)
)
def get_personal_chat(call: Call[Teams]) -> Reply:
    """Get the conversation between the person and the app's bot; 404 for a moment after the installation."""
    user = call.area.directory.get_user(call.args["user"])
    installation = call.area.personal.get(user.id, {}).get(call.args["installation"])
    if installation is None or installation.created_at + call.area.latency.chat_ready > call.now:
        raise GraphError(404, "NotFound", "The chat of the installation was not found.")
    app = call.area.catalog.apps[installation.app_id]
    _refuse_foreign(call, app)
    return Reply(
        200,
        {
            "id": app.chat_id(user.id),
            "topic": None,
            "createdDateTime": installation.created_at.strftime("%Y-%m-%dT%H:%M:%SZ"),
            "chatType": "oneOnOne",
            "tenantId": call.area.ids.tenant_id,
            "webUrl": None,
        },
    )


# -------------------------------------------------------------------------------------------------------------- shared


def _app_to_install(call: Call[Teams], scope: str) -> CatalogApp:
    app_id = bound_id(call.json().get("teamsApp@odata.bind"), "teamsApps")
    app = call.area.catalog.apps.get(app_id)
    if app is None:
        raise GraphError(404, "NotFound", f"App {app_id} was not found in the catalogue.")
    if scope not in app.scopes:
        raise GraphError(400, "BadRequest", f"The app does not support the {scope} scope.")
    _refuse_foreign(call, app)
    return app


def _refuse_foreign(call: Call[Teams], app: CatalogApp) -> None:
    if call.is_for_own_app_only and app.web_application_id != call.app.client_id:
        raise GraphError(403, "Forbidden", f"{', '.join(sorted(call.allowed_by))} is for the caller's own app only.")


def _remove(call: Call[Teams], installed: dict[str, Installation], scope: str, target: str) -> Reply:
    found = installed.get(call.args["installation"])
    if found is None:
        raise GraphError(404, "NotFound", "The installation was not found.")
    app = call.area.catalog.apps[found.app_id]
    _refuse_foreign(call, app)
    del installed[found.id]
    for hook in call.area.on_remove:
        hook(app, scope, target)
    return Reply(204)


def _consented(body: dict[str, Any]) -> frozenset[tuple[str, str]]:
    given = (body.get("consentedPermissionSet") or {}).get("resourceSpecificPermissions") or []
    try:
        return frozenset((entry["permissionValue"], entry["permissionType"].lower()) for entry in given)
    except (KeyError, TypeError, AttributeError):
        raise GraphError(400, "BadRequest", "A permission needs permissionValue and permissionType.") from None


def _installations(call: Call[Teams], found: list[Installation]) -> Reply:
    wanted, expanded = filter_of(call), set(call.query.names("expand"))
    shown = []
    for installation in found:
        app = call.area.catalog.apps[installation.app_id]
        known = {
            "id": installation.id,
            "consentedPermissionSet": {
                "resourceSpecificPermissions": [
                    {"permissionValue": name, "permissionType": "application"}
                    for name in sorted(installation.consented)
                ]
            },
            "teamsApp": app_json(app),
            "teamsAppDefinition": _definition_json(app),
        }
        if wanted is None or wanted.matches(known):
            hidden = {"teamsApp", "teamsAppDefinition"} - expanded
            shown.append({name: value for name, value in known.items() if name not in hidden})
    return collection(call, shown)

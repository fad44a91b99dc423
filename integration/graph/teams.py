"""Microsoft Teams: making teams, putting our app into them, and their channels and tabs."""

import re
from collections.abc import Mapping, Sequence

from integration.graph.client import Address, Graph, Json, Query, Request
from integration.graph.people import quoted
from integration.retry import Call
from workflows.errors import Conflict, NotFound, OutcomeUnknown, Transient
from workflows.ports.place import CatalogApp, Channel, ChannelKind, InstalledApp, OperationState, Tab, version_order

_APPS = ("teams",)
_CHANNEL_FIELDS = {"name": "displayName", "description": "description"}
_OPERATION = re.compile(r"/teams[/(']+(?P<team>[^/')]+)[')]*/operations[/(']+(?P<operation>[^/')]+)")
_STATES = {"succeeded": OperationState.SUCCEEDED, "failed": OperationState.FAILED, "invalid": OperationState.FAILED}


class GraphTeamBuilder:
    """
    Makes teams, puts our app into them, and changes what Hands may only make: channels and tabs.

    Needs the application permissions Group.ReadWrite.All (which covers apps, channels and tabs of a team),
    AppCatalog.Read.All and TeamsAppInstallation.ReadWriteForUser.All; for the apps of a private channel, which the
    first does not cover, TeamsAppInstallation.ReadForTeam.All.
    """

    def __init__(self, graph: Graph) -> None:
        self._graph = graph

    async def has_team(self, group_id: str) -> bool:
        request = Request(
            action=f"see whether group {group_id} has a team",
            address=lambda sdk: sdk.teams.by_team_id(group_id),
            query=Query(select=("id",)),
            scopes=team_scopes(group_id),
        )
        try:
            await self._graph.get(request)
        except NotFound:
            return False
        return True

    async def start_team(self, group_id: str) -> str:
        """
        Begin to make a team of the group; returns the operation's path.

        A bare create: look with has_team before a repeat. Transient while Teams does not know a new group yet.
        """
        action = f"make a team of group {group_id}"
        request = Request(
            action=action,
            address=lambda sdk: sdk.teams,
            method="POST",
            call=Call.CREATE,
            # Nothing else may stand here: with a group, Teams refuses names, visibility and members.
            body={
                "template@odata.bind": self._graph.address("/teamsTemplates('standard')"),
                "group@odata.bind": self._graph.address(f"/groups('{group_id}')"),
            },
            scopes=["new-teams"],
        )
        try:
            answer = await self._graph.send(request)
        except NotFound as exc:
            raise Transient(action, exc.reason, request_id=exc.request_id) from exc
        location = answer.headers.get("location") or answer.headers.get("content-location", "")
        if not _OPERATION.search(location):
            raise OutcomeUnknown(action, "the answer names no operation")
        return location

    async def operation(self, path: str) -> OperationState:
        """Teams asks for more than 30 seconds between two looks."""
        found = _OPERATION.search(path)
        if found is None:
            raise ValueError(f"{path}: expected the path of a team's operation")
        request = Request(
            action=f"read operation {found['operation']}",
            address=lambda sdk: sdk.teams.by_team_id(found["team"]).operations.by_teams_async_operation_id(
                found["operation"]
            ),
            scopes=_APPS,
        )
        operation = await self._graph.get(request)
        return _STATES.get(operation["status"], OperationState.RUNNING)

    async def find_catalog_app(self, external_id: str) -> CatalogApp | None:
        request = Request(
            action=f"find app {external_id} in the catalogue",
            address=lambda sdk: sdk.app_catalogs.teams_apps,
            query=Query(filter=f"externalId eq {quoted(external_id)}", expand="appDefinitions"),
            scopes=_APPS,
        )
        app = await self._graph.find(request)
        if app is None:
            return None
        published = (
            definition.get("version") or ""
            for definition in app.get("appDefinitions") or ()
            if definition.get("publishingState") in (None, "published")
        )
        highest = max(published, key=version_order, default="")
        return CatalogApp(id=app["id"], external_id=external_id, version=highest)

    async def find_team_app(self, team_id: str, external_id: str) -> InstalledApp | None:
        action = f"find app {external_id} in team {team_id}"
        return await self._find_installed(action, lambda sdk: sdk.teams.by_team_id(team_id).installed_apps, external_id)

    async def install_in_team(self, team_id: str, app: CatalogApp, *, permissions: Sequence[str]) -> None:
        """A repeat is harmless. *permissions*: the resource-specific ones consented to; must equal the manifest's."""
        consent = [{"permissionValue": value, "permissionType": "application"} for value in permissions]
        await self._install(
            f"install app {app.id} in team {team_id}",
            lambda sdk: sdk.teams.by_team_id(team_id).installed_apps,
            {**self._app(app), "consentedPermissionSet": {"resourceSpecificPermissions": consent}},
        )

    async def find_user_app(self, user_id: str, external_id: str) -> InstalledApp | None:
        action = f"find app {external_id} with user {user_id}"
        return await self._find_installed(
            action, lambda sdk: sdk.users.by_user_id(user_id).teamwork.installed_apps, external_id
        )

    async def is_app_in_channel(self, team_id: str, channel_id: str, external_id: str) -> bool:
        """Tell whether a person has added the app to a private channel."""
        request = Request(
            action=f"list the apps of channel {channel_id}",
            address=lambda sdk: sdk.teams.by_team_id(team_id).channels.by_channel_id(channel_id).enabled_apps,
            query=Query(select=("id", "externalId")),
            scopes=_channel_scopes(channel_id),
        )
        return any(app.get("externalId") == external_id for app in await self._graph.list(request))

    async def install_for_user(self, user_id: str, app: CatalogApp) -> None:
        """A repeat is harmless. Guests cannot have it: Refused."""
        await self._install(
            f"install app {app.id} for user {user_id}",
            lambda sdk: sdk.users.by_user_id(user_id).teamwork.installed_apps,
            self._app(app),
        )

    async def change_channel(self, team_id: str, channel_id: str, changes: Mapping[str, str]) -> None:
        """*changes*: name, description or both. A repeat is harmless. Raises Conflict when the name is taken."""
        request = Request(
            action=f"change channel {channel_id} of team {team_id}",
            address=lambda sdk: sdk.teams.by_team_id(team_id).channels.by_channel_id(channel_id),
            method="PATCH",
            call=Call.KEYED,
            body={_CHANNEL_FIELDS[name]: value for name, value in changes.items()},
            scopes=_channel_scopes(channel_id),
            independent=True,
        )
        await self._graph.send(request)

    async def rename_tab(self, team_id: str, channel_id: str, tab_id: str, name: str) -> None:
        """A repeat is harmless."""
        request = Request(
            action=f"rename tab {tab_id} of channel {channel_id}",
            address=lambda sdk: (
                sdk.teams.by_team_id(team_id).channels.by_channel_id(channel_id).tabs.by_teams_tab_id(tab_id)
            ),
            method="PATCH",
            call=Call.KEYED,
            body={"displayName": name},
            scopes=_channel_scopes(channel_id),
            independent=True,
        )
        await self._graph.send(request)

    def _app(self, app: CatalogApp) -> dict[str, object]:
        return {"teamsApp@odata.bind": self._graph.address(f"/appCatalogs/teamsApps/{app.id}")}

    async def _install(self, action: str, address: Address, body: dict[str, object]) -> None:
        # Teams keeps one installation of an app and answers 409 to a second, so a lost answer may be repeated.
        request = Request(
            action=action,
            address=address,
            method="POST",
            call=Call.KEYED,
            body=body,
            scopes=_APPS,
            independent=True,
        )
        try:
            await self._graph.send(request)
        except Conflict:
            return

    async def _find_installed(self, action: str, address: Address, external_id: str) -> InstalledApp | None:
        query = Query(filter=f"teamsApp/externalId eq {quoted(external_id)}", expand="teamsApp")
        found = await self._graph.find(Request(action=action, address=address, query=query, scopes=_APPS))
        return _to_installed_app(found, external_id) if found is not None else None


class GraphChannels:
    """
    Channels and tabs in a team that has our app.

    Needs, by the app's resource-specific consent: ChannelSettings.Read.Group, Channel.Create.Group,
    TeamsTab.Read.Group, TeamsTab.Create.Group.
    """

    def __init__(self, graph: Graph) -> None:
        self._graph = graph

    async def list_channels(self, team_id: str) -> Sequence[Channel]:
        request = Request(
            action=f"list the channels of team {team_id}",
            address=lambda sdk: sdk.teams.by_team_id(team_id).channels,
            query=Query(select=("id", "displayName", "description", "membershipType", "webUrl")),
            scopes=team_scopes(team_id),
        )
        return [_to_channel(channel) for channel in await self._graph.list(request)]

    async def create_channel(
        self, team_id: str, *, name: str, description: str, kind: ChannelKind, owner_id: str | None = None
    ) -> Channel:
        """Raises Conflict when the name is taken, also by a channel deleted lately. A private one needs *owner_id*."""
        body: dict[str, object] = {"displayName": name, "description": description, "membershipType": kind.value}
        if kind is ChannelKind.PRIVATE:
            if owner_id is None:
                raise ValueError("a private channel needs an owner")
            owner = {
                "@odata.type": "#microsoft.graph.aadUserConversationMember",
                "roles": ["owner"],
                "user@odata.bind": self._graph.address(f"/users('{owner_id}')"),
            }
            body["members"] = [owner]
        request = Request(
            action=f"create a channel in team {team_id}",
            address=lambda sdk: sdk.teams.by_team_id(team_id).channels,
            method="POST",
            call=Call.CREATE,
            body=body,
            scopes=["new-channels", f"team:{team_id}"],
            independent=True,
        )
        return _to_channel(await self._graph.get(request))

    async def list_tabs(self, team_id: str, channel_id: str) -> Sequence[Tab]:
        request = Request(
            action=f"list the tabs of channel {channel_id}",
            address=lambda sdk: sdk.teams.by_team_id(team_id).channels.by_channel_id(channel_id).tabs,
            query=Query(expand="teamsApp"),
            scopes=_channel_scopes(channel_id),
        )
        return [_to_tab(tab) for tab in await self._graph.list(request)]

    async def create_tab(
        self, team_id: str, channel_id: str, *, name: str, app: str, entity_id: str, content_url: str
    ) -> Tab:
        """*app*: the catalogue id. A bare create: Teams makes a second tab on a repeat, so list first."""
        request = Request(
            action=f"create a tab in channel {channel_id}",
            address=lambda sdk: sdk.teams.by_team_id(team_id).channels.by_channel_id(channel_id).tabs,
            method="POST",
            call=Call.CREATE,
            body={
                "displayName": name,
                "teamsApp@odata.bind": self._graph.address(f"/appCatalogs/teamsApps/{app}"),
                "configuration": {"entityId": entity_id, "contentUrl": content_url, "websiteUrl": content_url},
            },
            scopes=_channel_scopes(channel_id),
            independent=True,
        )
        return _to_tab(await self._graph.get(request))


def team_scopes(team_id: str) -> Sequence[str]:
    """The limits of calls to a team as a whole. Apps in it and its operations count with the tenant's only."""
    return ["teams", f"team:{team_id}"]


def _channel_scopes(channel_id: str) -> Sequence[str]:
    return ["teams", f"channel:{channel_id}"]


def _to_channel(channel: Json) -> Channel:
    return Channel(
        id=channel["id"],
        name=channel["displayName"],
        # A shared channel, which we never make, is none of the programme's standard ones either.
        kind=ChannelKind.STANDARD if channel.get("membershipType") == "standard" else ChannelKind.PRIVATE,
        description=channel.get("description") or "",
        url=channel.get("webUrl") or "",
    )


def _to_tab(tab: Json) -> Tab:
    configuration = tab.get("configuration") or {}
    return Tab(
        id=tab["id"],
        name=tab.get("displayName") or "",
        entity_id=configuration.get("entityId") or "",
        content_url=configuration.get("contentUrl") or "",
    )


def _to_installed_app(installation: Json, external_id: str) -> InstalledApp:
    consent = (installation.get("consentedPermissionSet") or {}).get("resourceSpecificPermissions") or ()
    return InstalledApp(
        app_id=(installation.get("teamsApp") or {}).get("id") or "",
        external_id=external_id,
        permissions=tuple(permission["permissionValue"] for permission in consent),
    )

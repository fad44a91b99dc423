"""Teams: teams, channels, tabs and what is installed where."""

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from sandbox.directory.state import Directory, Group, User
from sandbox.platform.clock import Clock
from sandbox.platform.ids import CountedIds, Ids
from sandbox.platform.latency import Latency
from sandbox.platform.mishaps import Mishaps
from sandbox.protocol.errors import GraphError
from sandbox.teams.catalog import Catalog, CatalogApp

LONGEST_NAME = 50
_FORBIDDEN = re.compile(r"[~#%&*{}+/\\:<>?|'\"]|^[_.]|\.$")
InstallHook = Callable[[CatalogApp, str, str], None]
"""Takes an app, the scope `team` or `personal`, and the id of the team or person."""


@dataclass(kw_only=True, eq=False)
class Tab:
    id: str
    name: str
    app_id: str
    configuration: dict[str, Any] = field(default_factory=dict)

    @property
    def url(self) -> str:
        """Where it leads."""
        return str(self.configuration.get("websiteUrl") or self.configuration.get("contentUrl") or "")


@dataclass(kw_only=True, eq=False)
class Channel:
    id: str
    name: str
    created_at: datetime
    description: str | None = None
    kind: str = "standard"
    members: dict[str, list[str]] = field(default_factory=dict)
    """Of a private or shared channel: user id → roles."""
    tabs: dict[str, Tab] = field(default_factory=dict)
    archived_at: datetime | None = None
    """By itself; with its team it is archived as well."""

    def get_tab(self, tab_id: str) -> Tab:
        if tab_id not in self.tabs:
            raise GraphError(404, "NotFound", f"Tab {tab_id} was not found.")
        return self.tabs[tab_id]


@dataclass(kw_only=True, eq=False)
class Installation:
    id: str
    app_id: str
    """The catalogue's id."""
    created_at: datetime
    consented: frozenset[str] = frozenset()


@dataclass(kw_only=True, eq=False)
class TeamOperation:
    """Of a team, or of one that was not made."""

    id: str
    team_id: str
    kind: str
    created_at: datetime
    ready_at: datetime
    error: dict[str, str] | None = None
    polls: int = 0


@dataclass(kw_only=True, eq=False)
class Team:
    id: str
    created_at: datetime
    ready_at: datetime
    channels: dict[str, Channel] = field(default_factory=dict)
    installations: dict[str, Installation] = field(default_factory=dict)
    direct: set[str] = field(default_factory=set)
    """Users added through the team itself: no sync is waited for."""
    archived_at: datetime | None = None

    def rename_channel(self, channel: Channel, name: str) -> None:
        """Give a channel another name; 400 for General, and for a name that is taken."""
        if channel is next(iter(self.channels.values())):
            raise GraphError(400, "BadRequest", "The General channel cannot be renamed here.")
        self.check_free(name, channel)
        channel.name = name

    def check_free(self, name: str, renamed: Channel | None = None) -> None:
        """400 for a name that another channel than the one to be *renamed* has."""
        if any(other.name.lower() == name.lower() for other in self.channels.values() if other is not renamed):
            message = "Channel name already existed, please use other name."
            extra = {"innerError": {"code": "NameAlreadyExists", "message": message}}
            raise GraphError(400, "BadRequest", message, extra=extra)


class Teams:
    """The teams of the tenant by id, which is their group's, and the personal installations by user id."""

    def __init__(
        self,
        directory: Directory,
        catalog: Catalog,
        *,
        clock: Clock,
        ids: Ids,
        latency: Latency,
        mishaps: Mishaps,
    ) -> None:
        self.directory = directory
        self.catalog = catalog
        self.clock = clock
        self.ids = ids
        self.latency = latency
        self.mishaps = mishaps
        self.new_id = CountedIds(ids)
        self.teams: dict[str, Team] = {}
        self.operations: dict[str, TeamOperation] = {}
        self.personal: dict[str, dict[str, Installation]] = {}
        self.on_install: list[InstallHook] = []
        """Called after an app was installed."""
        self.on_remove: list[InstallHook] = []
        """Called after an app was removed."""
        directory.on_group_removed.append(self._group_removed)

    def add_team(self, team: Team) -> None:
        """Keep a team that was made of its group."""
        self.teams[team.id] = team
        self.group(team).team_ready_at = team.ready_at

    def _group_removed(self, group_id: str) -> None:
        self.teams.pop(group_id, None)

    def find_team(self, team_id: str) -> Team | None:
        """A team that is ready."""
        team = self.teams.get(team_id) or self.teams.get(team_id.lower())
        return team if team and team.ready_at <= self.clock.now() else None

    def get_team(self, team_id: str) -> Team:
        team = self.find_team(team_id)
        if team is None:
            raise GraphError(404, "NotFound", f"No team found with Group Id {team_id}")
        return team

    def get_active_team(self, team_id: str) -> Team:
        """A team that can be changed."""
        team = self.get_team(team_id)
        if team.archived_at is not None:
            raise GraphError(403, "Forbidden", f"The team {team_id} is archived: it is read-only.")
        return team

    def get_channel(self, team_id: str, channel_id: str) -> Channel:
        channel = self.get_team(team_id).channels.get(channel_id)
        if channel is None or (channel.kind == "shared" and channel.created_at > self.clock.now()):
            raise GraphError(404, "NotFound", f"Channel {channel_id} was not found in the team.")
        return channel

    def new_channel(
        self,
        team: Team,
        *,
        name: str,
        description: str | None = None,
        kind: str = "standard",
        members: dict[str, list[str]] | None = None,
    ) -> Channel:
        """Put a channel into the team that may be there: name and members were checked before."""
        key = f"{self.group(team).key}/{name}"
        made = self.new_id("channel", key).replace("-", "")
        channel = Channel(
            id=f"19:{made}@thread.tacv2",
            name=name,
            description=description,
            kind=kind,
            created_at=self.clock.now(),
            members=members or {},
        )
        self.ids.names[channel.id] = f"channel:{key}"
        team.channels[channel.id] = channel
        return channel

    def new_operation(
        self, team_id: str, kind: str, *, ready_at: datetime, error: dict[str, str] | None = None
    ) -> TeamOperation:
        """Something that takes until *ready_at*, and fails then if there is an *error*."""
        made = TeamOperation(
            id=self.ids.new("operation"),
            team_id=team_id,
            kind=kind,
            created_at=self.clock.now(),
            ready_at=ready_at,
            error=error,
        )
        self.operations[made.id] = made
        return made

    def roster(self, team: Team) -> list[tuple[User, list[str]]]:
        """Who the team shows, with their roles: changes in the group come only after a sync."""
        group, users = self.group(team), self.directory.users
        since = {**group.owners, **group.members}
        shown = [users[key] for key in since if key in users and self.shows(team, key)]
        return [(user, self._roles(team, group, user)) for user in shown]

    def shows(self, team: Team, user_id: str) -> bool:
        """Whether the team's roster has somebody by now."""
        group, latency = self.group(team), self.latency
        member = group.members.get(user_id)
        if member is not None and self._synced(team, user_id, member, latency.team_sync):
            return True
        owner = group.owners.get(user_id)
        return owner is not None and self._synced(team, user_id, owner, latency.owner_sync)

    def _synced(self, team: Team, user_id: str, since: datetime, lag: timedelta) -> bool:
        return user_id in team.direct or since <= team.created_at or since + lag <= self.clock.now()

    def group(self, team: Team) -> Group:
        return self.directory.get_group(team.id)

    def consented_to(self, team_id: str, client_id: str) -> frozenset[str]:
        """The resource-specific permissions an identity has in a team through the apps installed there."""
        team = self.teams.get(team_id)
        found: set[str] = set()
        for installation in team.installations.values() if team else ():
            app = self.catalog.apps.get(installation.app_id)
            if app and app.web_application_id == client_id:
                found |= installation.consented
        return frozenset(found)

    def canonical(self) -> Any:
        mail_of = self.directory.mail_of
        return {
            "teams": {self.group(team).key: self._canonical_team(team) for team in self.teams.values()},
            "personal_apps": {
                mail_of(user): sorted(self.catalog.name_of(item.app_id) for item in found.values())
                for user, found in self.personal.items()
                if found
            },
        }

    def _canonical_team(self, team: Team) -> Any:
        name_of, mail_of = self.catalog.name_of, self.directory.mail_of
        archived = {"archived": True} if team.archived_at else {}
        return archived | {
            "apps": {name_of(item.app_id): sorted(item.consented) for item in team.installations.values()},
            "channels": {
                channel.name: ({"archived": True} if channel.archived_at else {})
                | {
                    "kind": channel.kind,
                    "description": channel.description,
                    "members": {mail_of(user): roles for user, roles in channel.members.items()},
                    "tabs": sorted(
                        (
                            {"name": tab.name, "app": name_of(tab.app_id), "configuration": tab.configuration}
                            for tab in channel.tabs.values()
                        ),
                        key=lambda tab: (tab["name"], str(tab["configuration"])),
                    ),
                }
                for channel in team.channels.values()
            },
        }

    def _roles(self, team: Team, group: Group, user: User) -> list[str]:
        if user.guest:
            return ["guest"]
        since = group.owners.get(user.id)
        owns = since is not None and self._synced(team, user.id, since, self.latency.owner_sync)
        return ["owner"] if owns else []


def check_channel_name(name: Any) -> None:
    """400 for a text that cannot be a channel's name."""
    if not isinstance(name, str) or not 1 <= len(name) <= LONGEST_NAME or _FORBIDDEN.search(name):
        raise GraphError(400, "BadRequest", f"Channel name is invalid: {name!r}.")

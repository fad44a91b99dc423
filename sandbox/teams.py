"""Teams: teams, channels, tabs and what is installed where."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from sandbox.directory import Group, User
from sandbox.ids import Counted
from sandbox.routing import GraphError

if TYPE_CHECKING:
    from sandbox.tenant import Tenant


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


class Teams:
    """The teams of the tenant by id, which is their group's, and the personal installations by user id."""

    def __init__(self, tenant: "Tenant") -> None:
        self.tenant = tenant
        self.new_id = Counted(tenant.new_id)
        self.teams: dict[str, Team] = {}
        self.operations: dict[str, TeamOperation] = {}
        self.personal: dict[str, dict[str, Installation]] = {}

    def find_team(self, team_id: str) -> Team | None:
        """A team that is ready."""
        team = self.teams.get(team_id) or self.teams.get(team_id.lower())
        return team if team and team.ready_at <= self.tenant.clock.now() else None

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
        if channel is None or (channel.kind == "shared" and channel.created_at > self.tenant.clock.now()):
            raise GraphError(404, "NotFound", f"Channel {channel_id} was not found in the team.")
        return channel

    def rename_channel(self, team: Team, channel: Channel, name: str) -> None:
        """Another name for a channel; 400 for General, and for a name that is taken."""
        if channel is next(iter(team.channels.values())):
            raise GraphError(400, "BadRequest", "The General channel cannot be renamed here.")
        self.check_free(team, name, channel)
        channel.name = name

    @staticmethod
    def check_free(team: Team, name: str, renamed: Channel | None = None) -> None:
        """400 for a name that another channel of the team has than the one to be *renamed*."""
        if any(other.name.lower() == name.lower() for other in team.channels.values() if other is not renamed):
            message = "Channel name already existed, please use other name."
            extra = {"innerError": {"code": "NameAlreadyExists", "message": message}}
            raise GraphError(400, "BadRequest", message, extra=extra)

    def new_operation(
        self, team_id: str, kind: str, *, ready_at: datetime, error: dict[str, str] | None = None
    ) -> TeamOperation:
        """Something that takes until *ready_at*, and fails then if there is an *error*."""
        made = TeamOperation(
            id=self.tenant.new_id("operation"),
            team_id=team_id,
            kind=kind,
            created_at=self.tenant.clock.now(),
            ready_at=ready_at,
            error=error,
        )
        self.operations[made.id] = made
        return made

    def roster(self, team: Team) -> list[tuple[User, list[str]]]:
        """Who the team shows, with their roles: changes in the group come only after a sync."""
        group, users = self.group(team), self.tenant.directory.users
        since = {**group.owners, **group.members}
        shown = [users[key] for key in since if key in users and self.shows(team, key)]
        return [(user, self._roles(team, group, user)) for user in shown]

    def shows(self, team: Team, user_id: str) -> bool:
        """Whether the team's roster has somebody by now."""
        group, latency = self.group(team), self.tenant.latency
        member = group.members.get(user_id)
        if member is not None and self._synced(team, user_id, member, latency.team_sync):
            return True
        owner = group.owners.get(user_id)
        return owner is not None and self._synced(team, user_id, owner, latency.owner_sync)

    def _synced(self, team: Team, user_id: str, since: datetime, lag: timedelta) -> bool:
        return user_id in team.direct or since <= team.created_at or since + lag <= self.tenant.clock.now()

    def group(self, team: Team) -> Group:
        return self.tenant.directory.get_group(team.id)

    def consented_to(self, team_id: str, client_id: str) -> frozenset[str]:
        """The resource-specific permissions an identity has in a team through the apps installed there."""
        team = self.teams.get(team_id)
        found: set[str] = set()
        for installation in team.installations.values() if team else ():
            app = self.tenant.catalog.apps.get(installation.app_id)
            if app and app.web_application_id == client_id:
                found |= installation.consented
        return frozenset(found)

    def canonical(self) -> Any:
        mail_of = self.tenant.directory.mail_of
        return {
            "teams": {self.group(team).key: self._canonical_team(team) for team in self.teams.values()},
            "personal_apps": {
                mail_of(user): sorted(self.tenant.catalog.name_of(item.app_id) for item in found.values())
                for user, found in self.personal.items()
                if found
            },
        }

    def _canonical_team(self, team: Team) -> Any:
        name_of, mail_of = self.tenant.catalog.name_of, self.tenant.directory.mail_of
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
        owns = since is not None and self._synced(team, user.id, since, self.tenant.latency.owner_sync)
        return ["owner"] if owns else []

"""Teams: teams, channels, tabs and what is installed where."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

from sandbox.directory.model import Group
from sandbox.directory.state import Directory
from sandbox.platform.clock import Clock
from sandbox.platform.ids import CountedIds, Ids
from sandbox.platform.latency import Latency
from sandbox.platform.mishaps import Mishaps
from sandbox.protocol.errors import GraphError
from sandbox.teams.catalog import Catalog, CatalogApp
from sandbox.teams.model import Channel, Installation, Team, TeamOperation
from sandbox.teams.rosters import Rosters

InstallHook = Callable[[CatalogApp, str, str], None]
"""Takes an app, the scope `team` or `personal`, and the id of the team or person."""


class Teams:
    """
    The teams of the tenant by id, which is their group's, and the personal installations by user id.

    A method for each thing that Teams does; all of them change the same two tables.
    """

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
        self.rosters = Rosters(directory, clock=clock, latency=latency)
        self.on_install: list[InstallHook] = []
        """Called after an app was installed."""
        self.on_remove: list[InstallHook] = []
        """Called after an app was removed."""
        self.on_channel_removed: list[Callable[[str], None]] = []
        """Called with the id of a channel after it was deleted: its chat and its own site go with it."""
        directory.on_group_removed.append(self._group_removed)

    def add_team(self, team: Team) -> None:
        """Keep a team that was made of its group."""
        self.teams[team.id] = team
        self.group(team).team_ready_at = team.ready_at

    def _group_removed(self, group_id: str) -> None:
        team = self.teams.pop(group_id, None)
        for channel_id in team.channels if team else ():
            self._tell_removed(channel_id)

    def remove_channel(self, team: Team, channel: Channel) -> None:
        """Delete a channel; 400 for General, which stays as long as its team."""
        if channel is next(iter(team.channels.values())):
            raise GraphError(400, "BadRequest", "The General channel cannot be deleted.")
        del team.channels[channel.id]
        self._tell_removed(channel.id)

    def _tell_removed(self, channel_id: str) -> None:
        for hook in self.on_channel_removed:
            hook(channel_id)

    def find_team(self, team_id: str) -> Team | None:
        """Find a team that is ready."""
        team = self.teams.get(team_id) or self.teams.get(team_id.lower())
        return team if team and team.ready_at <= self.clock.now() else None

    def get_team(self, team_id: str) -> Team:
        team = self.find_team(team_id)
        if team is None:
            raise GraphError(404, "NotFound", f"No team found with Group Id {team_id}")
        return team

    def get_active_team(self, team_id: str) -> Team:
        """Return a team that can be changed."""
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
        """Begin something that takes until *ready_at*, and fails then if there is an *error*."""
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

    def group(self, team: Team) -> Group:
        return self.directory.get_group(team.id)

    def teams_with(self, app: CatalogApp) -> list[Team]:
        """Return the teams that have the app."""
        return [
            team for team in self.teams.values() if any(each.app_id == app.id for each in team.installations.values())
        ]

    def find_channel(self, channel_id: str) -> tuple[Team, Channel] | None:
        """Find a channel, whatever its team."""
        for team in self.teams.values():
            if channel_id in team.channels:
                return team, team.channels[channel_id]
        return None

    def consented_to(self, team_id: str, client_id: str, channel_id: str = "") -> frozenset[str]:
        """
        Return the resource-specific permissions an identity has in a team through the apps installed there.

        In a private or shared channel only those apps count that a person added to it.
        """
        found: set[str] = set()
        team, closed = self.teams.get(team_id), self.find_closed(team_id, channel_id)
        for installation in team.installations.values() if team else ():
            app = self.catalog.apps.get(installation.app_id)
            if app and app.web_application_id == client_id and (closed is None or app.id in closed.apps):
                found |= installation.consented
        return frozenset(found)

    def find_closed(self, team_id: str, channel_id: str) -> Channel | None:
        """Find a private or shared channel of a team."""
        team = self.teams.get(team_id)
        channel = team.channels.get(channel_id) if team else None
        return channel if channel and channel.is_closed else None

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
                | ({"apps": sorted(map(name_of, channel.apps))} if channel.apps else {})
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

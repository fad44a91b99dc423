"""Rosters of teams, which follow the members of their groups after a while."""

from datetime import datetime, timedelta

from sandbox.directory.model import Group, User
from sandbox.directory.state import Directory
from sandbox.platform.clock import Clock
from sandbox.platform.latency import Latency
from sandbox.teams.model import Team


class Rosters:
    """The members and owners that teams show."""

    def __init__(self, directory: Directory, *, clock: Clock, latency: Latency) -> None:
        self._directory = directory
        self._clock = clock
        self._latency = latency

    def of(self, team: Team) -> list[tuple[User, list[str]]]:
        """Return the people that the team shows, with their roles: changes in the group come only after a sync."""
        group, users = self._directory.get_group(team.id), self._directory.users
        since = {**group.owners, **group.members}
        shown = [users[key] for key in since if key in users and self.shows(team, key)]
        return [(user, self._roles(team, group, user)) for user in shown]

    def shows(self, team: Team, user_id: str) -> bool:
        """Return True when the team's roster has somebody by now."""
        group, latency = self._directory.get_group(team.id), self._latency
        member = group.members.get(user_id)
        if member is not None and self._synced(team, user_id, member, latency.team_sync):
            return True
        owner = group.owners.get(user_id)
        return owner is not None and self._synced(team, user_id, owner, latency.owner_sync)

    def _synced(self, team: Team, user_id: str, since: datetime, lag: timedelta) -> bool:
        return user_id in team.direct or since <= team.created_at or since + lag <= self._clock.now()

    def _roles(self, team: Team, group: Group, user: User) -> list[str]:
        if user.guest:
            return ["guest"]
        since = group.owners.get(user.id)
        owns = since is not None and self._synced(team, user.id, since, self._latency.owner_sync)
        return ["owner"] if owns else []

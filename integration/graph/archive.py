"""Archiving teams and channels, and taking them back."""

from contextlib import suppress

from integration.graph.client import Graph, Path, Query, Request
from integration.retry import Call
from workflows.errors import Conflict


class GraphArchive:
    """
    Archives teams and channels; deletes nothing. Needs the application permissions Group.ReadWrite.All for teams (it
    reads both, too) and ChannelSettings.ReadWrite.All for channels.

    The documentation has the site's members made read-only by the same call, but not when an app asks: that stays a
    step for an administrator.
    """

    def __init__(self, graph: Graph) -> None:
        self._graph = graph

    async def is_team_archived(self, team_id: str) -> bool:
        request = Request(
            action=f"see whether team {team_id} is archived",
            address=lambda sdk: sdk.teams.by_team_id(team_id),
            query=Query(select=("id", "isArchived")),
            scopes=["teams", f"team:{team_id}"],
        )
        return bool((await self._graph.get(request)).get("isArchived"))

    async def set_team(self, team_id: str, *, archived: bool) -> None:
        """Teams does it some time after it has answered. A repeat is harmless."""

        end = "archive" if archived else "unarchive"
        path = Path("/teams/{team}/" + end, {"team": team_id})
        await self._order(f"{end} team {team_id}", path, f"team:{team_id}", archived=archived)

    async def is_channel_archived(self, team_id: str, channel_id: str) -> bool:
        """NotFound when people have removed it."""
        request = Request(
            action=f"see whether channel {channel_id} is archived",
            address=lambda sdk: sdk.teams.by_team_id(team_id).channels.by_channel_id(channel_id),
            query=Query(select=("id", "isArchived")),
            scopes=["teams", f"channel:{channel_id}"],
        )
        return bool((await self._graph.get(request)).get("isArchived"))

    async def set_channel(self, team_id: str, channel_id: str, *, archived: bool) -> None:
        """A repeat is harmless. Invalid while the whole team is archived."""

        end = "archive" if archived else "unarchive"
        path = Path("/teams/{team}/channels/{channel}/" + end, {"team": team_id, "channel": channel_id})
        await self._order(f"{end} channel {channel_id}", path, f"channel:{channel_id}", archived=archived)

    async def _order(self, action: str, address: Path, scope: str, *, archived: bool) -> None:
        request = Request(
            action=action,
            address=address,
            method="POST",
            call=Call.KEYED,
            body={} if archived else None,
            scopes=["teams", scope],
        )
        with suppress(Conflict):
            await self._graph.send(request)

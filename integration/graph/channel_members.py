"""Members of a team's private channels."""

from collections.abc import Sequence
from contextlib import suppress

from integration.graph.client import Graph, Request
from integration.retry import Call
from workflows.errors import Conflict, NotFound, RecipientNotAllowed
from workflows.ports.accounts import Account, Recipients
from workflows.ports.people import ChannelMember


class GraphChannelMembers:
    """
    Seats in private channels. Needs the application permission ChannelMember.ReadWrite.All.

    A team's consent to our app does not reach its private channels, whatever Microsoft's table of permissions says.
    """

    def __init__(self, graph: Graph, recipients: Recipients) -> None:
        self._graph = graph
        self._recipients = recipients

    async def list_seats(self, team_id: str, channel_id: str) -> Sequence[ChannelMember]:
        request = Request(
            action=f"list the members of channel {channel_id}",
            address=lambda sdk: sdk.teams.by_team_id(team_id).channels.by_channel_id(channel_id).members,
            scopes=_scopes(channel_id),
        )
        return [
            ChannelMember(id=seat["id"], account_id=seat["userId"], owner="owner" in (seat.get("roles") or ()))
            for seat in await self._graph.list(request)
        ]

    async def add(self, team_id: str, channel_id: str, account: Account) -> None:
        """
        Let a member of the team in; who is none yet: Invalid or NotFound. A repeat is harmless.

        Raises RecipientNotAllowed, as Teams tells new members.
        """
        action = f"let {account.id} into channel {channel_id}"
        if not self._recipients.permits(account.email):
            raise RecipientNotAllowed(action, "the allow-list does not name the address")
        request = Request(
            action=action,
            address=lambda sdk: sdk.teams.by_team_id(team_id).channels.by_channel_id(channel_id).members,
            method="POST",
            call=Call.KEYED,
            body={
                "@odata.type": "#microsoft.graph.aadUserConversationMember",
                "roles": [],
                "user@odata.bind": self._graph.address(f"/users('{account.id}')"),
            },
            scopes=_scopes(channel_id),
        )
        with suppress(Conflict):
            await self._graph.send(request)

    async def remove(self, team_id: str, channel_id: str, seat_id: str) -> None:
        """Take the seat in the channel; the person stays in the team. A repeat is harmless."""
        request = Request(
            action=f"take a seat in channel {channel_id}",
            address=lambda sdk: (
                sdk.teams.by_team_id(team_id)
                .channels.by_channel_id(channel_id)
                .members.by_conversation_member_id(seat_id)
            ),
            method="DELETE",
            call=Call.KEYED,
            scopes=_scopes(channel_id),
        )
        with suppress(NotFound):
            await self._graph.send(request)


def _scopes(channel_id: str) -> Sequence[str]:
    return ["teams", f"channel:{channel_id}"]

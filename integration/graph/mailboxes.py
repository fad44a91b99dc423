"""Access to mailboxes: for `doctor`, which wants the answer and not the mails."""

from integration.graph.client import Address, Graph, Query, Request


class GraphMailboxes:
    """
    Reads one id from a mailbox and forgets it.

    Needs what booking and sending need there, by an Exchange role: Calendars.ReadWrite and Mail.ReadWrite. Raises
    Refused where the role does not reach.
    """

    def __init__(self, graph: Graph) -> None:
        self._graph = graph

    async def read_calendar(self, address: str) -> None:
        await self._read("see whether a calendar opens", lambda sdk: sdk.users.by_user_id(address).events, address)

    async def read_mail(self, address: str) -> None:
        await self._read("see whether a mailbox opens", lambda sdk: sdk.users.by_user_id(address).messages, address)

    async def meeting_providers(self, address: str) -> frozenset[str]:
        """Return Graph's names of the places where the calendar's online meetings can be held."""
        request = Request(
            action="see where a calendar's meetings can be held",
            address=lambda sdk: sdk.users.by_user_id(address).calendar,
            query=Query(select=("allowedOnlineMeetingProviders",)),
            scopes=[f"mailbox:{address}"],
        )
        calendar = await self._graph.get(request)
        return frozenset(calendar.get("allowedOnlineMeetingProviders") or ())

    async def _read(self, action: str, at: Address, address: str) -> None:
        query = Query(select=("id",), top=1)
        await self._graph.get(Request(action=action, address=at, query=query, scopes=[f"mailbox:{address}"]))

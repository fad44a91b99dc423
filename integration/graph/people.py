"""Accounts: looking people up and inviting guests."""

from collections.abc import Mapping, Sequence

from engine.together import together
from integration.graph.client import Graph, Json, Query, Request
from integration.retry import Call
from workflows.errors import RecipientNotAllowed
from workflows.ports.accounts import Account, AccountKind, Recipients

ACCOUNT_FIELDS = ("id", "mail", "userPrincipalName", "userType", "externalUserState", "accountEnabled")
_CHUNK = 15
"""Comparisons that one filter of Entra's may hold."""


class GraphDirectory:
    """Looks people up. Needs the application permission User.Read.All."""

    def __init__(self, graph: Graph) -> None:
        self._graph = graph

    async def find_accounts(self, emails: Sequence[str]) -> Mapping[str, Account]:
        """The accounts there are, by lower-case e-mail address; who has none is left out."""
        found = await self._find("mail", sorted({email.lower() for email in emails}))
        return {account.email.lower(): account for account in found}

    async def find_by_ids(self, ids: Sequence[str]) -> Mapping[str, Account]:
        """The same by object id, whatever address they have by now."""
        return {account.id: account for account in await self._find("id", sorted(set(ids)))}

    async def _find(self, name: str, values: Sequence[str]) -> Sequence[Account]:
        chunks = [values[start : start + _CHUNK] for start in range(0, len(values), _CHUNK)]
        found = await together(self._graph.clock, *(self._find_some(name, chunk) for chunk in chunks))
        return [account for accounts in found for account in accounts]

    async def _find_some(self, name: str, values: Sequence[str]) -> Sequence[Account]:
        request = Request(
            action=f"look up {len(values)} accounts",
            address=lambda sdk: sdk.users,
            query=Query(filter=" or ".join(f"{name} eq {quoted(value)}" for value in values), select=ACCOUNT_FIELDS),
            scopes=["directory"] * 2,
        )
        return [to_account(user) for user in await self._graph.list(request)]


class GraphInvitations:
    """Makes guests. Needs the application permission User.Invite.All."""

    def __init__(self, graph: Graph, recipients: Recipients) -> None:
        self._graph = graph
        self._recipients = recipients

    async def invite(self, email: str, *, name: str, redirect_url: str) -> Account:
        """
        Make a guest account without Microsoft's mail.

        Inviting an address again gives the same account, so a lost answer is repeated. Raises RecipientNotAllowed.
        """
        if not self._recipients.permits(email):
            raise RecipientNotAllowed("invite a guest", "the allow-list does not name the address")
        request = Request(
            action="invite a guest",
            address=lambda sdk: sdk.invitations,
            method="POST",
            call=Call.KEYED,
            body={
                "invitedUserEmailAddress": email,
                "invitedUserDisplayName": name,
                "inviteRedirectUrl": redirect_url,
                "sendInvitationMessage": False,
            },
            scopes=["invitations", "directory-writes"],
        )
        invitation = await self._graph.get(request)
        redeemed = invitation.get("status") not in {"PendingAcceptance", "InProgress"}
        return Account(id=invitation["invitedUser"]["id"], email=email, kind=AccountKind.GUEST, redeemed=redeemed)


def to_account(user: Json) -> Account:
    """A user as Graph lists it."""
    guest = user.get("userType") == "Guest"
    return Account(
        id=user["id"],
        email=user.get("mail") or user.get("userPrincipalName") or "",
        kind=AccountKind.GUEST if guest else AccountKind.MEMBER,
        enabled=user.get("accountEnabled") is not False,
        redeemed=not guest or user.get("externalUserState") == "Accepted",
    )


def quoted(text: str) -> str:
    """*text* as a literal in a filter."""
    return "'" + text.replace("'", "''") + "'"

"""Accounts: looking people up and inviting guests."""

from collections.abc import Mapping, Sequence
from dataclasses import replace

from engine.together import together
from integration.graph.client import Graph, Json, Query, Request
from integration.retry import Call
from workflows.errors import RecipientNotAllowed
from workflows.ports.accounts import Account, AccountKind, Recipients

ACCOUNT_FIELDS = ("id", "mail", "userPrincipalName", "userType", "externalUserState", "accountEnabled")
_CLAUSES = 15
"""Clauses of `or` that Entra takes in one filter."""
_OF_ADDRESSES = (*ACCOUNT_FIELDS, "otherMails", "proxyAddresses")
_BY_MAIL = ("mail eq {}",)
_BY_OTHER_ADDRESSES = (
    "userPrincipalName eq {}",
    "proxyAddresses/any(p:p eq {smtp})",
    "otherMails/any(m:m eq {})",
)


class GraphDirectory:
    """Looks people up. Needs the application permission User.Read.All."""

    def __init__(self, graph: Graph) -> None:
        self._graph = graph

    async def find_accounts(self, emails: Sequence[str]) -> Mapping[str, Account]:
        """
        Return the accounts there are, by the lower-case address that was asked for, which is the account's `email` too.

        First by `mail`. An account without a mailbox has none, and an alias or a guest's own address is another: what
        is missing is looked for as name to sign in with, alias, and other address. A `mail` goes before those.
        """
        wanted = sorted({email.lower() for email in emails})
        found = await self._by_address(_BY_MAIL, wanted)
        missing = [email for email in wanted if email not in found]
        return {**await self._by_address(_BY_OTHER_ADDRESSES, missing), **found}

    async def find_by_ids(self, ids: Sequence[str]) -> Mapping[str, Account]:
        """Return the same by object id, whatever address they have by now."""
        users = await self._users(("id eq {}",), sorted(set(ids)), ACCOUNT_FIELDS)
        return {user["id"]: to_account(user) for user in users}

    async def _by_address(self, clauses: Sequence[str], emails: Sequence[str]) -> Mapping[str, Account]:
        wanted, found = set(emails), dict[str, tuple[int, Account]]()
        for user in await self._users(clauses, emails, _OF_ADDRESSES):
            for rank, address in enumerate(_addresses(user)):
                if address in wanted and (address not in found or rank < found[address][0]):
                    account = replace(to_account(user), email=address, addresses=frozenset(_addresses(user)))
                    found[address] = (rank, account)
        return {address: account for address, (_, account) in found.items()}

    async def _users(self, clauses: Sequence[str], values: Sequence[str], fields: tuple[str, ...]) -> Sequence[Json]:
        """Return the users that one of *clauses* fits with one of *values*, in filters as long as Entra takes them."""
        size = _CLAUSES // len(clauses)
        chunks = [values[start : start + size] for start in range(0, len(values), size)]
        found = await together(
            self._graph.clock,
            *(self._some_users(clauses, chunk, fields) for chunk in chunks),
            gathering=self._graph.gathering,
        )
        return [user for users in found for user in users]

    async def _some_users(
        self, clauses: Sequence[str], values: Sequence[str], fields: tuple[str, ...]
    ) -> Sequence[Json]:
        alternatives = [
            clause.format(quoted(value), smtp=quoted(f"smtp:{value}")) for value in values for clause in clauses
        ]
        request = Request(
            action=f"look up {len(values)} accounts",
            address=lambda sdk: sdk.users,
            query=Query(filter=" or ".join(alternatives), select=fields),
            scopes=["directory"] * 2,
        )
        return await self._graph.list(request)


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


def _addresses(user: Json) -> Sequence[str]:
    """Return all that people may call a user by, the most certain first."""
    aliases = (kind_and_address.partition(":") for kind_and_address in user.get("proxyAddresses") or ())
    given = (
        user.get("mail") or "",
        user.get("userPrincipalName") or "",
        *(address for kind, _, address in aliases if kind.lower() == "smtp"),
        *(user.get("otherMails") or ()),
    )
    return [address.lower() for address in given if address]


def quoted(text: str) -> str:
    """*text* as a literal in a filter."""
    return "'" + text.replace("'", "''") + "'"

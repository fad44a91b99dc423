"""Accounts that were looked up, so that those who may not look (the Door) still know whom an object id belongs to."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from sqlalchemy import ColumnElement, Connection, bindparam, delete, or_, select

from integration.database.connection import Database, insert_into
from integration.database.tables import account
from workflows.access.identities import KnownAccount
from workflows.ports.accounts import Account, AccountKind
from workflows.ports.units import Clock

# Built once: each round that is opened or sent asks it.
_OF_EMAILS = select(account).where(account.c.email.in_(bindparam("emails", expanding=True)))


class SQLAccounts:
    def __init__(self, database: Database, clock: Clock) -> None:
        self._database = database
        self._clock = clock

    async def remember(self, accounts: Iterable[Account], *, people: Mapping[str, str] | None = None) -> None:
        """
        Keep what was found; replaces what was known of the same address, the same object or the same person.

        *people*: whose each lower-case address is, by the register.
        """
        whose = people or {}
        rows = [
            {
                "email": item.email.lower(),
                "object_id": item.id,
                "kind": item.kind,
                "enabled": item.enabled,
                "redeemed": item.redeemed,
                "seen_at": self._clock.now(),
                "person": whose.get(item.email.lower()),
                "addresses": sorted(item.addresses),
            }
            # In one order for everybody: two workers cannot lock each other out.
            for item in sorted(accounts, key=lambda item: item.email)
        ]

        def remember(connection: Connection) -> None:
            for row in rows:
                same = [account.c.email == row["email"], account.c.object_id == row["object_id"]]
                if row["person"] is not None:
                    same.append(account.c.person == row["person"])
                connection.execute(delete(account).where(or_(*same)))
                connection.execute(insert_into(connection, account).values(**row).on_conflict_do_nothing())

        await self._database.write(remember)

    async def find_account(self, email: str) -> Account | None:
        return await self._find(account.c.email == email.lower())

    async def find_accounts(self, emails: Sequence[str]) -> Mapping[str, Account]:
        """Those known, by lower-case address."""
        asked = {"emails": list({email.lower() for email in emails})}
        rows = await self._database.look(lambda connection: connection.execute(_OF_EMAILS, asked).all())
        return {row.email: account_of(row) for row in rows}

    async def of_people(self, people: Sequence[str]) -> Mapping[str, Account]:
        """The account that each of these people had last, by their key."""
        query = select(account).where(account.c.person.in_(people))
        rows = await self._database.look(lambda connection: connection.execute(query).all())
        return {row.person: account_of(row) for row in rows}

    async def find_by_object_id(self, object_id: str) -> Account | None:
        """Find the account of an object id, by which Teams names a person."""
        return await self._find(account.c.object_id == object_id)

    async def find_owned(self, object_id: str) -> KnownAccount | None:
        """Return the account of an object id, with the person whom a look-up noted with it."""
        query = select(account).where(account.c.object_id == object_id)
        row = await self._database.look(lambda connection: connection.execute(query).one_or_none())
        return KnownAccount(account=account_of(row), person=row.person) if row else None

    async def _find(self, condition: ColumnElement[bool]) -> Account | None:
        query = select(account).where(condition)
        row = await self._database.look(lambda connection: connection.execute(query).one_or_none())
        return account_of(row) if row else None


def account_of(row: Any) -> Account:
    """Return a row of `account`."""
    return Account(
        id=row.object_id,
        email=row.email,
        kind=AccountKind(row.kind),
        enabled=row.enabled,
        redeemed=row.redeemed,
        addresses=frozenset(row.addresses),
    )

"""Looking up accounts that people sign in with before any rollout has met them. Done by Hands, as the Builder."""

from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

from config.programme import Programme
from workflows.access.identities import AccountOwners
from workflows.errors import IdentityClosed
from workflows.ports.accounts import Account, Directory
from workflows.ports.units import Done, DueUnit, History, Outcome


class AccountRecord(AccountOwners, Protocol):
    """Accounts as last looked up, and whose they are."""

    async def remember(self, accounts: Iterable[Account], *, people: Mapping[str, str] | None = None) -> None:
        """Keep what was found; *people*: whose each lower-case address is, by the register."""
        ...

    async def of_people(self, people: Sequence[str]) -> Mapping[str, Account]:
        """Return the account that each of these people had last."""
        ...


@dataclass(frozen=True, kw_only=True)
class AccountFinder:
    """The handler of units `access.account` [object id]."""

    programme: Callable[[], Awaitable[Programme]]
    directory: Directory
    accounts: AccountRecord

    async def look_up(self, unit: DueUnit, history: History) -> Outcome:
        """
        Note whose account it is, when its address in the directory is one person's in the register.

        A person whose account we know already keeps it, while that is there: an address that changed hands makes the
        newcomer nobody. A repeat ends in the same place.
        """
        try:
            return await self._look_up(unit, history)
        except IdentityClosed:
            # Nobody waits until it is opened: the next sign-in asks anew.
            return Done(note="closed")

    async def _look_up(self, unit: DueUnit, history: History) -> Outcome:
        programme = await self.programme()
        account = (await self.directory.find_by_ids([unit.subject])).get(unit.subject)
        person = programme.find_person_by_email(account.email) if account is not None else None
        if account is None or person is None or await self._has_another(person.key, account.id):
            return Done()
        # As a rollout finds people: two accounts may have one address, and the directory knows which one it means.
        at_address = (await self.directory.find_accounts([person.email])).get(person.email.lower())
        if at_address is not None and at_address.id == account.id:
            await self.accounts.remember([account], people={account.email.lower(): person.key})
            await history.note("access.account_found", person=person.key)
        return Done()

    async def _has_another(self, person: str, object_id: str) -> bool:
        """Return True when the person has another account, which is still there."""
        before = (await self.accounts.of_people([person])).get(person)
        return before is not None and before.id != object_id and bool(await self.directory.find_by_ids([before.id]))

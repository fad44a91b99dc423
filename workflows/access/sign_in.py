"""Sign-in: from a proved identity to the person of the register, and to a session."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from enum import StrEnum

from config.programme import Programme
from workflows.access.identities import AccountOwners, IdentityStore, KnownAccount, ProvedIdentity
from workflows.access.rules import reader_of
from workflows.access.sessions import Sessions
from workflows.ports.units import Clock, DueUnit, Units

LOOK_UP = "access.account"
"""Kind of the unit that looks an account up by its object id: the Door may ask Graph nothing."""


class NoEntry(StrEnum):
    """Reason why a proved identity gives no session."""

    UNKNOWN_ACCOUNT = "unknown_account"
    """An account of our tenant that was never looked up; that is due now."""
    STRANGER = "stranger"
    """An account that is nobody's in the register, or that is switched off."""
    NOT_BOUND = "not_bound"
    """An identity of another provider that nobody has bound."""
    NO_ROLE = "no_role"
    """A person of the register without any role today."""


@dataclass(frozen=True, kw_only=True)
class Admission:
    """The outcome of a sign-in: a session's token, or the reason for none."""

    token: str = ""
    refused: NoEntry | None = None


@dataclass(frozen=True, kw_only=True)
class SignInPorts:
    """The ports of sign-in."""

    programme: Callable[[], Awaitable[Programme]]
    accounts: AccountOwners
    identities: IdentityStore
    sessions: Sessions
    units: Units
    clock: Clock


class SignIn:
    """Gives sessions to people whom a provider vouches for. Roles come from the register alone."""

    def __init__(self, ports: SignInPorts) -> None:
        self._ports = ports

    async def enter(self, proved: ProvedIdentity) -> Admission:
        """Begin a session for the person of a proved identity; an account that nobody knows becomes due to be looked
        up."""
        programme, now = await self._ports.programme(), self._ports.clock.now()
        person = await self._person_of(programme, proved)
        if person is NoEntry.UNKNOWN_ACCOUNT:
            await self._ports.units.make_due([DueUnit(key=f"{LOOK_UP}:{proved.object_id}", due_at=now)])
        if isinstance(person, NoEntry):
            return Admission(refused=person)
        if reader_of(programme, person, programme.today(now)) is None:
            return Admission(refused=NoEntry.NO_ROLE)
        return Admission(token=await self._ports.sessions.start(person, issuer=proved.issuer, subject=proved.subject))

    async def _person_of(self, programme: Programme, proved: ProvedIdentity) -> str | NoEntry:
        if not proved.object_id:
            bound = await self._ports.identities.find(proved.issuer, proved.subject)
            return bound.person if bound is not None else NoEntry.NOT_BOUND
        known = await self._ports.accounts.find_owned(proved.object_id)
        if known is None:
            return NoEntry.UNKNOWN_ACCOUNT
        return owner_of(programme, known) or NoEntry.STRANGER


def owner_of(programme: Programme, known: KnownAccount) -> str | None:
    """
    Return the person whose account it is: the one noted with it, however addresses changed hands since.

    Without a note it is the only person with the account's address; None for an account that is switched off, too.
    """
    if not known.account.enabled:
        return None
    if known.person is not None:
        return known.person if programme.find_person(known.person) is not None else None
    address = known.account.email.lower()
    with_it = [person.key for person in programme.people if person.email.lower() == address]
    return with_it[0] if len(with_it) == 1 else None

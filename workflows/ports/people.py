"""Records about people besides their accounts: guests, and members of private channels."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from workflows.ports.accounts import Account
from workflows.ports.units import DueUnit


@dataclass(frozen=True, kw_only=True)
class Guest:
    """Somebody from another organisation whom we let in, and why."""

    person: str
    object_id: str
    """Empty while the answer to the invitation is not known."""
    invited: bool
    """True when the account came by our invitation; False when it was there before."""
    since: datetime
    place: str
    """The first place that they were let into, and the roles that gave it."""
    roles: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class GuestAnswer:
    """
    The last question about one guest of a scope (a municipality, or the programme's key), and the answer to it.

    Until it is answered, *answered_at* and *keeps* are None.
    """

    scope: str
    person: str
    asked_at: datetime
    answered_at: datetime | None = None
    keeps: bool | None = None
    answered_by: str = ""


class Guests(Protocol):
    """The record of guests. Every method is atomic, and a repeat is harmless."""

    async def known(self, people: Sequence[str]) -> Mapping[str, Guest]: ...
    async def note(self, guest: Guest) -> None:
        """Keep it; of one who is noted already only the account is new."""
        ...

    async def forget(self, person: str) -> None: ...


class GuestQuestions(Protocol):
    """The half-yearly question whether guests go on. Every method is atomic, and a repeat is harmless."""

    async def known(self, people: Sequence[str]) -> Mapping[str, Guest]:
        """Return those of *people* who were let in, by their key."""
        ...

    async def all(self) -> Sequence[Guest]:
        """Everybody who was ever let in, the first one first."""
        ...

    async def answers(self, scope: str | None = None) -> Sequence[GuestAnswer]:
        """Return the last question and answer about each guest of *scope*; of every scope when none is named."""
        ...

    async def ask(self, scope: str, people: Sequence[str], at: datetime, *, then: Sequence[DueUnit] = ()) -> None:
        """Note that *people* were asked about; one whose question is open stays as it is. *then* becomes due too."""
        ...

    async def answer(
        self, scope: str, keeps: Mapping[str, bool], *, by: str, at: datetime, then: Sequence[DueUnit] = ()
    ) -> None:
        """Store what was answered about each person who was asked about; *then* becomes due together with it."""
        ...


@dataclass(frozen=True, kw_only=True)
class ChannelMember:
    """Somebody's seat in a private channel. *id* is the seat's."""

    id: str
    account_id: str
    owner: bool = False


class ChannelMembers(Protocol):
    """Readers of a private channel. Builder; needs ChannelMember.ReadWrite.All,
    since a team's consent does not reach its private channels."""

    async def list_seats(self, team_id: str, channel_id: str) -> Sequence[ChannelMember]: ...
    async def add(self, team_id: str, channel_id: str, account: Account) -> None:
        """Let a member of the team in; who is none yet: Invalid or NotFound. A repeat is harmless.
        Raises RecipientNotAllowed."""
        ...

    async def remove(self, team_id: str, channel_id: str, seat_id: str) -> None:
        """A repeat is harmless."""
        ...

"""Ports and memory of a rollout."""

from collections.abc import Awaitable, Callable, Collection, Coroutine, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from typing import Any, Protocol

from config.place_template import PlaceSpec
from config.programme import Programme
from workflows.ports.accounts import Account, Directory, Invitations, Recipients
from workflows.ports.links import Links
from workflows.ports.people import ChannelMembers, Guests
from workflows.ports.place import (
    ChannelKind,
    Channels,
    Groups,
    Memberships,
    SiteAccess,
    SiteContent,
    SiteLayout,
    TeamBuilder,
)
from workflows.ports.units import Clock, Intents
from workflows.rollout.list_rows import PlaceRecord


@dataclass(frozen=True, kw_only=True)
class Resource:
    """One thing that a rollout made or adopted. *fingerprint*: of what was read back after writing."""

    key: str
    external_id: str
    url: str = ""
    fingerprint: str = ""
    details: Mapping[str, Any] = field(default_factory=dict)


class Resources(Protocol):
    """Things that we made or adopted, by place."""

    async def of(self, place: str) -> Mapping[str, Resource]: ...
    async def keep(self, place: str, *things: Resource) -> None: ...
    async def forget(self, place: str, *keys: str) -> None: ...
    async def holders(self, key: str, external_id: str) -> Sequence[str]:
        """The places that have noted this thing under *key*."""
        ...


class AllResources(Resources, Protocol):
    """The same, and what is noted of all places at once."""

    async def with_keys(self, *keys: str) -> Mapping[str, Mapping[str, Resource]]:
        """Return the things of all places that are noted under these keys, by place."""
        ...

    async def keys_beginning(self, *beginnings: str) -> Mapping[str, Collection[str]]:
        """Return the keys of all places that begin so, by place."""
        ...


class Accounts(Protocol):
    """Remembers people's accounts for those who may not look them up."""

    async def find_accounts(self, emails: Sequence[str]) -> Mapping[str, Account]:
        """Those known, by lower-case address."""
        ...

    async def of_people(self, people: Sequence[str]) -> Mapping[str, Account]:
        """The account that each of these people had last, by their key."""
        ...

    async def remember(self, accounts: Sequence[Account], *, people: Mapping[str, str] | None = None) -> None:
        """*people*: whose each lower-case address is, by the register."""
        ...


class Together(Protocol):
    """Does several things at the same time; all come to an end, then the first error is raised."""

    async def __call__(self, *work: Coroutine[Any, Any, None]) -> object: ...


@dataclass(frozen=True, kw_only=True)
class TeamsApp:
    """Our app as its manifest says: id, and the resource-specific permissions that a team consents to."""

    external_id: str
    permissions: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class RolloutPorts:
    """Everything a rollout reaches."""

    programme: Callable[[], Awaitable[Programme]]
    directory: Directory
    invitations: Invitations
    groups: Groups
    memberships: Memberships
    teams: TeamBuilder
    channels: Channels
    closed_channels: Channels
    """The same as the Builder: a team's consent does not reach its private channels."""
    sites: SiteAccess
    content: SiteContent
    layout: SiteLayout
    records: Callable[[Collection[PlaceSpec]], Awaitable[Mapping[str, PlaceRecord]]]
    """The released records of places, by their keys."""
    resources: AllResources
    accounts: Accounts
    guests: Guests
    seats: ChannelMembers
    links: Links
    intents: Intents
    clock: Clock
    together: Together
    expect: Callable[[], AbstractContextManager[object]]
    """Announces the first question of a piece of work, so that those of others wait for it and travel along."""
    recipients: Recipients
    app: TeamsApp
    hands_id: str
    """The identity that is let into the sites."""
    public_url: str

    def channels_of(self, *kinds: str) -> Channels:
        """Return what reaches channels of all these kinds."""
        return self.closed_channels if ChannelKind.PRIVATE in kinds else self.channels

"""Users and groups."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sandbox.protocol.errors import GraphError


@dataclass(kw_only=True, eq=False)
class User:
    id: str
    name: str
    mail: str
    upn: str
    created_at: datetime
    found_at: datetime
    """From when on lists, filters and references know the account."""
    guest: bool = False
    enabled: bool = True
    redeemed: bool = True
    has_mailbox: bool = True
    """Without one, Graph shows no `mail` and no proxy addresses."""
    aliases: tuple[str, ...] = ()
    """Further addresses of the mailbox, whose primary one is `mail`."""

    @property
    def names(self) -> set[str]:
        """All addresses that lead to the user, in lower case."""
        return {name.lower() for name in (self.mail, self.upn, *self.aliases)}


@dataclass(kw_only=True, eq=False)
class Group:
    id: str
    name: str
    mail_nickname: str
    created_at: datetime
    ready_at: datetime
    """From when on the group can be referred to: members added, a team made of it."""
    unique_name: str | None = None
    description: str | None = None
    visibility: str = "Private"
    mail: str | None = None
    unified: bool = True
    classification: str | None = None
    expires_at: datetime | None = None
    """End by the tenant's expiration policy, unless an owner renews the group."""
    label: dict[str, str] | None = None
    """The sensitivity label, which people give it: id and name."""
    lets_guests_in: bool = True
    """The group's own setting, which an administrator gives it."""
    behaviors: list[str] = field(default_factory=list)
    owners: dict[str, datetime] = field(default_factory=dict)
    members: dict[str, datetime] = field(default_factory=dict)
    """User id → since when."""
    team_ready_at: datetime | None = None
    """From when on the team made of the group is ready; None without one."""

    @property
    def key(self) -> str:
        """The group's name in canonical state."""
        return self.unique_name or self.mail_nickname

    def canonical(self, mail_of: Callable[[str], str]) -> dict[str, Any]:
        return {
            "name": self.name,
            "description": self.description,
            "visibility": self.visibility,
            "mail_nickname": self.mail_nickname,
            "behaviors": sorted(self.behaviors),
            "owners": sorted(mail_of(user) for user in self.owners),
            "members": sorted(mail_of(user) for user in self.members),
        }


def missing(what: str) -> GraphError:
    """Return the directory's refusal of an id or name that leads to nothing."""
    return GraphError(
        404,
        "Request_ResourceNotFound",
        f"Resource '{what}' does not exist or one of its queried reference-property objects are not present.",
    )

"""Personal addresses of ours: made, read and ended."""

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Literal, Protocol

LinkPurpose = Literal[
    "answer",
    "papers",
    "report",
    "feed",
    "tab",
    "agenda",
    "minutes",
    "record_minutes",
    "own_meetings",
    "move_meeting",
    "guests",
    "confirm_guests",
    "bind_identity",
]

TOKEN = re.compile(r"\b[0-9a-f]{40}\.[\w-]{20,}")
"""The token of a link as it stands in an address: an id and its signature."""


@dataclass(frozen=True, kw_only=True)
class Link:
    """The target of a personal address."""

    purpose: LinkPurpose
    subject: str
    person: str | None
    expires_at: datetime | None


class Links(Protocol):
    """Makes and reads the tokens in addresses of ours."""

    async def issue(
        self,
        purpose: LinkPurpose,
        subject: str,
        person: str | None = None,
        expires_at: datetime | None = None,
    ) -> str:
        """A token for *purpose*; the same arguments give the same one, until it is revoked."""
        ...

    async def resolve(self, token: str, purpose: LinkPurpose) -> Link | None:
        """Return the link of the token; None when it is forged, expired, revoked or for another purpose."""
        ...

    async def revoke(self, subject: str) -> None:
        """End every link to *subject*. A repeat is harmless."""
        ...


class EndedLinks(Links, Protocol):
    """Links of which those that have ended are known again, to say why they lead nowhere."""

    async def find_ended(self, token: str, purpose: LinkPurpose) -> Link | None:
        """Return the link of a token of ours that expired or was revoked; None for any other. It opens nothing."""
        ...


class PageLinks(EndedLinks, Protocol):
    """Links of which a page shows many."""

    async def issue_all(
        self,
        purpose: LinkPurpose,
        subjects: Collection[str],
        *,
        person: str | None = None,
        expires_at: Mapping[str, datetime] | None = None,
    ) -> Mapping[str, str]:
        """The token that `issue` gives for each of *subjects*, by the subject, as are the ends. Looking again writes
        nothing."""
        ...


class SingleUseLinks(Links, Protocol):
    """Links of which some work once."""

    async def take(self, token: str, purpose: LinkPurpose) -> Link | None:
        """Return the link of the token and end it in one step: of two who take it, one gets it."""
        ...

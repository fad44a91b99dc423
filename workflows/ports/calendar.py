"""Meetings in an organizer's calendar."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any, Protocol

LONGEST_UID = 360
"""Signs of an event's uid in iCalendar that are kept as they are; the moment of one of a series may follow."""


@dataclass(frozen=True, kw_only=True)
class Attendee:
    email: str
    name: str
    required: bool = True


@dataclass(frozen=True, kw_only=True)
class EventSpec:
    """A meeting as it should stand in calendars. *starts_local*/*ends_local*: naive wall time in *timezone* (IANA)."""

    key: str
    subject: str
    body_html: str
    starts_local: datetime
    ends_local: datetime
    timezone: str
    location: str
    attendees: tuple[Attendee, ...]
    online: bool = True


class InvitationResponse(StrEnum):
    """An attendee's answer to an invitation."""

    ACCEPTED = "accepted"
    TENTATIVE = "tentative"
    DECLINED = "declined"
    NONE = "none"


@dataclass(frozen=True, kw_only=True)
class BookedEvent:
    id: str
    key: str
    ical_uid: str
    subject: str
    starts_local: datetime
    ends_local: datetime
    timezone: str
    location: str
    attendees: tuple[Attendee, ...]
    join_url: str | None
    cancelled: bool = False
    answers: Mapping[str, InvitationResponse] = field(default_factory=dict)
    """By lower-case address, of everybody who is invited."""


class Calendar(Protocol):
    """Meetings in an organizer's mailbox. Hands; needs Calendars.ReadWrite there by an Exchange role.
    Every write with attendees mails them."""

    async def find_events(self, organizer: str, keys: Sequence[str]) -> Mapping[str, BookedEvent]:
        """Those of *keys* that are booked; looked up by our own property, so lost state is found again."""
        ...

    async def book(self, organizer: str, spec: EventSpec) -> BookedEvent:
        """Book once: the key goes along as transactionId and as our own property; a repeat gives the same event."""
        ...

    async def update(self, organizer: str, event_id: str, changes: Mapping[str, Any]) -> BookedEvent:
        """*changes*: EventSpec field names to new values; only those are written. A repeat mails the attendees again:
        raises OutcomeUnknown when the answer is lost, and then look first. Look the event up before its `body_html`
        is changed: what others put into its body is kept."""
        ...

    async def cancel(self, organizer: str, event_id: str, comment: str) -> None:
        """Take it out of all calendars and tell the attendees why. A repeat is harmless."""
        ...

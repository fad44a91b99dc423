"""What the workflows need from outside, in our words. `integration/` implements these; tests write fakes of them.

Every call may raise the errors of `workflows.errors`. Reads may be repeated freely. A write says what a repeat does.
Moments are timezone-aware UTC unless a name says `local`.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any, Literal, Protocol

# --------------------------------------------------------------------------------------------------------------- people


class AccountKind(StrEnum):
    MEMBER = "member"
    GUEST = "guest"


@dataclass(frozen=True, kw_only=True)
class Account:
    """A person's account in the home tenant."""

    id: str
    email: str
    kind: AccountKind
    enabled: bool = True
    redeemed: bool = True


class Directory(Protocol):
    """Looks people up. Builder; needs User.Read.All."""

    async def find_accounts(self, emails: Sequence[str]) -> Mapping[str, Account]:
        """The accounts there are, by lower-case e-mail address; who has none is left out."""
        ...

    async def find_by_ids(self, ids: Sequence[str]) -> Mapping[str, Account]:
        """The same by object id, whatever address they have by now."""
        ...


class Invitations(Protocol):
    """Makes guests. Hands; needs User.Invite.All."""

    async def invite(self, email: str, *, name: str, redirect_url: str) -> Account:
        """Make a guest account without Microsoft's mail. A repeat gives the same account."""
        ...


# ---------------------------------------------------------------------------------------------------- calendar and mail


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


class Answer(StrEnum):
    """What an attendee answered to an invitation."""

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
    answers: Mapping[str, Answer] = field(default_factory=dict)
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


@dataclass(frozen=True, kw_only=True)
class Mail:
    """One e-mail. *key* identifies it for ever: the same key is never sent twice."""

    key: str
    to: Attendee
    subject: str
    html: str


class Mailer(Protocol):
    """Sends mail from an organizer mailbox. Hands; needs Mail.ReadWrite and Mail.Send there by an Exchange role."""

    async def send(self, sender: str, mail: Mail) -> str:
        """Send once and return the message's id: a draft tagged with the key is looked for before one is made, and one
        that already left is not sent again. Raises RecipientNotAllowed."""
        ...


# ------------------------------------------------------------------------------------------------------------ Teams bot


@dataclass(frozen=True, kw_only=True)
class Conversation:
    id: str
    service_url: str


@dataclass(frozen=True, kw_only=True)
class Posted:
    conversation: Conversation
    activity_id: str


class Bot(Protocol):
    """The bot's own voice. Hands; the bot's credential. Bot Framework has no keys: a repeat posts again."""

    async def open_chat(self, user_id: str) -> Conversation:
        """The personal chat with a user who has the app. Raises Refused when it is not installed or was blocked."""
        ...

    async def post_card(
        self, conversation: Conversation, card: Mapping[str, Any], *, summary: str, recipient: str
    ) -> Posted:
        """*summary*: the notification's text. *recipient*: e-mail address, held against the allow-list."""
        ...

    async def post_in_channel(self, channel_id: str, card: Mapping[str, Any], *, summary: str) -> Posted:
        """A new thread in a channel of a team that has the app. RecipientNotAllowed while an allow-list is set."""
        ...

    async def update_card(self, posted: Posted, card: Mapping[str, Any], *, summary: str) -> None:
        """A repeat is harmless."""
        ...


# --------------------------------------------------------------------------------------------------------------- engine


class Clock(Protocol):
    """The only source of time. With the sandbox's simulated clock, time passes only while everybody sleeps."""

    def now(self) -> datetime:
        """The present moment, UTC."""
        ...

    async def sleep_until(self, moment: datetime) -> None: ...


@dataclass(frozen=True, kw_only=True)
class DueUnit:
    """Work that becomes due: `kind:subject`, for example `status.send:a-dal/2026-09-08`."""

    key: str
    due_at: datetime

    @property
    def kind(self) -> str:
        return self.key.partition(":")[0]

    @property
    def subject(self) -> str:
        return self.key.partition(":")[2]


class Units(Protocol):
    """Makes work due. The row is the truth; the same key twice is one unit."""

    async def make_due(self, units: Sequence[DueUnit]) -> None:
        """Make each unit due at its time, also one that was done before; one already due earlier stays so."""
        ...


@dataclass(frozen=True, kw_only=True)
class Done:
    """The unit has nothing left to do."""

    note: str = ""


@dataclass(frozen=True, kw_only=True)
class Parked:
    """The unit waits for something outside and looks again at *until*. *note* says for what, for people."""

    until: datetime
    note: str


Outcome = Done | Parked


class History(Protocol):
    """Notes a unit's steps as events that people read later."""

    async def note(self, what: str, **values: str | int) -> None:
        """*what*: a key such as `rollout.channel_made`; *values*: ids and counts, never a person's words."""
        ...


class Intents(Protocol):
    """Writes that have no key at the service: noted before, so that a lost answer is looked into and not repeated."""

    async def begin(self, key: str) -> datetime | None:
        """Note that the write *key* starts now. Returns when it was begun before, if it was and never ended."""
        ...

    async def end(self, key: str) -> None: ...
    async def begin_all(self, keys: Sequence[str]) -> Mapping[str, datetime]:
        """As `begin` for each of *keys*, in one go: when those were begun that never ended, by key."""
        ...

    async def end_all(self, keys: Sequence[str]) -> None: ...


LinkPurpose = Literal["answer", "papers", "report", "feed", "tab", "agenda", "minutes", "own_meetings", "guests"]


@dataclass(frozen=True, kw_only=True)
class Link:
    """What an address given to a person leads to."""

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
        """What the token leads to; None when it is forged, expired, revoked or for another purpose."""
        ...

    async def revoke(self, subject: str) -> None:
        """End every link to *subject*. A repeat is harmless."""
        ...


class EndedLinks(Links, Protocol):
    """Links of which those that have ended are known again, to say why they lead nowhere."""

    async def find_ended(self, token: str, purpose: LinkPurpose) -> Link | None:
        """What a token of ours led to before it expired or was revoked; None for any other. It opens nothing."""
        ...


@dataclass(frozen=True)
class Recipients:
    """The rehearsal's allow-list; None lets everybody receive."""

    allowed: frozenset[str] | None = None

    def permits(self, email: str) -> bool:
        return self.allowed is None or email.lower() in self.allowed


@dataclass(frozen=True, kw_only=True)
class Words:
    """A text for people as key and values, put into their language at the edge."""

    key: str
    values: Mapping[str, Any] = field(default_factory=dict)

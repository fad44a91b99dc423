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


class Invitations(Protocol):
    """Makes guests. Hands; needs User.Invite.All."""

    async def invite(self, email: str, *, name: str, redirect_url: str) -> Account:
        """Make a guest account without Microsoft's mail. A repeat gives the same account."""
        ...


# ----------------------------------------------------------------------------------------------------- groups and teams


@dataclass(frozen=True, kw_only=True)
class GroupSpec:
    unique_name: str
    display_name: str
    description: str
    mail_nickname: str
    visibility: str = "Private"


@dataclass(frozen=True, kw_only=True)
class Group:
    id: str
    unique_name: str
    display_name: str
    description: str
    has_team: bool


class Groups(Protocol):
    """Microsoft 365 groups. Builder; needs Group.ReadWrite.All."""

    async def find_group(self, unique_name: str) -> Group | None: ...
    async def ensure_group(self, spec: GroupSpec, *, owner_ids: Sequence[str]) -> Group:
        """Create or update by unique name; *owner_ids* (at least one) are set at creation. A repeat makes no second."""
        ...

    async def list_owners(self, group_id: str) -> Sequence[Account]: ...
    async def add_owner(self, group_id: str, account_id: str) -> None:
        """A repeat is harmless."""
        ...


class Memberships(Protocol):
    """Who is in our groups. Hands; needs GroupMember.ReadWrite.All. Removes memberships, never directory objects."""

    async def list_members(self, group_id: str) -> Sequence[Account]: ...
    async def add_member(self, group_id: str, account: Account) -> None:
        """A repeat is harmless. Raises RecipientNotAllowed when a rehearsal's allow-list leaves the account out."""
        ...

    async def remove_member(self, group_id: str, account: Account) -> None:
        """A repeat is harmless."""
        ...


class OperationState(StrEnum):
    RUNNING = "running"
    SUCCEEDED = "succeeded"
    FAILED = "failed"


@dataclass(frozen=True, kw_only=True)
class InstalledApp:
    installation_id: str
    app_id: str
    external_id: str
    permissions: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class CatalogApp:
    """Our app in the organisation's catalogue."""

    id: str
    external_id: str
    version: str


class TeamBuilder(Protocol):
    """Makes teams and puts our app into them. Builder; needs Group.ReadWrite.All, AppCatalog.Read.All and
    TeamsAppInstallation.ReadWriteForUser.All."""

    async def has_team(self, group_id: str) -> bool: ...
    async def start_team(self, group_id: str) -> str:
        """Begin to make a team of the group; returns the operation's path. Look with has_team before a repeat."""
        ...

    async def operation(self, path: str) -> OperationState: ...
    async def find_catalog_app(self, external_id: str) -> CatalogApp | None: ...
    async def find_team_app(self, team_id: str, external_id: str) -> InstalledApp | None: ...
    async def install_in_team(self, team_id: str, app: CatalogApp, *, permissions: Sequence[str]) -> None:
        """A repeat is harmless. *permissions*: the resource-specific ones consented to; must equal the manifest's."""
        ...

    async def find_user_app(self, user_id: str, external_id: str) -> InstalledApp | None: ...
    async def install_for_user(self, user_id: str, app: CatalogApp) -> None:
        """A repeat is harmless. Guests cannot have it: Refused."""
        ...


class ChannelKind(StrEnum):
    STANDARD = "standard"
    PRIVATE = "private"


@dataclass(frozen=True, kw_only=True)
class Channel:
    id: str
    name: str
    kind: ChannelKind
    description: str = ""
    url: str = ""


@dataclass(frozen=True, kw_only=True)
class Tab:
    id: str
    name: str
    entity_id: str
    content_url: str


class Channels(Protocol):
    """Channels and tabs in a team that has our app. Hands, by resource-specific consent: ChannelSettings.Read.Group,
    Channel.Create.Group, TeamsTab.Read.Group, TeamsTab.Create.Group."""

    async def list_channels(self, team_id: str) -> Sequence[Channel]: ...
    async def create_channel(
        self, team_id: str, *, name: str, description: str, kind: ChannelKind, owner_id: str | None = None
    ) -> Channel:
        """Raises Conflict when the name is taken. A private channel needs *owner_id*."""
        ...

    async def list_tabs(self, team_id: str, channel_id: str) -> Sequence[Tab]: ...
    async def create_tab(
        self, team_id: str, channel_id: str, *, name: str, app: str, entity_id: str, content_url: str
    ) -> Tab:
        """*app*: the catalogue id. Teams makes a second tab on a repeat: list first."""
        ...


# ----------------------------------------------------------------------------------------------------------- SharePoint


@dataclass(frozen=True, kw_only=True)
class Site:
    id: str
    url: str


class SiteAccess(Protocol):
    """Finds group sites and lets Hands into them. Builder; needs Sites.FullControl.All and Sites.Read.All."""

    async def find_site(self, group_id: str) -> Site | None:
        """None while SharePoint is still making it."""
        ...

    async def granted_roles(self, site_id: str, app_id: str) -> Sequence[str]: ...
    async def grant(self, site_id: str, *, app_id: str, app_name: str, role: str) -> None:
        """Roles: read, write, manage, fullcontrol. Look with granted_roles before a repeat."""
        ...


@dataclass(frozen=True, kw_only=True)
class Column:
    name: str
    display_name: str
    kind: str
    """text, note, number, date, boolean or choice"""
    choices: tuple[str, ...] = ()
    indexed: bool = False


@dataclass(frozen=True, kw_only=True)
class SiteList:
    id: str
    name: str
    url: str
    columns: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class ListItem:
    id: str
    fields: Mapping[str, Any]


@dataclass(frozen=True, kw_only=True)
class StoredFile:
    id: str
    path: str
    url: str
    etag: str
    size: int


@dataclass(frozen=True, kw_only=True)
class Page:
    id: str
    name: str
    title: str
    url: str
    etag: str
    html: str = ""
    published: bool = False


class SiteContent(Protocol):
    """What lies on a site that Hands was let into. Hands; needs Sites.Selected with the role `manage` there."""

    async def list_folders(self, site_id: str, parent: str = "") -> Sequence[str]:
        """Names of the folders directly below *parent* (a path from the library's root); empty when it is missing."""
        ...

    async def ensure_folder(self, site_id: str, path: str) -> None:
        """Make the folder and those above it. A repeat is harmless."""
        ...

    async def find_file(self, site_id: str, path: str) -> StoredFile | None: ...
    async def put_file(self, site_id: str, path: str, content: bytes, content_type: str) -> StoredFile:
        """Create or replace. A repeat makes a new version of the same file."""
        ...

    async def list_lists(self, site_id: str) -> Sequence[SiteList]: ...
    async def create_list(self, site_id: str, *, name: str, description: str, columns: Sequence[Column]) -> SiteList:
        """Raises Conflict when the name is taken."""
        ...

    async def list_items(self, site_id: str, list_id: str) -> Sequence[ListItem]: ...
    async def add_item(self, site_id: str, list_id: str, fields: Mapping[str, Any]) -> ListItem:
        """SharePoint adds a second item on a repeat: look for its key first."""
        ...

    async def update_item(self, site_id: str, list_id: str, item_id: str, fields: Mapping[str, Any]) -> None: ...
    async def find_page(self, site_id: str, name: str) -> Page | None:
        """With its HTML as SharePoint keeps it (which is not what was sent)."""
        ...

    async def create_page(self, site_id: str, *, name: str, title: str, html: Sequence[str]) -> Page:
        """A draft; *html*: one text section each. SharePoint makes no second of the same name: Conflict."""
        ...

    async def update_page(self, site_id: str, page_id: str, *, title: str, html: Sequence[str]) -> Page: ...
    async def publish_page(self, site_id: str, page_id: str) -> None:
        """A repeat is harmless."""
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


LinkPurpose = Literal["answer", "papers", "report", "feed", "tab"]


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

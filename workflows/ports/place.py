"""A place in Microsoft 365, in our words: its group, its team with channels, and its site.

As in `workflows.ports`: `integration/` implements these, every call may raise the errors of `workflows.errors`, and a
write says what a repeat does.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any, Protocol

from workflows.ports.accounts import Account

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
    visibility: str = "Private"
    mail_nickname: str = ""
    unified: bool = True
    """True for a Microsoft 365 group: no other can have a team and a site."""
    expires_at: datetime | None = None
    """The end that the tenant's policy sets, unless an owner renews it."""
    labels: tuple[str, ...] = ()
    """Ids of its sensitivity labels, which apps can read and not give."""


class Groups(Protocol):
    """Microsoft 365 groups. Builder; needs Group.ReadWrite.All."""

    async def find_group(self, unique_name: str) -> Group | None: ...
    async def ensure_group(self, spec: GroupSpec, *, owner_ids: Sequence[str]) -> Group:
        """Create or update by unique name; *owner_ids* (at least one) are set at creation. A repeat makes no second."""
        ...

    async def read_group(self, group_id: str) -> Group | None: ...
    async def change_group(self, group_id: str, changes: Mapping[str, str]) -> Group:
        """*changes*: some of display_name, description and visibility. A repeat is harmless."""
        ...

    async def list_namesakes(self, display_name: str, mail_nickname: str) -> Sequence[Group]:
        """The groups that are called so or have this address, whoever made them."""
        ...

    async def list_owners(self, group_id: str) -> Sequence[Account]: ...
    async def add_owner(self, group_id: str, account_id: str) -> None:
        """A repeat is harmless."""
        ...

    async def remove_owner(self, group_id: str, account_id: str) -> None:
        """Take the ownership, nothing else; a repeat is harmless. The last owner stays: Invalid."""
        ...


class Memberships(Protocol):
    """Members of our groups. Hands; needs GroupMember.ReadWrite.All. Removes memberships, never directory objects."""

    async def list_member_ids(self, group_id: str) -> Sequence[str]: ...
    async def list_owner_ids(self, group_id: str) -> Sequence[str]:
        """Ids and no more: Graph tells nothing else of people to an identity that may not read users. NotFound without
        the group."""
        ...

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
    app_id: str
    external_id: str
    permissions: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class CatalogApp:
    """Our app in the organisation's catalogue."""

    id: str
    external_id: str
    version: str
    """The highest that is published; empty while an administrator has approved none."""


def version_order(version: str) -> tuple[int, ...]:
    """Return what versions of an app are ordered by: 1.10.0 comes after 1.9.0."""
    return tuple(int(part) if part.isdecimal() else 0 for part in version.split("."))


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
    async def is_app_in_channel(self, team_id: str, channel_id: str, external_id: str) -> bool:
        """Tell whether a person has added the app to a private channel; TeamsAppInstallation.ReadForTeam.All."""
        ...

    async def install_for_user(self, user_id: str, app: CatalogApp) -> None:
        """A repeat is harmless. Guests cannot have it: Refused."""
        ...

    async def change_channel(self, team_id: str, channel_id: str, changes: Mapping[str, str]) -> None:
        """*changes*: name, description or both. A repeat is harmless. Raises Conflict when the name is taken."""
        ...

    async def rename_tab(self, team_id: str, channel_id: str, tab_id: str, name: str) -> None:
        """A repeat is harmless."""
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

    async def find_group_site(self, group_id: str) -> Site | None:
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
    hidden: bool = False


@dataclass(frozen=True, kw_only=True)
class SiteColumn:
    """A column as it stands. *name* is the one that stays; *display_name* is what people read."""

    id: str
    name: str
    display_name: str
    choices: tuple[str, ...] = ()
    hidden: bool = False


@dataclass(frozen=True, kw_only=True)
class SiteList:
    id: str
    name: str
    url: str
    columns: tuple[SiteColumn, ...]


@dataclass(frozen=True, kw_only=True)
class Folder:
    """A folder of a site's library. *path*: from the library's top; *parent_id*: of the folder it lies in."""

    id: str
    name: str
    parent_id: str
    path: str


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
    changed_by: str = ""
    """Id of the person, or else of the application, who wrote it last."""


@dataclass(frozen=True, kw_only=True)
class Page:
    id: str
    name: str
    title: str
    url: str
    etag: str
    html: str = ""
    published: bool = False
    changed_by: str = ""
    """Id of the person, or else of the application, who wrote it last."""


class SiteContent(Protocol):
    """Content of a site that Hands was let into. Hands; needs Sites.Selected with the role `manage` there."""

    async def ensure_folder(self, site_id: str, path: str) -> None:
        """Make the folder and those above it. A repeat is harmless."""
        ...

    async def folder_path(self, site_id: str, folder_id: str) -> str | None:
        """Return the path of the folder with that id, from the library's top; None when it is gone."""
        ...

    async def find_file(self, site_id: str, path: str) -> StoredFile | None: ...
    async def put_file(self, site_id: str, path: str, content: bytes, content_type: str) -> StoredFile:
        """Create or replace. A repeat makes a new version of the same file."""
        ...

    async def list_ids(self, site_id: str) -> Sequence[str]: ...

    async def list_lists(self, site_id: str) -> Sequence[SiteList]: ...
    async def create_list(self, site_id: str, *, name: str, description: str, columns: Sequence[Column]) -> SiteList:
        """Raises Conflict when the name is taken."""
        ...

    async def list_items(self, site_id: str, list_id: str) -> Sequence[ListItem]: ...
    async def add_item(self, site_id: str, list_id: str, fields: Mapping[str, Any]) -> ListItem:
        """SharePoint adds a second item on a repeat: look for its key first."""
        ...

    async def update_item(self, site_id: str, list_id: str, item_id: str, fields: Mapping[str, Any]) -> ListItem:
        """With all its fields, as they stand then. A repeat is harmless."""
        ...

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


TOP = "root"
"""Stands for the id of a library's top folder."""


class SiteLayout(Protocol):
    """The layout of a site: folders by their ids, which stay when people move them, lists and their columns.
    Hands; needs Sites.Selected with the role `manage` there."""

    async def find_site(self, site_id: str) -> Site | None:
        """None when it is gone. Raises Refused when we are not let in (any more): that does not make it gone."""
        ...

    async def find_folder(self, site_id: str, folder_id: str) -> Folder | None: ...
    async def list_folders(self, site_id: str, parent_id: str = TOP) -> Sequence[Folder]:
        """Those directly below *parent_id*; none when it is gone."""
        ...

    async def make_folder(self, site_id: str, name: str, parent_id: str = TOP) -> Folder:
        """Raises Conflict when the name is taken there."""
        ...

    async def move_folder(self, site_id: str, folder_id: str, name: str, parent_id: str) -> Folder:
        """A repeat is harmless. Raises Conflict when the name is taken there."""
        ...

    async def library_name(self, site_id: str) -> str:
        """Return the library's display name, in the language that the site was made in."""
        ...

    async def find_list(self, site_id: str, list_id: str) -> SiteList | None: ...
    async def add_column(self, site_id: str, list_id: str, column: Column) -> SiteColumn:
        """Raises Conflict when the list has a column of that name."""
        ...

    async def change_column(self, site_id: str, list_id: str, column_id: str, column: Column) -> SiteColumn:
        """Change a column's display name and its choices. A repeat is harmless."""
        ...

    async def read_page(self, site_id: str, page_id: str) -> Page | None: ...


class Placed(Protocol):
    """A thing of a place, by its id in the tenant."""

    @property
    def external_id(self) -> str: ...


class Places(Protocol):
    async def of(self, place: str) -> Mapping[str, Placed]:
        """Return the things of the place, by keys such as `channel:board`."""
        ...

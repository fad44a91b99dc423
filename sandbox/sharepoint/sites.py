"""A site: its library, lists, pages, and which apps were let into it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sandbox.platform.ids import NewId
from sandbox.protocol.errors import GraphError
from sandbox.sharepoint.drives import Author, Drive, instant
from sandbox.sharepoint.lists import SiteList
from sandbox.sharepoint.pages import Page

ROLES = ("read", "write", "manage", "fullcontrol")
LIBRARIES: Mapping[str, tuple[str, str, str]] = {
    "nb": ("Dokumenter", "Delte dokumenter", "Områdesider"),
    "en": ("Documents", "Shared Documents", "Site Pages"),
}
"""Per language of a site: the title of its library, the part of the address it has, and the title of the pages."""


@dataclass(kw_only=True)
class Grant:
    """The rights of an app on the site: the `Sites.Selected` consent."""

    id: str
    app_id: str
    app_name: str
    role: str

    def set_roles(self, roles: list[str]) -> None:
        """Keep the strongest of *roles*; 400 for one that is none, such as the overview page's `owner`."""
        if not roles or any(role not in ROLES for role in roles):
            raise GraphError(400, "invalidRequest", f"The roles must be among {', '.join(ROLES)}.")
        self.role = max(roles, key=ROLES.index)

    def to_json(self, *, with_roles: bool = True) -> dict[str, Any]:
        identity = {"application": {"id": self.app_id, "displayName": self.app_name}}
        body: dict[str, Any] = {
            "id": self.id,
            "grantedToIdentities": [identity],
            "grantedToIdentitiesV2": [identity],
        }
        return body | ({"roles": [self.role]} if with_roles else {})


@dataclass(kw_only=True, eq=False)
class Site:
    """*key* is what it is called in canonical state: its group's key, with the channel's name for a channel's own."""

    id: str
    key: str
    title: str
    web_url: str
    group_id: str
    channel_id: str | None
    created_at: datetime
    ready_at: datetime
    new_id: NewId
    drive: Drive
    lists: list[SiteList] = field(default_factory=list)
    pages: list[Page] = field(default_factory=list)
    grants: dict[str, Grant] = field(default_factory=dict)

    def role_of(self, client_id: str) -> str | None:
        """Return the strongest role an app was granted here."""
        roles = [grant.role for grant in self.grants.values() if grant.app_id == client_id]
        return max(roles, key=ROLES.index, default=None)

    def grant(self, *, app_id: str, app_name: str, roles: list[str]) -> Grant:
        """Let an app in. A repeat adds a second grant, as the service does."""
        grant = Grant(id="", app_id=app_id, app_name=app_name, role="")
        grant.set_roles(roles)
        grant.id = self.new_id("site-permission", f"{self.key}/{app_id}")
        self.grants[grant.id] = grant
        return grant

    def to_json(self) -> dict[str, Any]:
        return {
            "id": self.id,
            "name": self.web_url.rpartition("/")[2],
            "displayName": self.title,
            "description": "",
            "webUrl": self.web_url,
            "createdDateTime": instant(self.created_at),
            "lastModifiedDateTime": instant(self.drive.root.modified_at),
            "root": {},
            "siteCollection": {"hostname": self.id.partition(",")[0]},
        }

    def canonical(self) -> dict[str, Any]:
        return {
            "grants": sorted(f"{grant.app_name}:{grant.role}" for grant in self.grants.values()),
            "files": self.drive.canonical(),
            "lists": {each.display_name: each.canonical() for each in self.lists if not each.is_library},
            "pages": {page.name: page.canonical() for page in self.pages},
        }


def new_site(
    *,
    key: str,
    title: str,
    url: str,
    host: str,
    group_id: str,
    channel_id: str | None,
    language: str,
    created_at: datetime,
    ready_at: datetime,
    owner: str,
    new_id: NewId,
) -> Site:
    """Make a site as SharePoint does: with a library named in the site's language and the list of its pages."""
    site_id = f"{host},{new_id('site-collection', key)},{new_id('web', key)}"
    library, library_url, pages = LIBRARIES[language]
    drive = Drive(
        site_id=site_id, site_url=url, name=library, url_name=library_url, owner=owner, now=created_at, new_id=new_id
    )
    return Site(
        id=site_id,
        key=key,
        title=title,
        web_url=url,
        group_id=group_id,
        channel_id=channel_id,
        created_at=created_at,
        ready_at=ready_at,
        new_id=new_id,
        drive=drive,
        lists=[
            _library(key, library, "documentLibrary", drive.web_url, created_at, new_id),
            _library(key, pages, "webPageLibrary", f"{url}/SitePages", created_at, new_id),
        ],
    )


def _library(key: str, title: str, template: str, url: str, created_at: datetime, new_id: NewId) -> SiteList:
    return SiteList(
        id=new_id("list", f"{key}/{title}"),
        name=url.rpartition("/")[2],
        display_name=title,
        description="",
        template=template,
        web_url=url,
        created_at=created_at,
        modified_at=created_at,
        author=SYSTEM,
        new_id=new_id,
    )


SYSTEM = Author("00000003-0000-0ff1-ce00-000000000000", "SharePoint")

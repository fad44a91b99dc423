"""SharePoint: a site for every group that has an owner and for every private channel, some time after it was made."""

import re
import unicodedata
from collections.abc import Mapping
from datetime import datetime
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from sandbox.directory import Group
from sandbox.ids import Counted
from sandbox.routing import GraphError
from sandbox.sharepoint.drives import Drive, Item
from sandbox.sharepoint.pages import Page
from sandbox.sharepoint.sites import SYSTEM, Site, new_site
from sandbox.sharepoint.tickets import Tickets
from sandbox.teams import Channel

if TYPE_CHECKING:
    from sandbox.tenant import Tenant

GROUP_SITE_LANGUAGE = "nb"
CHANNEL_SITE_LANGUAGE = "en"


class SharePoint:
    """
    The sites of the tenant.

    Nothing tells SharePoint that a group or channel was made: it looks at them whenever it is asked, and dates what it
    makes by them. Libraries are called differently on the two kinds of site; a client must not assume their names.
    """

    def __init__(self, tenant: "Tenant") -> None:
        self.tenant = tenant
        self.tickets = Tickets()
        self.new_id = Counted(tenant.new_id)
        self._sites: dict[tuple[str, str | None], Site] = {}

    # ------------------------------------------------------------------------------------------------------------ look

    def sites(self) -> list[Site]:
        """The sites that are there by now, by address."""
        self._provision()
        now = self.tenant.clock.now()
        return sorted((site for site in self._sites.values() if site.ready_at <= now), key=lambda site: site.web_url)

    def site(self, site_id: str) -> Site:
        """By the full id, or by the site collection's alone."""
        wanted = site_id.casefold()
        for site in self.sites():
            if wanted in (site.id.casefold(), site.id.split(",")[1].casefold()):
                return site
        raise GraphError(404, "itemNotFound", "Requested site could not be found")

    def site_at(self, host: str, path: str) -> Site:
        """By address."""
        url = f"https://{host}/{quote(path.strip('/'))}".casefold()
        for site in self.sites():
            if site.web_url.casefold() == url:
                return site
        raise GraphError(404, "itemNotFound", "Requested site could not be found")

    def group_site(self, group_id: str) -> Site:
        """404 until SharePoint has made it, and for ever when the group has no owner."""
        group = self.tenant.directory.get_group(group_id)
        for site in self.sites():
            if site.group_id == group.id and site.channel_id is None:
                return site
        raise GraphError(
            404,
            "itemNotFound",
            "Resource provisioning is in progress. Please try again.",
            extra={"innerError": {"code": "ResourceNotFound"}},
        )

    def site_of_drive(self, drive_id: str) -> Site:
        for site in self.sites():
            if site.drive.id == drive_id:
                return site
        raise GraphError(404, "itemNotFound", "The drive could not be found")

    def drive(self, drive_id: str) -> Drive:
        return self.site_of_drive(drive_id).drive

    def tree(self, site_id: str) -> list[Item]:
        """Folders and files of a site's library, folders before what they hold."""
        return list(self.site(site_id).drive.walk())

    def pages(self, site_id: str) -> list[Page]:
        """A site's pages, by name."""
        return sorted(self.site(site_id).pages, key=lambda page: page.name)

    def channel_folder(self, group_id: str, channel: Channel) -> tuple[Drive, Item]:
        """Where a channel's files lie; 404 until that is made."""
        for site in self.sites():
            if channel.kind != "standard" and (site.group_id, site.channel_id) == (group_id, channel.id):
                return site.drive, site.drive.at(channel.name)
            if channel.kind == "standard" and (site.group_id, site.channel_id) == (group_id, None):
                folder = site.drive.find(channel.name)
                if folder is not None:
                    return site.drive, folder
        raise GraphError(404, "NotFound", "Folder location for this channel is not ready yet, please try again later.")

    def granted_role(self, site_id: str, client_id: str) -> str | None:
        """The strongest role an app was granted on a site through `Sites.Selected`."""
        try:
            return self.site(site_id).role_of(client_id)
        except GraphError:
            return None

    def site_in_question(self, args: Mapping[str, str]) -> Site:
        """The site that the names in an operation's path speak of."""
        if "drive" in args:
            return self.site_of_drive(args["drive"])
        if "host" in args:
            return self.site_at(args["host"], args["path"])
        if "site" in args:
            return self.site(args["site"])
        return self.group_site(args["group"])

    # ------------------------------------------------------------------------------------------------------- provision

    def _provision(self) -> None:
        latency = self.tenant.latency
        for group in self.tenant.directory.groups.values():
            if not group.unified or not group.owners:
                continue
            started = max(group.created_at, min(group.owners.values()))
            site = self._ensure(group, None, started, started + latency.site_ready)
            team = self.tenant.teams.teams.get(group.id)
            for channel in team.channels.values() if team else ():
                if channel.kind == "standard":
                    self._ensure_folder(site, channel)
                else:
                    self._ensure(group, channel, channel.created_at, channel.created_at + latency.private_site_ready)

    def _ensure(self, group: Group, channel: Channel | None, started: datetime, ready: datetime) -> Site:
        place = (group.id, channel.id if channel else None)
        if place in self._sites:
            return self._sites[place]
        host = self.tenant.seed.sharepoint_host
        name = group.mail_nickname + (f"-{_address_part(channel.name)}" if channel else "")
        self._sites[place] = new_site(
            key=f"{group.key}/{channel.name}" if channel else group.key,
            title=f"{group.name}-{channel.name}" if channel else group.name,
            url=f"https://{host}/sites/{name}",
            host=host,
            group_id=group.id,
            channel_id=channel.id if channel else None,
            language=CHANNEL_SITE_LANGUAGE if channel else GROUP_SITE_LANGUAGE,
            created_at=started,
            ready_at=ready,
            owner=group.name,
            new_id=self.new_id,
        )
        if channel:
            self._sites[place].drive.ensure_folder(channel.name, author=SYSTEM, now=ready)
        return self._sites[place]

    def _ensure_folder(self, site: Site, channel: Channel) -> None:
        ready = max(site.ready_at, channel.created_at + self.tenant.latency.folder_ready)
        if ready <= self.tenant.clock.now() and site.drive.find(channel.name) is None:
            site.drive.ensure_folder(channel.name, author=SYSTEM, now=ready)

    def canonical(self) -> Any:
        """Sites by key, also those that are still being made: nothing depends on when one looks."""
        self._provision()
        return {site.key: self._canonical_site(site) for site in self._sites.values()}

    def _canonical_site(self, site: Site) -> Any:
        state = site.canonical()
        team = self.tenant.teams.teams.get(site.group_id) if site.channel_id is None else None
        for channel in team.channels.values() if team else ():
            if channel.kind == "standard":
                state["files"].setdefault(channel.name, None)
        return state


def _address_part(name: str) -> str:
    """A channel's name as it stands in its site's address."""
    plain = unicodedata.normalize(
        "NFKD", name.replace("ø", "o").replace("Ø", "O").replace("æ", "ae").replace("Æ", "AE")
    )
    return re.sub(r"[^A-Za-z0-9-]", "", plain.encode("ascii", "ignore").decode()) or "kanal"

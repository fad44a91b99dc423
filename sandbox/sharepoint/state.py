"""SharePoint: a site for every group that has an owner and for every private channel, some time after it was made."""

import re
import unicodedata
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any
from urllib.parse import quote

from sandbox.directory.state import Directory, Group
from sandbox.platform.clock import Clock
from sandbox.platform.ids import CountedIds, Ids
from sandbox.platform.latency import Latency
from sandbox.platform.mishaps import Mishaps
from sandbox.protocol.errors import GraphError
from sandbox.sharepoint.drives import Drive, Item
from sandbox.sharepoint.pages import Page
from sandbox.sharepoint.sites import SYSTEM, Site, new_site
from sandbox.sharepoint.tickets import Tickets
from sandbox.teams.state import Channel, Teams

NEVER = datetime.max.replace(tzinfo=UTC)
"""When a site that got stuck is ready, unless somebody helps."""
GROUP_SITE_LANGUAGE = "nb"
CHANNEL_SITE_LANGUAGE = "en"


class SharePoint:
    """
    The sites of the tenant.

    Nothing tells SharePoint that a group or channel was made: it looks at them whenever it is asked, and dates what it
    makes by them. Libraries are called differently on the two kinds of site; a client must not assume their names.
    """

    def __init__(
        self,
        directory: Directory,
        teams: Teams,
        *,
        host: str,
        clock: Clock,
        ids: Ids,
        latency: Latency,
        mishaps: Mishaps,
    ) -> None:
        self.directory = directory
        self.teams = teams
        self.host = host
        self.clock = clock
        self.latency = latency
        self.mishaps = mishaps
        self.tickets = Tickets()
        self.new_id = CountedIds(ids)
        self._sites: dict[tuple[str, str | None], Site] = {}
        """By group and, for its own site, channel."""
        self._by_name: dict[str, Site] = {}
        """By each of its ids, its drive's id and its address."""
        directory.on_group_removed.append(self._remove_sites)

    # ------------------------------------------------------------------------------------------------------------ look

    def sites(self) -> list[Site]:
        """The sites that are there by now, by address."""
        self._provision()
        now = self.clock.now()
        return sorted((site for site in self._sites.values() if site.ready_at <= now), key=lambda site: site.web_url)

    def site(self, site_id: str) -> Site:
        """By the full id, or by the site collection's alone."""
        return self._find(site_id.casefold(), "Requested site could not be found")

    def site_at(self, host: str, path: str) -> Site:
        """By address."""
        return self._find(f"https://{host}/{quote(path.strip('/'))}".casefold(), "Requested site could not be found")

    def group_site(self, group_id: str) -> Site:
        """404 until SharePoint has made it, and for ever when the group has no owner."""
        group = self.directory.get_group(group_id)
        self._provision_group(group)
        site = self._sites.get((group.id, None))
        if site is not None and site.ready_at <= self.clock.now():
            return site
        raise GraphError(
            404,
            "itemNotFound",
            "Resource provisioning is in progress. Please try again.",
            extra={"innerError": {"code": "ResourceNotFound"}},
        )

    def site_of_drive(self, drive_id: str) -> Site:
        return self._find(drive_id, "The drive could not be found")

    def _find(self, name: str, message: str) -> Site:
        if name not in self._by_name:
            self._provision()
        site = self._by_name.get(name)
        if site is None:
            raise GraphError(404, "itemNotFound", message)
        self._provision_group(self.directory.get_group(site.group_id))
        if site.ready_at > self.clock.now():
            raise GraphError(404, "itemNotFound", message)
        return site

    def drive(self, drive_id: str) -> Drive:
        return self.site_of_drive(drive_id).drive

    def tree(self, site_id: str) -> list[Item]:
        """Folders and files of a site's library, folders before what they hold."""
        return list(self.site(site_id).drive.walk())

    def pages(self, site_id: str) -> list[Page]:
        """A site's pages, by name."""
        return sorted(self.site(site_id).pages, key=lambda page: page.name)

    def channel_folder(self, group_id: str, channel: Channel) -> tuple[Drive, Item]:
        """Where a channel's files lie; 404 until that is made. Asking brings a site that got stuck on its way."""
        self._provision_group(self.directory.get_group(group_id))
        now, latency = self.clock.now(), self.latency
        site = self._sites.get((group_id, channel.id if channel.kind != "standard" else None))
        folder = site.drive.find(channel.name) if site and site.ready_at <= now else None
        if site is not None and folder is not None:
            return site.drive, folder
        if site is not None and site.ready_at == NEVER and site.created_at + latency.repair_after <= now:
            site.ready_at = now + latency.folder_ready
        raise GraphError(404, "NotFound", "Folder location for this channel is not ready yet, please try again later.")

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
        for group in self.directory.groups.values():
            self._provision_group(group)

    def _provision_group(self, group: Group) -> None:
        if not group.unified or not group.owners:
            return
        latency = self.latency
        started = max(group.created_at, min(group.owners.values()))
        site = self._ensure(group, None, started, started + latency.site_ready.of(group.key))
        team = self.teams.teams.get(group.id)
        for channel in team.channels.values() if team else ():
            if channel.kind == "standard":
                self._ensure_folder(site, channel)
            else:
                lag = latency.channel_site_ready.of(f"{group.key}/{channel.name}")
                self._ensure(group, channel, channel.created_at, channel.created_at + lag)

    def _ensure(self, group: Group, channel: Channel | None, started: datetime, ready: datetime) -> Site:
        place = (group.id, channel.id if channel else None)
        if place in self._sites:
            return self._sites[place]
        if self.mishaps.strikes("channel_site_stuck" if channel else "site_stuck"):
            ready = NEVER
        name = group.mail_nickname + (f"-{_address_part(channel.name)}" if channel else "")
        site = self._sites[place] = new_site(
            key=f"{group.key}/{channel.name}" if channel else group.key,
            title=f"{group.name}-{channel.name}" if channel else group.name,
            url=f"https://{self.host}/sites/{name}",
            host=self.host,
            group_id=group.id,
            channel_id=channel.id if channel else None,
            language=CHANNEL_SITE_LANGUAGE if channel else GROUP_SITE_LANGUAGE,
            created_at=started,
            ready_at=ready,
            owner=group.name,
            new_id=self.new_id,
        )
        collection = site.id.split(",")[1]
        names = (site.id.casefold(), collection.casefold(), site.drive.id, site.web_url.casefold())
        self._by_name |= dict.fromkeys(names, site)
        if channel:
            site.drive.ensure_folder(channel.name, author=SYSTEM, now=started)
        return site

    def _remove_sites(self, group_id: str) -> None:
        """Those of a group that is deleted; one that is made later under its name gets others."""
        self._sites = {place: site for place, site in self._sites.items() if place[0] != group_id}
        self._by_name = {name: site for name, site in self._by_name.items() if site.group_id != group_id}

    def _ensure_folder(self, site: Site, channel: Channel) -> None:
        ready = max(site.ready_at, channel.created_at + self.latency.folder_ready)
        if ready <= self.clock.now() and site.drive.find(channel.name) is None:
            site.drive.ensure_folder(channel.name, author=SYSTEM, now=ready)

    def canonical(self) -> Any:
        """Sites by key, also those that are still being made: nothing depends on when one looks."""
        self._provision()
        return {site.key: self._canonical_site(site) for site in self._sites.values()}

    def _canonical_site(self, site: Site) -> Any:
        state = site.canonical()
        team = self.teams.teams.get(site.group_id) if site.channel_id is None else None
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

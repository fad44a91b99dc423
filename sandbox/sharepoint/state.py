"""SharePoint: a site for every group that has an owner and for every private channel, some time after it was made."""

from collections.abc import Mapping
from typing import Any
from urllib.parse import quote

from sandbox.directory.state import Directory
from sandbox.platform.clock import Clock
from sandbox.platform.ids import CountedIds, Ids
from sandbox.platform.latency import Latency
from sandbox.platform.mishaps import Mishaps
from sandbox.platform.variants import Variants
from sandbox.protocol.errors import GraphError
from sandbox.sharepoint.drives import Drive, Item
from sandbox.sharepoint.pages import Page
from sandbox.sharepoint.provisioning import NEVER, Provisioning
from sandbox.sharepoint.sites import Site
from sandbox.sharepoint.tickets import Tickets
from sandbox.sharepoint.uploads import Uploads
from sandbox.teams.model import Channel
from sandbox.teams.state import Teams


class SharePoint:
    """The sites of the tenant, and what can be asked of them."""

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
        variants: Variants,
    ) -> None:
        self.directory = directory
        self.teams = teams
        self.host = host
        self.clock = clock
        self.latency = latency
        self.variants = variants
        self.tickets = Tickets()
        self.new_id = CountedIds(ids)
        self.uploads = Uploads(self.new_id)
        self.provisioning = Provisioning(
            directory, teams, host=host, clock=clock, new_id=self.new_id, latency=latency, mishaps=mishaps
        )

    # ------------------------------------------------------------------------------------------------------------ look

    def sites(self) -> list[Site]:
        """Return the sites that are there by now, by address."""
        self.provisioning.provision()
        now = self.clock.now()
        return sorted(
            (site for site in self.provisioning.sites.values() if site.ready_at <= now), key=lambda site: site.web_url
        )

    def site(self, site_id: str) -> Site:
        """Return a site by the full id, by the site collection's alone, by its address, or the tenant's root site."""
        if ":/" in site_id:
            return self.site_at(*site_id.split(":/", 1))
        if site_id.casefold() in ("root", self.host.casefold()):
            return self.provisioning.root
        return self._find(site_id.casefold(), "Requested site could not be found")

    def site_at(self, host: str, path: str) -> Site:
        """Return a site by address."""
        address = f"https://{host}/{quote(path.strip('/:'))}".rstrip("/")
        return self._find(address.casefold(), "Requested site could not be found")

    def group_site(self, group_id: str) -> Site:
        """Return a group's site; 404 until SharePoint has made it, and for ever when the group has no owner."""
        group = self.directory.get_group(group_id)
        self.provisioning.provision_group(group)
        site = self.provisioning.sites.get((group.id, None))
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
        if name not in self.provisioning.by_name:
            self.provisioning.provision()
        site = self.provisioning.by_name.get(name)
        if site is None:
            raise GraphError(404, "itemNotFound", message)
        if site.group_id:
            self.provisioning.provision_group(self.directory.get_group(site.group_id))
        if site.ready_at > self.clock.now():
            raise GraphError(404, "itemNotFound", message)
        return site

    def drive(self, drive_id: str) -> Drive:
        return self.site_of_drive(drive_id).drive

    def tree(self, site_id: str) -> list[Item]:
        """Return folders and files of a site's library, folders before their content."""
        return list(self.site(site_id).drive.walk())

    def pages(self, site_id: str) -> list[Page]:
        """Return a site's pages, by name."""
        return sorted(self.site(site_id).pages, key=lambda page: page.name)

    def channel_folder(self, group_id: str, channel: Channel) -> tuple[Drive, Item]:
        """Return the folder of a channel's files; 404 until it is made. Asking brings a stuck site on its way."""
        self.provisioning.provision_group(self.directory.get_group(group_id))
        now, latency = self.clock.now(), self.latency
        site = self.provisioning.sites.get((group_id, channel.id if channel.kind != "standard" else None))
        folder = site.drive.find(channel.name) if site and site.ready_at <= now else None
        if site is not None and folder is not None:
            return site.drive, folder
        if site is not None and site.ready_at == NEVER and site.created_at + latency.repair_after <= now:
            site.ready_at = now + latency.folder_ready
        raise GraphError(404, "NotFound", "Folder location for this channel is not ready yet, please try again later.")

    def site_in_question(self, args: Mapping[str, str]) -> Site:
        """Return the site that the names in an operation's path speak of."""
        if "drive" in args:
            return self.site_of_drive(args["drive"])
        if "host" in args:
            return self.site_at(args["host"], args["path"])
        if "site" in args:
            return self.site(args["site"])
        return self.group_site(args["group"])

    def canonical(self) -> Any:
        """Return sites by key, also those that are still being made: the moment of looking does not matter."""
        self.provisioning.provision()
        return {site.key: self._canonical_site(site) for site in self.provisioning.sites.values()}

    def _canonical_site(self, site: Site) -> Any:
        state = site.canonical()
        team = self.teams.teams.get(site.group_id) if site.channel_id is None else None
        for channel in team.channels.values() if team else ():
            if channel.kind == "standard":
                state["files"].setdefault(channel.name, None)
        return state

"""The making of sites: one for every group that has an owner and for every private channel, some time later."""

import re
import unicodedata
from datetime import UTC, datetime

from sandbox.directory.model import Group
from sandbox.directory.state import LONG_AGO, Directory
from sandbox.platform.clock import Clock
from sandbox.platform.ids import CountedIds
from sandbox.platform.latency import Latency
from sandbox.platform.mishaps import Mishaps
from sandbox.sharepoint.sites import SYSTEM, Site, new_site
from sandbox.teams.model import Channel
from sandbox.teams.state import Teams

NEVER = datetime.max.replace(tzinfo=UTC)
"""Readiness of a site that got stuck, unless somebody helps."""
GROUP_SITE_LANGUAGE = "nb"
CHANNEL_SITE_LANGUAGE = "en"


class Provisioning:
    """
    The sites that were made, or are being made.

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
        new_id: CountedIds,
        latency: Latency,
        mishaps: Mishaps,
    ) -> None:
        self.directory = directory
        self.teams = teams
        self.host = host
        self.clock = clock
        self.latency = latency
        self.mishaps = mishaps
        self.new_id = new_id
        self.sites: dict[tuple[str, str | None], Site] = {}
        """By group and, for its own site, channel."""
        self.by_name: dict[str, Site] = {}
        """By each of its ids, its drive's id and its address."""
        self.root = new_site(
            key="root",
            title=host.partition(".")[0],
            url=f"https://{host}",
            host=host,
            group_id="",
            channel_id=None,
            language=GROUP_SITE_LANGUAGE,
            created_at=LONG_AGO,
            ready_at=LONG_AGO,
            owner=SYSTEM.name,
            new_id=new_id,
        )
        """The tenant's own site, of no group. It is found, but nobody works on it: canonical state leaves it out."""
        self._name(self.root)
        directory.on_group_removed.append(self._remove_sites)
        teams.on_channel_removed.append(self._remove_channel_site)

    def provision(self) -> None:
        """Look at every group."""
        for group in self.directory.groups.values():
            self.provision_group(group)

    def provision_group(self, group: Group) -> None:
        """Make the sites and folders that a group, its team and its channels have by now."""
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
        if place in self.sites:
            return self.sites[place]
        if self.mishaps.strikes("channel_site_stuck" if channel else "site_stuck"):
            ready = NEVER
        name = group.mail_nickname + (f"-{_address_part(channel.name)}" if channel else "")
        site = self.sites[place] = new_site(
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
        self._name(site)
        if channel:
            site.drive.ensure_folder(channel.name, author=SYSTEM, now=started)
        return site

    def _name(self, site: Site) -> None:
        collection = site.id.split(",")[1]
        names = (site.id.casefold(), collection.casefold(), site.drive.id, site.web_url.casefold())
        self.by_name |= dict.fromkeys(names, site)

    def _remove_channel_site(self, channel_id: str) -> None:
        self.sites = {place: site for place, site in self.sites.items() if place[1] != channel_id}
        self.by_name = {name: site for name, site in self.by_name.items() if site.channel_id != channel_id}

    def _remove_sites(self, group_id: str) -> None:
        """Remove the sites of a group that is deleted; one that is made later under its name gets others."""
        self.sites = {place: site for place, site in self.sites.items() if place[0] != group_id}
        self.by_name = {name: site for name, site in self.by_name.items() if site.group_id != group_id}

    def _ensure_folder(self, site: Site, channel: Channel) -> None:
        ready = max(site.ready_at, channel.created_at + self.latency.folder_ready)
        if ready <= self.clock.now() and site.drive.find(channel.name) is None:
            site.drive.ensure_folder(channel.name, author=SYSTEM, now=ready)


def _address_part(name: str) -> str:
    """Return a channel's name as it stands in its site's address."""
    plain = unicodedata.normalize(
        "NFKD", name.replace("ø", "o").replace("Ø", "O").replace("æ", "ae").replace("Æ", "AE")
    )
    return re.sub(r"[^A-Za-z0-9-]", "", plain.encode("ascii", "ignore").decode()) or "kanal"

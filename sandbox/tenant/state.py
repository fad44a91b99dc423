"""The tenant the sandbox plays: one state object per area, and what all of them share."""

from collections.abc import Mapping
from typing import Any

from sandbox.connector.admission import Admission
from sandbox.connector.outgoing import Addresses
from sandbox.connector.state import Chats
from sandbox.directory.state import Directory
from sandbox.exchange.state import Exchange
from sandbox.planner.state import Planner
from sandbox.platform.clock import Clock
from sandbox.platform.identity import Identities, Identity, Issuer
from sandbox.platform.ids import Ids
from sandbox.platform.latency import Latency
from sandbox.platform.mishaps import Mishaps
from sandbox.platform.seed import Seed
from sandbox.platform.throttling import Throttle
from sandbox.platform.traffic import Traffic
from sandbox.platform.variants import Variants
from sandbox.sharepoint.state import SharePoint
from sandbox.teams.catalog import Catalog
from sandbox.teams.state import Teams

AREAS: Mapping[type[Any], str] = {
    Directory: "directory",
    Teams: "teams",
    SharePoint: "sharepoint",
    Exchange: "exchange",
    Planner: "planner",
    Variants: "variants",
}
"""The areas that operations of Graph work on, and the attribute that holds each."""


class Tenant:
    """
    The state of all areas. Made anew by a reset.

    Each area offers `canonical()`: JSON in which natural keys stand for ids, without times, etags and versions.
    """

    def __init__(self, seed: Seed, clock: Clock, latency: Latency, issuer: Issuer, traffic: Traffic) -> None:
        self.seed = seed
        self.clock = clock
        self.latency = latency
        self.issuer = issuer
        self.traffic = traffic
        self.id = seed.tenant_id
        self.ids = Ids(seed.tenant_id)
        self.addresses = Addresses(bot=seed.bot_endpoint)
        self.throttle = Throttle(seed.licences)
        self.mishaps = mishaps = Mishaps()
        self.variants = Variants()
        self.variants.change(seed.variants)
        self.identities = Identities(
            Identity(
                name=app.name,
                client_id=app.client_id,
                object_id=self.ids.new("servicePrincipal", app.name),
                granted=app.permissions,
            )
            for app in seed.apps
        )
        ids = self.ids
        self.directory = Directory(seed, clock, ids, latency)
        self.catalog = Catalog(ids, seed.manifest)
        self.teams = Teams(self.directory, self.catalog, clock=clock, ids=ids, latency=latency, mishaps=mishaps)
        self.sharepoint = SharePoint(
            self.directory,
            self.teams,
            host=seed.sharepoint_host,
            clock=clock,
            ids=ids,
            latency=latency,
            mishaps=mishaps,
            variants=self.variants,
        )
        self.exchange = Exchange(self.directory, clock=clock, ids=ids, latency=latency, variants=self.variants)
        self.planner = Planner(self.directory, ids)
        self.chats = Chats(self.directory, self.teams, clock=clock, ids=ids, traffic=traffic, addresses=self.addresses)
        for person in (*seed.members, *seed.organizers):
            if self.directory.user_by_mail(person.email) is None:
                self.directory.add_member_user(
                    name=person.name,
                    email=person.email,
                    mail=person.mail,
                    has_mailbox=person.has_mailbox,
                    aliases=person.aliases,
                )

    def area(self, kind: type[Any]) -> Any:
        """Return the area of *kind*."""
        return getattr(self, AREAS[kind])

    @property
    def admission(self) -> Admission:
        """The checks of calls to the connector."""
        return Admission(chats=self.chats, issuer=self.issuer, identities=self.identities, throttle=self.throttle)

    @property
    def organizers(self) -> frozenset[str]:
        """The mailboxes that Exchange's scoped roles hold for, in lower case."""
        return frozenset(person.email.lower() for person in self.seed.organizers)

    def canonical(self) -> dict[str, Any]:
        """Return the state of every area, as each area tells it."""
        return {
            "directory": self.directory.canonical(),
            "teams": self.teams.canonical(),
            "catalog": self.catalog.canonical(),
            "sharepoint": self.sharepoint.canonical(),
            "exchange": self.exchange.canonical(),
            "planner": self.planner.canonical(),
            "chats": self.chats.canonical(),
        }

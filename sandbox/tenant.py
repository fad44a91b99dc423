"""The tenant the sandbox plays: one state object per area, and what all of them share."""

from collections.abc import Callable
from typing import Any
from uuid import UUID, uuid5

from sandbox.catalog import Catalog, CatalogApp
from sandbox.chats import Chats
from sandbox.clock import Clock
from sandbox.directory import Directory
from sandbox.exchange import Exchange
from sandbox.har import Traffic
from sandbox.identity import Identity, Issuer
from sandbox.latency import Latency
from sandbox.mishaps import Mishaps
from sandbox.planner import Planner
from sandbox.seed import Seed
from sandbox.sharepoint import SharePoint
from sandbox.teams import Teams
from sandbox.throttling import Throttle

InstallHook = Callable[[CatalogApp, str, str], None]


class Tenant:
    """
    Everything that is kept. Made anew by a reset.

    *on_install* is called as `(app, scope, target id)` with scope `team` or `personal` after an app was installed,
    *on_remove* after one was removed.
    Each area offers `canonical()`: JSON in which natural keys stand for ids, without times, etags and versions.
    """

    def __init__(self, seed: Seed, clock: Clock, latency: Latency, issuer: Issuer, traffic: Traffic) -> None:
        self.seed = seed
        self.clock = clock
        self.latency = latency
        self.issuer = issuer
        self.traffic = traffic
        self.base_url = "http://127.0.0.1"
        """Where the sandbox is reached; known from the first request on."""
        self.id = seed.tenant_id
        self.bot_endpoint = seed.bot_endpoint
        self.throttle = Throttle(seed.licences)
        self.mishaps = Mishaps()
        self.names: dict[str, str] = {}
        self.on_install: list[InstallHook] = []
        self.on_remove: list[InstallHook] = []
        self._made: dict[str, int] = {}
        self.identities = {
            app.client_id: Identity(
                name=app.name,
                client_id=app.client_id,
                object_id=self.new_id("servicePrincipal", app.name),
                granted=app.permissions,
            )
            for app in seed.apps
        }
        self.directory = Directory(self)
        self.teams = Teams(self)
        self.catalog = Catalog(self, seed.manifest)
        self.sharepoint = SharePoint(self)
        self.exchange = Exchange(self)
        self.planner = Planner(self)
        self.chats = Chats(self)
        for person in (*seed.members, *seed.organizers):
            if self.directory.user_by_mail(person.email) is None:
                self.directory.add_member_user(name=person.name, email=person.email)

    def new_id(self, kind: str, natural_key: str | None = None) -> str:
        """
        The id for *kind* and *natural_key*, the same in every run and every time it is asked for.

        Without a natural key a running number takes its place, so each call gives another id.
        """
        if natural_key is None:
            self._made[kind] = self._made.get(kind, 0) + 1
            natural_key = f"#{self._made[kind]}"
        made = str(uuid5(UUID(self.id), f"{kind}:{natural_key}"))
        self.names[made] = f"{kind}:{natural_key}"
        return made

    def delete_group(self, group_id: str) -> None:
        """As an owner deletes it: with its team and its sites."""
        self.directory.remove_group(self.directory.get_group(group_id))
        self.teams.teams.pop(group_id, None)
        self.sharepoint.remove_sites(group_id)

    def identity(self, name: str) -> Identity:
        """The identity called hands, builder, door, bot or app."""
        return next(found for found in self.identities.values() if found.name == name)

    @property
    def organizers(self) -> frozenset[str]:
        """The mailboxes that Exchange's scoped roles hold for, in lower case."""
        return frozenset(person.email.lower() for person in self.seed.organizers)

    def personal_chat_id(self, user_id: str, app: CatalogApp) -> str:
        """The conversation between a person and an app's bot."""
        return f"19:{user_id}_{app.bot_id}@unq.gbl.spaces"

    def canonical(self) -> dict[str, Any]:
        """The state of every area, as each area tells it."""
        return {
            "directory": self.directory.canonical(),
            "teams": self.teams.canonical(),
            "catalog": self.catalog.canonical(),
            "sharepoint": self.sharepoint.canonical(),
            "exchange": self.exchange.canonical(),
            "planner": self.planner.canonical(),
            "chats": self.chats.canonical(),
        }

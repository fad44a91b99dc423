"""The organisation's catalogue of Teams apps."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sandbox.platform.ids import Ids

WEBSITE_TAB = "com.microsoft.teamspace.tab.web"


@dataclass(frozen=True, kw_only=True)
class CatalogApp:
    """A published app: *external_id* is its manifest's id, *web_application_id* the identity its consent falls to."""

    id: str
    external_id: str
    name: str
    version: str
    bot_id: str | None = None
    web_application_id: str | None = None
    resource_specific: frozenset[tuple[str, str]] = frozenset()
    """(permission, "application" or "delegated")."""
    configurable_tabs: bool = False
    scopes: frozenset[str] = frozenset()
    distribution: str = "organization"
    built_in: bool = False
    """Comes with every team and is never installed."""

    def chat_id(self, user_id: str) -> str:
        """Return the id of the conversation between a person and the app's bot."""
        return f"19:{user_id}_{self.bot_id}@unq.gbl.spaces"


class Catalog:
    """The published apps by catalogue id."""

    def __init__(self, ids: Ids, manifest: Mapping[str, Any]) -> None:
        ours = app_of(ids.new("app", manifest["id"]), manifest)
        website = CatalogApp(
            id=WEBSITE_TAB,
            external_id=WEBSITE_TAB,
            name="Website",
            version="1.0",
            configurable_tabs=True,
            distribution="store",
            built_in=True,
        )
        self.ours = ours
        self.apps = {app.id: app for app in (ours, website)}

    def name_of(self, app_id: str) -> str:
        app = self.apps.get(app_id)
        return app.name if app else app_id

    def canonical(self) -> Any:
        return {app.external_id: {"name": app.name, "version": app.version} for app in self.apps.values()}


def app_of(app_id: str, manifest: Mapping[str, Any]) -> CatalogApp:
    """Return a manifest as the catalogue holds it."""
    bots = manifest.get("bots") or [{}]
    tabs = [*(manifest.get("staticTabs") or ()), *(manifest.get("configurableTabs") or ()), *bots]
    permissions = ((manifest.get("authorization") or {}).get("permissions") or {}).get("resourceSpecific") or ()
    return CatalogApp(
        id=app_id,
        external_id=manifest["id"],
        name=manifest["name"]["short"],
        version=manifest["version"],
        bot_id=bots[0].get("botId"),
        web_application_id=(manifest.get("webApplicationInfo") or {}).get("id"),
        resource_specific=frozenset((entry["name"], entry["type"].lower()) for entry in permissions),
        configurable_tabs=bool(manifest.get("configurableTabs")),
        scopes=frozenset(scope.lower() for tab in tabs for scope in tab.get("scopes", ())),
    )

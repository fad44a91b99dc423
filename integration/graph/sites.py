"""SharePoint sites of groups: finding them, and letting an identity into one of them."""

from collections.abc import Sequence
from contextlib import suppress

from integration.graph.client import Graph, Json, Path, Query, Request
from integration.retry import Call
from workflows.errors import Invalid, NotFound
from workflows.ports.place import Site

_GRANTS = ("sharepoint",) * 5
_ONLY_AS_A_CHANGE = "manage"


class GraphSiteAccess:
    """
    Finds group sites and lets Hands into them.

    Needs the application permissions Sites.FullControl.All and, for the look-up alone, Sites.Read.All.
    """

    def __init__(self, graph: Graph) -> None:
        self._graph = graph

    async def find_group_site(self, group_id: str) -> Site | None:
        """None while SharePoint is still making it, which takes minutes and has taken hours."""
        request = Request(
            action=f"find the site of group {group_id}",
            address=lambda sdk: sdk.groups.by_group_id(group_id).sites.by_site_id("root"),
            query=Query(select=("id", "webUrl")),
            scopes=["sharepoint"],
        )
        try:
            site = await self._graph.get(request)
        except NotFound:
            return None
        return Site(id=site["id"], url=site.get("webUrl") or "")

    async def granted_roles(self, site_id: str, app_id: str) -> Sequence[str]:
        ours = await self._grants(site_id, app_id)
        return [role for grant in ours for role in await self._roles(site_id, grant)]

    async def grant(self, site_id: str, *, app_id: str, app_name: str, role: str) -> None:
        """
        Let *app_id* into the site. Roles: read, write, manage, fullcontrol.

        Some tenants refuse `manage` in a new grant and take it as a change of one: then `write` is granted first, and
        made `manage`. A bare create: look with granted_roles before a repeat.
        """
        try:
            await self._create(site_id, app_id, app_name, role)
        except Invalid:
            if role != _ONLY_AS_A_CHANGE:
                raise
            there = await self._grants(site_id, app_id)
            grant = there[0] if there else await self._create(site_id, app_id, app_name, "write")
            await self._change(site_id, grant["id"], role)

    async def change_role(self, site_id: str, *, app_id: str, role: str) -> None:
        """Give *app_id* another role on a site that it was let into. A repeat is harmless."""
        for grant in await self._grants(site_id, app_id):
            await self._change(site_id, grant["id"], role)

    async def take_away(self, site_id: str, *, app_id: str) -> None:
        """End what *app_id* may do on the site. A repeat is harmless."""
        for grant in await self._grants(site_id, app_id):
            request = Request(
                action=f"take grant {grant['id']} of site {site_id} away",
                address=Path("/sites/{site}/permissions/{grant}", {"site": site_id, "grant": grant["id"]}),
                method="DELETE",
                call=Call.KEYED,
                scopes=_GRANTS,
            )
            with suppress(NotFound):
                await self._graph.send(request)

    async def _grants(self, site_id: str, app_id: str) -> Sequence[Json]:
        request = Request(
            action=f"list who was let into site {site_id}",
            address=lambda sdk: sdk.sites.by_site_id(site_id).permissions,
            scopes=_GRANTS,
        )
        return [grant for grant in await self._graph.list(request) if app_id in _applications(grant)]

    async def _create(self, site_id: str, app_id: str, app_name: str, role: str) -> Json:
        request = Request(
            action=f"let {app_id} into site {site_id}",
            address=lambda sdk: sdk.sites.by_site_id(site_id).permissions,
            method="POST",
            call=Call.CREATE,
            body={"roles": [role], "grantedToIdentities": [{"application": {"id": app_id, "displayName": app_name}}]},
            scopes=_GRANTS,
        )
        return await self._graph.get(request)

    async def _change(self, site_id: str, grant_id: str, role: str) -> None:
        request = Request(
            action=f"change grant {grant_id} of site {site_id}",
            address=lambda sdk: sdk.sites.by_site_id(site_id).permissions.by_permission_id(grant_id),
            method="PATCH",
            call=Call.KEYED,
            body={"roles": [role]},
            scopes=_GRANTS,
        )
        await self._graph.send(request)

    async def _roles(self, site_id: str, grant: Json) -> Sequence[str]:
        """SharePoint leaves the roles out of the list; they stand in the single grant."""
        if grant.get("roles"):
            return list(grant["roles"])
        request = Request(
            action=f"read grant {grant['id']} of site {site_id}",
            address=lambda sdk: sdk.sites.by_site_id(site_id).permissions.by_permission_id(grant["id"]),
            scopes=_GRANTS,
        )
        return list((await self._graph.get(request)).get("roles") or ())


def _applications(grant: Json) -> set[str]:
    identities = [*(grant.get("grantedToIdentitiesV2") or ()), *(grant.get("grantedToIdentities") or ())]
    return {application["id"] for identity in identities if (application := identity.get("application"))}

"""Layout of a site: folders by their ids, lists, their columns, and pages by their ids."""

from collections.abc import Mapping, Sequence
from typing import Any

from integration.graph.client import Graph, Json, Path, Query, Request
from integration.retry import Call
from workflows.errors import NotFound
from workflows.ports.place import TOP, Column, Folder, Page, Site, SiteColumn, SiteList

# What a call costs of the limit: one thing read is cheapest.
ONE = ("sharepoint",)
SHAREPOINT = ("sharepoint",) * 2
_FOLDER = ("id", "name", "folder", "parentReference")
_FACETS: Mapping[str, Mapping[str, Any]] = {
    "text": {"text": {}},
    "note": {"text": {"allowMultipleLines": True, "textType": "plain"}},
    "number": {"number": {}},
    "date": {"dateTime": {"format": "dateOnly"}},
    "boolean": {"boolean": {}},
}


class GraphSiteLayout:
    """Layout of a site that Hands was let into. Needs Sites.Selected with the role `manage` there."""

    def __init__(self, graph: Graph) -> None:
        self._graph = graph

    async def find_site(self, site_id: str) -> Site | None:
        """
        Return the site by its id, None when it is gone.

        Sites.Selected covers a site by its id alone: the look-up by group asks for more. Raises Refused when Hands is
        not let in.
        """
        request = Request(
            action=f"find site {site_id}",
            address=lambda sdk: sdk.sites.by_site_id(site_id),
            query=Query(select=("id", "webUrl")),
            scopes=ONE,
        )
        try:
            site = await self._graph.get(request)
        except NotFound:
            return None
        return Site(id=site["id"], url=site.get("webUrl") or "")

    # ---- folders

    async def find_folder(self, site_id: str, folder_id: str) -> Folder | None:
        return await find_folder(self._graph, site_id, folder_id)

    async def list_folders(self, site_id: str, parent_id: str = TOP) -> Sequence[Folder]:
        """Those directly below *parent_id*; none when it is gone."""
        request = Request(
            action=f"list folders on site {site_id}",
            address=_item(site_id, parent_id, "/children"),
            query=Query(select=_FOLDER),
            scopes=SHAREPOINT,
        )
        try:
            return [_to_folder(item) for item in await self._graph.list(request) if item.get("folder") is not None]
        except NotFound:
            return []

    async def make_folder(self, site_id: str, name: str, parent_id: str = TOP) -> Folder:
        """Raises Conflict when the name is taken there, also by what an earlier try made."""
        request = Request(
            action=f"make a folder on site {site_id}",
            address=_item(site_id, parent_id, "/children"),
            method="POST",
            call=Call.KEYED,
            body={"name": name, "folder": {}, "@microsoft.graph.conflictBehavior": "fail"},
            scopes=SHAREPOINT,
            independent=True,
        )
        return _to_folder(await self._graph.get(request))

    async def move_folder(self, site_id: str, folder_id: str, name: str, parent_id: str) -> Folder:
        """A repeat is harmless. Raises Conflict when the name is taken there."""
        request = Request(
            action=f"move folder {folder_id} on site {site_id}",
            address=_item(site_id, folder_id),
            method="PATCH",
            call=Call.KEYED,
            body={"name": name, "parentReference": {"id": parent_id}},
            scopes=SHAREPOINT,
            independent=True,
        )
        return _to_folder(await self._graph.get(request))

    async def library_name(self, site_id: str) -> str:
        """Return the library's display name, in the language that the site was made in."""
        request = Request(
            action=f"read the library of site {site_id}",
            address=library(site_id, ""),
            query=Query(select=("name",)),
            scopes=ONE,
        )
        return str((await self._graph.get(request))["name"])

    # ---- lists

    async def find_list(self, site_id: str, list_id: str) -> SiteList | None:
        try:
            return await read_list(self._graph, site_id, list_id)
        except NotFound:
            return None

    async def add_column(self, site_id: str, list_id: str, column: Column) -> SiteColumn:
        """Raises Conflict when the list has a column of that name, also one that an earlier try made."""
        request = Request(
            action=f"add a column to list {list_id}",
            address=lambda sdk: sdk.sites.by_site_id(site_id).lists.by_list_id(list_id).columns,
            method="POST",
            call=Call.KEYED,
            body=from_column(column),
            scopes=SHAREPOINT,
        )
        return _to_column(await self._graph.get(request))

    async def change_column(self, site_id: str, list_id: str, column_id: str, column: Column) -> SiteColumn:
        """Change a column's display name, its choices, and whether people see it. A repeat is harmless."""
        choices = {"choice": {"choices": list(column.choices)}} if column.kind == "choice" else {}
        request = Request(
            action=f"change column {column_id} of list {list_id}",
            address=lambda sdk: (
                sdk.sites.by_site_id(site_id).lists.by_list_id(list_id).columns.by_column_definition_id(column_id)
            ),
            method="PATCH",
            call=Call.KEYED,
            body={"displayName": column.display_name, "hidden": column.hidden, **choices},
            scopes=SHAREPOINT,
        )
        return _to_column(await self._graph.get(request))

    # ---- pages

    async def read_page(self, site_id: str, page_id: str) -> Page | None:
        try:
            return await read_page(self._graph, site_id, page_id)
        except NotFound:
            return None


async def find_folder(graph: Graph, site_id: str, folder_id: str) -> Folder | None:
    """A folder by the id that it keeps wherever it goes."""
    request = Request(
        action=f"find folder {folder_id} on site {site_id}",
        address=_item(site_id, folder_id),
        query=Query(select=_FOLDER),
        scopes=ONE,
    )
    try:
        return _to_folder(await graph.get(request))
    except NotFound:
        return None


async def read_list(graph: Graph, site_id: str, list_id: str) -> SiteList:
    """A list with its columns. Raises NotFound."""
    request = Request(
        action=f"read list {list_id}",
        address=lambda sdk: sdk.sites.by_site_id(site_id).lists.by_list_id(list_id),
        query=Query(
            select=("id", "displayName", "webUrl"), expand="columns($select=id,name,displayName,hidden,choice)"
        ),
        scopes=ONE,
    )
    found = await graph.get(request)
    return SiteList(
        id=found["id"],
        name=found["displayName"],
        url=found.get("webUrl") or "",
        columns=tuple(_to_column(column) for column in found.get("columns") or ()),
    )


async def read_page(graph: Graph, site_id: str, page_id: str) -> Page:
    """A page with its HTML as SharePoint keeps it. Raises NotFound."""
    request = Request(
        action=f"read page {page_id} of site {site_id}",
        address=lambda sdk: sdk.sites.by_site_id(site_id).pages.by_base_site_page_id(page_id).graph_site_page,
        query=Query(expand="canvasLayout"),
        scopes=ONE,
    )
    return _to_page(await graph.get(request))


def library(site_id: str, tail: str) -> Path:
    """In the site's document library: the SDK's builders want the library's id and would encode slashes."""
    return Path(f"/sites/{{site}}/drive{tail}", {"site": site_id})


def _item(site_id: str, item_id: str, tail: str = "") -> Path:
    return Path(f"/sites/{{site}}/drive/items/{{item}}{tail}", {"site": site_id, "item": item_id})


def _to_folder(item: Json) -> Folder:
    parent = item.get("parentReference") or {}
    # …/drive/root:/Above/it, with the library's top as root:
    above = str(parent.get("path") or "").partition("root:")[2].strip("/")
    return Folder(
        id=item["id"],
        name=item["name"],
        parent_id=parent.get("id") or "",
        path=f"{above}/{item['name']}".lstrip("/"),
    )


def from_column(column: Column) -> dict[str, Any]:
    """A column as a list is made with it."""
    choice = {"choice": {"choices": list(column.choices), "allowTextEntry": False, "displayAs": "dropDownMenu"}}
    facet = choice if column.kind == "choice" else _FACETS[column.kind]
    flags = {"indexed": column.indexed, "hidden": column.hidden}
    return {"name": column.name, "displayName": column.display_name, **flags, **facet}


def _to_column(column: Json) -> SiteColumn:
    return SiteColumn(
        id=column["id"],
        name=column["name"],
        display_name=column.get("displayName") or column["name"],
        choices=tuple((column.get("choice") or {}).get("choices") or ()),
        hidden=column.get("hidden") is True,
    )


def _to_page(page: Json) -> Page:
    sections = (page.get("canvasLayout") or {}).get("horizontalSections") or ()
    parts = [
        part.get("innerHtml") or ""
        for section in sections
        for column in section.get("columns") or ()
        for part in column.get("webparts") or ()
    ]
    return Page(
        id=page["id"],
        name=page["name"],
        title=page.get("title") or "",
        url=page.get("webUrl") or "",
        etag=page.get("eTag") or "",
        html="\n".join(parts),
        published=(page.get("publishingState") or {}).get("level") == "published",
        changed_by=last_author(page),
    )


def last_author(item: Json) -> str:
    """
    Return the id of the person who wrote an item last; empty where nobody is named.

    An application's only where no person is named, because people work through applications.
    """
    identities = item.get("lastModifiedBy") or Json()
    known = (identities.get(kind) or {} for kind in ("user", "application"))
    return next((named["id"] for named in known if named.get("id")), "")

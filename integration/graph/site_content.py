"""What lies on a site: folders and files, lists and their items, pages."""

from collections.abc import Mapping, Sequence
from contextlib import suppress
from typing import Any
from urllib.parse import quote

from engine.together import together
from integration.graph.client import Graph, Json, Path, Query, Request
from integration.graph.people import quoted
from integration.retry import Call
from workflows.errors import Conflict, Invalid, NotFound
from workflows.place_ports import Column, ListItem, Page, SiteList, StoredFile

SMALL_FILE = 4 * 1024 * 1024
# What a call costs of the limit: one thing read is cheapest.
_ONE = ("sharepoint",)
_SHAREPOINT = ("sharepoint",) * 2
_FACETS: Mapping[str, Mapping[str, Any]] = {
    "text": {"text": {}},
    "note": {"text": {"allowMultipleLines": True, "textType": "plain"}},
    "number": {"number": {}},
    "date": {"dateTime": {"format": "dateOnly"}},
    "boolean": {"boolean": {}},
}


class GraphSiteContent:
    """What lies on a site that Hands was let into. Needs Sites.Selected with the role `manage` there."""

    def __init__(self, graph: Graph) -> None:
        self._graph = graph

    # ---- files

    async def list_folders(self, site_id: str, parent: str = "") -> Sequence[str]:
        """Names of the folders directly below *parent* (a path from the library's root); empty when it is missing."""
        request = Request(
            action=f"list folders on site {site_id}",
            address=_children(site_id, parent),
            query=Query(select=("id", "name", "folder")),
            scopes=_SHAREPOINT,
        )
        try:
            return [item["name"] for item in await self._graph.list(request) if item.get("folder") is not None]
        except NotFound:
            return []

    async def ensure_folder(self, site_id: str, path: str) -> None:
        """Make the folder and those above it. A repeat is harmless: SharePoint answers 409 for what is there."""
        parent = ""
        for name in path.strip("/").split("/"):
            request = Request(
                action=f"make a folder on site {site_id}",
                address=_children(site_id, parent),
                method="POST",
                call=Call.KEYED,
                body={"name": name, "folder": {}, "@microsoft.graph.conflictBehavior": "fail"},
                scopes=_SHAREPOINT,
            )
            with suppress(Conflict):
                await self._graph.send(request)
            parent = f"{parent}/{name}".strip("/")

    async def find_file(self, site_id: str, path: str) -> StoredFile | None:
        request = Request(
            action=f"find a file on site {site_id}",
            address=_by_path(site_id, path, ""),
            scopes=_ONE,
        )
        try:
            return _to_file(await self._graph.get(request), path)
        except NotFound:
            return None

    async def put_file(self, site_id: str, path: str, content: bytes, content_type: str) -> StoredFile:
        """Create or replace. A repeat makes a new version of the same file. Invalid above 4 MiB."""
        action = f"store a file on site {site_id}"
        if len(content) > SMALL_FILE:
            raise Invalid(action, f"it has {len(content)} bytes, and uploads in parts are not built")
        request = Request(
            action=action,
            address=_by_path(site_id, path, ":/content"),
            method="PUT",
            call=Call.KEYED,
            body=content,
            headers={"Content-Type": content_type},
            scopes=_SHAREPOINT,
        )
        return _to_file(await self._graph.get(request), path)

    # ---- lists

    async def list_lists(self, site_id: str) -> Sequence[SiteList]:
        """The lists with their columns, SharePoint's own among them; columns come with a single list only."""
        request = Request(
            action=f"list the lists of site {site_id}",
            address=lambda sdk: sdk.sites.by_site_id(site_id).lists,
            query=Query(select=("id",)),
            scopes=_SHAREPOINT,
        )
        found = await self._graph.list(request)
        return await together(self._graph.clock, *(self._list(site_id, each["id"]) for each in found))

    async def _list(self, site_id: str, list_id: str) -> SiteList:
        request = Request(
            action=f"read list {list_id}",
            address=lambda sdk: sdk.sites.by_site_id(site_id).lists.by_list_id(list_id),
            query=Query(select=("id", "displayName", "webUrl"), expand="columns($select=name)"),
            scopes=_ONE,
        )
        found = await self._graph.get(request)
        return _to_list(found, [column["name"] for column in found.get("columns") or ()])

    async def create_list(self, site_id: str, *, name: str, description: str, columns: Sequence[Column]) -> SiteList:
        """Raises Conflict when the name is taken."""
        request = Request(
            action=f"create a list on site {site_id}",
            address=lambda sdk: sdk.sites.by_site_id(site_id).lists,
            method="POST",
            call=Call.CREATE,
            body={
                "displayName": name,
                "description": description,
                "list": {"template": "genericList"},
                "columns": [_from_column(column) for column in columns],
            },
            scopes=_SHAREPOINT,
        )
        return _to_list(await self._graph.get(request), [column.name for column in columns])

    async def list_items(self, site_id: str, list_id: str) -> Sequence[ListItem]:
        request = Request(
            action=f"list the items of list {list_id}",
            address=lambda sdk: sdk.sites.by_site_id(site_id).lists.by_list_id(list_id).items,
            query=Query(expand="fields"),
            scopes=_SHAREPOINT,
        )
        return [_to_item(item) for item in await self._graph.list(request)]

    async def add_item(self, site_id: str, list_id: str, fields: Mapping[str, Any]) -> ListItem:
        """A bare create: SharePoint adds a second item on a repeat, so look for its key first."""
        request = Request(
            action=f"add an item to list {list_id}",
            address=lambda sdk: sdk.sites.by_site_id(site_id).lists.by_list_id(list_id).items,
            method="POST",
            call=Call.CREATE,
            body={"fields": dict(fields)},
            scopes=_SHAREPOINT,
        )
        item = await self._graph.get(request)
        return ListItem(id=item["id"], fields=item.get("fields") or dict(fields))

    async def update_item(self, site_id: str, list_id: str, item_id: str, fields: Mapping[str, Any]) -> None:
        """A repeat is harmless."""
        request = Request(
            action=f"update item {item_id} of list {list_id}",
            address=lambda sdk: (
                sdk.sites.by_site_id(site_id).lists.by_list_id(list_id).items.by_list_item_id(item_id).fields
            ),
            method="PATCH",
            call=Call.KEYED,
            body=dict(fields),
            scopes=_SHAREPOINT,
        )
        await self._graph.send(request)

    # ---- pages

    async def find_page(self, site_id: str, name: str) -> Page | None:
        """With its HTML as SharePoint keeps it (which is not what was sent)."""
        request = Request(
            action=f"find a page on site {site_id}",
            address=lambda sdk: sdk.sites.by_site_id(site_id).pages.graph_site_page,
            query=Query(filter=f"name eq {quoted(name)}", select=("id", "name")),
            scopes=_SHAREPOINT,
        )
        found = await self._graph.find(request)
        return await self._page(site_id, found["id"]) if found is not None else None

    async def create_page(self, site_id: str, *, name: str, title: str, html: Sequence[str]) -> Page:
        """A draft; *html*: one text section each. Raises Conflict when the name is taken."""
        request = Request(
            action=f"create a page on site {site_id}",
            address=lambda sdk: sdk.sites.by_site_id(site_id).pages,
            method="POST",
            call=Call.CREATE,
            body={"name": name, "pageLayout": "article", **_from_page(title, html)},
            scopes=_SHAREPOINT,
        )
        return await self._page(site_id, (await self._graph.get(request))["id"])

    async def update_page(self, site_id: str, page_id: str, *, title: str, html: Sequence[str]) -> Page:
        """Replaces title and sections; what is published stays so until publish_page. A repeat is harmless."""
        request = Request(
            action=f"update page {page_id} of site {site_id}",
            address=_site_page(site_id, page_id),
            method="PATCH",
            call=Call.KEYED,
            body=_from_page(title, html),
            scopes=_SHAREPOINT,
        )
        await self._graph.send(request)
        return await self._page(site_id, page_id)

    async def publish_page(self, site_id: str, page_id: str) -> None:
        """A repeat is harmless."""
        request = Request(
            action=f"publish page {page_id} of site {site_id}",
            address=_site_page(site_id, page_id, "/publish"),
            method="POST",
            call=Call.KEYED,
            scopes=_SHAREPOINT,
        )
        await self._graph.send(request)

    async def _page(self, site_id: str, page_id: str) -> Page:
        request = Request(
            action=f"read page {page_id} of site {site_id}",
            address=lambda sdk: sdk.sites.by_site_id(site_id).pages.by_base_site_page_id(page_id).graph_site_page,
            query=Query(expand="canvasLayout"),
            scopes=_ONE,
        )
        return _to_page(await self._graph.get(request))


def _children(site_id: str, parent: str) -> Path:
    return _by_path(site_id, parent, ":/children") if parent.strip("/") else _library(site_id, "/items/root/children")


def _by_path(site_id: str, path: str, tail: str) -> Path:
    return _library(site_id, f"/root:/{quote(path.strip('/'))}{tail}")


def _library(site_id: str, tail: str) -> Path:
    """In the site's document library, by path: the SDK's builders want the library's id and would encode slashes."""
    return Path(f"/sites/{{site}}/drive{tail}", {"site": site_id})


def _site_page(site_id: str, page_id: str, tail: str = "") -> Path:
    """The SDK's builder of a site page can neither change nor publish it."""
    return Path(f"/sites/{{site}}/pages/{{page}}/microsoft.graph.sitePage{tail}", {"site": site_id, "page": page_id})


def _to_file(item: Json, path: str) -> StoredFile:
    return StoredFile(
        id=item["id"],
        path=path.strip("/"),
        url=item.get("webUrl") or "",
        etag=item.get("eTag") or "",
        size=item.get("size") or 0,
    )


def _from_column(column: Column) -> dict[str, Any]:
    choice = {"choice": {"choices": list(column.choices), "allowTextEntry": False, "displayAs": "dropDownMenu"}}
    facet = choice if column.kind == "choice" else _FACETS[column.kind]
    return {"name": column.name, "displayName": column.display_name, "indexed": column.indexed, **facet}


def _to_list(found: Json, columns: Sequence[str]) -> SiteList:
    return SiteList(id=found["id"], name=found["displayName"], url=found.get("webUrl") or "", columns=tuple(columns))


def _to_item(item: Json) -> ListItem:
    return ListItem(id=item["id"], fields=item["fields"])


def _from_page(title: str, html: Sequence[str]) -> dict[str, Any]:
    sections = [
        {
            "id": str(number),
            "layout": "oneColumn",
            "emphasis": "none",
            "columns": [
                {
                    "id": "1",
                    "width": 12,
                    "webparts": [{"@odata.type": "#microsoft.graph.textWebPart", "innerHtml": text}],
                }
            ],
        }
        for number, text in enumerate(html, start=1)
    ]
    # Without the type SharePoint takes the body for a base page and refuses it.
    return {
        "@odata.type": "#microsoft.graph.sitePage",
        "title": title,
        "canvasLayout": {"horizontalSections": sections},
    }


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
    )

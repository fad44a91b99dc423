"""Content of a site: folders and files, lists and their items, pages."""

from collections.abc import Mapping, Sequence
from contextlib import suppress
from typing import Any
from urllib.parse import quote

from engine.together import together
from integration.graph.client import Graph, Json, Path, Query, Request
from integration.graph.people import quoted
from integration.graph.site_layout import (
    ONE,
    SHAREPOINT,
    find_folder,
    from_column,
    last_author,
    library,
    read_list,
    read_page,
)
from integration.retry import Call
from workflows.errors import Conflict, Invalid, NotFound
from workflows.ports.place import Column, ListItem, Page, SiteList, StoredFile

SMALL_FILE = 4 * 1024 * 1024


class GraphSiteContent:
    """Content of a site that Hands was let into. Needs Sites.Selected with the role `manage` there."""

    def __init__(self, graph: Graph) -> None:
        self._graph = graph

    # ---- files

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
                scopes=SHAREPOINT,
            )
            with suppress(Conflict):
                await self._graph.send(request)
            parent = f"{parent}/{name}".strip("/")

    async def folder_path(self, site_id: str, folder_id: str) -> str | None:
        """Return the path of the folder with that id, from the library's top; None when it is gone."""
        folder = await find_folder(self._graph, site_id, folder_id)
        return folder.path if folder is not None else None

    async def find_file(self, site_id: str, path: str) -> StoredFile | None:
        request = Request(
            action=f"find a file on site {site_id}",
            address=_by_path(site_id, path, ""),
            scopes=ONE,
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
            scopes=SHAREPOINT,
        )
        return _to_file(await self._graph.get(request), path)

    # ---- lists

    async def list_ids(self, site_id: str) -> Sequence[str]:
        """List the ids of the site's lists."""
        request = Request(
            action=f"list the lists of site {site_id}",
            address=lambda sdk: sdk.sites.by_site_id(site_id).lists,
            query=Query(select=("id",)),
            scopes=SHAREPOINT,
        )
        return [found["id"] for found in await self._graph.list(request)]

    async def list_lists(self, site_id: str) -> Sequence[SiteList]:
        """The lists with their columns, SharePoint's own among them; columns come with a single list only."""
        ids = await self.list_ids(site_id)
        return await together(
            self._graph.clock,
            *(read_list(self._graph, site_id, list_id) for list_id in ids),
            gathering=self._graph.gathering,
        )

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
                "columns": [from_column(column) for column in columns],
            },
            scopes=SHAREPOINT,
            independent=True,
        )
        return await read_list(self._graph, site_id, (await self._graph.get(request))["id"])

    async def list_items(self, site_id: str, list_id: str) -> Sequence[ListItem]:
        request = Request(
            action=f"list the items of list {list_id}",
            address=lambda sdk: sdk.sites.by_site_id(site_id).lists.by_list_id(list_id).items,
            query=Query(expand="fields"),
            scopes=SHAREPOINT,
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
            scopes=SHAREPOINT,
            independent=True,
        )
        item = await self._graph.get(request)
        return ListItem(id=item["id"], fields=item.get("fields") or dict(fields))

    async def update_item(self, site_id: str, list_id: str, item_id: str, fields: Mapping[str, Any]) -> ListItem:
        """With all its fields, as they stand then. A repeat is harmless."""
        request = Request(
            action=f"update item {item_id} of list {list_id}",
            address=lambda sdk: (
                sdk.sites.by_site_id(site_id).lists.by_list_id(list_id).items.by_list_item_id(item_id).fields
            ),
            method="PATCH",
            call=Call.KEYED,
            body=dict(fields),
            scopes=SHAREPOINT,
            independent=True,
        )
        return ListItem(id=item_id, fields=await self._graph.get(request))

    # ---- pages

    async def find_page(self, site_id: str, name: str) -> Page | None:
        """With its HTML as SharePoint keeps it (which is not what was sent)."""
        request = Request(
            action=f"find a page on site {site_id}",
            address=lambda sdk: sdk.sites.by_site_id(site_id).pages.graph_site_page,
            # Without $select: some sites answer empty to it beside a $filter, and a miss would become a second page.
            query=Query(filter=f"name eq {quoted(name)}"),
            scopes=SHAREPOINT,
        )
        found = await self._graph.find(request)
        return await read_page(self._graph, site_id, found["id"]) if found is not None else None

    async def create_page(self, site_id: str, *, name: str, title: str, html: Sequence[str]) -> Page:
        """A draft; *html*: one text section each. Raises Conflict when the name is taken."""
        request = Request(
            action=f"create a page on site {site_id}",
            address=lambda sdk: sdk.sites.by_site_id(site_id).pages,
            method="POST",
            call=Call.CREATE,
            body={"name": name, "pageLayout": "article", **_from_page(title, html)},
            scopes=SHAREPOINT,
        )
        return await read_page(self._graph, site_id, (await self._graph.get(request))["id"])

    async def update_page(self, site_id: str, page_id: str, *, title: str, html: Sequence[str]) -> Page:
        """Replaces title and sections; what is published stays so until publish_page. A repeat is harmless."""
        request = Request(
            action=f"update page {page_id} of site {site_id}",
            address=_site_page(site_id, page_id),
            method="PATCH",
            call=Call.KEYED,
            body=_from_page(title, html),
            scopes=SHAREPOINT,
        )
        await self._graph.send(request)
        return await read_page(self._graph, site_id, page_id)

    async def publish_page(self, site_id: str, page_id: str) -> None:
        """A repeat is harmless."""
        request = Request(
            action=f"publish page {page_id} of site {site_id}",
            address=_site_page(site_id, page_id, "/publish"),
            method="POST",
            call=Call.KEYED,
            scopes=SHAREPOINT,
        )
        await self._graph.send(request)


def _children(site_id: str, parent: str) -> Path:
    return _by_path(site_id, parent, ":/children") if parent.strip("/") else library(site_id, "/items/root/children")


def _by_path(site_id: str, path: str, tail: str) -> Path:
    place = {"site": site_id, "path": quote(path.strip("/"))}
    return Path(f"/sites/{{site}}/drive/root:/{{+path}}{tail}", place)


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
        changed_by=last_author(item),
    )


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

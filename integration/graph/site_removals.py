"""Removals from a site: a copy goes with all its versions, so that it can be written anew."""

from contextlib import suppress

from integration.graph.client import Graph, Path, Request
from integration.graph.site_layout import SHAREPOINT
from integration.retry import Call
from workflows.errors import NotFound


class GraphSiteRemovals:
    """
    Takes our own copies off a site that Hands was let into. Needs Sites.Selected with the role `manage` there.

    Graph deletes no single version of a file, page or item for an application: what is deleted as a whole takes its
    versions along, into the site's recycle bin, which no application empties. A repeat is harmless.
    """

    def __init__(self, graph: Graph) -> None:
        self._graph = graph

    async def delete_file(self, site_id: str, file_id: str) -> None:
        """Delete a file with its versions."""
        await self._delete(f"delete file {file_id}", Path("/sites/{site}/drive/items/{item}", _ids(site_id, file_id)))

    async def delete_page(self, site_id: str, page_id: str) -> None:
        """Delete a page with its versions."""
        await self._delete(f"delete page {page_id}", Path("/sites/{site}/pages/{item}", _ids(site_id, page_id)))

    async def delete_list_item(self, site_id: str, list_id: str, item_id: str) -> None:
        """Delete a row of a list with its versions."""
        ids = {**_ids(site_id, item_id), "list": list_id}
        await self._delete(f"delete item {item_id}", Path("/sites/{site}/lists/{list}/items/{item}", ids))

    async def _delete(self, action: str, address: Path) -> None:
        request = Request(action=action, address=address, method="DELETE", call=Call.KEYED, scopes=SHAREPOINT)
        with suppress(NotFound):
            await self._graph.send(request)


def _ids(site_id: str, item_id: str) -> dict[str, str]:
    return {"site": site_id, "item": item_id}

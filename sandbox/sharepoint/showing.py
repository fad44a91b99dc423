"""Libraries, files, folders, lists and their items as Graph shows them."""

from typing import Any
from urllib.parse import quote

from sandbox.sharepoint.drives import Drive, Item, instant
from sandbox.sharepoint.lists import Row, SiteList


def drive_json(drive: Drive) -> dict[str, Any]:
    """Return a library."""
    return {
        "id": drive.id,
        "name": drive.name,
        "description": "",
        "driveType": "documentLibrary",
        "webUrl": drive.web_url,
        "createdDateTime": instant(drive.created_at),
        "lastModifiedDateTime": instant(drive.root.modified_at),
        "owner": {"user": {"displayName": drive.owner}},
        "quota": {"deleted": 0, "remaining": 27487790694400, "state": "normal", "total": 27487790694400, "used": 0},
    }


def item_json(drive: Drive, item: Item) -> dict[str, Any]:
    """Return a file or folder."""
    body: dict[str, Any] = {
        "id": item.id,
        "name": item.name,
        "eTag": item.etag,
        "cTag": item.ctag,
        "size": item.size(),
        "createdDateTime": instant(item.created_at),
        "lastModifiedDateTime": instant(item.modified_at),
        "createdBy": item.author.identity(),
        "lastModifiedBy": item.author.identity(),
        "webUrl": f"{drive.web_url}/{quote(item.path)}".rstrip("/"),
        "parentReference": _reference(drive, item),
        "fileSystemInfo": {
            "createdDateTime": instant(item.created_at),
            "lastModifiedDateTime": instant(item.modified_at),
        },
    }
    if item.is_folder:
        body["folder"] = {"childCount": len(item.children)}
    else:
        body["file"] = {"mimeType": item.mime_type, "hashes": {"sha1Hash": item.sha1()}}
    if item.parent is None:
        body["root"] = {}
    return body


def _reference(drive: Drive, item: Item) -> dict[str, Any]:
    reference: dict[str, Any] = {"driveId": drive.id, "driveType": "documentLibrary", "siteId": drive.site_id}
    if item.parent is not None:
        below = f"/{item.parent.path}" if item.parent.path else ""
        reference |= {"id": item.parent.id, "name": item.parent.name, "path": f"/drives/{drive.id}/root:{below}"}
    return reference


def list_json(shown: SiteList) -> dict[str, Any]:
    """Return a list."""
    return {
        "@odata.etag": f'"{shown.id},{shown.version}"',
        "id": shown.id,
        "name": shown.name,
        "displayName": shown.display_name,
        "description": shown.description,
        "eTag": f'"{shown.id},{shown.version}"',
        "webUrl": shown.web_url,
        "createdDateTime": instant(shown.created_at),
        "lastModifiedDateTime": instant(shown.modified_at),
        "createdBy": shown.author.identity(),
        "list": {"contentTypesEnabled": False, "hidden": False, "template": shown.template},
    }


def row_json(shown: SiteList, row: Row, *, with_fields: bool) -> dict[str, Any]:
    """Return an item of a list."""
    body: dict[str, Any] = {
        "@odata.etag": row.etag,
        "id": str(row.number),
        "eTag": row.etag,
        "createdDateTime": instant(row.created_at),
        "lastModifiedDateTime": instant(row.modified_at),
        "createdBy": row.author.identity(),
        "lastModifiedBy": row.editor.identity(),
        "webUrl": f"{shown.web_url}/{row.number}_.000",
        "contentType": {"id": "0x0100", "name": "Item"},
    }
    return body | ({"fields": row.fields()} if with_fields else {})

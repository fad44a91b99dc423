"""Libraries: folders, files, downloads and uploads, by id and by path."""

from collections.abc import Callable
from typing import Any

from sandbox.platform.throttling import SHAREPOINT
from sandbox.protocol.errors import GraphError
from sandbox.protocol.operations import Handler, Routes
from sandbox.protocol.paging import collection
from sandbox.protocol.reply import Reply
from sandbox.protocol.request import Call
from sandbox.sharepoint import office
from sandbox.sharepoint.drives import SMALL_UPLOAD_BYTES, Author, Drive, Item
from sandbox.sharepoint.showing import drive_json, item_json
from sandbox.sharepoint.state import SharePoint

routes = Routes(SharePoint)

_READ = ("Files.Read.All", "Files.ReadWrite.All", "Sites.Read.All", "Sites.ReadWrite.All")
_READ_ITEM = (*_READ, "Group.Read.All", "Group.ReadWrite.All")
_WRITE = ("Files.ReadWrite.All", "Sites.ReadWrite.All")
_OPEN_SESSION = ("Sites.ReadWrite.All",)
_CONFLICT_BEHAVIOR = "@microsoft.graph.conflictBehavior"
_CONFLICT_BEHAVIORS = ("fail", "replace", "rename")
_DRIVES = ("/drives/{drive}", "/sites/{site}/drive", "/groups/{group}/drive")


def _on_drives(method: str, suffix: str, **options: Any) -> Callable[[Handler[SharePoint]], Handler[SharePoint]]:
    """Register a handler under every address a drive has; *suffix* may name several, parted by blanks."""

    def register(handler: Handler[SharePoint]) -> Handler[SharePoint]:
        for drive in _DRIVES:
            for each in suffix.split(" "):
                routes.operation(method, drive + each, **options)(handler)
        return handler

    return register


# ------------------------------------------------------------------------------------------------------------- reading


@_on_drives("GET", "", permissions=_READ, sites="read", limits=(SHAREPOINT(1),))
def get_drive(call: Call[SharePoint]) -> Reply:
    """Get the document library of a site or group."""
    return Reply(200, drive_json(_drive(call)))


@routes.operation("GET", "/sites/{site}/drives", permissions=_READ, sites="read", limits=(SHAREPOINT(2),))
@routes.operation("GET", "/groups/{group}/drives", permissions=_READ, limits=(SHAREPOINT(2),))
def list_drives(call: Call[SharePoint]) -> Reply:
    """List the one library a site has here."""
    return collection(call, [drive_json(_drive(call))])


@_on_drives(
    "GET",
    "/root /root:/{path} /items/{item} /items/{item}:/{path}",
    permissions=_READ_ITEM,
    sites="read",
    limits=(SHAREPOINT(1),),
)
def get_item(call: Call[SharePoint]) -> Reply:
    """Get a file or folder by id or path, with a download address for a file."""
    drive, item = _found(call)
    body = item_json(drive, item)
    if not item.is_folder:
        url = call.area.tickets.download_url(call.base_url, drive, item, as_pdf=False, now=call.now)
        body["@microsoft.graph.downloadUrl"] = url
    return Reply(200, body, {"ETag": item.etag})


@_on_drives(
    "GET",
    "/root/children /root:/{path}:/children /items/{item}/children /items/{item}:/{path}:/children",
    permissions=_READ,
    sites="read",
    limits=(SHAREPOINT(2),),
)
def list_children(call: Call[SharePoint]) -> Reply:
    """List the children of a folder, by name."""
    drive, item = _found(call)
    return collection(call, [item_json(drive, child) for _, child in sorted(item.children.items())], size=200)


@_on_drives(
    "GET",
    "/root:/{path}:/content /items/{item}/content /items/{item}:/{path}:/content",
    permissions=_READ,
    sites="read",
    limits=(SHAREPOINT(1),),
)
def get_content(call: Call[SharePoint]) -> Reply:
    """Redirect to the file's content at another address, which is good for some minutes."""
    drive, item = _found(call)
    if item.is_folder:
        raise GraphError(400, "invalidRequest", "A folder has no content.")
    wanted = call.query.get("format")
    if wanted is not None and (wanted.lower() != "pdf" or not office.is_convertible(item.name)):
        raise GraphError(406, "InputFormatNotSupported", "The file format is not supported.")
    url = call.area.tickets.download_url(call.base_url, drive, item, as_pdf=wanted is not None, now=call.now)
    return Reply(302, None, {"Location": url})


# ------------------------------------------------------------------------------------------------------------- writing


@_on_drives(
    "POST",
    "/root/children /root:/{path}:/children /items/{item}/children /items/{item}:/{path}:/children",
    permissions=_WRITE,
    sites="write",
    limits=(SHAREPOINT(2),),
)
def make_folder(call: Call[SharePoint]) -> Reply:
    """Make a folder; conflictBehavior decides on a name that is taken."""
    body = call.json()
    if not isinstance(body.get("folder"), dict) or not isinstance(body.get("name"), str):
        raise GraphError(400, "invalidRequest", "Only folders are made this way: name and folder are needed.")
    drive, parent = _found(call)
    conflict = _conflict(body.get(_CONFLICT_BEHAVIOR), "fail")
    folder = drive.make_folder(parent, body["name"], conflict=conflict, author=author_of(call), now=call.now)
    return Reply(201, item_json(drive, folder))


@_on_drives(
    "PUT",
    "/root:/{path}:/content /items/{item}:/{path}:/content",
    permissions=_WRITE,
    sites="write",
    limits=(SHAREPOINT(2),),
)
def put_file(call: Call[SharePoint]) -> Reply:
    """Create or replace by path: 201 for a new file, 200 for a new version."""
    drive = _drive(call)
    parent = drive.item(call.args.get("item", "root"))
    item, is_new = drive.put(
        parent,
        call.args["path"],
        _content(call),
        author=author_of(call),
        now=call.now,
        mime_type=call.headers.get("content-type", ""),
        conflict=_conflict(call.query.get(_CONFLICT_BEHAVIOR), "replace"),
        if_match=call.headers.get("if-match"),
    )
    return Reply(201 if is_new else 200, item_json(drive, item), {"ETag": item.etag})


@_on_drives("PUT", "/items/{item}/content", permissions=_WRITE, sites="write", limits=(SHAREPOINT(2),))
def replace_content(call: Call[SharePoint]) -> Reply:
    """Put a new version of a file."""
    drive, item = _found(call)
    drive.replace(item, _content(call), author=author_of(call), now=call.now, if_match=call.headers.get("if-match"))
    return Reply(200, item_json(drive, item), {"ETag": item.etag})


@_on_drives("PATCH", "/root:/{path} /items/{item}", permissions=_WRITE, sites="write", limits=(SHAREPOINT(2),))
def change_item(call: Call[SharePoint]) -> Reply:
    """Rename it, or put it below another folder of the same library; 409 when the name is taken there."""
    drive, item = _found(call)
    body = call.json()
    unknown = sorted(key for key in body if not key.startswith("@") and key not in ("name", "parentReference"))
    if unknown:
        raise GraphError(501, "notImplemented", f"The sandbox does not change '{unknown[0]}' of an item.")
    parent = body.get("parentReference") or {}
    target = drive.item(parent["id"]) if "id" in parent else item.parent
    drive.move(item, target, body.get("name", item.name), now=call.now, if_match=call.headers.get("if-match"))
    return Reply(200, item_json(drive, item), {"ETag": item.etag})


@_on_drives("DELETE", "/root:/{path} /items/{item}", permissions=_WRITE, sites="write", limits=(SHAREPOINT(2),))
def delete_item(call: Call[SharePoint]) -> Reply:
    """Delete an item with everything below; there is no recycle bin here."""
    drive, item = _found(call)
    drive.delete(item, if_match=call.headers.get("if-match"))
    return Reply(204)


@_on_drives(
    "POST",
    "/root:/{path}:/createUploadSession /items/{item}/createUploadSession /items/{item}:/{path}:/createUploadSession",
    permissions=_OPEN_SESSION,
    sites="write",
    limits=(SHAREPOINT(2),),
)
def create_upload_session(call: Call[SharePoint]) -> Reply:
    """Open an address for a file that comes in ranges. The published table allows it to Sites.ReadWrite.All only."""
    drive = _drive(call)
    parent = drive.item(call.args.get("item", "root"))
    path = call.args.get("path", "")
    if not path:
        if parent.parent is None or parent.is_folder:
            raise GraphError(400, "invalidRequest", "An upload session is for a file.")
        parent, path = parent.parent, parent.name
    wanted = call.body.get("item", {}) if isinstance(call.body, dict) else {}
    folders, _, name = path.strip("/").rpartition("/")
    author = author_of(call)
    session = call.area.uploads.open(
        drive,
        drive.ensure_folder(folders, author=author, now=call.now, below=parent),
        name,
        conflict=_conflict(wanted.get(_CONFLICT_BEHAVIOR) if isinstance(wanted, dict) else None, "replace"),
        if_match=call.headers.get("if-match"),
        author=author,
        now=call.now,
    )
    return Reply(200, session.to_json(base_url=call.base_url))


def author_of(call: Call[SharePoint]) -> Author:
    """Return the calling app, as SharePoint notes it."""
    return Author(call.app.client_id, call.app.name)


def _drive(call: Call[SharePoint]) -> Drive:
    return call.area.site_in_question(call.args).drive


def _found(call: Call[SharePoint]) -> tuple[Drive, Item]:
    drive = _drive(call)
    start = drive.item(call.args.get("item", "root"))
    return drive, drive.at(call.args.get("path", ""), start)


def _content(call: Call[SharePoint]) -> bytes:
    if len(call.raw) > SMALL_UPLOAD_BYTES:
        raise GraphError(413, "invalidRequest", "A file of more than 250 MB needs an upload session.")
    return call.raw


def _conflict(value: object, default: str) -> str:
    wanted = default if value is None else str(value).lower()
    if wanted not in _CONFLICT_BEHAVIORS:
        raise GraphError(400, "invalidRequest", f"conflictBehavior must be among {', '.join(_CONFLICT_BEHAVIORS)}.")
    return wanted

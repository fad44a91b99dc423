"""Lists, their columns and their items."""

from typing import Any

from sandbox.platform.throttling import SHAREPOINT
from sandbox.protocol.errors import GraphError
from sandbox.protocol.filters import filter_of
from sandbox.protocol.operations import Routes
from sandbox.protocol.paging import collection
from sandbox.protocol.reply import Reply
from sandbox.protocol.request import Call
from sandbox.sharepoint.lists import Row, SiteList, find_list, new_list
from sandbox.sharepoint.routes.drives import author_of
from sandbox.sharepoint.showing import list_json, row_json
from sandbox.sharepoint.sites import Site
from sandbox.sharepoint.state import SharePoint

routes = Routes(SharePoint)

_READ = ("Sites.Read.All", "Sites.ReadWrite.All")
_WRITE = ("Sites.ReadWrite.All",)
_MAKE = ("Sites.Manage.All", "Sites.ReadWrite.All")
_READ_COLUMNS = ("Sites.Manage.All", "Sites.Read.All", "Sites.ReadWrite.All", "Sites.FullControl.All")
_MAKE_COLUMNS = ("Sites.Manage.All", "Sites.FullControl.All")
_READ_ITEM = ("Sites.Read.All", "Sites.ReadWrite.All", "Sites.Manage.All")
_UNINDEXED = "HonorNonIndexedQueriesWarningMayFailRandomly"


@routes.operation("GET", "/sites/{site}/lists", permissions=_READ, sites="read", limits=(SHAREPOINT(2),))
def list_lists(call: Call[SharePoint]) -> Reply:
    """List those that were made, and besides the site's library and its pages, named in the site's language."""
    wanted = filter_of(call, ("id", "displayName", "name", "createdDateTime", "lastModifiedDateTime"))
    shown = [list_json(each) for each in _site(call).lists]
    return collection(call, [each for each in shown if wanted is None or wanted.matches(each)])


@routes.operation("POST", "/sites/{site}/lists", permissions=_MAKE, sites="manage", limits=(SHAREPOINT(2),))
def create_list(call: Call[SharePoint]) -> Reply:
    """Create a list with all its columns in one call."""
    site = _site(call)
    made = new_list(
        call.json(),
        site_key=site.key,
        site_url=site.web_url,
        taken=site.lists,
        author=author_of(call),
        now=call.now,
        new_id=call.area.new_id,
    )
    site.lists.append(made)
    return Reply(201, list_json(made))


@routes.operation("GET", "/sites/{site}/lists/{list}", permissions=_READ, sites="read", limits=(SHAREPOINT(1),))
def get_list(call: Call[SharePoint]) -> Reply:
    """Get a list by id or title."""
    found = _list(call)
    body = list_json(found)
    if "columns" in call.query.names("expand"):
        body["columns"] = [column.to_json() for column in found.columns.values()]
    return Reply(200, body)


@routes.operation(
    "GET", "/sites/{site}/lists/{list}/columns", permissions=_READ_COLUMNS, sites="read", limits=(SHAREPOINT(2),)
)
def list_columns(call: Call[SharePoint]) -> Reply:
    """List columns: Title first, then the others as they were made."""
    return collection(call, [column.to_json() for column in _list(call).columns.values()])


@routes.operation(
    "POST", "/sites/{site}/lists/{list}/columns", permissions=_MAKE_COLUMNS, sites="manage", limits=(SHAREPOINT(2),)
)
def add_column(call: Call[SharePoint]) -> Reply:
    """Add one more column."""
    return Reply(201, _list(call).add_column(call.json(), call.now).to_json())


@routes.operation(
    "PATCH",
    "/sites/{site}/lists/{list}/columns/{column}",
    permissions=_MAKE_COLUMNS,
    sites="manage",
    limits=(SHAREPOINT(2),),
)
def change_column(call: Call[SharePoint]) -> Reply:
    """Change name, description and, where its kind stays, the settings of a column."""
    return Reply(200, _list(call).change_column(call.args["column"], call.json(), call.now).to_json())


@routes.operation(
    "DELETE",
    "/sites/{site}/lists/{list}/columns/{column}",
    permissions=_MAKE_COLUMNS,
    sites="manage",
    limits=(SHAREPOINT(2),),
)
def delete_column(call: Call[SharePoint]) -> Reply:
    """Delete a column with all its values."""
    _list(call).remove_column(call.args["column"], call.now)
    return Reply(204)


@routes.operation("GET", "/sites/{site}/lists/{list}/items", permissions=_READ, sites="read", limits=(SHAREPOINT(2),))
def list_items(call: Call[SharePoint]) -> Reply:
    """List items in the order they were made; filtered on indexed columns."""
    found = _items(call)
    rows = found.matching(filter_of(call), unindexed_too=call.headers.prefers(_UNINDEXED))
    with_fields = "fields" in call.query.names("expand")
    return collection(call, [row_json(found, row, with_fields=with_fields) for row in rows], size=200, most=5000)


@routes.operation(
    "POST", "/sites/{site}/lists/{list}/items", permissions=_WRITE, sites="write", limits=(SHAREPOINT(2),)
)
def add_item(call: Call[SharePoint]) -> Reply:
    """Add an item. A repeat adds a second one, unless a unique column refuses it."""
    body = call.json()
    unknown = {key for key in body if not key.startswith("@")} - {"fields", "contentType"}
    if unknown or not isinstance(body.get("fields", {}), dict):
        raise GraphError(400, "invalidRequest", "A list item is made of its fields.")
    found = _items(call)
    row = found.add(body.get("fields", {}), author=author_of(call), now=call.now)
    return Reply(201, row_json(found, row, with_fields=True))


@routes.operation(
    "GET", "/sites/{site}/lists/{list}/items/{item}", permissions=_READ_ITEM, sites="read", limits=(SHAREPOINT(1),)
)
def get_item(call: Call[SharePoint]) -> Reply:
    """Get an item with its fields, also when these are not asked for."""
    found, row = _row(call)
    return Reply(200, row_json(found, row, with_fields=True))


@routes.operation(
    "PATCH", "/sites/{site}/lists/{list}/items/{item}", permissions=_WRITE, sites="write", limits=(SHAREPOINT(2),)
)
def change_item(call: Call[SharePoint]) -> Reply:
    """Change the fields that are named."""
    found, row = _change(call, call.json().get("fields"))
    return Reply(200, row_json(found, row, with_fields=True))


@routes.operation(
    "PATCH",
    "/sites/{site}/lists/{list}/items/{item}/fields",
    permissions=_WRITE,
    sites="write",
    limits=(SHAREPOINT(2),),
)
def change_fields(call: Call[SharePoint]) -> Reply:
    """Change the fields that are named and answer with all of them."""
    return Reply(200, _change(call, call.json())[1].fields())


@routes.operation(
    "DELETE", "/sites/{site}/lists/{list}/items/{item}", permissions=_WRITE, sites="write", limits=(SHAREPOINT(2),)
)
def delete_item(call: Call[SharePoint]) -> Reply:
    """Delete an item; its number is not used again."""
    found, row = _row(call)
    found.remove(row, call.now)
    return Reply(204)


def _site(call: Call[SharePoint]) -> Site:
    return call.area.site(call.args["site"])


def _list(call: Call[SharePoint]) -> SiteList:
    return find_list(_site(call).lists, call.args["list"])


def _items(call: Call[SharePoint]) -> SiteList:
    found = _list(call)
    if found.is_library:
        raise GraphError(501, "notImplemented", "The sandbox does not play a library's items as those of a list.")
    return found


def _row(call: Call[SharePoint]) -> tuple[SiteList, Row]:
    found = _items(call)
    return found, found.row(call.args["item"])


def _change(call: Call[SharePoint], fields: Any) -> tuple[SiteList, Row]:
    if not isinstance(fields, dict):
        raise GraphError(400, "invalidRequest", "fields must be an object.")
    found, row = _row(call)
    found.change(row, fields, author=author_of(call), now=call.now, if_match=call.headers.get("if-match"))
    return found, row

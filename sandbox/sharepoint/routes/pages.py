"""Site pages. A page is addressed as such or by its cast to sitePage; what it says comes with $expand=canvasLayout."""

from sandbox.platform.throttling import SHAREPOINT
from sandbox.protocol.errors import GraphError, check_match
from sandbox.protocol.filters import filter_of
from sandbox.protocol.operations import Routes
from sandbox.protocol.paging import collection
from sandbox.protocol.reply import Reply
from sandbox.protocol.request import Call
from sandbox.sharepoint.pages import Page, find_page, new_page
from sandbox.sharepoint.routes.drives import author_of
from sandbox.sharepoint.sites import Site
from sandbox.sharepoint.state import SharePoint

routes = Routes(SharePoint)

_READ = ("Sites.Read.All", "Sites.ReadWrite.All")
_WRITE = ("Sites.ReadWrite.All",)
_PUBLISH = ("Files.ReadWrite.All", "Sites.ReadWrite.All")


@routes.operation("GET", "/sites/{site}/pages", permissions=_READ, sites="read", limits=(SHAREPOINT(2),))
@routes.operation(
    "GET", "/sites/{site}/pages/microsoft.graph.sitePage", permissions=_READ, sites="read", limits=(SHAREPOINT(2),)
)
def list_pages(call: Call[SharePoint]) -> Reply:
    """List pages, never with their content."""
    if "canvasLayout" in call.query.names("expand"):
        raise GraphError(400, "invalidRequest", "canvasLayout can be expanded on a single page only.")
    wanted = filter_of(call, ("id", "name", "title", "createdDateTime", "lastModifiedDateTime"))
    shown = [page.to_json() for page in _site(call).pages]
    return collection(call, [page for page in shown if wanted is None or wanted.matches(page)])


@routes.operation("POST", "/sites/{site}/pages", permissions=_WRITE, sites="write", limits=(SHAREPOINT(2),))
def create_page(call: Call[SharePoint]) -> Reply:
    """Create a draft, which readers do not see before it is published."""
    site = _site(call)
    page = new_page(
        call.json(),
        site_key=site.key,
        site_url=site.web_url,
        taken=site.pages,
        author=author_of(call),
        now=call.now,
        new_id=call.area.new_id,
    )
    site.pages.append(page)
    return Reply(201, page.to_json())


@routes.operation("GET", "/sites/{site}/pages/{page}", permissions=_READ, sites="read", limits=(SHAREPOINT(1),))
@routes.operation(
    "GET",
    "/sites/{site}/pages/{page}/microsoft.graph.sitePage",
    permissions=_READ,
    sites="read",
    limits=(SHAREPOINT(1),),
)
def get_page(call: Call[SharePoint]) -> Reply:
    """Get the newest version, draft or published."""
    with_canvas = "canvasLayout" in call.query.names("expand")
    if with_canvas and not call.path.lower().endswith("graph.sitepage"):
        raise GraphError(400, "invalidRequest", "Only a sitePage has a canvasLayout: add the cast to the path.")
    return Reply(200, _page(call).to_json(with_canvas=with_canvas))


@routes.operation(
    "PATCH",
    "/sites/{site}/pages/{page}/microsoft.graph.sitePage",
    permissions=_WRITE,
    sites="write",
    limits=(SHAREPOINT(2),),
)
def change_page(call: Call[SharePoint]) -> Reply:
    """Make a new draft of the page."""
    page = _page(call)
    check_match(page.etag, call.headers.get("if-match"))
    page.change(call.json(), editor=author_of(call), now=call.now)
    return Reply(200, page.to_json())


@routes.operation(
    "POST",
    "/sites/{site}/pages/{page}/microsoft.graph.sitePage/publish",
    permissions=_PUBLISH,
    sites="write",
    limits=(SHAREPOINT(2),),
)
def publish_page(call: Call[SharePoint]) -> Reply:
    """Show the newest draft to readers."""
    _page(call).publish(call.now)
    return Reply(204)


@routes.operation("DELETE", "/sites/{site}/pages/{page}", permissions=_WRITE, sites="write", limits=(SHAREPOINT(2),))
def delete_page(call: Call[SharePoint]) -> Reply:
    """Delete a page, for readers too."""
    _site(call).pages.remove(_page(call))
    return Reply(204)


def _site(call: Call[SharePoint]) -> Site:
    return call.area.site(call.args["site"])


def _page(call: Call[SharePoint]) -> Page:
    return find_page(_site(call).pages, call.args["page"])

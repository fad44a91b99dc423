"""Pre-authenticated addresses: downloads and the ranges of upload sessions."""

from sandbox.protocol.errors import GraphError
from sandbox.protocol.operations import Routes
from sandbox.protocol.reply import Reply
from sandbox.protocol.request import STORAGE, Call
from sandbox.sharepoint import office
from sandbox.sharepoint.showing import item_json
from sandbox.sharepoint.state import SharePoint
from sandbox.sharepoint.uploads import UploadSession

routes = Routes(SharePoint)


@routes.operation("GET", f"{STORAGE}files/{{token}}", anonymous=True)
def download(call: Call[SharePoint]) -> Reply:
    """Get the file, or its conversion."""
    ticket = call.area.tickets.download(call.args["token"], call.now)
    if ticket.as_pdf:
        return Reply(200, office.as_pdf(ticket.item.name), content_type="application/pdf")
    return Reply(200, ticket.item.content or b"", {"ETag": ticket.item.etag}, ticket.item.mime_type)


@routes.operation("PUT", f"{STORAGE}uploads/{{session}}", anonymous=True)
def send_range(call: Call[SharePoint]) -> Reply:
    """Take one range of a file: 202 until the last."""
    session = _session(call)
    if not session.take(call.headers.get("content-range", ""), call.raw):
        return Reply(202, session.to_json())
    call.area.uploads.close(session)
    item, is_new = session.finish(call.now)
    return Reply(201 if is_new else 200, item_json(session.drive, item))


@routes.operation("GET", f"{STORAGE}uploads/{{session}}", anonymous=True)
def upload_status(call: Call[SharePoint]) -> Reply:
    """Tell the next range that is expected."""
    return Reply(200, _session(call).to_json())


@routes.operation("DELETE", f"{STORAGE}uploads/{{session}}", anonymous=True)
def cancel_upload(call: Call[SharePoint]) -> Reply:
    """Forget what was sent."""
    call.area.uploads.close(_session(call))
    return Reply(204)


def _session(call: Call[SharePoint]) -> UploadSession:
    if "authorization" in call.headers:
        raise GraphError(401, "unauthenticated", "An upload address takes no Authorization header.")
    return call.area.uploads.get(call.args["session"], call.now)

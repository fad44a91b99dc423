"""Pre-authenticated addresses: downloads and the ranges of upload sessions."""

from sandbox.routing import STORAGE, Call, GraphError, Reply, operation
from sandbox.sharepoint import office
from sandbox.sharepoint.drives import Drive, UploadSession
from sandbox.sharepoint.tickets import session_json


@operation("GET", f"{STORAGE}files/{{token}}", anonymous=True)
def download(call: Call) -> Reply:
    """The file, or what it was converted to."""
    ticket = call.tenant.sharepoint.tickets.download(call.args["token"], call.now)
    if ticket.as_pdf:
        return Reply(200, office.as_pdf(ticket.item.name), content_type="application/pdf")
    return Reply(200, ticket.item.content or b"", {"ETag": ticket.item.etag}, ticket.item.mime_type)


@operation("PUT", f"{STORAGE}uploads/{{session}}", anonymous=True)
def send_range(call: Call) -> Reply:
    """One range of a file: 202 until the last."""
    drive, session = _session(call)
    finished = drive.receive(session, call.headers.get("content-range", ""), call.raw, call.now)
    if finished is None:
        return Reply(202, session_json(session))
    item, is_new = finished
    return Reply(201 if is_new else 200, drive.item_json(item))


@operation("GET", f"{STORAGE}uploads/{{session}}", anonymous=True)
def upload_status(call: Call) -> Reply:
    """Which range comes next."""
    return Reply(200, session_json(_session(call)[1]))


@operation("DELETE", f"{STORAGE}uploads/{{session}}", anonymous=True)
def cancel_upload(call: Call) -> Reply:
    """Forget what was sent."""
    drive, session = _session(call)
    drive.close_session(session)
    return Reply(204)


def _session(call: Call) -> tuple[Drive, UploadSession]:
    if "authorization" in call.headers:
        raise GraphError(401, "unauthenticated", "An upload address takes no Authorization header.")
    drive = call.tenant.sharepoint.tickets.upload(call.args["session"])
    return drive, drive.session(call.args["session"], call.now)

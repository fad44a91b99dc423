"""Calendars of users: each mailbox has one here."""

from sandbox.exchange.state import Exchange
from sandbox.platform.throttling import MAILBOX
from sandbox.protocol.errors import GraphError
from sandbox.protocol.operations import Routes
from sandbox.protocol.paging import collection
from sandbox.protocol.reply import Reply
from sandbox.protocol.request import Call

routes = Routes(Exchange)

_READ = ("Calendars.ReadBasic", "Calendars.Read", "Calendars.ReadWrite")


@routes.operation("GET", "/users/{user}/calendars", permissions=_READ, exchange=_READ, limits=(MAILBOX(),))
def list_calendars(call: Call[Exchange]) -> Reply:
    """List the one calendar of a mailbox."""
    return collection(call, [call.area.mailboxes.of_user(call.args["user"]).calendar_json()])


@routes.operation("GET", "/users/{user}/calendar", permissions=_READ, exchange=_READ, limits=(MAILBOX(),))
@routes.operation("GET", "/users/{user}/calendars/{calendar}", permissions=_READ, exchange=_READ, limits=(MAILBOX(),))
def get_calendar(call: Call[Exchange]) -> Reply:
    """Get the calendar."""
    box = call.area.mailboxes.of_user(call.args["user"])
    if call.args.get("calendar", box.calendar_id) != box.calendar_id:
        raise GraphError(404, "ErrorItemNotFound", "The specified object was not found in the store.")
    return Reply(200, box.calendar_json())

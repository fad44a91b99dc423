"""Events in the calendars of users."""

from collections.abc import Callable, Sequence
from typing import Any

from sandbox.exchange import zones
from sandbox.exchange.events import Event
from sandbox.exchange.items import TAGS, expanded_tags, wants_immutable
from sandbox.exchange.mail import Mailbox
from sandbox.exchange.queries import item_filter
from sandbox.exchange.state import Exchange
from sandbox.platform.throttling import MAILBOX
from sandbox.protocol.errors import GraphError
from sandbox.protocol.filters import value_at
from sandbox.protocol.operations import Handler, Routes
from sandbox.protocol.paging import collection
from sandbox.protocol.reply import Reply
from sandbox.protocol.request import Call

routes = Routes(Exchange)

_READ = ("Calendars.ReadBasic", "Calendars.ReadWrite", "Calendars.Read")
_WRITE = ("Calendars.ReadWrite",)
_SEARCHABLE = (
    *("subject", "iCalUId", "start", "end", "createdDateTime", "lastModifiedDateTime", "isCancelled", "isOrganizer"),
    TAGS,
)
_CALENDARS = ("/users/{user}", "/users/{user}/calendar", "/users/{user}/calendars/{calendar}")


def _on_calendars(
    method: str, suffix: str, permissions: Sequence[str]
) -> Callable[[Handler[Exchange]], Handler[Exchange]]:
    """Register a handler under every address a calendar has."""

    def register(handler: Handler[Exchange]) -> Handler[Exchange]:
        for calendar in _CALENDARS:
            routes.operation(
                method, calendar + suffix, permissions=permissions, exchange=permissions, limits=(MAILBOX(),)
            )(handler)
        return handler

    return register


@_on_calendars("GET", "/events", _READ)
def list_events(call: Call[Exchange]) -> Reply:
    """List the events of a calendar, by start."""
    return _events(call, call.area.calendars.of(_box(call).address.email))


@_on_calendars("GET", "/calendarView", _READ)
def calendar_view(call: Call[Exchange]) -> Reply:
    """List the events that touch the time between two moments; one without an offset is UTC."""
    if "startdatetime" not in call.query or "enddatetime" not in call.query:
        raise GraphError(400, "ErrorInvalidParameter", "startDateTime and endDateTime are required.")
    first, last = (zones.parse({"dateTime": call.query[name]}, name)[0] for name in ("startdatetime", "enddatetime"))
    events = call.area.calendars.of(_box(call).address.email)
    return _events(call, [event for event in events if event.end > first and event.start < last])


@_on_calendars("POST", "/events", _WRITE)
def create_event(call: Call[Exchange]) -> Reply:
    """Book an event, and mail the attendees."""
    event = call.area.calendars.book(_box(call), call.json(), immutable=wants_immutable(call))
    return _reply(call, event, 201)


@_on_calendars("GET", "/events/{event}", _READ)
def get_event(call: Call[Exchange]) -> Reply:
    """Get one event."""
    return _reply(call, _event(call), 200)


@_on_calendars("PATCH", "/events/{event}", _WRITE)
def change_event(call: Call[Exchange]) -> Reply:
    """Change, and mail whom it concerns."""
    event = _event(call)
    call.area.calendars.change_event(event, call.json())
    return _reply(call, event, 200)


@_on_calendars("POST", "/events/{event}/cancel", _WRITE)
def cancel_event(call: Call[Exchange]) -> Reply:
    """Accept; the attendees are told and the event is gone."""
    given = call.body if isinstance(call.body, dict) else {}
    comment = next((str(value or "") for name, value in given.items() if name.lower() == "comment"), "")
    call.area.calendars.cancel(_event(call), comment)
    return Reply(202)


@_on_calendars("DELETE", "/events/{event}", _WRITE)
def delete_event(call: Call[Exchange]) -> Reply:
    """Delete an event. An organizer who deletes a meeting cancels it."""
    event, exchange = _event(call), call.area
    if event.is_organizer:
        exchange.calendars.cancel(event, "")
    else:
        exchange.calendars.remove(event)
    return Reply(204)


def _box(call: Call[Exchange]) -> Mailbox:
    box = call.area.mailboxes.of_user(call.args["user"])
    if call.args.get("calendar", box.calendar_id) != box.calendar_id:
        raise GraphError(404, "ErrorItemNotFound", "The specified object was not found in the store.")
    return box


def _event(call: Call[Exchange]) -> Event:
    return call.area.calendars.event(_box(call), call.args["event"])


def _shown(call: Call[Exchange], event: Event) -> dict[str, Any]:
    return event.to_json(now=call.now, zone=zones.preferred(call.headers), immutable=wants_immutable(call))


def _applied(call: Call[Exchange]) -> dict[str, str]:
    zone = zones.preferred(call.headers)
    return {} if zone == "UTC" else {"Preference-Applied": f'outlook.timezone="{zone}"'}


def _reply(call: Call[Exchange], event: Event, status: int) -> Reply:
    return Reply(status, _shown(call, event) | expanded_tags(event.tags, call), _applied(call))


def _events(call: Call[Exchange], events: list[Event]) -> Reply:
    """Return the events that $filter wants; extended properties come with $expand only."""
    found = [(event, event.searchable()) for event in events]
    wanted = item_filter(call, _SEARCHABLE)
    if wanted is not None:
        found = [(event, searchable) for event, searchable in found if wanted.matches(searchable)]
    name, _, direction = call.query.get("orderby", "").partition(" ")
    if name:
        if name.split("/")[0] not in _SEARCHABLE:
            raise GraphError(400, "ErrorInvalidProperty", f"Events cannot be ordered by '{name}'.")
        found.sort(key=lambda each: str(value_at(each[1], name)), reverse=direction.strip() == "desc")
    reply = collection(call, [event for event, _ in found], size=10, most=1000)
    reply.body["value"] = [_shown(call, event) | expanded_tags(event.tags, call) for event in reply.body["value"]]
    reply.headers |= _applied(call)
    return reply

"""Meetings in the calendars of the organizer mailboxes."""

import re
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID, uuid5

from integration.graph.client import Graph, Json, Query, Request
from integration.graph.people import quoted
from integration.graph.time_zones import wall_time, windows_name
from integration.limits.published import MAILS
from integration.limits.recipients import RecipientLimiter
from integration.retry import Call
from workflows.digest import bounded
from workflows.errors import Conflict, Invalid, NotFound
from workflows.ports.accounts import Recipients
from workflows.ports.calendar import LONGEST_UID, Attendee, BookedEvent, EventSpec, InvitationResponse

NAMESPACE = UUID("6c1c8f5e-3f0b-4c55-9a0e-7f6a1d0a4b11")
KEY_PROPERTY = f"String {{{NAMESPACE}}} Name VareUngeKey"
"""Our own property on events and messages; unlike an id it is ours to choose, and it can be searched for."""

_MOST_AT_ONCE = 10
_TOO_COMPLEX = "ErrorRestrictionTooComplex"
"""Exchange's error for a filter with more alternatives than it takes; Microsoft names no number."""
_FIELDS = (
    "id",
    "iCalUId",
    "subject",
    "start",
    "end",
    "location",
    "attendees",
    "isOnlineMeeting",
    "onlineMeeting",
    "isCancelled",
)
_ANSWERS = {
    "accepted": InvitationResponse.ACCEPTED,
    "organizer": InvitationResponse.ACCEPTED,
    "tentativelyAccepted": InvitationResponse.TENTATIVE,
    "declined": InvitationResponse.DECLINED,
}
_OURS = re.compile(r'(?s)<div id="vareunge">.*?<div id="vareunge-end">[^<]*</div>')
_JOIN_LOOKS = 5
_JOIN_PAUSE = timedelta(seconds=2)


class GraphCalendar:
    """
    Meetings in an organizer's mailbox. Needs Calendars.ReadWrite there, given by an Exchange role.

    Every write with attendees mails them, and Exchange offers no way to keep it from that: with an allow-list set,
    only the attendees it permits are written, so nobody else is mailed. Times are told in *timezone*. Without *limits*
    nobody counts how many a mailbox mails; with them, a write raises Throttled when the day has no more.
    """

    def __init__(
        self, graph: Graph, recipients: Recipients, *, timezone: str, limits: RecipientLimiter | None = None
    ) -> None:
        self._graph = graph
        self._recipients = recipients
        self._timezone = timezone
        self._limits = limits
        self._at_once = _MOST_AT_ONCE
        """Keys in one look-up; fewer once Exchange found as many too complex."""
        self._keys: dict[str, str] = {}
        self._invited: dict[str, tuple[str, ...]] = {}
        """By an event's id: the addresses that a write to it mails."""

    async def find_events(self, organizer: str, keys: Sequence[str]) -> Mapping[str, BookedEvent]:
        """Those of *keys* that are booked; looked up by our own property, so lost state is found again."""
        found = await self._find(organizer, keys, _FIELDS)
        return {key: self._to_event(key, event) for key, event in found.items()}

    async def book(self, organizer: str, spec: EventSpec) -> BookedEvent:
        """
        Book once, with the permitted attendees only; a repeat gives the same event.

        The key goes along as transactionId and as our own property. The address to join an online meeting may come
        late: it is waited for a moment and can be None.
        """
        body: dict[str, Any] = {
            "subject": spec.subject,
            "body": _body(spec.body_html),
            "start": _moment(spec.starts_local, spec.timezone),
            "end": _moment(spec.ends_local, spec.timezone),
            "location": {"displayName": spec.location},
            "attendees": self._attendees(spec.attendees),
            # A proposal would go to a mailbox that nobody reads: the invitation says whom to tell.
            "allowNewTimeProposals": False,
            "transactionId": str(uuid5(NAMESPACE, spec.key)),
            "singleValueExtendedProperties": [{"id": KEY_PROPERTY, "value": spec.key}],
        }
        if spec.online:
            body |= {"isOnlineMeeting": True, "onlineMeetingProvider": "teamsForBusiness"}
        await self._count(organizer, len(body["attendees"]), action=f"book {spec.key}")
        try:
            answer = await self._graph.get(
                self._request(
                    organizer,
                    action=f"book {spec.key}",
                    address=lambda sdk: sdk.users.by_user_id(organizer).events,
                    method="POST",
                    call=Call.KEYED,
                    body=body,
                    mails=True,
                )
            )
            event = self._to_event(spec.key, answer)
        except Conflict:
            existing = (await self.find_events(organizer, [spec.key])).get(spec.key)
            if existing is None:
                raise
            event = existing
        return await self._joined(organizer, event) if spec.online else event

    async def update(self, organizer: str, event_id: str, changes: Mapping[str, Any]) -> BookedEvent:
        """
        *changes*: EventSpec field names to new values; only those are written. Exchange tells the attendees of every
        write, also of one that changes nothing: it is sent once, and OutcomeUnknown says to look before another try.

        Attendees are replaced as a whole by the permitted ones. The event must have been looked up or booked here
        before its `body_html` is changed: the present body holds what Teams put there to join the meeting, so it is
        read first, and by key, because reading by id takes one more permission.
        """
        body: dict[str, Any] = {}
        zone = changes.get("timezone", self._timezone)
        for name, value in changes.items():
            match name:
                case "subject":
                    body["subject"] = value
                case "location":
                    body["location"] = {"displayName": value}
                case "starts_local":
                    body["start"] = _moment(value, zone)
                case "ends_local":
                    body["end"] = _moment(value, zone)
                case "attendees":
                    body["attendees"] = self._attendees(value)
                case "body_html":
                    body["body"] = _body(value, within=await self._present_body(organizer, event_id))
                case "timezone":
                    pass
                case _:
                    raise ValueError(f"{name}: expected a field of an event that can be changed")
        invited = self._invited.get(event_id, ())
        await self._count(
            organizer, max(len(invited), len(body.get("attendees", ()))), action=f"update event {event_id}"
        )
        answer = await self._graph.get(
            self._request(
                organizer,
                action=f"update event {event_id}",
                address=lambda sdk: sdk.users.by_user_id(organizer).events.by_event_id(event_id),
                method="PATCH",
                call=Call.CREATE,
                body=body,
                reaches=invited,
                mails=True,
            )
        )
        return self._to_event(self._keys.get(event_id, ""), answer)

    async def cancel(self, organizer: str, event_id: str, comment: str) -> None:
        """Cancel and tell the attendees. A repeat is harmless."""
        request = self._request(
            organizer,
            action=f"cancel event {event_id}",
            address=lambda sdk: sdk.users.by_user_id(organizer).events.by_event_id(event_id).cancel,
            method="POST",
            call=Call.KEYED,
            body={"comment": comment},
            reaches=self._invited.get(event_id, ()),
            mails=True,
        )
        await self._count(organizer, len(request.reaches), action=f"cancel event {event_id}")
        try:
            await self._graph.send(request)
        except NotFound:
            return

    async def _find(self, organizer: str, keys: Sequence[str], fields: tuple[str, ...]) -> Mapping[str, Json]:
        found: dict[str, Json] = {}
        while keys:
            chunk = keys[: self._at_once]
            try:
                events = await self._find_some(organizer, chunk, fields)
            except Invalid as exc:
                if _TOO_COMPLEX not in exc.reason or len(chunk) == 1:
                    raise
                self._at_once = len(chunk) // 2
                continue
            keys = keys[len(chunk) :]
            for event in events:
                found.setdefault(tag_of(event), event)
        return found

    async def _find_some(self, organizer: str, keys: Sequence[str], fields: tuple[str, ...]) -> Sequence[Json]:
        request = self._request(
            organizer,
            action=f"look for {len(keys)} events",
            address=lambda sdk: sdk.users.by_user_id(organizer).events,
            query=tagged(keys, fields),
        )
        return await self._graph.list(request)

    async def _present_body(self, organizer: str, event_id: str) -> str:
        key = self._keys.get(event_id)
        if key is None:
            raise ValueError("an event must be looked up before its body is changed")
        event = (await self._find(organizer, [key], ("id", "body"))).get(key)
        if event is None:
            raise NotFound(f"read the body of {key}", "it is not booked")
        return str((event.get("body") or {}).get("content") or "")

    async def _joined(self, organizer: str, event: BookedEvent) -> BookedEvent:
        """The event with the address to join it, which Teams may add a moment after the booking."""
        for _ in range(_JOIN_LOOKS):
            if event.join_url is not None:
                break
            await self._graph.clock.sleep_until(self._graph.clock.now() + _JOIN_PAUSE)
            event = (await self.find_events(organizer, [event.key])).get(event.key, event)
        return event

    async def _count(self, organizer: str, recipients: int, *, action: str) -> None:
        if self._limits is not None:
            await self._limits.take(organizer, recipients, action=action)

    def _request(self, organizer: str, *, mails: bool = False, **parts: Any) -> Request:
        headers = {"Prefer": f'IdType="ImmutableId", outlook.timezone="{windows_name(self._timezone)}"'}
        scopes = [f"mailbox:{organizer}", *([f"{MAILS}:{organizer}"] if mails else [])]
        return Request(headers=headers, scopes=scopes, **parts)

    def _attendees(self, attendees: Sequence[Attendee]) -> list[dict[str, Any]]:
        return [
            {
                "emailAddress": {"address": attendee.email, "name": attendee.name},
                "type": "required" if attendee.required else "optional",
            }
            for attendee in attendees
            if self._recipients.permits(attendee.email)
        ]

    def _to_event(self, key: str, event: Json) -> BookedEvent:
        self._keys[event["id"]] = key
        attendees = tuple(_to_attendee(attendee) for attendee in event.get("attendees") or ())
        self._invited[event["id"]] = tuple(attendee.email for attendee in attendees)
        return BookedEvent(
            id=event["id"],
            key=key,
            ical_uid=bounded(event.get("iCalUId") or "", LONGEST_UID),
            subject=event.get("subject") or "",
            starts_local=self._local(event["start"]),
            ends_local=self._local(event["end"]),
            timezone=self._timezone,
            location=(event.get("location") or {}).get("displayName") or "",
            attendees=attendees,
            join_url=(event.get("onlineMeeting") or {}).get("joinUrl"),
            cancelled=bool(event.get("isCancelled")),
            answers=dict(_answer(attendee) for attendee in event.get("attendees") or ()),
        )

    def _local(self, moment: Json) -> datetime:
        """Return the wall time in our zone."""
        return wall_time(moment["dateTime"], moment.get("timeZone") or "UTC", shown_in=self._timezone)


def tagged(keys: Sequence[str], fields: tuple[str, ...]) -> Query:
    """Return the filter for items that carry one of *keys* in our property, and the property with it."""
    one = "singleValueExtendedProperties/Any(ep: ep/id eq {id} and ep/value eq {key})"
    matches = [one.format(id=quoted(KEY_PROPERTY), key=quoted(key)) for key in keys]
    expand = f"singleValueExtendedProperties($filter=id eq {quoted(KEY_PROPERTY)})"
    return Query(filter=" or ".join(matches), select=fields, expand=expand, top=50)


def tag_of(thing: Json) -> str:
    """The key that an event or a message carries."""
    properties = thing.get("singleValueExtendedProperties") or ()
    return next((entry["value"] for entry in properties if entry["id"].lower() == KEY_PROPERTY.lower()), "")


def _body(html: str, *, within: str = "") -> dict[str, str]:
    """Our HTML, marked, so that a later change replaces ours and keeps what others put around it."""
    ours = f'<div id="vareunge">{html}</div><div id="vareunge-end"></div>'
    content = _OURS.sub(lambda _: ours, within, count=1) if _OURS.search(within) else ours + within
    return {"contentType": "html", "content": content}


def _moment(wall: datetime, timezone: str) -> dict[str, str]:
    return {"dateTime": wall.replace(tzinfo=None).isoformat(timespec="seconds"), "timeZone": windows_name(timezone)}


def _answer(attendee: Json) -> tuple[str, InvitationResponse]:
    address = (attendee.get("emailAddress") or {}).get("address") or ""
    return address.lower(), _ANSWERS.get((attendee.get("status") or {}).get("response") or "", InvitationResponse.NONE)


def _to_attendee(attendee: Json) -> Attendee:
    address = attendee.get("emailAddress") or {}
    return Attendee(
        email=address.get("address") or "",
        name=address.get("name") or "",
        required=attendee.get("type") != "optional",
    )

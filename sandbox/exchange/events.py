"""Events: the organizer's own and the copies that lie on the attendees' calendars."""

import hashlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from sandbox.exchange import zones
from sandbox.exchange.items import (
    TAGS,
    Address,
    Body,
    check_settable,
    item_id,
    parse_address,
    parse_body,
    parse_tags,
    tags_json,
    with_appendix,
)
from sandbox.exchange.zones import instant, shown
from sandbox.protocol.errors import GraphError

MAX_ATTENDEES = 500
TEAMS_PROVIDER = "teamsForBusiness"
_CHOICES: Mapping[str, tuple[str, ...]] = {
    "showAs": ("busy", "free", "tentative", "oof", "workingElsewhere"),
    "sensitivity": ("normal", "personal", "private", "confidential"),
    "importance": ("normal", "low", "high"),
}
_FLAGS: Mapping[str, bool] = {
    "responseRequested": True,
    "allowNewTimeProposals": True,
    "hideAttendees": False,
    "isReminderOn": True,
    "isAllDay": False,
}
_PRIVATE_PROPERTIES = frozenset(
    {"categories", "showAs", "isReminderOn", "reminderMinutesBeforeStart", TAGS, "attendees"}
)
"""Properties of the own calendar only: a change of these alone mails nobody (attendees have a rule of their own)."""
SETTABLE = frozenset(
    {
        *("subject", "body", "start", "end", "location", "locations", "attendees", "categories"),
        *("isOnlineMeeting", "onlineMeetingProvider", "reminderMinutesBeforeStart", "transactionId", TAGS),
        *_CHOICES,
        *_FLAGS,
    }
)


Primary = Callable[[Address], Address]
"""Resolves an address as Exchange does: an alias becomes the primary address of its mailbox."""


@dataclass(kw_only=True)
class Attendee:
    address: Address
    type: str = "required"
    response: str = "none"
    responded_at: str = zones.NEVER

    def to_json(self) -> dict[str, Any]:
        status = {"response": self.response, "time": self.responded_at}
        return {"type": self.type, "status": status, **self.address.to_json()}


@dataclass(frozen=True, kw_only=True)
class Changes:
    """The effects of a PATCH, as far as others are told."""

    added: list[Attendee]
    removed: list[Attendee]
    content: bool


@dataclass(kw_only=True)
class Event:
    """An event on one calendar. *owner* is whose calendar it is; copies follow the organizer's event."""

    guid: str
    uid: str
    owner: Address
    organizer: Address
    created_at: datetime
    modified_at: datetime
    seen_from: datetime
    start: datetime
    end: datetime
    start_zone: str
    end_zone: str
    transaction_id: str | None = None
    subject: str = ""
    body: Body = field(default_factory=Body)
    location: dict[str, Any] = field(default_factory=dict)
    attendees: list[Attendee] = field(default_factory=list)
    settings: dict[str, Any] = field(default_factory=dict)
    tags: dict[str, str] = field(default_factory=dict)
    online: bool = False
    online_lost: bool = False
    join_url: str = ""
    join_ready_at: datetime | None = None
    sequence: int = 0
    change_number: int = 1
    moves: int = 0
    response: str = "none"
    cancelled: bool = False
    deleted: bool = False

    @property
    def is_organizer(self) -> bool:
        return self.owner.key == self.organizer.key

    def has_id(self, wanted: str) -> bool:
        return wanted in (self.id(immutable=True), self.id(immutable=False), self.uid)

    def id(self, *, immutable: bool) -> str:
        return item_id(self.guid, moves=self.moves, immutable=immutable)

    def attendee(self, email: str) -> Attendee | None:
        return next((each for each in self.attendees if each.address.key == email.lower()), None)

    # ---------------------------------------------------------------------------------------------------------- change

    def change(self, body: Mapping[str, Any], *, now: datetime, join_lag: timedelta, primary: Primary) -> Changes:
        """Set what *body* names, whole or not at all (400), and return the effects that others must be told of."""
        check_settable(body, SETTABLE, "Microsoft.OutlookServices.Event")
        settings = {**self.settings, **_settings(body)}
        start = zones.parse(body["start"], "start") if "start" in body else (self.start, self.start_zone)
        end = zones.parse(body["end"], "end") if "end" in body else (self.end, self.end_zone)
        if end[0] < start[0]:
            raise GraphError(400, "ErrorCalendarEndDateIsEarlierThanStartDate", "The end lies before the start.")
        attendees = self.attendees
        if "attendees" in body:
            attendees = parse_attendees(body["attendees"], attendees, primary)
        new_body = parse_body(body["body"]) if body.get("body") is not None else None
        tags = parse_tags(body.get(TAGS, []))
        location = _location(body) if {"location", "locations"} & set(body) else self.location

        before = {each.address.key for each in self.attendees}
        after = {each.address.key for each in attendees}
        removed = [each for each in self.attendees if each.address.key not in after]
        if (start[0], end[0]) != (self.start, self.end):
            # Another time: everybody must answer again.
            attendees = [Attendee(address=each.address, type=each.type) for each in attendees]
        (self.start, self.start_zone), (self.end, self.end_zone) = start, end
        self.subject = str(body.get("subject", self.subject) or "")
        self.settings, self.location, self.attendees = settings, location, attendees
        self.tags |= tags
        if new_body is not None:
            self._set_body(new_body, now)
        self._set_online(body, now, join_lag)
        self.modified_at = now
        self.change_number += 1
        content = bool({key for key in body if not key.startswith("@")} - _PRIVATE_PROPERTIES)
        added = [each for each in attendees if each.address.key not in before]
        return Changes(added=added, removed=removed, content=content)

    def _set_body(self, body: Body, now: datetime) -> None:
        """Set the body; one without the meeting's join address makes the event one without Teams, for good."""
        if self._has_address(now) and self.join_url not in body.content:
            self.online, self.online_lost, self.join_url = False, True, ""
        self.body = body

    def _set_online(self, body: Mapping[str, Any], now: datetime, join_lag: timedelta) -> None:
        """Make the event an online meeting. Only the first setting counts: later ones are ignored."""
        provider = body.get("onlineMeetingProvider", TEAMS_PROVIDER)
        if provider not in (TEAMS_PROVIDER, "unknown", None):
            raise GraphError(400, "ErrorInvalidRequest", f"The calendar does not allow the provider '{provider}'.")
        if body.get("isOnlineMeeting") is True and not self.online and not self.online_lost:
            self.online, self.join_ready_at = True, now + join_lag
            self.join_url = f"https://teams.microsoft.com/l/meetup-join/19%3ameeting_{self.guid}%40thread.v2/0"

    def _has_address(self, now: datetime) -> bool:
        return self.online and self.join_ready_at is not None and self.join_ready_at <= now

    def shown_body(self, now: datetime) -> Body:
        """Return the body with the join address that Teams appends, once there is one."""
        if not self._has_address(now) or self.join_url in self.body.content:
            return self.body
        blob = (
            '<div class="me-email-text" lang="nb-NO"><div>________________</div>'
            f'<a href="{self.join_url}" id="meet_invite_block.action.join_link">Microsoft Teams</a></div>'
        )
        return with_appendix(self.body, blob)

    # ------------------------------------------------------------------------------------------------------------ show

    def to_json(self, *, now: datetime, zone: str, immutable: bool) -> dict[str, Any]:
        change_key = hashlib.sha256(f"{self.guid}{self.change_number}".encode()).hexdigest()[:24]
        body = self.shown_body(now)
        response = "organizer" if self.is_organizer else self.response
        hidden = self.settings["hideAttendees"] and not self.is_organizer
        return {
            "@odata.etag": f'W/"{change_key}"',
            "id": self.id(immutable=immutable),
            "changeKey": change_key,
            "createdDateTime": instant(self.created_at),
            "lastModifiedDateTime": instant(self.modified_at),
            "transactionId": self.transaction_id if self.is_organizer else None,
            "originalStartTimeZone": self.start_zone,
            "originalEndTimeZone": self.end_zone,
            "iCalUId": self.uid,
            "hasAttachments": False,
            "subject": self.subject,
            "bodyPreview": body.preview,
            **self.settings,
            "isCancelled": self.cancelled,
            "isOrganizer": self.is_organizer,
            "isDraft": False,
            "seriesMasterId": None,
            "type": "singleInstance",
            "webLink": f"https://outlook.office365.com/owa/?itemid={self.guid}",
            "onlineMeetingUrl": None,
            "isOnlineMeeting": self.online,
            "onlineMeetingProvider": TEAMS_PROVIDER if self.online else "unknown",
            "recurrence": None,
            "responseStatus": {"response": response, "time": zones.NEVER},
            "body": body.to_json(),
            "start": shown(self.start, zone),
            "end": shown(self.end, zone),
            "location": self.location or {"displayName": "", "locationType": "default"},
            "locations": [self.location] if self.location else [],
            "attendees": [] if hidden else [each.to_json() for each in self.attendees],
            "organizer": self.organizer.to_json(),
            "onlineMeeting": {"joinUrl": self.join_url} if self._has_address(now) else None,
        }

    def searchable(self) -> dict[str, Any]:
        """Return the properties that $filter and $orderby may look at, in UTC."""
        return {
            "subject": self.subject,
            "iCalUId": self.uid,
            "start": shown(self.start, "UTC"),
            "end": shown(self.end, "UTC"),
            "createdDateTime": instant(self.created_at),
            "lastModifiedDateTime": instant(self.modified_at),
            "isCancelled": self.cancelled,
            "isOrganizer": self.is_organizer,
            TAGS: tags_json(self.tags),
        }

    def canonical(self) -> dict[str, Any]:
        return {
            "subject": self.subject,
            "start": self.start.isoformat(),
            "end": self.end.isoformat(),
            "location": self.location.get("displayName", ""),
            "organizer": self.organizer.key,
            "attendees": sorted(f"{each.address.key}:{each.type}:{each.response}" for each in self.attendees),
            "tags": dict(sorted(self.tags.items())),
            "online": self.online,
            "response": self.response,
            "cancelled": self.cancelled,
        }


def parse_attendees(value: Any, before: list[Attendee], primary: Primary) -> list[Attendee]:
    """Return the whole list anew, resolved by *primary*; an attendee who stays keeps the response that was given."""
    if not isinstance(value, list) or len(value) > MAX_ATTENDEES:
        raise GraphError(400, "ErrorInvalidRequest", f"attendees must be a list of at most {MAX_ATTENDEES}.")
    known = {each.address.key: each for each in before}
    found: dict[str, Attendee] = {}
    for entry in value:
        address = primary(parse_address(entry))
        kind = str(entry.get("type", "required"))
        if kind not in ("required", "optional", "resource"):
            raise GraphError(400, "ErrorInvalidRequest", f"'{kind}' is no type of attendee.")
        kept = known.get(address.key, Attendee(address=address))
        found.setdefault(
            address.key,
            Attendee(address=address, type=kind, response=kept.response, responded_at=kept.responded_at),
        )
    return list(found.values())


def default_settings() -> dict[str, Any]:
    """Return the settings of an event that names none."""
    choices = {name: values[0] for name, values in _CHOICES.items()}
    return {"categories": [], "reminderMinutesBeforeStart": 15, **choices, **_FLAGS}


def _settings(body: Mapping[str, Any]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for name, values in _CHOICES.items():
        if name in body and body[name] not in values:
            raise GraphError(400, "ErrorInvalidRequest", f"'{body[name]}' is no value of {name}.")
    for name in _FLAGS:
        if name in body and not isinstance(body[name], bool):
            raise GraphError(400, "ErrorInvalidRequest", f"{name} must be true or false.")
    if not isinstance(body.get("reminderMinutesBeforeStart", 0), int) or not isinstance(
        body.get("categories", []), list
    ):
        raise GraphError(400, "ErrorInvalidRequest", "A property of the event is malformed.")
    for name in (*_CHOICES, *_FLAGS, "categories", "reminderMinutesBeforeStart"):
        if name in body:
            found[name] = body[name]
    return found


def _location(body: Mapping[str, Any]) -> dict[str, Any]:
    given = body.get("location") or next(iter(body.get("locations") or ()), None)
    if given is None:
        return {}
    if not isinstance(given, Mapping):
        raise GraphError(400, "ErrorInvalidRequest", "location must be an object.")
    return {"locationType": "default", **given} if given.get("displayName") else {}

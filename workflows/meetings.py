"""The meeting desk: plans every body's meetings and sees to it that ours stand in people's calendars.

Every write to an event with attendees mails them all. So an event is written when it is missing, and otherwise only the
fields that differ from what was last written; the papers have a stable address from the first booking on, so that they
never cause a write.
"""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from html import escape
from typing import Any, Protocol

import texts
from config.programme import Body, Programme
from workflows.errors import Invalid
from workflows.meeting_plan import Meeting, MeetingPlan, MeetingState, is_theirs, plan_meetings, round_units
from workflows.ports import (
    Attendee,
    BookedEvent,
    Calendar,
    Clock,
    Done,
    DueUnit,
    EventSpec,
    History,
    Links,
    Outcome,
    Parked,
    Recipients,
)

LOOK_AGAIN = timedelta(minutes=5)
"""How long Exchange is given to make the link into a Teams meeting before we look again."""
COMPARED = ("subject", "starts_local", "ends_local", "location", "attendees")
"""What is worth a mail to everybody. The body is not: its words are the product's, and the way into the Teams meeting
stands there too."""


class MeetingStore(Protocol):
    async def list_meetings(self, body: str | None = None) -> Sequence[Meeting]:
        """In the order of time; of every body when none is named."""
        ...

    async def find_meeting(self, key: str) -> Meeting | None: ...

    async def add(self, meetings: Sequence[Meeting], then: Sequence[DueUnit] = ()) -> None:
        """Keep new meetings; one whose key is known stays as it is. *then* becomes due together with it."""
        ...

    async def save(self, meeting: Meeting, then: Sequence[DueUnit] = ()) -> None:
        """Keep a meeting as it is now. *then* becomes due together with it."""
        ...


class MeetingDesk:
    def __init__(
        self,
        *,
        store: MeetingStore,
        calendar: Calendar,
        links: Links,
        clock: Clock,
        programme: Callable[[], Awaitable[Programme]],
        organizer: str,
        public_url: str,
        recipients: Recipients,
    ) -> None:
        self._store = store
        self._calendar = calendar
        self._links = links
        self._clock = clock
        self._programme = programme
        self._organizer = organizer
        self._public_url = public_url.rstrip("/")
        self._recipients = recipients

    async def plan(self) -> MeetingPlan:
        """
        Plan what is missing through the programme's last day, and make due what follows: bookings and status rounds.

        Announced meetings stay where they are: a repeat adds none, and lets the bookings be compared again.
        """
        programme, now = await self._programme(), self._clock.now()
        known = await self._store.list_meetings()
        plan = plan_meetings(programme, known, now=now)
        for meeting in plan.changed:
            # A round that is open already is called off by the same unit.
            gone = [] if meeting.stands else [DueUnit(key=f"status.open:{meeting.key}", due_at=now)]
            await self._store.save(meeting, [*gone, *round_units(programme, [meeting], now=now)])
        altered = {meeting.key: meeting for meeting in plan.changed}
        standing = [altered.get(meeting.key, meeting) for meeting in known]
        ahead = [unit for unit in round_units(programme, standing, now=now) if unit.due_at > now]
        ours = {
            item.body for item in (*standing, *plan.new) if item.stands and item.booked_by_us and item.starts_at > now
        }
        bookings = [DueUnit(key=f"meetings.book:{body}", due_at=now) for body in sorted(ours)]
        await self._store.add(plan.new, [*bookings, *ahead, *round_units(programme, plan.new, now=now)])
        return plan

    async def book(self, unit: DueUnit, history: History) -> Outcome:
        """Handler of `meetings.book` [body]: bring the body's future meetings into its people's calendars."""
        programme, now = await self._programme(), self._clock.now()
        body = next((body for body in programme.bodies if body.key == unit.subject), None)
        if body is None or is_theirs(programme, body):
            return Done(note="nothing of ours to book")
        if not self._organizer:
            raise Invalid("book meetings", "no organizer mailbox is named in the settings")
        mine = [m for m in await self._store.list_meetings(body.key) if m.stands and m.booked_by_us]
        future = [meeting for meeting in mine if meeting.starts_at > now]
        events: dict[str, BookedEvent] = {}
        for organizer in sorted({meeting.organizer or self._organizer for meeting in future}):
            keys = [meeting.key for meeting in future if (meeting.organizer or self._organizer) == organizer]
            events |= await self._calendar.find_events(organizer, keys)
        incomplete = 0
        for meeting in future:
            done = await self._book_one(programme, body, meeting, events.get(meeting.key), history)
            incomplete += done is not None and not done.join_url
        if incomplete:
            await history.note("meetings.join_link_missing", meetings=incomplete)
            return Parked(until=now + LOOK_AGAIN, note=f"{incomplete} meetings have no link into Teams yet")
        return Done(note=f"{len(future)} meetings stand in calendars")

    async def _book_one(
        self, programme: Programme, body: Body, meeting: Meeting, event: BookedEvent | None, history: History
    ) -> Meeting | None:
        """Returns the meeting as it stands now; None when somebody took its event away."""
        if (meeting.event_id and event is None) or (event is not None and event.cancelled):
            # Taken out of the calendar by a person: theirs to decide, ours to tell.
            await history.note("meetings.event_gone", meeting=meeting.key)
            return None
        organizer = meeting.organizer or self._organizer
        spec = await self._spec(programme, body, meeting)
        # Without a note of ours a crash came between booking and noting: then the event itself tells what was written.
        changes = {} if event is None else _changes(spec, meeting.booked or _plain(event))
        if event is None:
            event = await self._calendar.book(organizer, spec)
            await history.note("meetings.booked", meeting=meeting.key, attendees=len(spec.attendees))
        elif changes:
            event = await self._calendar.update(organizer, event.id, changes)
            await history.note("meetings.changed", meeting=meeting.key, fields=", ".join(changes))
        booked = replace(
            meeting,
            state=MeetingState.BOOKED,
            organizer=organizer,
            event_id=event.id,
            ical_uid=event.ical_uid,
            join_url=event.join_url or meeting.join_url,
            location=spec.location,
            sequence=meeting.sequence + (1 if changes.keys() - {"attendees"} else 0),
            booked=_plain(spec),
        )
        if booked != meeting:
            await self._store.save(replace(booked, changed_at=self._clock.now()))
        return booked

    async def _spec(self, programme: Programme, body: Body, meeting: Meeting) -> EventSpec:
        people = programme.board_people(body, meeting.day)
        address = f"{self._public_url}/moter/{await self._links.issue('papers', meeting.key)}"
        return EventSpec(
            key=meeting.key,
            subject=texts.say("meetings.subject", texts.choose(programme.language), body=body.name),
            body_html=_body_html(body, address, people[0][0].name if people else "", texts.choose(programme.language)),
            starts_local=meeting.starts_local,
            ends_local=meeting.ends_local,
            timezone=meeting.timezone,
            location=body.location,
            attendees=tuple(
                Attendee(email=person.email, name=person.name, required=required)
                for person, required in people
                if self._recipients.permits(person.email)
            ),
        )


def _body_html(body: Body, address: str, contact: str, language: str) -> str:
    def say(key: str, **values: Any) -> str:
        return escape(texts.say(key, language, **values))

    link = f'<a href="{escape(address)}">{say("meetings.papers_link")}</a>'
    paragraphs = [say("meetings.invitation", body=body.name), f"{say('meetings.invitation_papers')} {link}"]
    if contact:
        paragraphs.append(say("meetings.invitation_contact", contact=contact))
    return "".join(f"<p>{paragraph}</p>" for paragraph in paragraphs)


def _changes(spec: EventSpec, written: Mapping[str, Any]) -> dict[str, Any]:
    """The fields of *spec* that differ from what was last *written*, in the calendar's own words."""
    wanted = _plain(spec)
    changed = {name: getattr(spec, name) for name in COMPARED if wanted[name] != written.get(name)}
    if changed.keys() & {"starts_local", "ends_local"}:
        # A start alone could pass its end.
        changed |= {"starts_local": spec.starts_local, "ends_local": spec.ends_local}
    return changed


def _plain(spec: EventSpec | BookedEvent) -> dict[str, Any]:
    # Without names: Exchange has its own mind about them, and a new spelling is not worth a mail to everybody.
    people = sorted((item.email.lower(), item.required) for item in spec.attendees)
    return {
        "subject": spec.subject,
        "starts_local": _minute(spec.starts_local),
        "ends_local": _minute(spec.ends_local),
        "location": spec.location,
        "attendees": [{"email": email, "required": required} for email, required in people],
    }


def _minute(moment: datetime) -> str:
    return moment.isoformat(timespec="minutes")

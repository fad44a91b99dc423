"""Calendars of everybody, and the meeting mail that Exchange makes of their changes."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

from sandbox.exchange.events import Attendee, Event, default_settings
from sandbox.exchange.items import Address, Body, parse_body
from sandbox.exchange.mail import Mailbox
from sandbox.exchange.mailboxes import Mailboxes
from sandbox.exchange.zones import instant, parse
from sandbox.platform.ids import CountedIds
from sandbox.protocol.errors import GraphError

RESPONSES = {"accepted": "Akseptert", "declined": "Avslått", "tentativelyAccepted": "Foreløpig"}


class Calendars:
    """The calendars by the address of their owner."""

    def __init__(self, mailboxes: Mailboxes, new_id: CountedIds) -> None:
        self._mailboxes = mailboxes
        self._new_id = new_id
        self._calendars: dict[str, list[Event]] = {}
        self._transactions: dict[tuple[str, str], Event] = {}

    def addresses(self) -> set[str]:
        """Return the addresses that have had an event."""
        return {key for key, events in self._calendars.items() if events}

    def of(self, email: str) -> list[Event]:
        """Return a person's events by now, by start; a cancelled one stays on an attendee's calendar, marked."""
        now = self._mailboxes.clock.now()
        events = self._calendars.get(self._mailboxes.primary(Address(email, email)).key, [])
        return sorted((e for e in events if not e.deleted and e.seen_from <= now), key=lambda e: (e.start, e.subject))

    def respond(self, email: str, event: str, response: str) -> None:
        """Answer an invitation as a person: *event* is an id or iCalUId, *response* as Graph writes it."""
        copy = next((each for each in self.of(email) if each.has_id(event)), None)
        if copy is None or copy.is_organizer or response not in RESPONSES:
            raise GraphError(404, "ErrorItemNotFound", "There is no invitation to answer that way.")
        now = self._mailboxes.clock.now()
        source = self._source(copy)
        attendee = source.attendee(copy.owner.email)
        if attendee is not None:
            attendee.response, attendee.responded_at = response, instant(now)
        copy.response = response
        self._mailboxes.deliver(
            copy.owner,
            [source.organizer],
            kind="response",
            subject=f"{RESPONSES[response]}: {source.subject}",
            body=Body("text", ""),
            now=now,
            uid=source.uid,
            sequence=source.sequence,
        )

    def event(self, box: Mailbox, event_id: str) -> Event:
        for found in self.of(box.address.email):
            if found.has_id(event_id):
                return found
        raise GraphError(404, "ErrorItemNotFound", "The specified object was not found in the store.")

    def book(self, box: Mailbox, body: Mapping[str, Any], *, immutable: bool) -> Event:
        """Book an event, and mail all attendees. A transactionId that was used before is refused."""
        now, key = self._mailboxes.clock.now(), box.address.key
        transaction = body.get("transactionId")
        used = self._transactions.get((key, str(transaction))) if transaction else None
        if used is not None:
            raise GraphError(
                400,
                "ErrorDuplicateTransactionId",
                "The TransactionId specified in the request has already been used to create a different event.",
                extra={"@event.existingEventId": used.id(immutable=immutable)},
            )
        start, start_zone = parse(body.get("start"), "start")
        end, end_zone = parse(body.get("end"), "end")
        event = Event(
            guid="",
            uid="",
            owner=box.address,
            organizer=box.address,
            created_at=now,
            modified_at=now,
            seen_from=now,
            start=start,
            end=end,
            start_zone=start_zone,
            end_zone=end_zone,
            body=parse_body({"contentType": "html"}),
            transaction_id=str(transaction) if transaction else None,
            settings=default_settings(),
        )
        event.guid = self._new_id("event", f"{key}/{transaction or body.get('subject')}")
        event.uid = "040000008200E00074C5B7101A82E008" + event.guid.replace("-", "").upper()
        changes = event.change(
            body, now=now, join_lag=self._mailboxes.latency.delivery, primary=self._mailboxes.primary
        )
        self._calendars.setdefault(key, []).append(event)
        if transaction:
            self._transactions[key, str(transaction)] = event
        self._tell(event, changes.added, "invite", now)
        return event

    def change_event(self, event: Event, body: Mapping[str, Any]) -> None:
        """
        Change the organizer's event. Added attendees are invited, removed ones get a cancellation; the others get an
        update, but not when only attendees (or what only the own calendar shows) were changed.
        """
        if not event.is_organizer:
            raise GraphError(400, "ErrorInvalidRequest", "You need to be an organizer to change a meeting.")
        if "transactionId" in body and body["transactionId"] != event.transaction_id:
            raise GraphError(400, "ErrorInvalidRequest", "The transactionId of an event cannot be changed.")
        now = self._mailboxes.clock.now()
        changes = event.change(
            body, now=now, join_lag=self._mailboxes.latency.delivery, primary=self._mailboxes.primary
        )
        if changes.content or changes.added or changes.removed:
            event.sequence += 1
        added = {each.address.key for each in changes.added}
        self._tell(event, changes.removed, "cancel", now)
        self._tell(event, changes.added, "invite", now)
        if changes.content:
            self._tell(event, [each for each in event.attendees if each.address.key not in added], "update", now)

    def cancel(self, event: Event, comment: str) -> None:
        """Tell the attendees and move the event to Deleted Items."""
        if not event.is_organizer:
            raise GraphError(400, "ErrorInvalidRequest", "You need to be an organizer to cancel a meeting.")
        event.sequence += 1
        self._tell(event, event.attendees, "cancel", self._mailboxes.clock.now(), comment)
        self.remove(event)

    def remove(self, event: Event) -> None:
        """Take an event off its calendar, telling nobody."""
        event.deleted = event.cancelled = True
        event.moves += 1

    def _tell(self, event: Event, attendees: Sequence[Attendee], kind: str, now: datetime, comment: str = "") -> None:
        """Mail some attendees, and bring their calendars up to date."""
        told = [each.address for each in attendees if each.address.key != event.organizer.key]
        if not told:
            return
        subject = f"Avlyst: {event.subject}" if kind == "cancel" else event.subject
        body = Body("text", comment) if comment else event.shown_body(now)
        arrives = self._mailboxes.deliver(
            event.organizer,
            told,
            kind=kind,
            subject=subject,
            body=body,
            now=now,
            uid=event.uid,
            sequence=event.sequence,
        )
        for address in told:
            self._copy(event, address, seen_from=arrives, cancelled=kind == "cancel")

    def _copy(self, event: Event, address: Address, *, seen_from: datetime, cancelled: bool) -> None:
        calendar = self._calendars.setdefault(address.key, [])
        before = next((each for each in calendar if each.uid == event.uid), None)
        attendee = event.attendee(address.email)
        copy = replace(
            event,
            guid=before.guid if before else self._new_id("event", f"{address.key}/{event.uid}"),
            owner=address,
            seen_from=before.seen_from if before else seen_from,
            settings=dict(event.settings),
            tags={},
            attendees=[Attendee(address=each.address, type=each.type) for each in event.attendees],
            response=attendee.response if attendee else "none",
            cancelled=cancelled,
        )
        self._calendars[address.key] = [each for each in calendar if each is not before] + [copy]

    def _source(self, copy: Event) -> Event:
        calendar = self._calendars.get(copy.organizer.key, [])
        return next((each for each in calendar if each.uid == copy.uid), copy)

    def canonical(self, address: str) -> list[Any]:
        """Return the events of an address, sorted."""
        return sorted((each.canonical() for each in self._calendars.get(address, []) if not each.deleted), key=str)

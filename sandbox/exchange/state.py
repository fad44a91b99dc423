"""
Exchange: mailboxes and calendars.

Everybody who gets mail has a mailbox here, outside the tenant too, so that whatever leaves can be seen. Through Graph
only members' mailboxes can be reached. Meeting mail is made by Exchange itself, as in the real service.
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

from sandbox.directory.state import Directory
from sandbox.exchange.events import Attendee, Event, default_settings
from sandbox.exchange.items import Address, Body, parse_body
from sandbox.exchange.mail import Mail, Mailbox
from sandbox.exchange.zones import instant, parse
from sandbox.platform.clock import Clock
from sandbox.platform.ids import CountedIds, Ids
from sandbox.platform.latency import Latency
from sandbox.protocol.errors import GraphError

RESPONSES = {"accepted": "Akseptert", "declined": "Avslått", "tentativelyAccepted": "Foreløpig"}


class Exchange:
    """The mailboxes by address, and the calendars by the address of their owner."""

    def __init__(self, directory: Directory, *, clock: Clock, ids: Ids, latency: Latency) -> None:
        self.directory = directory
        self.clock = clock
        self.latency = latency
        self._new_id = CountedIds(ids)
        self._boxes: dict[str, Mailbox] = {}
        self._calendars: dict[str, list[Event]] = {}
        self._transactions: dict[tuple[str, str], Event] = {}

    # ---------------------------------------------------------------------------------------------------------- people

    def inbox(self, email: str) -> list[Mail]:
        """What a person has received by now, oldest first."""
        return self.mailbox(email).folder("inbox", self.clock.now())

    def outgoing(self, email: str) -> list[Mail]:
        """What a person has sent, oldest first."""
        now, box = self.clock.now(), self.mailbox(email)
        return [*box.folder("outbox", now), *box.folder("sentitems", now)]

    def calendar(self, email: str) -> list[Event]:
        """A person's events by now, by start; a cancelled one stays on an attendee's calendar, marked."""
        now = self.clock.now()
        events = self._calendars.get(email.lower(), [])
        return sorted((e for e in events if not e.deleted and e.seen_from <= now), key=lambda e: (e.start, e.subject))

    def addresses(self) -> list[str]:
        """Everybody who has had mail or an event."""
        with_mail = {key for key, box in self._boxes.items() if box.mails}
        return sorted(with_mail | {key for key, events in self._calendars.items() if events})

    def respond(self, email: str, event: str, response: str) -> None:
        """Answer an invitation as a person: *event* is an id or iCalUId, *response* as Graph writes it."""
        copy = next((each for each in self.calendar(email) if each.has_id(event)), None)
        if copy is None or copy.is_organizer or response not in RESPONSES:
            raise GraphError(404, "ErrorItemNotFound", "There is no invitation to answer that way.")
        now = self.clock.now()
        source = self._source(copy)
        attendee = source.attendee(email)
        if attendee is not None:
            attendee.response, attendee.responded_at = response, instant(now)
        copy.response = response
        self._deliver(
            copy.owner,
            [source.organizer],
            kind="response",
            subject=f"{RESPONSES[response]}: {source.subject}",
            body=Body("text", ""),
            now=now,
            uid=source.uid,
            sequence=source.sequence,
        )

    # ------------------------------------------------------------------------------------------------------- mailboxes

    def mailbox(self, email: str) -> Mailbox:
        """Of anybody, in the tenant or outside."""
        key = email.lower()
        if key not in self._boxes:
            user = self.directory.user_by_mail(email)
            self._boxes[key] = Mailbox(Address(email, user.name if user else email))
        return self._boxes[key]

    def mailbox_of(self, user_key: str) -> Mailbox:
        """The mailbox a path names, by object id or principal name; 404 for who has none in the tenant."""
        user = self.directory.find_user(user_key)
        if user is None:
            raise GraphError(404, "ErrorInvalidUser", f"The requested user '{user_key}' is invalid.")
        if user.guest or not user.enabled:
            message = "The mailbox is either inactive, soft-deleted, or is hosted on-premise."
            raise GraphError(404, "MailboxNotEnabledForRESTAPI", message)
        return self.mailbox(user.mail)

    def new_draft(self, box: Mailbox, body: Mapping[str, Any]) -> Mail:
        """A mail that is not kept yet; 400 when *body* is malformed."""
        now = self.clock.now()
        draft = Mail(
            guid="",
            folder="drafts",
            kind="mail",
            sender=box.address,
            subject="",
            body=Body("text", ""),
            to=[],
            seen_from=now,
            created_at=now,
            modified_at=now,
        )
        draft.change_draft(body, now)
        draft.guid = self._new_id("mail", f"{box.address.key}/{draft.subject}")
        return draft

    def send(self, box: Mailbox, mail: Mail, *, keep: bool = True) -> None:
        """Hand a mail to the transport: it lies in Sent Items and in the recipients' mailboxes once it was carried."""
        if not mail.is_draft:
            raise GraphError(400, "ErrorInvalidRequest", "The item is not a draft: it has been sent.")
        if not mail.recipients:
            raise GraphError(400, "ErrorInvalidRecipients", "At least one recipient is not valid.")
        now = self.clock.now()
        mail.move("sentitems", now)
        mail.sent_at = now
        if keep and mail not in box.mails:
            box.mails.append(mail)
        self._deliver(
            box.address, mail.recipients, kind=mail.kind, subject=mail.subject, body=mail.body, now=now, like=mail
        )

    def _deliver(
        self,
        sender: Address,
        recipients: Sequence[Address],
        *,
        kind: str,
        subject: str,
        body: Body,
        now: datetime,
        uid: str | None = None,
        sequence: int | None = None,
        like: Mail | None = None,
    ) -> datetime:
        """Put a mail into each recipient's mailbox, and say from when it lies there."""
        box = self.mailbox(sender.email)
        if not box.may_reach(len(recipients), now):
            self._refuse(box, subject, now)
            return now
        arrives = box.departs_at(now) + self.latency.delivery
        for address in {each.key: each for each in recipients}.values():
            mail = Mail(
                guid=self._new_id("mail", f"{address.key}/{sender.key}/{kind}/{subject}"),
                folder="inbox",
                kind=kind,
                sender=sender,
                subject=subject,
                body=body,
                to=like.to if like else [address],
                cc=like.cc if like else [],
                reply_to=like.reply_to if like else [],
                headers=like.headers if like else [],
                attachments=like.attachments if like else {},
                seen_from=arrives,
                created_at=arrives,
                modified_at=arrives,
                sent_at=now,
                uid=uid,
                sequence=sequence,
            )
            self.mailbox(address.email).mails.append(mail)
        return arrives

    def _refuse(self, box: Mailbox, subject: str, now: datetime) -> None:
        """Past the day's limit a mail comes back; the request that sent it was accepted all the same."""
        box.mails.append(
            Mail(
                guid=self._new_id("mail", f"{box.address.key}/undeliverable/{subject}"),
                folder="inbox",
                kind="undeliverable",
                sender=box.address,
                subject=f"Undeliverable: {subject}",
                body=Body("text", "The sender has exceeded the daily recipient limit."),
                to=[box.address],
                seen_from=now,
                created_at=now,
                modified_at=now,
                sent_at=now,
            )
        )

    # ------------------------------------------------------------------------------------------------------- calendars

    def event(self, box: Mailbox, event_id: str) -> Event:
        for found in self.calendar(box.address.email):
            if found.has_id(event_id):
                return found
        raise GraphError(404, "ErrorItemNotFound", "The specified object was not found in the store.")

    def book(self, box: Mailbox, body: Mapping[str, Any], *, immutable: bool) -> Event:
        """A new event; whoever is invited gets mail. A transactionId that was used before is refused."""
        now, key = self.clock.now(), box.address.key
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
        changes = event.change(body, now=now, join_lag=self.latency.delivery)
        self._calendars.setdefault(key, []).append(event)
        if transaction:
            self._transactions[key, str(transaction)] = event
        self._tell(event, changes.added, "invite", now)
        return event

    def change_event(self, event: Event, body: Mapping[str, Any]) -> None:
        """
        Change the organizer's event. Who is added is invited, who is removed gets a cancellation; the others get an
        update, but not when only attendees (or what only the own calendar shows) were changed.
        """
        if not event.is_organizer:
            raise GraphError(400, "ErrorInvalidRequest", "You need to be an organizer to change a meeting.")
        if "transactionId" in body and body["transactionId"] != event.transaction_id:
            raise GraphError(400, "ErrorInvalidRequest", "The transactionId of an event cannot be changed.")
        now = self.clock.now()
        changes = event.change(body, now=now, join_lag=self.latency.delivery)
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
        self._tell(event, event.attendees, "cancel", self.clock.now(), comment)
        self.remove(event)

    def remove(self, event: Event) -> None:
        """Off its calendar, telling nobody."""
        event.deleted = event.cancelled = True
        event.moves += 1

    def _tell(self, event: Event, attendees: Sequence[Attendee], kind: str, now: datetime, comment: str = "") -> None:
        """Mail some attendees, and bring their calendars up to date."""
        told = [each.address for each in attendees if each.address.key != event.organizer.key]
        if not told:
            return
        subject = f"Avlyst: {event.subject}" if kind == "cancel" else event.subject
        body = Body("text", comment) if comment else event.shown_body(now)
        arrives = self._deliver(
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

    def canonical(self) -> Any:
        """Each address's mail by folder and its events, sorted; nothing depends on when mail was carried."""
        return {
            key: {
                **(self._boxes[key].canonical() if key in self._boxes else {}),
                "calendar": sorted(
                    (each.canonical() for each in self._calendars.get(key, []) if not each.deleted), key=str
                ),
            }
            for key in self.addresses()
        }

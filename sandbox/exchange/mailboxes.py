"""Mailboxes of everybody, and the transport of mail between them."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from sandbox.directory.state import Directory
from sandbox.exchange.items import Address, Body
from sandbox.exchange.mail import Mail, Mailbox
from sandbox.platform.clock import Clock
from sandbox.platform.ids import CountedIds
from sandbox.platform.latency import Latency
from sandbox.protocol.errors import GraphError


class Mailboxes:
    """The mailboxes by address."""

    def __init__(self, directory: Directory, *, clock: Clock, new_id: CountedIds, latency: Latency) -> None:
        self.directory = directory
        self.clock = clock
        self.latency = latency
        self._new_id = new_id
        self._boxes: dict[str, Mailbox] = {}

    def addresses(self) -> set[str]:
        """Return the addresses that have had mail."""
        return {key for key, box in self._boxes.items() if box.mails}

    def inbox(self, email: str) -> list[Mail]:
        """Return the mails that a person has received by now, oldest first."""
        return self.of(email).folder("inbox", self.clock.now())

    def outgoing(self, email: str) -> list[Mail]:
        """Return the mails that a person has sent, oldest first."""
        now, box = self.clock.now(), self.of(email)
        return [*box.folder("outbox", now), *box.folder("sentitems", now)]

    def of(self, email: str) -> Mailbox:
        """Return the mailbox of any address, in the tenant or outside."""
        address = self.primary(Address(email, email))
        if address.key not in self._boxes:
            user = self.directory.user_by_mail(email)
            self._boxes[address.key] = Mailbox(Address(address.email, user.name if user else email))
        return self._boxes[address.key]

    def primary(self, address: Address) -> Address:
        """Return the address as Exchange resolves it: an alias becomes the primary one, with the directory's name."""
        user = self.directory.user_by_mail(address.email)
        if user is None or user.mail.lower() == address.key:
            return address
        return Address(user.mail, user.name)

    def of_user(self, user_key: str) -> Mailbox:
        """Return the mailbox a path names, by object id or principal name; 404 for a user without one in the tenant."""
        user = self.directory.find_user(user_key)
        if user is None:
            raise GraphError(404, "ErrorInvalidUser", f"The requested user '{user_key}' is invalid.")
        if user.guest or not user.enabled:
            message = "The mailbox is either inactive, soft-deleted, or is hosted on-premise."
            raise GraphError(404, "MailboxNotEnabledForRESTAPI", message)
        return self.of(user.mail)

    def new_draft(self, box: Mailbox, body: Mapping[str, Any]) -> Mail:
        """Make a mail that is not kept yet; 400 when *body* is malformed."""
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
        self.deliver(
            box.address, mail.recipients, kind=mail.kind, subject=mail.subject, body=mail.body, now=now, like=mail
        )

    def deliver(
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
        box = self.of(sender.email)
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
            self.of(address.email).mails.append(mail)
        return arrives

    def _refuse(self, box: Mailbox, subject: str, now: datetime) -> None:
        """Return a mail past the day's limit to its sender; the request that sent it was accepted all the same."""
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

    def canonical(self, address: str) -> dict[str, Any]:
        """Return the mail of an address by folder."""
        return self._boxes[address].canonical() if address in self._boxes else {}

"""Mailboxes: drafts, sent and received mail, and the transport that carries 30 a minute."""

import base64
import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sandbox.exchange.items import (
    TAGS,
    Address,
    Body,
    check_settable,
    item_id,
    parse_address,
    parse_addresses,
    parse_body,
    parse_tags,
    tags_json,
)
from sandbox.exchange.zones import DAY, MINUTE, instant
from sandbox.protocol.errors import GraphError

MAILS_A_MINUTE = 30
RECIPIENTS_A_DAY = 10_000
SETTABLE = frozenset(
    {
        *("subject", "body", "toRecipients", "ccRecipients", "bccRecipients", "replyTo", "from", "sender"),
        *("importance", "categories", "internetMessageHeaders", "attachments", TAGS),
        *("isDeliveryReceiptRequested", "isReadReceiptRequested", "flag"),
    }
)
FOLDERS: Mapping[str, str] = {
    "inbox": "Innboks",
    "drafts": "Kladd",
    "outbox": "Utboks",
    "sentitems": "Sendte elementer",
    "deleteditems": "Slettede elementer",
}
"""Well-known name of a folder → the name that its owner reads."""


@dataclass(kw_only=True)
class Mail:
    """
    A mail in one mailbox.

    *kind*: `mail`, for meetings `invite`, `update`, `cancel` (with *uid* and *sequence*) and `response`, and
    `undeliverable`. *seen_from*: when it lies in the folder; mail on its way does not yet.
    """

    guid: str
    folder: str
    kind: str
    sender: Address
    subject: str
    body: Body
    to: list[Address]
    seen_from: datetime
    created_at: datetime
    modified_at: datetime
    cc: list[Address] = field(default_factory=list)
    bcc: list[Address] = field(default_factory=list)
    reply_to: list[Address] = field(default_factory=list)
    sent_at: datetime | None = None
    importance: str = "normal"
    categories: list[str] = field(default_factory=list)
    headers: list[dict[str, str]] = field(default_factory=list)
    attachments: dict[str, str] = field(default_factory=dict)
    """Name → checksum."""
    tags: dict[str, str] = field(default_factory=dict)
    uid: str | None = None
    sequence: int | None = None
    moves: int = 0
    change: int = 1

    @property
    def is_draft(self) -> bool:
        return self.folder == "drafts"

    @property
    def recipients(self) -> list[Address]:
        return [*self.to, *self.cc, *self.bcc]

    def has_id(self, wanted: str) -> bool:
        return wanted in (item_id(self.guid, moves=self.moves, immutable=True), self.id(immutable=False))

    def id(self, *, immutable: bool) -> str:
        return item_id(self.guid, moves=self.moves, immutable=immutable)

    def move(self, folder: str, now: datetime) -> None:
        """Move the mail into another folder: its ordinary id changes."""
        self.folder, self.modified_at = folder, now
        self.moves += 1
        self.change += 1

    def change_draft(self, body: Mapping[str, Any], now: datetime) -> None:
        """Set what *body* names; 400 when it is malformed."""
        check_settable(body, SETTABLE, "Microsoft.OutlookServices.Message")
        self.subject = str(body.get("subject", self.subject) or "")
        if body.get("body") is not None:
            self.body = parse_body(body["body"])
        for name, key in (
            ("to", "toRecipients"),
            ("cc", "ccRecipients"),
            ("bcc", "bccRecipients"),
            ("reply_to", "replyTo"),
        ):
            if key in body:
                setattr(self, name, parse_addresses(body[key]))
        if "from" in body and parse_address(body["from"]).key != self.sender.key:
            raise GraphError(
                403, "ErrorSendAsDenied", "The user account doesn't have the permission to send as another."
            )
        self.importance = str(body.get("importance", self.importance))
        self.categories = list(body.get("categories", self.categories))
        self.headers = _headers(body.get("internetMessageHeaders", self.headers))
        self.attachments = _attachments(body["attachments"]) if "attachments" in body else self.attachments
        self.tags |= parse_tags(body.get(TAGS, []))
        self.modified_at = now
        self.change += 1

    def to_json(self, *, immutable: bool) -> dict[str, Any]:
        change_key = hashlib.sha256(f"{self.guid}{self.change}".encode()).hexdigest()[:24]
        return {
            "@odata.etag": f'W/"{change_key}"',
            "id": self.id(immutable=immutable),
            "changeKey": change_key,
            "createdDateTime": instant(self.created_at),
            "lastModifiedDateTime": instant(self.modified_at),
            "receivedDateTime": instant(self.sent_at or self.created_at),
            "sentDateTime": instant(self.sent_at or self.created_at),
            "categories": self.categories,
            "hasAttachments": bool(self.attachments),
            "internetMessageId": f"<{self.guid}@{self.sender.email.partition('@')[2]}>",
            "subject": self.subject,
            "bodyPreview": self.body.preview,
            "importance": self.importance,
            "parentFolderId": self.folder,
            "conversationId": f"AAQk{self.guid}",
            "isDeliveryReceiptRequested": False,
            "isReadReceiptRequested": False,
            "isRead": self.folder != "inbox",
            "isDraft": self.is_draft,
            "inferenceClassification": "focused",
            "body": self.body.to_json(),
            "sender": self.sender.to_json(),
            "from": self.sender.to_json(),
            "toRecipients": [each.to_json() for each in self.to],
            "ccRecipients": [each.to_json() for each in self.cc],
            "bccRecipients": [each.to_json() for each in self.bcc],
            "replyTo": [each.to_json() for each in self.reply_to],
            "flag": {"flagStatus": "notFlagged"},
        }

    def searchable(self) -> dict[str, Any]:
        """Return the properties that $filter may look at."""
        return {
            "subject": self.subject,
            "isDraft": self.is_draft,
            "createdDateTime": instant(self.created_at),
            "lastModifiedDateTime": instant(self.modified_at),
            "receivedDateTime": instant(self.sent_at or self.created_at),
            "sentDateTime": instant(self.sent_at or self.created_at),
            "from": self.sender.to_json(),
            TAGS: tags_json(self.tags),
        }

    def canonical(self) -> list[Any]:
        return [self.sender.key, sorted(each.key for each in self.recipients), self.subject, self.kind]


class Mailbox:
    """One person's mail. People outside have one here too, so that every mail that leaves is seen."""

    def __init__(self, address: Address) -> None:
        self.address = address
        self.mails: list[Mail] = []
        self._carried: list[datetime] = []
        self._recipients: list[tuple[datetime, int]] = []

    @property
    def calendar_id(self) -> str:
        """The id of the one calendar that a mailbox has here."""
        return _folder_id(self.address, "calendar")

    def folder_named(self, wanted: str) -> str:
        """Return the well-known name of a folder, by that name or by its id; 404 when there is none."""
        for name in FOLDERS:
            if wanted.lower() == name or wanted == _folder_id(self.address, name):
                return name
        raise GraphError(404, "ErrorItemNotFound", "The specified folder could not be found in the store.")

    def folder_json(self, name: str, now: datetime) -> dict[str, Any]:
        """Return a folder."""
        mails = self.folder(name, now)
        return {
            "id": _folder_id(self.address, name),
            "displayName": FOLDERS[name],
            "parentFolderId": _folder_id(self.address, "msgfolderroot"),
            "childFolderCount": 0,
            "unreadItemCount": len(mails) if name == "inbox" else 0,
            "totalItemCount": len(mails),
            "sizeInBytes": sum(len(mail.body.content) for mail in mails),
            "isHidden": False,
        }

    def calendar_json(self) -> dict[str, Any]:
        """Return the one calendar."""
        return {
            "id": self.calendar_id,
            "name": "Kalender",
            "color": "auto",
            "hexColor": "",
            "isDefaultCalendar": True,
            "changeKey": self.calendar_id[-24:],
            "canShare": True,
            "canViewPrivateItems": True,
            "canEdit": True,
            "allowedOnlineMeetingProviders": ["teamsForBusiness"],
            "defaultOnlineMeetingProvider": "teamsForBusiness",
            "isTallyingResponses": True,
            "isRemovable": False,
            "owner": {"name": self.address.name, "address": self.address.email},
        }

    def folder(self, name: str, now: datetime) -> list[Mail]:
        """Return the mails in a folder by now, oldest first."""
        found = [mail for mail in self.mails if mail.folder == name and mail.seen_from <= now]
        return sorted(found, key=lambda mail: mail.seen_from)

    def get(self, mail_id: str, now: datetime) -> Mail:
        for mail in self.mails:
            if mail.seen_from <= now and mail.has_id(mail_id):
                return mail
        raise GraphError(404, "ErrorItemNotFound", "The specified object was not found in the store.")

    def departs_at(self, now: datetime) -> datetime:
        """Return when a mail that is handed over now is carried: 30 a minute, the others later, none refused."""
        moment = now
        if len(self._carried) >= MAILS_A_MINUTE:
            moment = max(now, self._carried[-MAILS_A_MINUTE] + MINUTE)
        self._carried = [*self._carried[-MAILS_A_MINUTE:], moment]
        return moment

    def may_reach(self, recipients: int, now: datetime) -> bool:
        """Count more recipients; False when they do not fit within a day's 10,000."""
        self._recipients = [(moment, count) for moment, count in self._recipients if moment > now - DAY]
        if sum(count for _, count in self._recipients) + recipients > RECIPIENTS_A_DAY:
            return False
        self._recipients.append((now, recipients))
        return True

    def canonical(self) -> dict[str, Any]:
        """Mail on its way counts as there: it will be."""
        place = {"inbox": "inbox", "drafts": "drafts", "outbox": "sent", "sentitems": "sent"}
        found: dict[str, list[Any]] = {}
        for mail in self.mails:
            if mail.folder in place:
                found.setdefault(place[mail.folder], []).append(mail.canonical())
        return {name: sorted(mails, key=str) for name, mails in found.items()}


def _folder_id(address: Address, name: str) -> str:
    digest = hashlib.sha256(f"{address.key}/{name}".encode()).digest()
    return "AAMkADAwAQAA" + base64.urlsafe_b64encode(digest[:18]).decode()


def _headers(value: Any) -> list[dict[str, str]]:
    for entry in value if isinstance(value, list) else [None]:
        if not isinstance(entry, Mapping) or not str(entry.get("name", "")).lower().startswith("x-"):
            raise GraphError(
                400, "InvalidInternetMessageHeader", "The name of an internet message header must start with 'x-'."
            )
    return [dict(entry) for entry in value]


def _attachments(value: Any) -> dict[str, str]:
    found = {}
    for entry in value if isinstance(value, list) else [None]:
        kind = str(entry.get("@odata.type", "")) if isinstance(entry, Mapping) else ""
        if not isinstance(entry, Mapping) or not kind.endswith("microsoft.graph.fileAttachment"):
            raise GraphError(400, "ErrorInvalidRequest", "Only file attachments are played.")
        found[str(entry.get("name", ""))] = hashlib.sha256(str(entry.get("contentBytes", "")).encode()).hexdigest()
    return found

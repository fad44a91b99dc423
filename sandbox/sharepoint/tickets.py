"""Addresses that need no token: where files are fetched from and ranges of files are sent to."""

import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta

from sandbox.protocol.errors import GraphError
from sandbox.protocol.request import STORAGE
from sandbox.sharepoint.drives import Drive, Item, UploadSession, instant

_LIFETIME = timedelta(minutes=5)


@dataclass(frozen=True, kw_only=True)
class Ticket:
    """Lets whoever holds its address fetch one file for some minutes."""

    drive: Drive
    item: Item
    as_pdf: bool
    expires_at: datetime


class Tickets:
    """The addresses that are valid now."""

    def __init__(self) -> None:
        self._downloads: dict[str, Ticket] = {}
        self._uploads: dict[str, Drive] = {}

    def download_url(self, base_url: str, drive: Drive, item: Item, *, as_pdf: bool, now: datetime) -> str:
        token = secrets.token_urlsafe(24)
        self._downloads = {key: ticket for key, ticket in self._downloads.items() if ticket.expires_at > now}
        self._downloads[token] = Ticket(drive=drive, item=item, as_pdf=as_pdf, expires_at=now + _LIFETIME)
        return f"{base_url}{STORAGE}files/{token}"

    def upload_url(self, base_url: str, drive: Drive, session: UploadSession) -> str:
        self._uploads[session.id] = drive
        return f"{base_url}{STORAGE}uploads/{session.id}"

    def download(self, token: str, now: datetime) -> Ticket:
        ticket = self._downloads.get(token)
        if ticket is None or ticket.expires_at <= now:
            raise GraphError(401, "unauthenticated", "The address is not valid, or no longer.")
        return ticket

    def upload(self, session_id: str) -> Drive:
        if session_id not in self._uploads:
            raise GraphError(404, "itemNotFound", "The upload session was not found.")
        return self._uploads[session_id]


def session_json(session: UploadSession, *, url: str = "") -> dict[str, object]:
    """How far an upload has come, with its address for the answer that opens it."""
    state: dict[str, object] = {
        "expirationDateTime": instant(session.expires_at),
        "nextExpectedRanges": [f"{len(session.received)}-"],
    }
    return {"uploadUrl": url, **state} if url else state

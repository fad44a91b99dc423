"""Download addresses of files, which need no token and are good for some minutes."""

import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta

from sandbox.protocol.errors import GraphError
from sandbox.protocol.request import STORAGE
from sandbox.sharepoint.drives import Drive, Item

_LIFETIME = timedelta(minutes=5)


@dataclass(frozen=True, kw_only=True)
class Ticket:
    """An address at which one file can be fetched for some minutes."""

    drive: Drive
    item: Item
    as_pdf: bool
    expires_at: datetime


class Tickets:
    """The addresses that are valid now."""

    def __init__(self) -> None:
        self._downloads: dict[str, Ticket] = {}

    def download_url(self, base_url: str, drive: Drive, item: Item, *, as_pdf: bool, now: datetime) -> str:
        token = secrets.token_urlsafe(24)
        self._downloads = {key: ticket for key, ticket in self._downloads.items() if ticket.expires_at > now}
        self._downloads[token] = Ticket(drive=drive, item=item, as_pdf=as_pdf, expires_at=now + _LIFETIME)
        return f"{base_url}{STORAGE}files/{token}"

    def download(self, token: str, now: datetime) -> Ticket:
        ticket = self._downloads.get(token)
        if ticket is None or ticket.expires_at <= now:
            raise GraphError(401, "unauthenticated", "The address is not valid, or no longer.")
        return ticket

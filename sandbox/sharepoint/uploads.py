"""Upload sessions: files that come in ranges, to addresses that need no token."""

import re
from dataclasses import dataclass
from datetime import datetime, timedelta

from sandbox.platform.ids import CountedIds
from sandbox.protocol.errors import GraphError
from sandbox.protocol.request import STORAGE
from sandbox.sharepoint.drives import Author, Drive, Item, check_item_name, instant

RANGE_UNIT = 320 * 1024
_LIFETIME = timedelta(days=14)


@dataclass(kw_only=True)
class UploadSession:
    """A file that comes in ranges."""

    id: str
    drive: Drive
    parent: Item
    name: str
    conflict: str
    if_match: str | None
    author: Author
    expires_at: datetime
    total: int | None = None
    received: bytes = b""

    def to_json(self, *, base_url: str = "") -> dict[str, object]:
        """Tell how far the upload has come; with *base_url* also its address, for the answer that opens it."""
        state: dict[str, object] = {
            "expirationDateTime": instant(self.expires_at),
            "nextExpectedRanges": [f"{len(self.received)}-"],
        }
        return {"uploadUrl": f"{base_url}{STORAGE}uploads/{self.id}", **state} if base_url else state

    def take(self, content_range: str, data: bytes) -> bool:
        """Take one range; return True once the last has come."""
        match = re.fullmatch(r"bytes (\d+)-(\d+)/(\d+)", content_range.strip())
        if match is None:
            raise GraphError(400, "invalidRequest", "The Content-Range header is missing or malformed.")
        first, last, total = (int(part) for part in match.groups())
        if first != len(self.received) or self.total not in (None, total) or last >= total:
            raise GraphError(416, "invalidRange", "The uploaded fragment overlaps with already received data.")
        if last - first + 1 != len(data):
            raise GraphError(400, "invalidRequest", "The length of the fragment is not that of its Content-Range.")
        if last + 1 < total and len(data) % RANGE_UNIT:
            raise GraphError(400, "invalidRequest", "A fragment must be a multiple of 320 KiB.")
        self.total = total
        self.received += data
        return last + 1 == total

    def finish(self, now: datetime) -> tuple[Item, bool]:
        """Put the file into its folder; return it, and True for a new one."""
        return self.drive.put(
            self.parent,
            self.name,
            self.received,
            author=self.author,
            now=now,
            conflict=self.conflict,
            if_match=self.if_match,
        )


class Uploads:
    """The sessions that are open."""

    def __init__(self, new_id: CountedIds) -> None:
        self._new_id = new_id
        self._sessions: dict[str, UploadSession] = {}

    def open(
        self,
        drive: Drive,
        parent: Item,
        name: str,
        *,
        conflict: str,
        if_match: str | None,
        author: Author,
        now: datetime,
    ) -> UploadSession:
        """Begin the upload of a file below *parent*."""
        check_item_name(name)
        session = UploadSession(
            id=self._new_id("upload", f"{drive.site_id}/{parent.path}/{name}"),
            drive=drive,
            parent=parent,
            name=name,
            conflict=conflict,
            if_match=if_match,
            author=author,
            expires_at=now + _LIFETIME,
        )
        self._sessions[session.id] = session
        return session

    def get(self, session_id: str, now: datetime) -> UploadSession:
        """Return an open session; 404 for one that was closed or has expired."""
        session = self._sessions.get(session_id)
        if session is None or session.expires_at <= now:
            raise GraphError(404, "itemNotFound", "The upload session was not found.")
        return session

    def close(self, session: UploadSession) -> None:
        """Forget a session and what was sent."""
        self._sessions.pop(session.id, None)

"""Port of the archive's room: the record of handovers."""

from collections.abc import Mapping
from datetime import datetime
from typing import Protocol

from workflows.papers.archive.model import ArchiveReceipt, SentHandover


class HandoverStore(Protocol):
    """The record of messages to the archive. Methods are atomic."""

    async def handovers(self) -> Mapping[str, SentHandover]:
        """Every message that was handed over, by its key."""
        ...

    async def note_sent(self, sent: SentHandover) -> None:
        """Keep a message that is handed over now, in place of an older one with its key."""
        ...

    async def note_receipt(self, receipt: ArchiveReceipt, *, at: datetime) -> bool:
        """Keep the archive's answer; False for a key that was never handed over."""
        ...

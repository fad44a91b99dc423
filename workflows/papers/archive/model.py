"""Handovers to an archive as values: case files, meeting files, and records with their files."""

import hashlib
import uuid
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from config.problems import Unusable

NAMESPACE = uuid.UUID("6f1d5f0e-3c1c-5b3f-9a55-3d0b7e0f1a65")
"""The namespace of our ids: the same natural key has the same id everywhere and always."""
SYSTEM = "vareunge"
"""The name under which we hand over, and under which our natural keys are known."""


def system_id(key: str) -> str:
    """Return the id that stands for a natural key: a UUID of version 5."""
    return str(uuid.uuid5(NAMESPACE, key))


class BadReceipt(Unusable):
    """Something that is no receipt for a message of ours."""


@dataclass(frozen=True, kw_only=True)
class Restriction:
    """An access code with its legal basis."""

    code: str
    basis: str


@dataclass(frozen=True, kw_only=True)
class ArchivedFile:
    """One file of a record."""

    key: str
    title: str
    file_name: str
    version: int
    made_at: datetime
    content: bytes

    @property
    def checksum(self) -> str:
        """Return the file's SHA-256."""
        return hashlib.sha256(self.content).hexdigest()


@dataclass(frozen=True, kw_only=True)
class CaseFile:
    """A case file (saksmappe): a body's papers of one year."""

    key: str
    title: str
    year: int
    opened_on: date
    unit: str
    """The body, as readers know it."""


@dataclass(frozen=True, kw_only=True)
class Participant:
    name: str
    function: str = ""


@dataclass(frozen=True, kw_only=True)
class MeetingFile:
    """A meeting file (moetemappe) within its case file."""

    key: str
    parent: str
    title: str
    number: str
    """`3/2026`."""
    body: str
    body_name: str
    held_on: date
    location: str = ""
    present: tuple[Participant, ...] = ()
    previous: str = ""
    """The key of the meeting file before it."""


class MeetingPaper(StrEnum):
    """The kinds of meeting documents."""

    AGENDA = "agenda"
    MINUTES = "minutes"


@dataclass(frozen=True, kw_only=True)
class JournalEntry:
    """An entry in the journal (journalpost): a released report, sent to its board."""

    key: str
    parent: str
    title: str
    dated_on: date
    sender: str
    recipient: str
    document: ArchivedFile
    restriction: Restriction | None = None


@dataclass(frozen=True, kw_only=True)
class MeetingDocument:
    """A meeting document (moetedokument): an agenda, or one version of the minutes."""

    key: str
    parent: str
    title: str
    kind: MeetingPaper
    document: ArchivedFile
    restriction: Restriction | None = None


Folder = CaseFile | MeetingFile
Entry = JournalEntry | MeetingDocument


@dataclass(frozen=True, kw_only=True)
class Handover:
    """One message to the archive: a folder, or an entry with its file. *name* sorts in the order of sending."""

    name: str
    content: Folder | Entry

    @property
    def key(self) -> str:
        return self.content.key

    @property
    def document(self) -> ArchivedFile | None:
        return None if isinstance(self.content, CaseFile | MeetingFile) else self.content.document


class HandoverState(StrEnum):
    SENT = "sent"
    """Handed over, without an answer yet."""
    KEPT = "kept"
    """The archive has it."""
    REFUSED = "refused"


@dataclass(frozen=True, kw_only=True)
class ArchiveReceipt:
    """The archive's answer for one of our keys."""

    key: str
    state: HandoverState
    archive_id: str = ""
    """Its id there."""
    journal_number: str = ""
    """`14/2026`, or the archive's own id of the folder."""
    journal_status: str = ""
    existed: bool = False
    """The archive had it before."""
    problem: str = ""
    """The archive's words on a refusal, with its id of the failure."""


@dataclass(frozen=True, kw_only=True)
class SentHandover:
    """A message that was handed over, as the record has it."""

    key: str
    name: str
    checksum: str
    """SHA-256 of the message."""
    state: HandoverState
    sent_at: datetime
    receipt: ArchiveReceipt | None = None

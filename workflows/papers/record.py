"""Everything that a body's papers are made of, as the record has it, and the papers themselves."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from enum import StrEnum
from typing import Protocol

from documents.document import Document
from workflows.papers.agendas.model import StoredAgenda
from workflows.papers.agendas.rendering import agenda_document, minutes_document
from workflows.papers.minutes.model import Minutes, StoredMinutes
from workflows.papers.reports.model import MeetingFacts, StoredReport
from workflows.papers.reports.rendering import document_of


class PaperKind(StrEnum):
    """The kinds of papers, in the order in which a meeting gets them."""

    REPORT = "report"
    AGENDA = "agenda"
    MINUTES = "minutes"
    CASE = "case"
    """A case paper: one item of an agenda, for a political body."""


FILE_WORDS = {
    PaperKind.REPORT: "rapport",
    PaperKind.AGENDA: "saksliste",
    PaperKind.MINUTES: "referat",
    PaperKind.CASE: "saksframlegg",
}
"""The word for each kind in the names of files."""


@dataclass(frozen=True, kw_only=True)
class Paper:
    """One version of one paper, finished. *pdf*: the bytes that were kept at its release, if they were."""

    kind: PaperKind
    meeting: MeetingFacts
    version: int
    at: datetime
    """The moment of its release; the only one in its files."""
    document: Document
    pdf: bytes | None = None
    number: int = 0
    """The item's that a case paper is about."""
    redactions: int = 0
    """How often a text was taken out of it."""

    @property
    def key(self) -> str:
        """`fjordvik/2026-09-08/report/1`."""
        return _paper_key(self.meeting.key, self.kind, self.version)

    @property
    def file_name(self) -> str:
        """Return the name of its files, without the ending: `fjordvik-2026-09-08-rapport-v1`."""
        item = f"-{self.number}" if self.number else ""
        return f"{self.meeting.key.replace('/', '-')}-{FILE_WORDS[self.kind]}{item}-v{self.version}"


@dataclass(frozen=True, kw_only=True)
class BodyRecord:
    """A body's released papers: every version, meetings in the order of time."""

    body: str
    reports: Sequence[StoredReport] = ()
    agendas: Sequence[StoredAgenda] = ()
    minutes: Sequence[StoredMinutes] = ()
    redactions: Mapping[str, int] = field(default_factory=dict)
    """By the key of a paper, how often a text was taken out of it."""

    @property
    def approved_minutes(self) -> Sequence[StoredMinutes]:
        """List the versions that were approved: the others are in work, and nobody's to hand out."""
        return tuple(stored for stored in self.minutes if stored.is_approved)

    def papers(self, language: str, local_day: Callable[[datetime], date]) -> Iterator[Paper]:
        """
        Give the papers in *language*, by meeting and then by kind and version.

        *local_day*: the day of a moment where the body is.
        """
        agendas = {item.meeting: item for item in self.agendas}
        before: dict[str, Minutes] = {}
        found = [
            *map(_report_key, self.reports),
            *map(_agenda_key, self.agendas),
            *map(_minutes_key, self.approved_minutes),
        ]
        for _, stored in sorted(found, key=lambda item: item[0]):
            match stored:
                case StoredReport():
                    yield self._counted(_report(stored, language))
                case StoredAgenda():
                    yield self._counted(_agenda(stored, language))
                case StoredMinutes() if stored.meeting in agendas:
                    corrected = before.get(stored.meeting)
                    before[stored.meeting] = stored.content
                    document = minutes_document(
                        stored.content,
                        agendas[stored.meeting].content,
                        language,
                        prepared=False,
                        before=corrected,
                        approved_on=stored.approved_on(local_day),
                    )
                    yield self._counted(_minutes(stored, document))

    def paper_keys(self) -> Iterator[tuple[str, str]]:
        """Give meeting and key of each paper, without making it."""
        agendas = {item.meeting for item in self.agendas}
        found = [
            *((stored.meeting, PaperKind.REPORT, stored.version) for stored in self.reports),
            *((stored.meeting, PaperKind.AGENDA, 1) for stored in self.agendas),
            *((stored.meeting, PaperKind.MINUTES, stored.version) for stored in self.approved_minutes),
        ]
        for meeting, kind, version in found:
            if kind is not PaperKind.MINUTES or meeting in agendas:
                yield meeting, _paper_key(meeting, kind, version)

    def _counted(self, paper: Paper) -> Paper:
        redactions = self.redactions.get(paper.key, 0)
        return replace(paper, redactions=redactions) if redactions else paper


class PaperRecord(Protocol):
    async def of_body(self, body: str, *, with_pdfs: bool = False) -> BodyRecord:
        """Everything released for the body's meetings; the files that were kept only on request."""
        ...


_Key = tuple[str, int, int]


def _paper_key(meeting: str, kind: PaperKind, version: int) -> str:
    return f"{meeting}/{kind}/{version}"


def _report_key(stored: StoredReport) -> tuple[_Key, StoredReport]:
    return (stored.meeting, 0, stored.version), stored


def _agenda_key(stored: StoredAgenda) -> tuple[_Key, StoredAgenda]:
    return (stored.meeting, 1, 1), stored


def _minutes_key(stored: StoredMinutes) -> tuple[_Key, StoredMinutes]:
    return (stored.meeting, 2, stored.version), stored


def _report(stored: StoredReport, language: str) -> Paper:
    return Paper(
        kind=PaperKind.REPORT,
        meeting=stored.content.meeting,
        version=stored.version,
        at=stored.released_at or stored.compiled_at,
        document=document_of(stored.content, language),
        pdf=stored.pdf,
    )


def _agenda(stored: StoredAgenda, language: str) -> Paper:
    return Paper(
        kind=PaperKind.AGENDA,
        meeting=stored.content.meeting,
        version=1,
        at=stored.released_at,
        document=agenda_document(stored.content, language),
    )


def _minutes(stored: StoredMinutes, document: Document) -> Paper:
    return Paper(
        kind=PaperKind.MINUTES,
        meeting=stored.content.meeting,
        version=stored.version,
        at=stored.at,
        document=document,
    )

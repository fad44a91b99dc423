"""Papers handed out as files: all of them as PDF and Word, and the messages to the archive with theirs."""

import hashlib
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from itertools import chain
from typing import Protocol

import texts
from config.problems import phrase
from config.programme import Programme
from documents.document import Document
from workflows.papers.archive.model import (
    ArchiveReceipt,
    BadReceipt,
    Handover,
    HandoverState,
    Restriction,
    SentHandover,
)
from workflows.papers.archive.plan import ArchiveRules, entry_key, plan_handovers
from workflows.papers.archive.ports import HandoverStore
from workflows.papers.archive.receipts import JOURNAL_COLUMNS, journal_row
from workflows.papers.case_paper import case_papers
from workflows.papers.record import BodyRecord, Paper, PaperKind, PaperRecord
from workflows.ports.units import Clock

MakeFile = Callable[[Document, datetime], bytes]
"""Returns a document as a file whose only moment is the one given."""
PutFile = Callable[[str, bytes], None]
"""Keeps a file under a name."""


class ReadReceipt(Protocol):
    def __call__(self, content: bytes, sent: str, /) -> Sequence[ArchiveReceipt]:
        """Read a receipt for the message with the key *sent*. Raises BadReceipt."""
        ...


@dataclass(frozen=True, kw_only=True)
class ReceiptsTaken:
    """Result of reading receipts. *problems*: (name of the file, why it says nothing to us)."""

    receipts: Sequence[ArchiveReceipt]
    problems: Sequence[tuple[str, BadReceipt]]


@dataclass(frozen=True, kw_only=True)
class PaperFiles:
    """Writes the papers of a programme's bodies. Each file is made, put and forgotten before the next."""

    programme: Callable[[], Awaitable[Programme]]
    record: PaperRecord
    make_pdf: MakeFile
    make_word: MakeFile
    handovers: HandoverStore
    make_csv: Callable[[Sequence[str], Sequence[Sequence[str | int]]], bytes]
    write_message: Callable[[Handover], bytes]
    read_receipt: ReadReceipt
    clock: Clock
    owner: str = ""
    """The body that answers for the archive; without one, the organisation that leads the programme."""
    restrictions: Mapping[PaperKind, Restriction]

    async def put_all(self, put: PutFile) -> int:
        """Put every released paper, and case papers of what boards were asked, as PDF and Word; return their number."""
        programme = await self.programme()
        count = 0
        for body in programme.bodies:
            record = await self.record.of_body(body.key, with_pdfs=True)
            language = programme.paper_language(body.key)
            below = await self._below(programme, record)
            for paper in chain(record.papers(language, programme.today), case_papers(record, below, language)):
                put(f"{paper.file_name}.pdf", self._pdf(paper))
                put(f"{paper.file_name}.docx", self.make_word(paper.document, paper.at))
                count += 1
        return count

    async def put_archive(self, put: PutFile) -> int:
        """
        Put the messages to the archive with the files that they name; return the number of messages.

        A message that the archive has, and that is the same today, is left out.
        """
        programme = await self.programme()
        rules = ArchiveRules(
            owner=self.owner or county_name(programme),
            language=programme.language,
            restrictions=self.restrictions,
            local_day=programme.today,
        )
        known = await self.handovers.handovers()
        count = 0
        for body in programme.bodies:
            record = await self.record.of_body(body.key, with_pdfs=True)
            of_body = replace(rules, language=programme.paper_language(body.key))
            for handover in plan_handovers(record, body.name, of_body, self._pdf):
                count += await self._hand_over(handover, known.get(handover.key), put)
        return count

    async def put_journal(self, put: PutFile) -> int:
        """Put a list of every released paper with its state in the archive; return the number of papers."""
        programme = await self.programme()
        language = texts.choose(programme.language)
        known = await self.handovers.handovers()
        owner = self.owner or county_name(programme)
        rows = [
            journal_row(
                paper,
                known.get(entry_key(paper.key, paper.redactions)),
                self.restrictions.get(paper.kind),
                owner,
                language,
            )
            for body in programme.bodies
            for paper in (await self.record.of_body(body.key)).papers(
                programme.paper_language(body.key), programme.today
            )
        ]
        headers = [texts.say(f"archive.column_{column}", language) for column in JOURNAL_COLUMNS]
        put("journal.csv", self.make_csv(headers, rows))
        return len(rows)

    async def take_receipts(self, files: Mapping[str, bytes]) -> ReceiptsTaken:
        """Read the archive's receipts, each named as the message that it answers, and note what they say."""
        keys = {sent.name: sent.key for sent in (await self.handovers.handovers()).values()}
        taken, problems = [], []
        for name, content in sorted(files.items()):
            try:
                receipts = self.read_receipt(content, keys.get(name, ""))
            except BadReceipt as exc:
                problems.append((name, exc))
                continue
            for receipt in receipts:
                if await self.handovers.note_receipt(receipt, at=self.clock.now()):
                    taken.append(receipt)
                else:
                    problems.append((name, BadReceipt(phrase("handed_over", entry=receipt.key))))
        return ReceiptsTaken(receipts=tuple(taken), problems=tuple(problems))

    async def _below(self, programme: Programme, record: BodyRecord) -> Mapping[str, BodyRecord]:
        """Return, by work package, the records of the local boards that sent questions on to the body."""
        sent_on = {
            item.work_package for stored in record.agendas for item in stored.content.items if item.decided_below
        }
        found = {}
        for key in sorted(sent_on):
            package = programme.find_work_package(key)
            if package is not None and package.municipality is not None:
                board = programme.local_board(package.municipality)
                found[key] = await self.record.of_body(board.key)
        return found

    async def _hand_over(self, handover: Handover, sent: SentHandover | None, put: PutFile) -> bool:
        """Put one message with its file, unless the archive has it; return True when it was put."""
        message = self.write_message(handover)
        checksum = hashlib.sha256(message).hexdigest()
        if sent is not None and sent.state is HandoverState.KEPT and sent.checksum == checksum:
            return False
        put(f"{handover.name}.xml", message)
        if handover.document:
            put(handover.document.file_name, handover.document.content)
        if sent is None or sent.checksum != checksum:
            await self.handovers.note_sent(
                SentHandover(
                    key=handover.key,
                    name=handover.name,
                    checksum=checksum,
                    state=HandoverState.SENT,
                    sent_at=self.clock.now(),
                )
            )
        return True

    def _pdf(self, paper: Paper) -> bytes:
        return paper.pdf or self.make_pdf(paper.document, paper.at)


def county_name(programme: Programme) -> str:
    """Return the name of the organisation that leads the programme."""
    return next((item.name for item in programme.organisations if item.key == programme.county), programme.name)

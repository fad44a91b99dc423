"""Papers handed out as files: all of them as PDF and Word, and the messages to the archive with theirs."""

from collections.abc import Awaitable, Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from itertools import chain

import texts
from config.programme import Programme
from documents.document import Document
from workflows.papers.archive.model import Handover, Restriction
from workflows.papers.archive.plan import ArchiveRules, plan_handovers
from workflows.papers.record import Paper, PaperKind, PaperRecord

MakeFile = Callable[[Document, datetime], bytes]
"""Returns a document as a file whose only moment is the one given."""
PutFile = Callable[[str, bytes], None]
"""Keeps a file under a name."""


@dataclass(frozen=True, kw_only=True)
class PaperFiles:
    """Writes the papers of a programme's bodies. Each file is made, put and forgotten before the next."""

    programme: Callable[[], Awaitable[Programme]]
    record: PaperRecord
    make_pdf: MakeFile
    make_word: MakeFile
    write_message: Callable[[Handover], bytes]
    owner: str = ""
    """The body that answers for the archive; without one, the organisation that leads the programme."""
    restrictions: Mapping[PaperKind, Restriction]

    async def put_all(self, put: PutFile) -> int:
        """Put every released paper, and case papers of what boards were asked, as PDF and Word; return their number."""
        programme = await self.programme()
        count = 0
        for body in programme.bodies:
            record = await self.record.of_body(body.key)
            language = texts.choose(programme.language)
            for paper in chain(record.papers(language), record.case_papers(language)):
                put(f"{paper.file_name}.pdf", self._pdf(paper))
                put(f"{paper.file_name}.docx", self.make_word(paper.document, paper.at))
                count += 1
        return count

    async def put_archive(self, put: PutFile) -> int:
        """Put the messages to the archive with the files that they name; return the number of messages."""
        programme = await self.programme()
        rules = ArchiveRules(
            owner=self.owner or county_name(programme),
            language=texts.choose(programme.language),
            restrictions=self.restrictions,
            local_day=lambda moment: programme.local_time(moment).date(),
        )
        count = 0
        for body in programme.bodies:
            record = await self.record.of_body(body.key)
            for handover in plan_handovers(record, body.name, rules, self._pdf):
                for name, content in self._files(handover):
                    put(name, content)
                count += 1
        return count

    def _files(self, handover: Handover) -> Iterator[tuple[str, bytes]]:
        yield f"{handover.name}.xml", self.write_message(handover)
        if handover.document:
            yield handover.document.file_name, handover.document.content

    def _pdf(self, paper: Paper) -> bytes:
        return paper.pdf or self.make_pdf(paper.document, paper.at)


def county_name(programme: Programme) -> str:
    """Return the name of the organisation that leads the programme."""
    return next((item.name for item in programme.organisations if item.key == programme.county), programme.name)

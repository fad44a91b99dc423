"""Papers as files: for people, for the archive, for research and for evaluation."""

from collections.abc import Sequence
from datetime import datetime
from functools import cached_property, partial
from pathlib import Path
from typing import TYPE_CHECKING

from wiring.outside import Outside

if TYPE_CHECKING:
    from documents.document import Document
    from documents.look import Look
    from workflows.governance.desk import GovernanceDesk
    from workflows.papers.extracts import PaperExtracts
    from workflows.papers.handover import PaperFiles
    from workflows.papers.reports.model import ReportContent


class PaperFileJobs:
    """Papers as files, in the county's look. Logo and template are read at their first use."""

    def __init__(self, outside: Outside) -> None:
        self._outside = outside

    @property
    def look(self) -> "Look":
        """
        The county's look: the programme's colour where it has one, and its leading organisation's name unless another
        is set.

        Raises BadLogo, or OSError for a file that is not there.
        """
        from documents.look import Look
        from workflows.papers.handover import county_name

        settings, programme = self._outside.settings, self._outside.record.register.known
        colour = programme.colour if programme is not None else None
        owner = settings.paper_owner or (county_name(programme) if programme is not None else "")
        return Look(colour=colour or settings.paper_colour, owner=owner, logo=self._logo)

    @cached_property
    def _logo(self) -> bytes:
        from documents.look import checked_logo

        path = self._outside.settings.paper_logo
        return checked_logo(Path(path).read_bytes()) if path else b""

    def make_pdf(self, document: "Document", at: datetime) -> bytes:
        """Return a document as the PDF that is kept."""
        from documents.pdf import report_pdf

        return report_pdf(document, created_at=at, look=self.look)

    def make_word(self, document: "Document", at: datetime, mark: str = "") -> bytes:
        """Return a document as a Word file, made from the county's template; *mark*: in the place of its date."""
        from documents.word import word_file

        return word_file(document, created_at=at, look=self.look, template=self._template, mark=mark)

    def make_page(self, document: "Document", links: Sequence[tuple[str, str]] = ()) -> bytes:
        """Return a document as a page of its own; *links*: words and names of files that it leads to."""
        from documents.standalone_page import standalone_page

        return standalone_page(document, look=self.look, links=links)

    def set_report(self, content: "ReportContent", language: str, at: datetime) -> bytes:
        """Return a report as the PDF that is kept."""
        from workflows.papers.reports.rendering import document_of

        return self.make_pdf(document_of(content, language), at)

    @cached_property
    def governance(self) -> "GovernanceDesk":
        from wiring.installation import installation_of
        from workflows.governance.desk import GovernanceDesk

        return GovernanceDesk(partial(installation_of, self._outside.settings), make_word=self.make_word)

    @cached_property
    def files(self) -> "PaperFiles":
        from documents.csv_file import csv_file
        from integration.archive.arkivmelding import arkivmelding
        from integration.archive.receipt import read_receipt
        from workflows.papers.archive.model import Restriction
        from workflows.papers.handover import PaperFiles
        from workflows.papers.record import PaperKind

        settings = self._outside.settings
        return PaperFiles(
            programme=self._outside.record.register.programme,
            record=self._outside.record.papers,
            make_pdf=self.make_pdf,
            make_word=self.make_word,
            make_csv=csv_file,
            handovers=self._outside.record.handovers,
            write_message=arkivmelding,
            read_receipt=read_receipt,
            clock=self._outside.clock,
            owner=settings.archive_owner,
            restrictions={
                PaperKind(item.kind): Restriction(code=item.code, basis=item.basis)
                for item in settings.archive_restrictions
            },
        )

    @cached_property
    def extracts(self) -> "PaperExtracts":
        from documents.csv_file import csv_file
        from workflows.papers.extracts import PaperExtracts

        return PaperExtracts(
            programme=self._outside.record.register.programme,
            record=self._outside.record.papers,
            make_pdf=self.make_pdf,
            make_word=self.make_word,
            make_csv=csv_file,
        )

    @cached_property
    def _template(self) -> bytes | None:
        """The county's own template. Raises BadTemplate, or OSError for a file that is not there."""
        from documents.word_template import checked_template

        path = self._outside.settings.word_template
        return checked_template(Path(path).read_bytes()) if path else None

"""Papers as files, for people and for the archive."""

from functools import cached_property
from typing import TYPE_CHECKING

from wiring.outside import Outside

if TYPE_CHECKING:
    from workflows.papers.handover import PaperFiles


class PaperFileJobs:
    """Papers as files."""

    def __init__(self, outside: Outside) -> None:
        self._outside = outside

    @cached_property
    def files(self) -> "PaperFiles":
        from documents.pdf import report_pdf
        from documents.word import word_file
        from integration.archive.arkivmelding import arkivmelding
        from workflows.papers.archive.model import Restriction
        from workflows.papers.handover import PaperFiles
        from workflows.papers.record import PaperKind

        settings = self._outside.settings
        return PaperFiles(
            programme=self._outside.record.register.programme,
            record=self._outside.record.papers,
            make_pdf=lambda document, at: report_pdf(document, created_at=at),
            make_word=lambda document, at: word_file(document, created_at=at),
            write_message=arkivmelding,
            owner=settings.archive_owner,
            restrictions={
                PaperKind(item.kind): Restriction(code=item.code, basis=item.basis)
                for item in settings.archive_restrictions
            },
        )

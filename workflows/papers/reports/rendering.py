"""Reports in a reader's language: finished documents out of a report's values."""

from collections.abc import Mapping

import texts
from documents.document import Document, Paragraph
from workflows.papers.reports.board_rendering import board_lead, board_sections
from workflows.papers.reports.model import BoardReport, OwnerSummary, ReportContent, edition_of
from workflows.papers.reports.owner_rendering import owner_sections
from workflows.papers.reports.words import ReportWords, meeting_block


def title_of(content: ReportContent, language: str) -> str:
    """The report's title, which names board and meeting day."""
    day = content.meeting.starts_local.date()
    if isinstance(content, OwnerSummary):
        title = texts.say("reports.owner_title", language, name=content.name, day=day)
    else:
        board = content.board or texts.say("reports.board_of", language, name=content.name)
        title = texts.say("reports.board_title", language, board=texts.within(board), day=day)
    edition = edition_of(content)
    return title if edition == 1 else texts.say("reports.corrected_title", language, title=title, edition=edition)


def document_of(content: ReportContent, language: str) -> Document:
    """The whole report as a document."""
    if isinstance(content, OwnerSummary):
        return owner_document(content, language)
    return board_document(content, language)


def board_document(report: BoardReport, language: str) -> Document:
    """Return a local board's report: first what it must decide, then how it stands, then every package."""
    words = ReportWords(language)
    return Document(
        language=language,
        title=title_of(report, language),
        lead=board_lead(words, report),
        sections=tuple(board_sections(words, report)) if report.packages else (),
        signs=words.signs,
    )


def owner_document(summary: OwnerSummary, language: str) -> Document:
    """Return the owner board's summary: every municipality in one table, then what stands out."""
    words = ReportWords(language)
    reported = sum(bool(line.report_meeting) for line in summary.municipalities)
    told = words.say("reports.owner_lead", reported=reported, total=len(summary.municipalities))
    first = f" {words.say('reports.owner_first')}" if summary.is_first else ""
    lead = (meeting_block(words, summary.meeting), Paragraph(text=f"{told}{first}"))
    return Document(
        language=language,
        title=title_of(summary, language),
        lead=lead,
        sections=tuple(owner_sections(words, summary)),
        signs=words.signs,
    )


def counts_words(counts: Mapping[str, int], language: str) -> tuple[str, ...]:
    """Return «2 ● Som planlagt» for each light that some package has."""
    words = ReportWords(language)
    return tuple(f"{number} {words.signs[light]} {words.word(light)}" for light, number in counts.items() if number)

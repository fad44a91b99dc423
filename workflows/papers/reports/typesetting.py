"""A report as the PDF that is kept."""

from collections.abc import Callable
from datetime import datetime

from workflows.papers.reports.model import ReportContent
from workflows.papers.reports.rendering import document_of

SetPDF = Callable[[ReportContent, str, datetime], bytes]


def set_pdf(content: ReportContent, language: str, at: datetime) -> bytes:
    """Return the report as PDF."""
    # Here, because the typesetter takes a while to load and only a release needs it.
    from documents.pdf import report_pdf

    return report_pdf(document_of(content, language), created_at=at)

"""A body's record with one of each paper, and a second version of two of them."""

from dataclasses import replace
from datetime import UTC, datetime

from tests.documents.test_word import AGENDA, MINUTES
from tests.workflows.papers.reports import report_samples as samples
from workflows.papers.agendas.model import StoredAgenda
from workflows.papers.archive.plan import ArchiveRules
from workflows.papers.minutes.model import StoredMinutes
from workflows.papers.record import BodyRecord, Paper
from workflows.papers.reports.model import ReportContent, ReportState, StoredReport

AT = datetime(2026, 9, 1, 22, 30, tzinfo=UTC)
BODY = samples.FULL.meeting.body
MEETING = samples.FULL.meeting


def stored_report(content: ReportContent = samples.FULL, version: int = 1) -> StoredReport:
    return StoredReport(
        meeting=content.meeting.key,
        version=version,
        state=ReportState.RELEASED,
        content=content,
        checksum="",
        compiled_at=AT,
        released_at=AT,
        pdf=b"%PDF kept" if version == 1 else None,
    )


def stored_agenda() -> StoredAgenda:
    content = replace(AGENDA, meeting=MEETING)
    return StoredAgenda(meeting=MEETING.key, content=content, released_at=AT)


def stored_minutes(version: int = 1, *, approved: bool = True) -> StoredMinutes:
    content = replace(MINUTES, meeting=MEETING)
    approved_at = AT if approved else None
    return StoredMinutes(
        meeting=MEETING.key, version=version, at=AT, by="chair", content=content, approved_at=approved_at
    )


RECORD = BodyRecord(
    body=BODY,
    reports=(stored_report(), stored_report(version=2)),
    agendas=(stored_agenda(),),
    minutes=(stored_minutes(), stored_minutes(2), stored_minutes(3, approved=False)),
)
RULES = ArchiveRules(
    owner="Fjordvik fylkeskommune", language="nb", restrictions={}, local_day=lambda moment: moment.date()
)


def typeset(paper: Paper) -> bytes:
    return f"%PDF {paper.key}".encode()

"""The background of a case paper, out of the record: status, numbers, money and earlier decisions about its package."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime

import texts
from workflows.papers.agendas.model import Agenda, AgendaItem, item_label
from workflows.papers.minutes.model import StoredMinutes
from workflows.papers.record import BodyRecord
from workflows.papers.reports.model import BoardReport, StoredReport
from workflows.papers.reports.package_report import PackageReport


@dataclass(frozen=True, kw_only=True)
class EarlierDecision:
    """A decision of approved minutes about the same work package."""

    on: date
    board: str
    label: str
    """«12/26»."""
    words: str
    question: str
    """Id of the lifted question that it decided; empty for another matter."""


@dataclass(frozen=True, kw_only=True)
class CaseBackground:
    """The record's knowledge of a case; empty for a case without a work package that was never reported on."""

    report: BoardReport | None = None
    """The newest released report before the meeting."""
    package: PackageReport | None = None
    """The part of that report about the case's work package."""
    tells_texts: bool = True
    """False where the package's own words were not meant for the readers."""
    earlier: tuple[EarlierDecision, ...] = ()
    """The oldest first."""


def background_of(
    agenda: Agenda, item: AgendaItem, record: BodyRecord, below: BodyRecord | None = None
) -> CaseBackground:
    """
    Return the background of an item. *record*: of the body that meets. *below*: of the local board that sent it on.

    A package writes for its local board: the board above gets its status, its numbers and the board's decisions.
    """
    local = below or record
    report = _newest(local, agenda)
    package = next((part for part in report.packages if part.key == item.work_package), None) if report else None
    sources = (record, below) if below else (record,)
    earlier = [found for source in sources for found in _decisions(source, agenda, item.work_package)]
    return CaseBackground(
        report=report,
        package=package,
        tells_texts=below is None,
        earlier=tuple(sorted(earlier, key=lambda decision: (decision.on, texts.sort_key(decision.board)))),
    )


def _newest(record: BodyRecord, agenda: Agenda) -> BoardReport | None:
    """Return the newest report of the body that was released for the meeting or for one before it."""
    found = [stored for stored in record.reports if isinstance(stored.content, BoardReport)]
    known = [stored for stored in found if _starts(stored) <= agenda.meeting.starts_local]
    newest = max(known, key=lambda stored: (_starts(stored), stored.version), default=None)
    content = newest.content if newest else None
    return content if isinstance(content, BoardReport) else None


def _starts(stored: StoredReport) -> datetime:
    return stored.content.meeting.starts_local


def _decisions(record: BodyRecord, agenda: Agenda, work_package: str) -> Iterator[EarlierDecision]:
    """Give the body's decisions about a work package at meetings before the agenda's."""
    if not work_package:
        return
    agendas = {stored.meeting: stored.content for stored in record.agendas}
    newest: dict[str, StoredMinutes] = {item.meeting: item for item in sorted(record.approved_minutes, key=_version)}
    for meeting, stored in newest.items():
        content, listed = stored.content, agendas.get(meeting)
        if listed is None or content.meeting.starts_local >= agenda.meeting.starts_local:
            continue
        for entry in content.items:
            about = listed.item(entry.number)
            if entry.decision and about is not None and about.work_package == work_package:
                yield EarlierDecision(
                    on=content.meeting.starts_local.date(),
                    board=content.name,
                    label=item_label(content.year, entry.number),
                    words=entry.decision,
                    question=about.question,
                )


def _version(stored: StoredMinutes) -> int:
    return stored.version

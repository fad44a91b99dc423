"""Receipts of the archive: what it has of a body's papers, and what must not leave the record yet."""

from collections.abc import Iterable, Mapping

import texts
from workflows.papers.archive.model import HandoverState, Restriction, SentHandover
from workflows.papers.archive.plan import entry_key
from workflows.papers.record import BodyRecord, Paper

JOURNAL_COLUMNS = (
    *("key", "title", "version", "released", "owner", "access_code", "basis"),
    *("state", "journal_status", "journal_number", "archive_id", "sent", "problem"),
)
"""The columns of the list of papers in the archive."""


def without_receipt(
    records: Iterable[BodyRecord], handovers: Mapping[str, SentHandover]
) -> Mapping[str, tuple[str, ...]]:
    """Return the meetings with released papers that the archive has not said it has, each with the keys of those."""
    found: dict[str, list[str]] = {}
    for record in records:
        for meeting, paper in record.paper_keys():
            key = entry_key(paper, record.redactions.get(paper, 0))
            sent = handovers.get(key)
            if sent is None or sent.state is not HandoverState.KEPT:
                found.setdefault(meeting, []).append(key)
    return {meeting: tuple(keys) for meeting, keys in found.items()}


def journal_row(
    paper: Paper, sent: SentHandover | None, restriction: Restriction | None, owner: str, language: str
) -> tuple[str | int, ...]:
    """Return a paper below `JOURNAL_COLUMNS`. *owner*: the body that answers for the archive."""
    receipt = sent.receipt if sent is not None else None
    return (
        entry_key(paper.key, paper.redactions),
        paper.document.title,
        paper.version,
        paper.at.date().isoformat(),
        owner,
        restriction.code if restriction else "",
        restriction.basis if restriction else "",
        texts.say(f"archive.state_{sent.state if sent else 'missing'}", language),
        receipt.journal_status if receipt else "",
        receipt.journal_number if receipt else "",
        receipt.archive_id if receipt else "",
        sent.sent_at.date().isoformat() if sent else "",
        receipt.problem if receipt else "",
    )

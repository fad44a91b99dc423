"""Handovers of a body's papers to the archive, decided from plain data."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from itertools import pairwise

import texts
from workflows.papers.archive.model import (
    ArchivedFile,
    CaseFile,
    Handover,
    JournalEntry,
    MeetingDocument,
    MeetingFile,
    MeetingPaper,
    Participant,
    Restriction,
)
from workflows.papers.record import FILE_WORDS, BodyRecord, Paper, PaperKind

Typeset = Callable[[Paper], bytes]
"""Returns a paper as the PDF that is kept."""


@dataclass(frozen=True, kw_only=True)
class ArchiveRules:
    """Decisions of the archive's owner. *restrictions*: for kinds of papers that are not open to everybody."""

    owner: str
    """The body that answers for the archive, as readers know it."""
    language: str
    restrictions: Mapping[PaperKind, Restriction]
    local_day: Callable[[datetime], date]


def plan_handovers(record: BodyRecord, body_name: str, rules: ArchiveRules, typeset: Typeset) -> Iterator[Handover]:
    """
    Give every message about a body's papers: each year's case file, then each meeting's file and papers.

    A paper that was corrected is handed over again as an entry of its own, never in place of the first. Files are set
    one by one, so that only one of them is held at a time.
    """
    papers = list(record.papers(rules.language, rules.local_day))
    meetings = {paper.meeting.key: paper.meeting for paper in papers}
    ordered = sorted(meetings.values(), key=lambda meeting: (meeting.starts_local, meeting.key))
    present = _present(record)
    before: dict[str, str] = {later.key: earlier.key for earlier, later in pairwise(ordered)}
    for year in dict.fromkeys(meeting.starts_local.year for meeting in ordered):
        of_year = [meeting for meeting in ordered if meeting.starts_local.year == year]
        case = _case_file(record.body, body_name, year, of_year[0].starts_local.date(), rules)
        yield Handover(name=f"{_slug(record.body)}-{year}-00-saksmappe", content=case)
        for number, meeting in enumerate(of_year, 1):
            name = _slug(meeting.key)
            folder = MeetingFile(
                key=f"meeting:{meeting.key}",
                parent=case.key,
                title=texts.say("archive.meeting", rules.language, name=body_name, day=meeting.starts_local.date()),
                number=f"{number}/{year}",
                body=record.body,
                body_name=body_name,
                held_on=meeting.starts_local.date(),
                location=meeting.location,
                present=present.get(meeting.key, ()),
                previous=f"meeting:{before[meeting.key]}" if meeting.key in before else "",
            )
            yield Handover(name=f"{name}-00-moetemappe", content=folder)
            for paper in papers:
                if paper.meeting.key == meeting.key:
                    yield _entry(paper, case, folder, rules, typeset)


def entry_key(paper: str, redactions: int) -> str:
    """Return the archive's key of a paper; what was redacted is an entry of its own, as a correction is."""
    return f"paper:{paper}" + (f"/redacted/{redactions}" if redactions else "")


def _case_file(body: str, name: str, year: int, opened_on: date, rules: ArchiveRules) -> CaseFile:
    title = texts.say("archive.case", rules.language, name=name, year=str(year))
    return CaseFile(key=f"case:{body}/{year}", title=title, year=year, opened_on=opened_on, unit=name)


def _entry(paper: Paper, case: CaseFile, folder: MeetingFile, rules: ArchiveRules, typeset: Typeset) -> Handover:
    title = _title(paper, rules.language)
    edition = f"-sladdet{paper.redactions}" if paper.redactions else ""
    key = entry_key(paper.key, paper.redactions)
    document = ArchivedFile(
        key=key.replace("paper:", "document:", 1),
        title=title,
        file_name=f"{paper.file_name}{edition}.pdf",
        version=paper.version,
        made_at=paper.at,
        content=paper.pdf or typeset(paper),
    )
    restriction = rules.restrictions.get(paper.kind)
    order = f"{list(PaperKind).index(paper.kind) + 1:02}"
    name = f"{_slug(paper.meeting.key)}-{order}-{FILE_WORDS[paper.kind]}-v{paper.version:02}{edition}"
    if paper.kind is PaperKind.REPORT:
        entry: JournalEntry | MeetingDocument = JournalEntry(
            key=key,
            parent=case.key,
            title=title,
            dated_on=rules.local_day(paper.at),
            sender=rules.owner,
            recipient=folder.body_name,
            document=document,
            restriction=restriction,
        )
    else:
        kind = MeetingPaper.AGENDA if paper.kind is PaperKind.AGENDA else MeetingPaper.MINUTES
        entry = MeetingDocument(
            key=key, parent=folder.key, title=title, kind=kind, document=document, restriction=restriction
        )
    return Handover(name=name, content=entry)


def _title(paper: Paper, language: str) -> str:
    """Return the paper's title; a later version says that it is one."""
    title = paper.document.title
    if paper.version > 1:
        title = texts.say("archive.version", language, title=title, version=paper.version)
    return texts.say("archive.redacted", language, title=title) if paper.redactions else title


def _present(record: BodyRecord) -> Mapping[str, tuple[Participant, ...]]:
    """Return the people who were at each meeting by its newest minutes."""
    approved = sorted(record.approved_minutes, key=lambda stored: stored.version)
    newest = {stored.meeting: stored for stored in approved}
    return {
        meeting: tuple(Participant(name=line.name) for line in stored.content.attendance if line.present)
        for meeting, stored in newest.items()
    }


def _slug(key: str) -> str:
    return key.replace("/", "-")

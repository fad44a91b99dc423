"""Handovers to the archive: what is made of a body's record, and in which order."""

from dataclasses import replace
from datetime import date, timedelta

from tests.workflows.papers.archive.body_records import AT, BODY, MEETING, RECORD, RULES, stored_report, typeset
from tests.workflows.papers.reports import report_samples as samples
from workflows.papers.archive.model import (
    CaseFile,
    Handover,
    JournalEntry,
    MeetingDocument,
    MeetingFile,
    MeetingPaper,
    Restriction,
    system_id,
)
from workflows.papers.archive.plan import ArchiveRules, plan_handovers
from workflows.papers.record import BodyRecord, PaperKind


def planned(record: BodyRecord = RECORD, rules: ArchiveRules = RULES) -> list[Handover]:
    return list(plan_handovers(record, "Styret i Å-dal", rules, typeset))


def test_folders_come_before_what_lies_in_them_and_names_sort_in_that_order() -> None:
    names = [handover.name for handover in planned()]

    assert names == sorted(names)
    assert [name.removeprefix(f"{BODY}-") for name in names] == [
        "2026-00-saksmappe",
        "2026-09-08-00-moetemappe",
        "2026-09-08-01-rapport-v01",
        "2026-09-08-01-rapport-v02",
        "2026-09-08-02-saksliste-v01",
        "2026-09-08-03-referat-v01",
        "2026-09-08-03-referat-v02",
    ]


def test_every_year_has_a_case_file_and_every_meeting_a_folder_in_it_that_knows_the_one_before() -> None:
    later = MEETING.starts_local + timedelta(days=182)
    meeting = replace(MEETING, key=f"{BODY}/{later.date()}", starts_local=later, location="")
    record = replace(RECORD, reports=(*RECORD.reports, stored_report(replace(samples.FULL, meeting=meeting))))

    contents = [handover.content for handover in planned(record)]

    cases = [item for item in contents if isinstance(item, CaseFile)]
    folders = [item for item in contents if isinstance(item, MeetingFile)]
    assert [(case.year, case.title) for case in cases] == [
        (2026, "Møter – Styret i Å-dal – 2026"),
        (2027, "Møter – Styret i Å-dal – 2027"),
    ]
    assert [(folder.parent, folder.number, folder.previous) for folder in folders] == [
        (cases[0].key, "1/2026", ""),
        (cases[1].key, "1/2027", folders[0].key),
    ]


def test_a_meeting_s_folder_names_those_who_were_present() -> None:
    (folder,) = (item.content for item in planned() if isinstance(item.content, MeetingFile))

    assert [person.name for person in folder.present] == ["Styreleder"]


def test_a_report_is_a_journal_entry_from_the_owner_to_the_board_with_the_kept_pdf() -> None:
    first, second = (item.content for item in planned() if isinstance(item.content, JournalEntry))

    assert (first.sender, first.recipient) == ("Fjordvik fylkeskommune", "Styret i Å-dal")
    assert first.document.content == b"%PDF kept"
    assert second.document.content == f"%PDF {MEETING.key}/report/2".encode()
    assert second.title == f"{first.title} – versjon 2"
    assert second.key != first.key


def test_agendas_and_minutes_are_meeting_documents_in_the_meeting_s_folder() -> None:
    found = [item.content for item in planned() if isinstance(item.content, MeetingDocument)]

    assert [item.kind for item in found] == [MeetingPaper.AGENDA, MeetingPaper.MINUTES, MeetingPaper.MINUTES]
    assert {item.parent for item in found} == {f"meeting:{MEETING.key}"}


def test_papers_are_open_unless_the_owner_says_otherwise() -> None:
    shield = Restriction(code="UO", basis="Offl. § 14")
    rules = replace(RULES, restrictions={PaperKind.MINUTES: shield})

    def shields(rules: ArchiveRules) -> list[Restriction | None]:
        found = (item.content for item in planned(rules=rules))
        return [item.restriction for item in found if isinstance(item, JournalEntry | MeetingDocument)]

    assert shields(RULES) == [None] * 5
    assert shields(rules) == [None, None, None, shield, shield]


def test_the_day_of_an_entry_is_the_local_one() -> None:
    rules = replace(RULES, local_day=lambda moment: (moment + timedelta(hours=2)).date())

    entry = next(item.content for item in planned(rules=rules) if isinstance(item.content, JournalEntry))

    assert AT.date() == date(2026, 9, 1)
    assert entry.dated_on == date(2026, 9, 2)


def test_minutes_without_an_agenda_are_left_out_and_a_body_without_papers_has_nothing() -> None:
    assert [item.name for item in planned(replace(RECORD, agendas=(), reports=()))] == []
    assert planned(BodyRecord(body=BODY)) == []


def test_an_id_follows_from_the_natural_key() -> None:
    assert system_id("case:larvik/2026") == "0eb3cc93-32c9-5b33-8f9f-7ef8854d3941"


def test_a_redacted_paper_is_an_entry_of_its_own() -> None:
    """The archive has the one of before, and is corrected by adding."""
    key = f"{MEETING.key}/report/1"
    before = {handover.key: handover for handover in planned()}

    after = {handover.key: handover for handover in planned(replace(RECORD, redactions={key: 2}))}

    [new] = after.keys() - before.keys()
    redacted, first = after[new], before[f"paper:{key}"]
    assert (new, redacted.name) == (f"paper:{key}/redacted/2", f"{first.name}-sladdet2")
    assert isinstance(redacted.content, JournalEntry)
    assert redacted.content.title.endswith(" (sladdet)")
    assert system_id(redacted.content.document.key) != system_id(f"document:{key}")

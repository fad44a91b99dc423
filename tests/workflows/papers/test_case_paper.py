"""Case papers: an item that asks, as a political body can take it, with the record's own background."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta

import pytest

import texts
from documents.document import Document, Facts, Paragraph, StatusLight, Table
from tests.workflows.papers.archive.body_records import AT, RECORD, stored_agenda, stored_report
from tests.workflows.papers.reports import report_samples as samples
from workflows.papers.agendas.model import Agenda, AgendaItem, ItemKind, StoredAgenda
from workflows.papers.case_background import CaseBackground, background_of
from workflows.papers.case_paper import case_paper, case_papers
from workflows.papers.minutes.model import Minutes, MinutesItem, StoredMinutes
from workflows.papers.record import BodyRecord

AGENDA = stored_agenda().content
PACKAGE = samples.FOLLOWED.packages[0]
ASKED = replace(next(item for item in AGENDA.items if item.kind is ItemKind.QUESTION), work_package=PACKAGE.key)
REPORTED = BodyRecord(body="a-dal", reports=(stored_report(samples.FOLLOWED),))


def said(document: Document) -> Mapping[str, str]:
    """Return the words below each heading: a table row by row."""
    return {section.heading: "\n".join(map(in_words, section.blocks)) for section in document.sections}


def in_words(block: object) -> str:
    match block:
        case Paragraph():
            return block.text
        case StatusLight():
            return block.word
        case Facts():
            return "\n".join(f"{name}: {words}" for name, words in block.rows)
        case Table():
            return "\n".join(" | ".join(cell.text for cell in row) for row in block.rows)
    raise AssertionError(block)


def parts(item: AgendaItem, record: BodyRecord = REPORTED, below: BodyRecord | None = None) -> Mapping[str, str]:
    return said(case_paper(AGENDA, item, background_of(AGENDA, item, record, below), "nb"))


def met_before(words: str, *, days: int = 42, approved: bool = True, board: str = "Styret") -> BodyRecord:
    """Return the record of a meeting before, which decided something about the package."""
    meeting = replace(
        AGENDA.meeting,
        key=f"{board}/{days}",
        starts_local=AGENDA.meeting.starts_local - timedelta(days=days),
        ends_local=AGENDA.meeting.ends_local - timedelta(days=days),
    )
    item = replace(ASKED, number=4)
    content = Minutes(
        meeting=meeting,
        name=board,
        year=meeting.starts_local.year,
        attendance=(),
        items=(MinutesItem(number=4, title=item.title, decision=words), MinutesItem(number=5, title="", decision="X")),
    )
    agenda = Agenda(
        meeting=meeting, name=board, year=content.year, items=(item, replace(item, number=5, work_package=""))
    )
    return BodyRecord(
        body=board,
        agendas=(StoredAgenda(meeting=meeting.key, content=agenda, released_at=AT),),
        minutes=(
            StoredMinutes(
                meeting=meeting.key, version=1, at=AT, by="chair", content=content, approved_at=AT if approved else None
            ),
        ),
    )


def test_only_what_asks_for_a_decision_gets_a_case_paper() -> None:
    papers = list(case_papers(RECORD, {}, "nb"))

    asking = [item.number for item in AGENDA.items if item.kind in (ItemKind.QUESTION, ItemKind.PROPOSAL)]
    assert [paper.number for paper in papers] == asking
    assert papers[0].file_name.endswith(f"-saksframlegg-{asking[0]}-v1")


def test_it_has_the_proposal_and_the_lead_s_view_in_their_own_words() -> None:
    found = parts(replace(ASKED, view="Jeg anbefaler det."))

    assert found["Forslag til vedtak"] == ASKED.proposal
    assert found["Vurdering"] == "Jeg anbefaler det."


def test_the_background_is_the_question_and_how_its_package_stands_by_the_report_of_the_meeting() -> None:
    found = parts(ASKED)

    background = found["Bakgrunn"].split("\n")
    assert background[0] == ASKED.text
    assert PACKAGE.name in background[1]
    assert "8. september 2026" in background[1]
    assert background[2] == texts.say(f"light.{PACKAGE.light}", "nb")
    assert f"Ansvarlig for arbeidspakken: {PACKAGE.lead}" in background
    assert f"Det som hindrer arbeidet: {PACKAGE.hinders}" in background
    assert f"Gjort siden sist: {PACKAGE.done}" in found["Bakgrunn"]


def test_it_has_the_indicators_against_their_targets_and_the_budget() -> None:
    found = parts(ASKED)

    assert len(found["Måltall"].split("\n")) == len(PACKAGE.indicators)
    assert all(item.name in found["Måltall"] for item in PACKAGE.indicators)
    assert all(line.purpose in found["Økonomi"] for line in samples.FOLLOWED.budget)
    assert found["Økonomi"].endswith(texts.say("case_paper.cost_to_write"))


def test_earlier_decisions_about_the_package_are_told_with_their_board_and_item() -> None:
    record = replace(met_before("Vi venter."), reports=REPORTED.reports)

    assert parts(ASKED, record)["Tidligere vedtak om arbeidspakken"] == "28. juli 2026 | Styret | 4/26 | Vi venter."


@pytest.mark.parametrize(
    "record",
    [
        pytest.param(met_before("Vi venter.", approved=False), id="minutes that nobody approved"),
        pytest.param(met_before("Vi venter.", days=0), id="the meeting itself"),
        pytest.param(replace(met_before("Vi venter."), agendas=()), id="minutes without their agenda"),
        pytest.param(met_before(""), id="nothing decided"),
    ],
)
def test_what_is_no_earlier_decision_is_not_told(record: BodyRecord) -> None:
    assert parts(ASKED, record)["Tidligere vedtak om arbeidspakken"] == (
        "Styrene har ikke gjort vedtak om arbeidspakken før."
    )


def test_the_board_above_gets_status_numbers_and_the_decision_below_but_no_words_meant_for_the_local_board() -> None:
    below = replace(met_before("Styret sender saken videre.", board="Styret i Å-dal"), reports=REPORTED.reports)

    found = parts(replace(ASKED, decided_below="Styret sender saken videre."), BodyRecord(body="owner"), below)

    assert found["Vedtak i lokalt styre"] == ("Styret sender saken videre.\nStyret i Å-dal, 28. juli 2026, sak 4/26.")
    assert found["Tidligere vedtak om arbeidspakken"] == "Styrene har ikke gjort vedtak om arbeidspakken før."
    assert texts.say(f"light.{PACKAGE.light}", "nb") in found["Bakgrunn"]
    assert "Måltall" in found
    everything = "\n".join(found.values())
    assert not any(words in everything for words in (PACKAGE.done, PACKAGE.next, PACKAGE.hinders) if words)


def test_a_decision_below_whose_minutes_are_not_there_is_told_in_its_words_alone() -> None:
    found = parts(replace(ASKED, decided_below="Styret sender saken videre."))

    assert found["Vedtak i lokalt styre"] == "Styret sender saken videre."


def test_what_nobody_wrote_is_left_to_who_presents_it() -> None:
    item = replace(ASKED, proposal="", text="", view="", work_package="")

    left = dict.fromkeys(("Forslag til vedtak", "Bakgrunn", "Vurdering"), "Skrives av den som legger fram saken.")
    assert parts(item, BodyRecord(body="a-dal")) == left | {"Økonomi": texts.say("case_paper.cost_to_write")}


def test_a_report_of_a_later_meeting_is_none_of_its_background() -> None:
    later = replace(samples.FOLLOWED, meeting=replace(AGENDA.meeting, starts_local=AGENDA.meeting.ends_local))

    assert background_of(AGENDA, ASKED, BodyRecord(body="a-dal", reports=(stored_report(later),))).report is None


@pytest.mark.parametrize("language", texts.languages())
def test_it_says_which_item_of_which_meeting_it_is(language: str) -> None:
    (facts,) = case_paper(AGENDA, replace(ASKED, by="", number=14), CaseBackground(), language).lead

    assert isinstance(facts, Facts)
    assert [words for _, words in facts.rows][:2] == ["14/26", AGENDA.name]
    assert len(facts.rows) == 3

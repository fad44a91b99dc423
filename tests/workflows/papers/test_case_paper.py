"""Case papers: an item that asks, as a political body can take it."""

from dataclasses import replace

import pytest

import texts
from documents.document import Facts, Paragraph
from tests.documents.test_word import AGENDA
from workflows.papers.agendas.model import AgendaItem, ItemKind
from workflows.papers.case_paper import case_paper, case_papers

ASKED = next(item for item in AGENDA.items if item.kind is ItemKind.QUESTION)


def parts(item: AgendaItem) -> dict[str, str]:
    document = case_paper(AGENDA, item, "nb")
    return {
        section.heading: "".join(block.text for block in section.blocks if isinstance(block, Paragraph))
        for section in document.sections
    }


def test_only_what_asks_for_a_decision_gets_a_case_paper() -> None:
    kinds = [item.kind for item, _ in case_papers(AGENDA, "nb")]

    assert kinds == [ItemKind.QUESTION, ItemKind.PROPOSAL]


def test_it_has_the_proposal_the_background_and_the_lead_s_view_in_their_own_words() -> None:
    item = replace(ASKED, view="Jeg anbefaler det.", decided_below="Styret sender saken videre.")

    assert parts(item) == {
        "Forslag til vedtak": ASKED.proposal,
        "Bakgrunn": ASKED.text,
        "Vedtak i lokalt styre": "Styret sender saken videre.",
        "Vurdering": "Jeg anbefaler det.",
    }


def test_what_nobody_wrote_is_left_to_who_presents_it() -> None:
    found = parts(replace(ASKED, proposal="", text="", view=""))

    assert set(found.values()) == {"Skrives av den som legger fram saken."}
    assert "Vedtak i lokalt styre" not in found


@pytest.mark.parametrize("language", texts.languages())
def test_it_says_which_item_of_which_meeting_it_is(language: str) -> None:
    (facts,) = case_paper(AGENDA, replace(ASKED, by="", number=14), language).lead

    assert isinstance(facts, Facts)
    assert [words for _, words in facts.rows][:2] == ["14/26", AGENDA.name]
    assert len(facts.rows) == 3

"""Governance papers as the county lead opens them: listed, read, and taken along in Word."""

import io
import json
from datetime import datetime

import pytest
from docx import Document as WordDocument

from config.programme import Programme
from documents.document import Document
from documents.word import word_file
from integration.database.connection import Database
from tests.clocks import StillClock
from tests.support.signed_in import Browser, create_gate, signed_in
from tests.web.municipality.lead_site import words
from tests.workflows.governance.installations import PROGRAMME, installation
from web.operations.governance import PATH, WORD, router
from workflows.governance.desk import GovernanceDesk
from workflows.governance.model import Installation
from workflows.governance.papers import BILL, governance_papers

LEAD = "leder-vestfold"
NAME = "06-sletteplan"


@pytest.fixture
async def browser(database: Database) -> Browser:
    desk = GovernanceDesk(
        lambda programme: installation(programme=programme),
        make_word=lambda document, at, mark: word_file(document, created_at=at, mark=mark),
    )
    return await signed_in(create_gate(database, PROGRAMME, StillClock()), [router(desk)], LEAD)


async def test_every_paper_is_listed_with_the_fields_that_are_left_to_fill_in(browser: Browser) -> None:
    page = (await browser.get(PATH)).text

    told = words(page)
    for paper in governance_papers(installation()):
        assert f'href="{PATH}/{paper.name}"' in page
        assert f'href="{PATH}/{paper.name}.docx"' in page
        assert f"{paper.document.title} {paper.open_fields} " in told
    assert f'href="{PATH}/{BILL}"' in page


async def test_a_paper_is_read_on_a_page_in_its_own_language(browser: Browser) -> None:
    page = (await browser.get(f"{PATH}/{NAME}")).text

    assert '<div lang="nb"><h1 class="ds-heading" data-size="lg">Sletteplan</h1></div>' in page
    assert f'href="{PATH}/{NAME}.docx"' in page


async def test_a_paper_is_taken_along_as_a_word_file_with_the_mark_of_its_configuration(browser: Browser) -> None:
    answer = await browser.get(f"{PATH}/{NAME}.docx")

    file = WordDocument(io.BytesIO(answer.content))
    assert answer.headers["content-type"] == WORD
    assert answer.headers["content-disposition"] == f'attachment; filename="{NAME}.docx"'
    assert "Sletteplan" in [paragraph.text for paragraph in file.paragraphs]


async def test_a_word_file_is_made_once_for_each_state_of_the_register() -> None:
    """It takes longer than any page may: whoever asks again is given what was made."""
    made: list[str] = []

    def make(document: Document, at: datetime, mark: str) -> bytes:
        made.append(document.title)
        return document.title.encode()

    desk = GovernanceDesk(lambda programme: installation(programme=programme), make_word=make)
    first, again = [await desk.word_file(PROGRAMME, NAME) for _ in range(2)]
    await desk.word_file(PROGRAMME.model_copy(), NAME)

    assert first == again == b"Sletteplan"
    assert made == ["Sletteplan"] * 2


async def test_the_list_of_software_is_a_file_for_tools(browser: Browser) -> None:
    answer = await browser.get(f"{PATH}/{BILL}")

    assert json.loads(answer.content)["bomFormat"] == "CycloneDX"
    assert answer.headers["content-disposition"] == f'attachment; filename="{BILL}"'


@pytest.mark.parametrize("name", ["finnes-ikke", "finnes-ikke.docx", "words"])
async def test_what_is_no_paper_is_not_found(browser: Browser, name: str) -> None:
    assert (await browser.get(f"{PATH}/{name}")).status_code == 404


async def test_the_papers_are_made_once_and_anew_when_the_register_changes() -> None:
    made = []

    def note(programme: Programme) -> Installation:
        made.append(programme.name)
        return installation(programme=programme)

    desk = GovernanceDesk(note, make_word=lambda document, at, mark: b"")
    changed = PROGRAMME.model_copy(update={"name": "Et annet program"})

    for programme in (PROGRAMME, PROGRAMME, changed, changed):
        await desk.papers(programme)

    assert made == [PROGRAMME.name, "Et annet program"]

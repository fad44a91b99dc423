"""Agendas and minutes as Word files: real structure, the right language, the same bytes each time."""

import io
from datetime import UTC, date, datetime
from zipfile import ZipFile

import docx
import pytest
from docx.document import Document as WordFile
from docx.oxml.ns import qn
from docx.shared import Cm

import texts
from documents.document import Document, Paragraph
from documents.word import word_file
from tests.documents.test_report import compare
from tests.workflows.papers.agendas.test_plan import asks, decision, draft, proposal
from tests.workflows.papers.reports import report_samples as samples
from tests.workflows.status.rounds import HOME
from workflows.papers.agendas.rendering import agenda_document, minutes_document
from workflows.papers.minutes.model import ActionLine, Matters, Minutes, MinutesItem, Presence

CREATED = datetime(2026, 11, 10, 7, 0, tzinfo=UTC)
ASKING = samples.FULL.packages[0]
AGENDA = draft(
    proposal(title="Skyss til skolen"),
    report=samples.FULL,
    matters=Matters(decisions=(decision(7),)),
    questions=[asks(HOME, question=ASKING.question, proposal=ASKING.proposal)],
    last_number=11,
)
HOSTILE = draft(
    proposal(title=samples.HOSTILE),
    report=samples.ATTACK,
    matters=Matters(decisions=(decision(7, text="\x00\x0b"),)),
    questions=[asks(HOME, question=samples.HOSTILE, proposal=samples.HOSTILE)],
)
MINUTES = Minutes(
    meeting=AGENDA.meeting,
    name=AGENDA.name,
    year=2026,
    attendance=(
        Presence(person="chair", name="Styreleder", present=True),
        Presence(person="member", name="Rektor", present=False),
    ),
    others="En rådgiver fra fylket",
    items=tuple(
        MinutesItem(number=item.number, title=item.title, decision="Vedtatt.\nEnstemmig." if item.asks else "")
        for item in AGENDA.items
    ),
    actions=(
        ActionLine(
            line=1, what="Skaffe lokaler", person="chair", who="Styreleder", number=14, due_on=date(2026, 12, 1)
        ),
    ),
)
DOCUMENTS = [
    pytest.param(agenda_document(AGENDA, "nb"), id="agenda"),
    pytest.param(agenda_document(draft(), "nb"), id="agenda-sparse"),
    pytest.param(agenda_document(HOSTILE, "nb"), id="agenda-hostile"),
    pytest.param(minutes_document(MINUTES, AGENDA, "nb", prepared=False), id="minutes"),
    pytest.param(minutes_document(MINUTES, AGENDA, "nn", prepared=True), id="minutes-prepared"),
    pytest.param(minutes_document(MINUTES, AGENDA, "en", prepared=False), id="minutes-english"),
]


def opened(document: Document) -> WordFile:
    return docx.Document(io.BytesIO(word_file(document, created_at=CREATED)))


def as_text(file: WordFile) -> str:
    """Return the file's text, with the structure that a screen reader would tell."""
    lines = []
    for block in file.iter_inner_content():
        if isinstance(block, docx.table.Table):
            lines += [" | ".join(cell.text.replace("\n", " / ") for cell in row.cells) for row in block.rows]
        elif block.text:
            style = block.style.name if block.style else ""
            sign = {"Heading 1": "# ", "Heading 2": "## ", "Heading 3": "### ", "List Bullet": "- "}.get(style, "")
            lines.append(sign + block.text)
    return "\n".join(lines) + "\n"


@pytest.mark.parametrize("document", DOCUMENTS)
def test_the_file_reads_as_before(document: Document, request: pytest.FixtureRequest) -> None:
    compare(f"{request.node.callspec.id}.docx.txt", as_text(opened(document)))


@pytest.mark.parametrize("document", DOCUMENTS)
def test_tables_repeat_their_headers_and_the_language_is_told(document: Document) -> None:
    file = opened(document)

    for table in file.tables:
        properties = table.rows[0]._tr.trPr
        assert properties is not None
        assert properties.find(qn("w:tblHeader")) is not None
    language = file.styles["Normal"].element.rPr.find(qn("w:lang")).get(qn("w:val"))
    assert language.partition("-")[0] == document.language
    assert file.core_properties.title == file.paragraphs[0].text
    assert file.core_properties.author == ""


@pytest.mark.parametrize(
    ("document", "numbered"),
    [
        pytest.param(agenda_document(AGENDA, "nb"), "Side {PAGE} av {NUMPAGES}", id="bokmål"),
        pytest.param(
            minutes_document(MINUTES, AGENDA, "en", prepared=False), "Page {PAGE} of {NUMPAGES}", id="english"
        ),
    ],
)
def test_pages_are_numbered_and_those_after_the_first_have_the_title_above(document: Document, numbered: str) -> None:
    page = opened(document).sections[0]

    assert [part.text for part in page.header.paragraphs] == [document.title]
    assert page.first_page_header.paragraphs[0].text == ""
    for footer in (page.footer, page.first_page_footer):
        parts = footer.paragraphs[0]._p.xpath("w:r/w:t | w:fldSimple")
        assert "".join(part.text or f"{{{part.get(qn('w:instr'))}}}" for part in parts) == numbered


def test_columns_are_as_wide_as_their_words_and_fill_the_line() -> None:
    matters = opened(agenda_document(AGENDA, "nb")).tables[0]

    number, what, time = (column.width or 0 for column in matters.columns)
    assert what > 3 * number
    # «09.00, 5 min»: when an item begins, and how long it takes.
    assert what > 2 * time
    assert number + what + time == pytest.approx(Cm(17), rel=0.001)
    assert [cell.width for cell in matters.rows[1].cells] == [number, what, time]


def test_what_names_the_rest_is_never_alone_at_the_end_of_a_page() -> None:
    file = opened(minutes_document(MINUTES, AGENDA, "nb", prepared=False))
    start = next(i for i, paragraph in enumerate(file.paragraphs) if paragraph.text.startswith("Meldt av: "))
    facts = file.paragraphs[start : start + 3]

    assert [paragraph.paragraph_format.keep_with_next for paragraph in facts] == [True, True, False]
    headers = opened(agenda_document(AGENDA, "nb")).tables[0].rows[0].cells
    assert all(cell.paragraphs[0].paragraph_format.keep_with_next for cell in headers)
    for name in ("Heading 1", "Heading 2", "Heading 3"):
        assert file.styles[name].paragraph_format.keep_with_next


def test_the_facts_about_a_meeting_stand_beside_each_other_and_page_numbers_are_as_small_as_their_words() -> None:
    file = opened(agenda_document(AGENDA, "nb"))

    about = next(paragraph.text for paragraph in file.paragraphs if paragraph.text.startswith("Møtet: "))
    assert "Sted: " in about
    counted = file.sections[0].footer.paragraphs[0]._p.xpath("w:fldSimple/w:r/w:rPr/w:sz")
    assert [size.get(qn("w:val")) for size in counted] == ["19", "19"]


def test_no_row_is_torn_between_pages() -> None:
    for table in opened(agenda_document(AGENDA, "nb")).tables:
        assert all(row._tr.trPr is not None and row._tr.trPr.find(qn("w:cantSplit")) is not None for row in table.rows)


def test_the_same_document_is_the_same_file() -> None:
    document = agenda_document(AGENDA, "nb")

    assert word_file(document, created_at=CREATED) == word_file(document, created_at=CREATED)


def test_no_part_of_the_file_tells_a_time_of_day_and_all_of_them_are_whole() -> None:
    """Read from the list at the end of the package and, by opening each part, from the one before it."""
    content = word_file(agenda_document(AGENDA, "nb"), created_at=CREATED)
    with ZipFile(io.BytesIO(content)) as package:
        parts = package.infolist()

        assert {part.date_time for part in parts} == {(1980, 1, 1, 0, 0, 0)}
        assert package.testzip() is None
        assert len(parts) > 10
    assert {content[part.header_offset + 10 :][:4] for part in parts} == {b"\x00\x00\x21\x00"}


def test_a_text_of_many_lines_keeps_them_and_its_blanks() -> None:
    lines = "  Ett & to\n\n<tre>  "
    paper = Document(language="nb", title="T", lead=(Paragraph(text=lines),), sections=(), signs={})

    assert [paragraph.text for paragraph in opened(paper).paragraphs][1:] == [lines]


@pytest.mark.parametrize("language", texts.languages())
def test_every_language_has_its_words(language: str) -> None:
    assert agenda_document(AGENDA, language).title
    assert minutes_document(MINUTES, AGENDA, language, prepared=True).sections

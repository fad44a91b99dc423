"""Whatever people write survives as text into every kind of paper and message, the calendar included."""

import csv
import io
import re
from dataclasses import replace
from datetime import UTC, datetime
from html.parser import HTMLParser
from typing import Any

import docx
import pytest
from defusedxml.ElementTree import fromstring
from icalendar import Calendar
from pypdf import PdfReader

import cards
from config.plain_text import clean
from documents.csv_file import csv_file
from documents.document import Bullets, Cell, Document, Facts, Paragraph, Section, Table
from documents.mail import mail
from documents.page import report_page
from documents.pdf import report_pdf, showable
from documents.word import word_file
from integration import ics
from integration.archive.arkivmelding import CREATE, arkivmelding
from integration.ics import FeedItem
from tests.documents.test_word import AGENDA, MINUTES
from tests.workflows.papers.agendas.test_plan import meeting as booked
from tests.workflows.papers.archive.body_records import RECORD, RULES, typeset
from web.pages import templates
from workflows.papers.agendas.rendering import agenda_document, minutes_document
from workflows.papers.archive.model import JournalEntry
from workflows.papers.archive.plan import plan_handovers
from workflows.papers.case_background import background_of
from workflows.papers.case_paper import case_paper
from workflows.papers.minutes.model import MinutesItem

AT = datetime(2026, 9, 1, 6, tzinfo=UTC)
ANSWERS = {
    "HTML": "<script>alert('x')</script><img src=x onerror=y> </table></td> &amp; <!-- -->",
    "Markdown": "# Tittel **fet** _skrå_ [lenke](https://elsewhere.example) | a | b | `kode`",
    "a formula": '=HYPERLINK("https://elsewhere.example";"Klikk")',
    "a minus": "-2+3",
    "a template": "{{ 7*7 }} {% for x in y %} ${x} {0} %s",
    "typesetting": '#panic("x") $x^2$ = Overskrift \\ // @ref <label>',
    "control signs": "før\x00\x07\x0b\x1better\x9f",
    "turned around": "før\u202eetter\u2066\ufeff",
    "right to left": "Skrevet av \u05e9\u05dc\u05d5\u05dd og \u0645\u0631\u062d\u0628\u0627",
    "no characters": "før\ud800\ufffe\uffffetter",
    "Sámi": "Čáhci, ŋuvvo, đuođđi, ŧ, ž – Romsa",
    "Norwegian": "Æ ø å É è ü – «sitat» 50\N{NO-BREAK SPACE}000 kr",
    "emoji": "Bra 😀 👩‍🚒",
    "XML's end": "]]> <![CDATA[ <?xml ?> &#0; &lt;",
    "lines": "Første\nAndre\n\n- tredje",
    "the longest": "Vi har møtt skolene, og fått avtaler. " * 52,
    "one long word": "ord" * 300,
}
CASES = [pytest.param(answer, id=name) for name, answer in ANSWERS.items()]


def paper(answer: str) -> Document:
    """A paper with the answer in every kind of place."""
    table = Table(name=answer, headers=("Navn", answer), rows=((Cell(text=answer), Cell(text=answer, light="red")),))
    blocks = (Paragraph(text=answer), Facts(rows=((answer, answer),)), Bullets(items=(answer,)), table)
    return Document(
        language="nb",
        title=answer,
        lead=(Paragraph(text=answer, strong=True),),
        sections=(Section(heading=answer, blocks=blocks),),
        signs={"red": "✕"},
    )


class Shown(HTMLParser):
    """The text that HTML shows, and its elements."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.text = ""
        self.elements: set[str] = set()
        self.feed(html)

    def handle_data(self, data: str) -> None:
        self.text += data

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.add(tag)
        if tag == "br":
            self.text += "\n"


def packed(text: str) -> str:
    """*text* without the spaces and hyphens that a layout may put in or leave out."""
    return re.sub(r"[\s\u00ad-]", "", text)


@pytest.mark.parametrize("answer", CASES)
def test_on_the_sharepoint_page(answer: str) -> None:
    shown = Shown("".join(report_page(paper(answer))))

    assert packed(shown.text).count(packed(clean(answer))) >= 8
    assert not shown.elements & {"script", "img", "a", "label"}


@pytest.mark.parametrize("answer", CASES)
def test_on_our_own_page(answer: str) -> None:
    module: Any = templates().get_template("papers/report_blocks.html").module
    document = paper(answer)

    shown = Shown("".join(module.block(item, document.signs) for item in document.sections[0].blocks))

    # Signs that nobody sees are none of the page's: they do not get into the record.
    assert packed(clean(shown.text)).count(packed(clean(answer))) >= 6
    assert not shown.elements & {"script", "img", "a", "label"}


@pytest.mark.parametrize("answer", CASES)
def test_in_the_pdf(answer: str) -> None:
    reader = PdfReader(io.BytesIO(report_pdf(paper(answer), created_at=AT)))

    text = packed("".join(page.extract_text() for page in reader.pages))

    # What no font of the typesetter has is a box in the PDF alone.
    assert text.count(packed(showable(clean(answer)))) >= 2


@pytest.mark.parametrize("answer", CASES)
def test_in_the_word_file(answer: str) -> None:
    file = docx.Document(io.BytesIO(word_file(paper(answer), created_at=AT)))

    cells = [cell.text for row in file.tables[0].rows for cell in row.cells]
    texts = [paragraph.text for paragraph in file.paragraphs]
    assert cells == ["Navn", clean(answer), clean(answer), f"✕ {clean(answer)}"]
    assert texts.count(clean(answer)) >= 3
    assert f"{clean(answer)}: {clean(answer)}" in texts


@pytest.mark.parametrize("answer", CASES)
def test_in_a_table_for_programs(answer: str) -> None:
    (row,) = list(csv.reader(io.StringIO(csv_file(("a",), [(answer,)]).decode(), newline="")))[1:]

    assert row[0].removeprefix("'") == clean(answer)
    assert not row[0].startswith(("=", "+", "-", "@"))


@pytest.mark.parametrize("answer", CASES)
def test_in_a_card(answer: str) -> None:
    card = cards.render("status_request", values=cards.sample("status_request") | {"done": answer})

    (value,) = [item["value"] for item in inputs(card) if item["id"] == "done"]
    assert packed(clean(value)) == packed(clean(answer))


def inputs(node: object) -> list[dict[str, Any]]:
    """Return a card's fields for text."""
    if isinstance(node, list):
        return [found for item in node for found in inputs(item)]
    if not isinstance(node, dict):
        return []
    mine = [node] if node.get("type") == "Input.Text" else []
    return mine + [found for item in node.values() for found in inputs(item)]


@pytest.mark.parametrize("answer", CASES)
def test_in_a_mail(answer: str) -> None:
    shown = Shown(mail(language="nb", heading="Hei", paragraphs=[answer], items=[(answer, None)], note=answer))

    assert packed(clean(shown.text)).count(packed(clean(answer))) == 3
    assert not shown.elements & {"script", "img", "a", "label"}


@pytest.mark.parametrize("answer", CASES)
def test_in_a_message_to_the_archive(answer: str) -> None:
    handover = next(
        item for item in plan_handovers(RECORD, answer, RULES, typeset) if isinstance(item.content, JournalEntry)
    )
    message = arkivmelding(replace(handover, content=replace(handover.content, title=answer)))

    root = fromstring(message)
    titles = [item.text for item in root.iter(f"{{{CREATE}}}tittel")]
    assert titles[-1] == clean(answer)
    assert [item.text for item in root.iter(f"{{{CREATE}}}korrespondansepartNavn")][-1] == clean(answer)


@pytest.mark.parametrize("answer", CASES)
@pytest.mark.parametrize("kind", ["agenda", "minutes", "case paper"])
def test_in_a_board_s_own_papers(answer: str, kind: str) -> None:
    item = replace(
        next(item for item in AGENDA.items if item.question),
        title=answer,
        by=answer,
        text=answer,
        proposal=answer,
        view=answer,
        decided_below=answer,
    )
    agenda = replace(AGENDA, items=(item,))
    held = MinutesItem(number=item.number, title=answer, text=answer, decision=answer, who=answer)
    document = {
        "agenda": lambda: agenda_document(agenda, "nb"),
        "minutes": lambda: minutes_document(
            replace(MINUTES, items=(held,), others=answer, remarks=answer), agenda, "nb", prepared=False
        ),
        "case paper": lambda: case_paper(agenda, item, background_of(agenda, item, RECORD), "nb"),
    }[kind]()

    shown = Shown("".join(report_page(document)))
    written = docx.Document(io.BytesIO(word_file(document, created_at=AT)))

    # By whom, question or reason, proposal, view, and the decision below; the title stands above them.
    expected = packed(clean(answer))
    assert packed(shown.text).count(expected) >= 5
    assert packed("".join(paragraph.text for paragraph in written.paragraphs)).count(expected) >= 5
    assert not shown.elements & {"script", "img", "a", "label"}


@pytest.mark.parametrize("answer", CASES)
def test_in_a_calendar(answer: str) -> None:
    meeting = replace(booked(), location=answer)
    item = FeedItem(meeting=meeting, summary=answer, description=answer, address="https://service.example/moter/abc")

    (event,) = Calendar.from_ical(ics.feed(name=answer, source="https://service.example/kalender", items=[item])).walk(
        "VEVENT"
    )

    assert (str(event["SUMMARY"]), str(event["LOCATION"])) == (ics.one_line(answer),) * 2
    assert str(event["DESCRIPTION"]) == ics.clean(answer)


@pytest.mark.parametrize("answer", CASES)
def test_the_same_answers_are_the_same_bytes(answer: str) -> None:
    for make in (report_pdf, word_file):
        assert make(paper(answer), created_at=AT) == make(paper(answer), created_at=AT)

"""Every kind of paper in every language and file: colours that can be read, alternatives to pictures, Norwegian words.

A new kind of paper is added to `papers`, and is held to all of it.
"""

import io
import re
from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import UTC, datetime
from functools import cache
from html import unescape
from itertools import chain
from typing import Any

import docx
import pytest
from docx.document import Document as WordFile
from docx.oxml.ns import qn
from pypdf import PdfReader
from pypdf.generic import ContentStream, DictionaryObject

import cards
import texts
from config.colours import LEAST_FOR_TEXT, contrast
from documents.document import Bullets, Cell, Document, Facts, Paragraph, Picture, StatusLight, Table
from documents.look import Look
from documents.pdf import report_pdf
from documents.standalone_page import standalone_page
from documents.word import word_file
from tests.documents.test_word import AGENDA, MINUTES
from tests.workflows.governance.installations import installation
from tests.workflows.papers.archive.body_records import RECORD
from tests.workflows.papers.reports import report_samples as samples
from workflows.governance.papers import governance_papers
from workflows.papers.agendas.rendering import agenda_document, minutes_document
from workflows.papers.case_paper import case_papers
from workflows.papers.evaluation import evaluation_document, municipality_year
from workflows.papers.reports.rendering import document_of

AT = datetime(2026, 9, 1, 6, tzinfo=UTC)
LOGO = b'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 4 1"><rect width="4" height="1"/></svg>'
LOOK = Look(colour="#1E5B3C", owner="Fjordvik fylkeskommune", logo=LOGO)
LEAST_FOR_SHAPES = 3
"""Contrast of what is no text and still says something (WCAG 2.2, 1.4.11)."""
LANGUAGES = tuple(sorted(texts.languages(), reverse=True))


def papers(language: str) -> Mapping[str, Document]:
    """Return one of each kind of paper; those that exist in one language stand in that."""
    corrected = replace(MINUTES, chair="", others="En til.")
    years = [year for year in [municipality_year(RECORD, 2026)] if year is not None]
    made = {
        "report": document_of(samples.FOLLOWED, language),
        "first report": document_of(samples.EMPTY, language),
        "corrected report": document_of(replace(samples.FULL, edition=2, corrected_because="Feil."), language),
        "owner summary": document_of(samples.SUMMARY, language),
        "agenda": agenda_document(AGENDA, language),
        "prepared minutes": minutes_document(MINUTES, AGENDA, language, prepared=True),
        "minutes": minutes_document(MINUTES, AGENDA, language, prepared=False),
        "corrected minutes": minutes_document(corrected, AGENDA, language, prepared=False, before=MINUTES),
        "evaluation": evaluation_document(years, 2026, "Prøven", language),
        **{f"case paper {paper.number}": paper.document for paper in case_papers(RECORD, {}, language)},
    }
    governance = {paper.name: paper.document for paper in governance_papers(installation())}
    return {**made, **(governance if language == "nb" else {})}


PAPERS = {(language, name): paper for language in LANGUAGES for name, paper in papers(language).items()}
Key = tuple[str, str]
CASES = [pytest.param(key, id=" ".join(key)) for key in PAPERS]


def is_governance(key: Key) -> bool:
    """Tell the county's own papers, which are no files of PDF and name versions, standards and files."""
    return key[1][:2].isdigit()


@cache
def pdf_of(key: Key) -> bytes:
    return report_pdf(PAPERS[key], created_at=AT, look=LOOK)


@cache
def word_of(key: Key) -> WordFile:
    return docx.Document(io.BytesIO(word_file(PAPERS[key], created_at=AT, look=LOOK)))


def blocks(document: Document) -> Iterator[Any]:
    yield from document.lead
    for section in document.sections:
        yield from section.blocks


def cells(document: Document) -> Iterator[Cell]:
    for block in blocks(document):
        if isinstance(block, Table):
            yield from chain.from_iterable(block.rows)


def pictures(document: Document) -> list[Picture]:
    own = (block for block in blocks(document) if isinstance(block, Picture))
    return [*own, *(cell.picture for cell in cells(document) if cell.picture)]


def words_of(document: Document) -> Iterator[str]:
    """Give every text of a paper."""
    yield document.title
    yield from (section.heading for section in document.sections)
    for block in blocks(document):
        match block:
            case Paragraph():
                yield block.text
            case StatusLight():
                yield block.word
            case Facts():
                yield from chain.from_iterable(block.rows)
            case Bullets():
                yield from block.items
            case Table():
                yield from block.headers
    yield from (cell.words for cell in cells(document))
    yield from (picture.words for picture in pictures(document))


COLOURED = [pytest.param(key, id=key[1]) for key in PAPERS if key[0] == "nb" and not is_governance(key)]
"""A paper's colours are the same in every language."""
PICTURED = [pytest.param(key, id=" ".join(key)) for key, paper in PAPERS.items() if pictures(paper)]

# ------------------------------------------------------------------------------------------------------------- colours


def hex_of(parts: list[Any]) -> str:
    """Return the colour of a PDF's operands, grey or red, green and blue, as `#rrggbb`."""
    values = [float(part) for part in parts]
    wide = values * 3 if len(values) == 1 else values
    return "#" + "".join(f"{round(value * 255):02x}" for value in wide)


def painted(pdf: bytes) -> tuple[set[str], set[str]]:
    """Return the colours of text and of filled shapes in a PDF, as its pages are drawn."""
    reader = PdfReader(io.BytesIO(pdf))
    letters, shapes = set(), set()
    for page in reader.pages:
        fill, kept = "#000000", []
        for operands, operator in ContentStream(page.get_contents(), reader).operations:
            match operator:
                case b"q":
                    kept.append(fill)
                case b"Q":
                    fill = kept.pop()
                case b"sc" | b"scn" | b"g" | b"rg":
                    fill = hex_of(operands)
                case b"Tj" | b"TJ":
                    letters.add(fill)
                case b"f" | b"f*":
                    shapes.add(fill)
    return letters, shapes


def is_ground(colour: str) -> bool:
    """Tell a ground that text stands on from a shape that says something."""
    return contrast(colour, "#000000") > 15


@pytest.mark.parametrize("key", COLOURED)
def test_the_colours_of_a_pdf_can_be_read_on_all_its_grounds(key: Key) -> None:
    letters, shapes = painted(pdf_of(key))
    grounds = {"#ffffff", *filter(is_ground, shapes)}

    assert LOOK.colour.lower() in letters, "the county's colour is that of headings"
    assert {(one, on) for one in letters for on in grounds if contrast(one, on) < LEAST_FOR_TEXT} == set()
    said = shapes - grounds
    assert {(one, on) for one in said for on in grounds if contrast(one, on) < LEAST_FOR_SHAPES} == set()


def word_colours(file: WordFile) -> tuple[set[str], set[str]]:
    """Return the colours of text and of grounds in a Word file and its styles."""
    section = file.sections[0]
    edges = (section.header, section.first_page_header, section.footer, section.first_page_footer)
    roots = [file.element, file.styles.element, *(edge._element for edge in edges)]
    found = [element.get(qn("w:val")) for root in roots for element in root.iter(qn("w:color"))]
    grounds = [element.get(qn("w:fill")) for root in roots for element in root.iter(qn("w:shd"))]

    def plain(colours: list[str | None]) -> set[str]:
        return {f"#{colour.lower()}" for colour in colours if colour and colour != "auto"}

    return plain(found), {"#ffffff", *plain(grounds)}


@pytest.mark.parametrize("key", COLOURED)
def test_the_colours_of_a_word_file_can_be_read_on_all_its_grounds(key: Key) -> None:
    letters, grounds = word_colours(word_of(key))

    assert LOOK.colour.lower() in letters
    assert {(one, on) for one in letters for on in grounds if contrast(one, on) < LEAST_FOR_TEXT} == set()


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_the_colours_of_a_page_of_its_own_can_be_read_in_both_themes(theme: str) -> None:
    page = standalone_page(PAPERS["nb", "report"], look=LOOK).decode()
    found = re.findall(r":root \{([^}]*--ground[^}]*)\}", page)
    assert len(found) == 2
    one = dict(re.findall(r"--(\w+): (#[0-9a-fA-F]{3,6})", found[theme == "dark"]))
    colours = {name: f"#{value[1:] * 2}" if len(value) == 4 else value for name, value in one.items()}

    for letters, ground in (("ink", "ground"), ("ink", "quiet"), ("head", "ground")):
        assert contrast(colours[letters], colours[ground]) >= LEAST_FOR_TEXT, (letters, ground)
    assert contrast(colours["line"], colours["ground"]) >= LEAST_FOR_SHAPES


@pytest.mark.parametrize("name", cards.names())
def test_a_card_has_no_colours_of_its_own_and_each_picture_says_what_it_shows(name: str) -> None:
    """The colours of a card are those of Teams, in its light, dark and high contrast themes."""
    for language in LANGUAGES:
        card = cards.render(name, language=language, values=cards.sample(name))
        nodes = list(nodes_of(card))

        assert not re.findall(r'"#[0-9a-fA-F]{3,8}"', str(card).replace("'", '"'))
        assert all(node.get("altText") for node in nodes if node.get("type") == "Image")


def nodes_of(node: Any) -> Iterator[dict[str, Any]]:
    if isinstance(node, list):
        yield from chain.from_iterable(map(nodes_of, node))
    elif isinstance(node, dict):
        yield node
        yield from chain.from_iterable(map(nodes_of, node.values()))


# ------------------------------------------------------------------------------------------------------------ pictures


def figures(reader: PdfReader) -> Iterator[DictionaryObject]:
    """Give each figure of a PDF's structure."""
    waiting: list[Any] = [reader.trailer["/Root"]["/StructTreeRoot"]]  # type: ignore[index]
    while waiting:
        node = waiting.pop()
        node = node.get_object() if hasattr(node, "get_object") else node
        if isinstance(node, list):
            waiting += node
        elif isinstance(node, DictionaryObject):
            if node.get("/S") == "/Figure":
                yield node
            if "/K" in node:
                waiting.append(node["/K"])


@pytest.mark.parametrize("key", PICTURED)
def test_each_picture_is_said_in_words_wherever_it_stands(key: Key) -> None:
    drawn = [picture.words for picture in pictures(PAPERS[key])]

    in_word = [element.get("descr", "") for element in word_of(key).element.iter(qn("wp:docPr"))]
    page = unescape(standalone_page(PAPERS[key], look=LOOK).decode())

    assert all(drawn)
    assert sorted(drawn) == sorted(in_word)
    # A table's drawing stands as its words on the page.
    assert [words for words in drawn if words not in page] == []
    assert len(re.findall(r'<img alt="[^"]+"', page)) == page.count("<img")
    if not is_governance(key):
        in_pdf = [str(figure.get("/Alt", "")) for figure in figures(PdfReader(io.BytesIO(pdf_of(key))))]
        assert sorted(drawn) == sorted(in_pdf)


def test_the_logo_is_said_as_its_owner_s_name() -> None:
    header = word_of(("nb", "agenda")).sections[0].first_page_header._element
    assert [element.get("descr") for element in header.iter(qn("wp:docPr"))] == [LOOK.owner]


def test_there_are_papers_with_pictures_in_every_language() -> None:
    assert {key for key, paper in PAPERS.items() if pictures(paper)} >= {
        *((language, "report") for language in LANGUAGES),
        ("nb", "08-dataflyt"),
    }


# ---------------------------------------------------------------------------------------------- words, days and numbers

ENGLISH_DAY = re.compile(
    r"\b(January|February|March|May|June|July|October|December|Monday|Tuesday|Wednesday|Thursday|Friday|Sunday)\b"
)
ISO_DAY = re.compile(r"\b\d{4}-\d\d-\d\d\b")
WITH_COLON = re.compile(r"\b\d?\d:\d\d\b")
WITH_DOT = re.compile(r"\b\d?\d\.\d\d\b(?!\.)")
SHORT_DAY = re.compile(r"\b\d?\d\.\d?\d\.\d{2,4}\b")
DECIMAL_POINT = re.compile(r"(?<![\w.])\d+\.\d(?![\d.])")
LONG_NUMBER = re.compile(r"(?<![\d,.])\d{5,}(?![\d.])")
UNFINISHED = re.compile(r"\{\w+\}|\bNone\b|reports\.\w+|agenda\.\w+")


@pytest.mark.parametrize("key", CASES)
def test_days_times_and_numbers_are_written_as_the_paper_s_language_writes_them(key: Key) -> None:
    document = PAPERS[key]
    said = "\n".join(words_of(document))
    wrong = {"a bare number": LONG_NUMBER, "a day in digits": SHORT_DAY}
    if not is_governance(key):
        wrong |= {"an unfinished text": UNFINISHED, "a day as machines write it": ISO_DAY}
        if document.language == "en":
            wrong["a time with a dot"] = re.compile(rf"at {WITH_DOT.pattern}")
        else:
            wrong |= {"an English day": ENGLISH_DAY, "a time with a colon": WITH_COLON, "a point": DECIMAL_POINT}

    assert {what: found for what, pattern in wrong.items() if (found := pattern.findall(said))} == {}


@pytest.mark.parametrize(
    ("language", "expected"),
    [
        ("nb", ("8. september 2026 kl. 09.00–11.00", "10\N{NO-BREAK SPACE}500", "7,5")),
        ("nn", ("8. september 2026 kl. 09.00–11.00", "10\N{NO-BREAK SPACE}500", "7,5")),
        ("en", ("8 September 2026 at 09:00–11:00", "10,500", "7.5")),
    ],
)
def test_a_report_writes_day_time_and_numbers_in_its_language(language: str, expected: tuple[str, ...]) -> None:
    said = "\n".join(words_of(PAPERS[language, "report"]))

    assert [text for text in expected if text not in said] == []


def test_every_language_says_each_heading_in_its_own_words() -> None:
    """The names of packages and of boards are people's own; the rest is ours, and no language borrows another's."""
    for name in ("report", "owner summary", "minutes", "evaluation"):
        nn, nb, en = ([section.heading for section in PAPERS[language, name].sections] for language in LANGUAGES)
        own = {package.name for package in samples.FOLLOWED.packages}
        assert len(nb) == len(nn) == len(en)
        same = {one for one, other in zip(nb, en, strict=True) if one == other} - own
        assert same <= {item.title for item in AGENDA.items}, name

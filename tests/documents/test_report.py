"""Reports as SharePoint HTML and as PDF, with full, sparse and hostile data."""

import io
import re
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, datetime
from functools import partial
from html.parser import HTMLParser
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from pypdf import PdfReader
from pypdf.generic import DictionaryObject, IndirectObject

import texts
from documents.document import Document
from documents.page import report_page
from documents.pdf import UNSHOWN, report_pdf, showable
from tests.workflows.papers.reports import report_samples as samples
from workflows.papers.reports.model import ReportContent
from workflows.papers.reports.rendering import document_of

SNAPSHOTS = Path(__file__).parent / "snapshots"
CREATED = datetime(2026, 9, 1, 6, 0, tzinfo=UTC)
CONTENTS = [
    pytest.param(samples.FULL, id="full"),
    pytest.param(samples.EMPTY, id="empty"),
    pytest.param(samples.NO_PACKAGES, id="no-packages"),
    pytest.param(samples.ATTACK, id="hostile"),
    pytest.param(samples.SUMMARY, id="owner"),
    pytest.param(samples.FOLLOWED, id="followed"),
]


def document(content: ReportContent) -> Document:
    return document_of(content, "nb")


def pdf(content: ReportContent) -> bytes:
    return report_pdf(document(content), created_at=CREATED)


class Tags(HTMLParser):
    """The elements of a piece of HTML, and whether each that opens is closed."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.names: set[str] = set()
        self.attributes: set[str] = set()
        self.open: list[str] = []
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.names.add(tag)
        self.attributes |= {name for name, _ in attrs}
        if tag != "br":
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag


def compare(name: str, found: str) -> None:
    path = SNAPSHOTS / name
    if not path.exists():
        path.parent.mkdir(exist_ok=True)
        path.write_text(found, "utf-8")
        pytest.fail(f"{name} was written anew: read it, then run again")
    assert found == path.read_text("utf-8")


@pytest.mark.parametrize("content", CONTENTS)
def test_the_page_reads_as_before(content: ReportContent, request: pytest.FixtureRequest) -> None:
    html = "\n\n".join(report_page(document(content))).replace("><", ">\n<")

    compare(f"{request.node.callspec.id}.html", html + "\n")


@pytest.mark.parametrize("content", CONTENTS)
def test_the_page_has_only_what_survives_sharepoint(content: ReportContent) -> None:
    for part in report_page(document(content)):
        tags = Tags(part)
        assert tags.names <= {"p", "br", "strong", "ul", "li", "h2", "h3", "table", "thead", "tbody", "tr", "th", "td"}
        assert tags.attributes <= {"scope"}
        assert not tags.open


@pytest.mark.parametrize("content", CONTENTS)
def test_the_pdf_reads_as_before(content: ReportContent, request: pytest.FixtureRequest) -> None:
    text = "\n".join(page.extract_text() for page in PdfReader(io.BytesIO(pdf(content))).pages)

    compare(f"{request.node.callspec.id}.txt", text + "\n")


def test_a_board_decides_from_one_page_and_the_details_begin_the_next() -> None:
    """Everything that a report can hold is filled in: questions, risks, decisions to follow up, money, activities."""
    front, behind = (page.extract_text() for page in PdfReader(io.BytesIO(pdf(samples.FOLLOWED))).pages)
    says = partial(texts.say, language="nb")

    for part in ("assessment", "questions", "overview", "numbers", "outlook", "missing"):
        assert says(f"reports.{part}") in front
    for part in ("budget", "activities"):
        assert says(f"reports.{part}", year="2026") in front
    assert says("reports.details") not in front
    assert says("reports.details") in behind.splitlines()[1]


@pytest.mark.parametrize("content", CONTENTS)
def test_the_pdf_has_the_same_bytes_each_time(content: ReportContent) -> None:
    assert pdf(content) == pdf(content)


def test_threads_that_set_reports_at_once_set_each_its_own() -> None:
    contents: Sequence[ReportContent] = [samples.FULL, samples.SUMMARY, samples.FOLLOWED, samples.EMPTY] * 3

    with ThreadPoolExecutor(4) as threads:
        assert list(threads.map(pdf, contents)) == [pdf(content) for content in contents]


def test_the_pdf_is_tagged_and_says_what_it_keeps_to() -> None:
    reader = PdfReader(io.BytesIO(pdf(samples.FULL)))
    catalogue = reader.trailer["/Root"]
    assert isinstance(catalogue, DictionaryObject)
    metadata = catalogue["/Metadata"].get_data().decode()  # type: ignore[attr-defined]

    assert str(catalogue["/Lang"]).lower().startswith("nb")
    marks = catalogue["/MarkInfo"]
    assert isinstance(marks, DictionaryObject)
    assert str(marks["/Marked"]) == "True"
    assert re.search(r"pdfaid:part>2<.*pdfaid:conformance>A<", metadata, re.DOTALL)
    assert "pdfuaid:part>1<" in metadata
    assert reader.metadata is not None
    assert reader.metadata.title == "Status til styret i Våre unge Å-dal, møtet tirsdag 8. september 2026"


def test_the_pdf_s_tags_have_headings_in_order_named_columns_and_words_for_every_drawing() -> None:
    reader = PdfReader(io.BytesIO(pdf(samples.FOLLOWED)))

    found = list(tagged(reader.root_object["/StructTreeRoot"]))
    headings = [int(item["/S"][2:]) for item in found if re.fullmatch(r"/H\d", item["/S"])]
    tables = [item for item in found if item["/S"] == "/Table"]
    figures = [item for item in found if item["/S"] == "/Figure"]
    assert headings[0] == 1
    assert all(deeper <= before + 1 for before, deeper in pairwise(headings))
    assert len(tables) >= 5
    for table in tables:
        (head,) = (item for item in tagged(table) if item["/S"] == "/THead")
        assert {item["/S"] for item in tagged(head)} == {"/THead", "/TR", "/TH"}
    assert figures
    assert all(item["/Alt"] for item in figures)


def tagged(item: Any) -> Iterator[Any]:
    """Give a structure element with all below it, in the order of reading."""
    if "/S" in item:
        yield item
    below = item.get("/K", ())
    for entry in below if isinstance(below, list) else (below,):
        child = entry.get_object() if isinstance(entry, IndirectObject) else entry
        if isinstance(child, DictionaryObject):
            yield from tagged(child)


def test_the_pdf_holds_its_fonts_as_far_as_it_uses_them_and_its_colours_meaning() -> None:
    reader = PdfReader(io.BytesIO(pdf(samples.FULL)))
    root: Any = reader.root_object
    pages: Any = reader.pages
    fonts = {
        str(descendant.get_object()["/BaseFont"]): descendant.get_object()["/FontDescriptor"]
        for page in pages
        for font in page["/Resources"]["/Font"].values()
        for descendant in font["/DescendantFonts"]
    }

    assert all(re.fullmatch(r"/[A-Z]{6}\+.*", name) for name in fonts), "a subset is named so"
    assert all("/FontFile2" in descriptor or "/FontFile3" in descriptor for descriptor in fonts.values())
    assert [item["/S"] for item in root["/OutputIntents"]] == ["/GTS_PDFA1"]
    assert root["/ViewerPreferences"]["/DisplayDocTitle"]


def test_a_light_is_told_in_words_everywhere() -> None:
    html = "".join(report_page(document(samples.FULL)))

    assert all(word in html for word in ("✕ Står fast", "✓ Som planlagt", "– Ikke startet", "? Mangler status"))


@pytest.mark.parametrize(
    ("edition", "said"),
    [
        pytest.param(1, "Rapporten gikk ut uten at lokal leder hadde gått gjennom den.", id="the first"),
        pytest.param(2, "Den første utgaven gikk ut uten at lokal leder hadde gått gjennom den.", id="a corrected one"),
    ],
)
def test_a_report_that_nobody_went_through_says_which_edition_that_was(edition: int, said: str) -> None:
    html = "".join(report_page(document(replace(samples.FULL, as_is=True, edition=edition))))

    assert html.count("uten at lokal leder") == 1
    assert said in html


def test_a_first_status_has_no_number_from_last_time() -> None:
    """The baseline stands beside it, and is not said once more as the number of a round that was never held."""
    known = samples.FULL.packages[0]
    first = replace(known, key="ny", name="Ny", previous_light=None)
    both, alone = (
        "".join(report_page(document(replace(samples.FULL, packages=packages, changes=(), wanted=()))))
        for packages in ((first, known), (first,))
    )

    assert "<td>0</td><td>–</td><td>10\u00a0500</td>" in both
    assert "<td>0</td><td>10\u00a0500</td>" in alone, "no package has a number from last time, nor has the table"


def test_numbers_have_a_decimal_comma_and_what_is_missing_says_so() -> None:
    html = "".join(report_page(document(samples.FULL)))

    assert "<td>7,5</td><td>10\N{NO-BREAK SPACE}500</td>" in html
    assert "<td>6,25</td><td>Mangler</td><td>4</td><td>Lavere er bedre</td>" in html


def test_a_sign_no_font_has_is_shown_as_a_box() -> None:
    assert showable("Å \U0001f600\x00\nø") == f"Å {UNSHOWN}{UNSHOWN}\nø"


@pytest.mark.parametrize("first", range(0, 0x3000, 0x400))
def test_every_sign_is_either_shown_or_replaced(first: int) -> None:
    signs = "".join(map(chr, range(first, first + 0x400)))

    content = samples.board_report(location=signs)

    assert pdf(content).startswith(b"%PDF")

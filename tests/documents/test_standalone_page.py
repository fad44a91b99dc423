"""A document as a page of its own: escaped, whole, and with nothing to fetch."""

import re

from documents.document import Bullets, Cell, Document, Facts, Paragraph, Picture, Section, StatusLight, Table
from documents.standalone_page import standalone_page

PICTURE = Picture(svg='<svg xmlns="http://www.w3.org/2000/svg"/>', words='Et "bilde".', width_mm=10, height_mm=10)
DOCUMENT = Document(
    language="nb",
    title="<Tittel>",
    lead=(Paragraph(text="to\nlinjer"), StatusLight(kind="green", word="Som planlagt", sign="●")),
    sections=(
        Section(
            heading="Del",
            blocks=(
                Paragraph(text="sterkt", strong=True),
                Facts(rows=(("Spørsmål", "Svar"),)),
                Bullets(items=("<b>",)),
                PICTURE,
                Table(name="Tall", headers=("Navn", "Antall"), rows=((Cell(text="a"), Cell(text="1 000")),)),
            ),
        ),
    ),
    signs={},
)


def test_every_kind_of_block_is_drawn_and_everything_escaped() -> None:
    page = standalone_page(DOCUMENT, links=(("En fil", "fil.docx"),)).decode()

    assert page.startswith('<!DOCTYPE html>\n<html lang="nb">')
    assert "<h1>&lt;Tittel&gt;</h1>" in page
    assert "to<br>linjer" in page
    assert "● Som planlagt" in page
    assert "<strong>sterkt</strong>" in page
    assert "<dt>Spørsmål</dt><dd>Svar</dd>" in page
    assert "<li>&lt;b&gt;</li>" in page
    assert 'alt="Et &#34;bilde&#34;."' in page
    assert '<th scope="col" class="number">Antall</th>' in page
    assert '<td data-label="Antall" class="number">1 000</td>' in page
    assert '<a href="fil.docx">En fil</a>' in page


def test_nothing_is_fetched_and_nothing_runs() -> None:
    page = standalone_page(DOCUMENT).decode()

    assert not re.search(r"<script|https?://|<link|@import", page)
    assert re.findall(r'src="([a-z:/]+)', page) == ["data:image/svg"]

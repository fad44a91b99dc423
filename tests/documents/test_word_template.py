"""The county's own Word template: what it decides, and what it must hold."""

import io
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime

import docx
import pytest
from docx.document import Document as WordFile
from docx.oxml.ns import qn
from docx.shared import Cm
from docx.table import Table as WordTable
from PIL import Image

from documents.document import Cell, Document, Paragraph, Section, StatusLight, Table
from documents.look import LARGEST_LOGO, PLAIN, BadLogo, Look, checked_logo
from documents.pdf import report_pdf
from documents.word import word_file
from documents.word_template import BadTemplate, checked_template, standard_template

AT = datetime(2026, 11, 10, 7, 0, tzinfo=UTC)
SVG = b'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 4 1"><rect width="4" height="1"/></svg>'
COUNTY = Look(colour="#005F73", owner="Fjordvik fylkeskommune", logo=SVG)
TABLE = Table(name="T", headers=("A", "B"), rows=((Cell(text="1", light="red"), Cell(text="2")),))
PAPER = Document(
    language="nb",
    title="{{ 7*7 }} & <b>",
    lead=(Paragraph(text="{{ owner }} {% for x in y %}"), StatusLight(kind="red", word="Står fast", sign="✕")),
    sections=(Section(heading="Under", blocks=(TABLE,)),),
    signs={"red": "✕"},
)


def png() -> bytes:
    content = io.BytesIO()
    Image.new("RGB", (8, 2), "#005F73").save(content, "PNG")
    return content.getvalue()


def changed(change: Callable[[WordFile], object]) -> bytes:
    """Our own template as somebody has edited it in Word."""
    file = docx.Document(io.BytesIO(standard_template(PLAIN)))
    change(file)
    content = io.BytesIO()
    file.save(content)
    return content.getvalue()


def made(template: bytes | None = None, look: Look = PLAIN) -> WordFile:
    return docx.Document(io.BytesIO(word_file(PAPER, created_at=AT, look=look, template=template)))


def narrow(file: WordFile) -> None:
    file.sections[0].left_margin = file.sections[0].right_margin = Cm(5)
    file.add_paragraph("Etter teksten, {{ date }}")


def test_our_own_template_is_one_that_a_county_could_have_made() -> None:
    assert checked_template(standard_template(COUNTY)) == standard_template(COUNTY)


def test_what_people_wrote_is_never_read_as_a_template() -> None:
    file = made()

    assert [paragraph.text for paragraph in file.paragraphs][:4] == [
        "{{ 7*7 }} & <b>",
        "{{ owner }} {% for x in y %}",
        "✕ Står fast",
        "Under",
    ]
    assert file.sections[0].header.paragraphs[0].text == "{{ 7*7 }} & <b>"


def test_a_template_that_was_read_before_takes_the_values_of_each_paper() -> None:
    papers = [replace(PAPER, title=title) for title in ("Først", "Siden")]
    files = [docx.Document(io.BytesIO(word_file(paper, created_at=AT))) for paper in papers]

    assert [file.paragraphs[0].text for file in files] == ["Først", "Siden"]
    assert [file.sections[0].header.paragraphs[0].text for file in files] == ["Først", "Siden"]


def test_a_county_s_margins_decide_the_width_of_tables_and_its_own_words_stay_after_the_text() -> None:
    file = made(changed(narrow))

    assert sum(column.width or 0 for column in file.tables[0].columns) == pytest.approx(Cm(11), rel=0.001)
    assert file.paragraphs[-1].text == "Etter teksten, 10. november 2026"


def test_a_template_without_our_table_styles_has_the_grid_and_its_ordinary_text() -> None:
    def without(file: WordFile) -> None:
        for name in ("Paper Table", "Table Text"):
            file.styles.element.remove(file.styles[name].element)

    ours, theirs = (made(template).tables[0] for template in (None, changed(without)))
    names = [(table.style.name if table.style else "", text_style(table)) for table in (ours, theirs)]
    assert names == [("Paper Table", "Table Text"), ("Table Grid", "Normal")]


def text_style(table: WordTable) -> str | None:
    style = table.rows[1].cells[1].paragraphs[0].style
    return style.name if style else None


@pytest.mark.parametrize("logo", [pytest.param(SVG, id="svg"), pytest.param(png(), id="png")])
def test_colour_name_and_logo_stand_on_the_first_page_and_the_logo_has_a_text_alternative(logo: bytes) -> None:
    look = Look(colour="#005F73", owner="Fjordvik fylkeskommune", logo=logo)
    file = made(look=look)
    first = file.sections[0].first_page_header

    assert first.paragraphs[0].text.strip() == "Fjordvik fylkeskommune"
    assert [item.get("descr") for item in first.paragraphs[0]._p.iter(qn("wp:docPr"))] == ["Fjordvik fylkeskommune"]
    assert str(file.styles["Heading 1"].font.color.rgb) == "005F73"
    assert report_pdf(PAPER, created_at=AT, look=look) == report_pdf(PAPER, created_at=AT, look=look)
    assert report_pdf(PAPER, created_at=AT, look=look) != report_pdf(PAPER, created_at=AT)


def test_a_light_s_sign_has_its_colour_and_its_word_none() -> None:
    sign, word = made().tables[0].rows[1].cells[0].paragraphs[0].runs

    assert (sign.text, str(sign.font.color.rgb)) == ("✕ ", "C01B1B")
    assert (word.text, word.font.color.rgb if word.font.color else None) == ("1", None)


def reword(text: str) -> Callable[[WordFile], None]:
    def change(file: WordFile) -> None:
        file.paragraphs[-1].text = text

    return change


def below(file: WordFile) -> None:
    file.sections[0].footer.paragraphs[0].text = "Side {{ pages }}"


def in_a_table(file: WordFile) -> None:
    file.add_table(1, 1).cell(0, 0).text = "{{ year }}"


@pytest.mark.parametrize(
    ("template", "why"),
    [
        pytest.param(changed(reword("Her kommer teksten")), "alone in a paragraph", id="no place for the text"),
        pytest.param(changed(reword("Tekst: {{ content }}")), "alone in a paragraph", id="words beside the text"),
        pytest.param(
            changed(reword("Fra {{ secret }}")),
            r"not {{ secret }} in “Fra {{ secret }}”, but only {{ title }}, {{ owner }}",
            id="an unknown field",
        ),
        pytest.param(
            changed(reword("{{ title.__class__.mro() }}")),
            r"not {{ title.__class__.mro\(\) }} in",
            id="a way out of the sandbox",
        ),
        pytest.param(changed(reword("{% if %}")), "not {% if %} in", id="a broken field"),
        pytest.param(changed(below), "not {{ pages }} in “Side {{ pages }}”", id="an unknown field below the pages"),
        pytest.param(changed(in_a_table), "not {{ year }} in", id="an unknown field in a table"),
        pytest.param(changed(reword("{{ title")), "no other fields than {{ title }}", id="a field that is not closed"),
        pytest.param(b"PK no file", "a Word file", id="no file"),
        pytest.param(b"", "a Word file", id="nothing"),
        pytest.param(
            changed(lambda file: file.styles.element.remove(file.styles["List Bullet"].element)),
            "the styles List Bullet",
            id="a style is gone",
        ),
    ],
)
def test_a_template_that_papers_cannot_be_made_from_is_refused(template: bytes, why: str) -> None:
    with pytest.raises(BadTemplate, match=why):
        checked_template(template)


def test_a_template_that_lost_its_place_meanwhile_is_refused_when_it_is_used() -> None:
    with pytest.raises(BadTemplate):
        made(changed(reword("Her kommer teksten")))


def test_a_logo_is_a_small_png_or_svg() -> None:
    assert checked_logo(SVG) == SVG
    assert (Look(logo=png()).logo_format, Look(logo=SVG).logo_format, PLAIN.logo_format) == ("png", "svg", "")
    with pytest.raises(BadLogo, match="PNG or SVG"):
        checked_logo(b"GIF89a")
    with pytest.raises(BadLogo, match="at most"):
        checked_logo(SVG + b" " * LARGEST_LOGO)

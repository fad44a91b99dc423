"""Drawings: made of numbers only, told in words wherever they stand, and seen on white paper."""

import io
import re
from datetime import UTC, date, datetime

import docx
import pytest
from PIL import Image
from pypdf import PdfReader

from config.colours import LEAST_FOR_TEXT, contrast
from documents.document import Cell, Document, Paragraph, Picture, Table
from documents.page import report_page
from documents.pdf import report_pdf
from documents.picture import (
    LIGHT_COLOURS,
    LINE_COLOUR,
    TARGET_COLOUR,
    TrendLine,
    lights_picture,
    trend_picture,
)
from documents.raster import png_of
from documents.word import word_file
from web.pages import templates
from workflows.papers.reports.model import LIGHTS

AT = datetime(2026, 12, 1, 6, 0, tzinfo=UTC)
POINTS = ((date(2026, 9, 8), 3), (date(2026, 10, 20), 5), (date(2026, 12, 1), 7.5))
DARK_PAGE = "#14181d"


def trend(*, target: float | None = 10) -> Picture:
    picture = trend_picture(TrendLine(points=POINTS, target=target), "nb")
    assert picture is not None
    return picture


def lights() -> Picture:
    picture = lights_picture([(day, kind) for (day, _), kind in zip(POINTS, LIGHTS[:3], strict=True)], "nb")
    assert picture is not None
    return picture


def drawn() -> Document:
    rows = (
        (Cell(text="Plasser"), Cell(text="", picture=trend())),
        (Cell(text="Lys"), Cell(text="nå", picture=lights())),
    )
    table = Table(name="Måltall", headers=("Navn", "Utvikling"), rows=rows)
    return Document(language="nb", title="Prøve", lead=(Paragraph(text="Først"), trend(), table), sections=(), signs={})


def test_a_trend_says_every_number_that_it_draws() -> None:
    assert trend().words == ("Utvikling: 8. september 2026: 3, 20. oktober 2026: 5 og 1. desember 2026: 7,5. Mål: 10.")


def test_a_trend_without_a_target_draws_none() -> None:
    assert "stroke-dasharray" in trend().svg
    assert "stroke-dasharray" not in trend(target=None).svg
    assert "Mål" not in trend(target=None).words


def test_higher_numbers_lie_higher_and_the_same_ones_in_the_middle() -> None:
    rising = re.findall(r"(?<=[ML])[\d.]+ ([\d.]+)", trend(target=None).svg)
    level = trend_picture(TrendLine(points=[(day, 4) for day, _ in POINTS]), "nb")

    assert [float(y) for y in rising] == sorted(map(float, rising), reverse=True)
    assert level is not None
    assert re.findall(r"(?<=[ML])[\d.]+ ([\d.]+)", level.svg) == ["18.0"] * 3


def test_fewer_than_two_numbers_are_no_trend_and_no_light_is_no_row() -> None:
    assert trend_picture(TrendLine(points=POINTS[:1]), "nb") is None
    assert lights_picture([], "nb") is None


def test_lights_are_told_by_word_and_drawn_with_a_shape_each() -> None:
    shapes = {re.sub("#[0-9A-F]{6}", "", _one(kind).svg) for kind in LIGHTS}

    assert lights().words.startswith("8. september 2026: Som planlagt, 20. oktober 2026: Trenger oppmerksomhet")
    assert len(shapes) == len(LIGHTS)


def _one(kind: str) -> Picture:
    picture = lights_picture([(POINTS[0][0], kind)], "nb")
    assert picture is not None
    return picture


@pytest.mark.parametrize("colour", sorted(set(LIGHT_COLOURS.values())))
def test_a_light_s_sign_can_be_read_on_paper_in_its_colour(colour: str) -> None:
    assert contrast(colour, "#ffffff") >= LEAST_FOR_TEXT


@pytest.mark.parametrize("colour", [LINE_COLOUR, TARGET_COLOUR])
def test_a_trend_is_seen_on_paper(colour: str) -> None:
    assert contrast(colour, "#ffffff") >= 3


@pytest.mark.parametrize("colour", [LINE_COLOUR, TARGET_COLOUR])
def test_a_trend_is_seen_on_the_dark_page(colour: str) -> None:
    assert contrast(colour, DARK_PAGE) >= 3


def test_sharepoint_gets_the_words_in_place_of_the_drawing() -> None:
    html = "".join(report_page(drawn()))

    assert "svg" not in html
    assert html.count(trend().words) == 2
    assert f"<td>nå<br>{lights().words}</td>" in html


def test_a_page_of_ours_gets_the_drawing_as_an_image_with_its_words() -> None:
    hostile = Picture(svg="<svg/>", words='"><script>', width_mm=10, height_mm=5)
    template = templates().get_template("papers/report_blocks.html").module

    html = str(vars(template)["block"](hostile))

    assert 'alt="&#34;&gt;&lt;script&gt;" width="38" height="19" src="data:image/svg+xml;base64,PHN2Zy8+"' in html


def test_the_pdf_has_the_drawings_with_their_words() -> None:
    reader = PdfReader(io.BytesIO(report_pdf(drawn(), created_at=AT)))
    tree = reader.root_object["/StructTreeRoot"]

    assert sorted(_alternatives(tree)) == sorted([trend().words, trend().words, lights().words])


def _alternatives(element: object) -> list[str]:
    """Return the text alternatives of the figures below an element of the structure tree."""
    found = []
    element = element.get_object() if hasattr(element, "get_object") else element
    if isinstance(element, dict):
        if element.get("/S") == "/Figure":
            found.append(str(element["/Alt"]))
        found += _alternatives(element.get("/K"))
    elif isinstance(element, list):
        for item in element:
            found += _alternatives(item)
    return found


def test_the_word_file_has_the_drawings_with_their_words() -> None:
    file = docx.Document(io.BytesIO(word_file(drawn(), created_at=AT)))

    described = [item.get("descr") for item in file.element.body.xpath(".//wp:docPr")]

    assert described == [trend().words, trend().words, lights().words]
    assert file.tables[0].rows[2].cells[1].text.startswith("nå")


def test_the_png_is_as_large_as_the_drawing_and_the_same_each_time() -> None:
    picture = trend()
    first = png_of(picture)
    png_of.cache_clear()

    width, height = Image.open(io.BytesIO(first)).size
    assert first == png_of(picture)
    assert width / height == pytest.approx(picture.width_mm / picture.height_mm, rel=0.02)
    assert width == pytest.approx(picture.width_mm / 25.4 * 300, abs=2)

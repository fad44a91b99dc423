"""A data flow as a picture: every box and arrow once, whatever they are called."""

import re
from xml.etree.ElementTree import Element

from defusedxml.ElementTree import fromstring

from documents.flow_picture import FlowArrow, FlowBox, FlowChart, flow_picture
from documents.raster import png_of

SVG = "{http://www.w3.org/2000/svg}"
WORD_PAGE_MM = 160
"""Width of the text on a page of Word."""


def arrow(number: int, source: str, target: str) -> FlowArrow:
    return FlowArrow(number=number, source=source, target=target, words="noe")


CHART = FlowChart(
    headings=("Folk", "Tjenesten", "Utenfor"),
    boxes=[
        FlowBox(key="people", name="Folk & ledere", column=0),
        FlowBox(key="one", name="En del", column=1),
        FlowBox(key="two", name="En annen del med et langt navn", column=1),
        FlowBox(key="out", name="Utenforogmedettsværtlangtord", column=2),
    ],
    arrows=[arrow(1, "people", "one"), arrow(2, "one", "people"), arrow(3, "one", "two"), arrow(4, "two", "out")],
)


def drawn() -> Element:
    root: Element = fromstring(flow_picture(CHART, "Alt i ord.").svg)
    return root


def texts_of(root: Element) -> list[str]:
    return ["".join(item.itertext()) for item in root.iter(f"{SVG}text")]


def test_every_box_and_arrow_is_drawn_once() -> None:
    said = texts_of(drawn())

    assert {"Folk", "Tjenesten", "Utenfor", "Folk & ledere", "En del"} <= set(said)
    assert {"En annen del med", "et langt navn", "Utenforogmedettsværtlangtord"} <= set(said)
    assert [text for text in said if text.isdigit()] == ["1", "2", "3", "4"]
    assert len([path for path in drawn().iter(f"{SVG}path") if path.get("marker-end")]) == len(CHART.arrows)


def test_nothing_is_drawn_outside_the_picture() -> None:
    root = drawn()
    width, height = (float(number) for number in (root.get("viewBox") or "").split()[2:])
    paths = " ".join(path.get("d") or "" for path in root.iter(f"{SVG}path") if path.get("marker-end"))
    numbers = [float(number) for number in re.findall(r"-?[\d.]+", paths)]

    assert all(0 <= x <= width for x in numbers[::2])
    assert all(0 <= y <= height for y in numbers[1::2])


def test_it_fits_a_page_and_can_be_drawn_as_pixels() -> None:
    picture = flow_picture(CHART, "Alt i ord.")

    assert picture.words == "Alt i ord."
    assert picture.width_mm <= WORD_PAGE_MM
    assert png_of(picture).startswith(b"\x89PNG")

import xml.etree.ElementTree as ET
from datetime import date

import pytest

from documents.year_wheel import Ring, Stretch, YearWheel, year_wheel_svg, year_wheel_table

WHEEL = YearWheel(
    name='Å-dal <"&',
    year=2028,
    stretches=(
        Stretch(ring=Ring.BREAK, first=date(2027, 12, 20), last=date(2028, 1, 3), name="juleferie"),
        Stretch(ring=Ring.MEETING, first=date(2028, 2, 29), last=date(2028, 2, 29), name="Møte <b>"),
    ),
    activities=("Lage en plan",),
)
SVG = "{http://www.w3.org/2000/svg}"


@pytest.mark.parametrize("language", ["nb", "nn", "en"])
def test_the_picture_is_well_formed_and_says_what_it_shows(language: str) -> None:
    root = ET.fromstring(year_wheel_svg(WHEEL, language))

    assert root.get("role") == "img"
    assert (root.findtext(f"{SVG}title") or "").endswith('Å-dal <"&')
    assert len(root.findall(f"{SVG}path")) == 2
    assert len(root.findall(f"{SVG}text")) == 14  # Twelve months, the year, and how many activities.


def test_it_brings_no_styles_that_the_pages_policy_would_refuse() -> None:
    assert "style" not in year_wheel_svg(WHEEL)


def test_all_of_it_is_told_in_words() -> None:
    assert [tuple(cell.text for cell in row) for row in year_wheel_table(WHEEL).rows] == [
        ("20. desember 2027 til 3. januar 2028", "juleferie"),
        ("tirsdag 29. februar 2028", "Møte <b>"),
        ("Gjennom året", "Lage en plan"),
    ]

"""The programme's colour as a style sheet: readable, or none."""

import pytest

from tests.web.test_app import client
from web.shell.colour import style_of


def test_the_top_has_the_colour_on_light_and_dark_pages() -> None:
    assert style_of("#5b2a6e").count("--top: #5b2a6e; --top-mark: #ffc46b;") == 2


def test_marks_turn_white_where_they_would_not_be_seen() -> None:
    assert "--top-mark: #ffffff;" in style_of("#767676")


def test_a_colour_that_nothing_can_be_read_on_changes_nothing() -> None:
    assert style_of("#ffd400") == ""


@pytest.mark.parametrize(("path", "status"), [("/farger/5b2a6e.css", 200), ("/farger/red;}.css", 400)])
async def test_only_a_colour_makes_a_style_sheet(path: str, status: int) -> None:
    answer = await client().get(path)

    assert answer.status_code == status
    if status == 200:
        assert answer.headers["content-type"].startswith("text/css")
        assert "immutable" in answer.headers["cache-control"]

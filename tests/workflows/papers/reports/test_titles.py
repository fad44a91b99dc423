"""The title of a board's report bears the board's own name, and an older report keeps its title and its checksum."""

from dataclasses import replace

import pytest

from tests.workflows.papers.reports.report_samples import board_report
from workflows.papers.reports.model import BoardReport, checksum
from workflows.papers.reports.rendering import title_of

REPORT = board_report()


@pytest.mark.parametrize(
    ("language", "title"),
    [
        ("nb", "Status til lederteamet i Å-dal, møtet tirsdag 8. september 2026"),
        ("nn", "Status til lederteamet i Å-dal, møtet tysdag 8. september 2026"),
        ("en", "Status to lederteamet i Å-dal, meeting of Tuesday 8 September 2026"),
    ],
)
def test_the_board_s_own_name_stands_in_the_title(language: str, title: str) -> None:
    assert title_of(replace(REPORT, board="Lederteamet i Å-dal"), language) == title


def test_a_report_from_before_the_name_was_kept_is_as_it_was() -> None:
    kept = REPORT.to_data()

    assert "board" not in kept
    assert checksum(BoardReport.from_data(kept)) == checksum(REPORT)
    assert title_of(REPORT, "nb") == "Status til styret i Våre unge Å-dal, møtet tirsdag 8. september 2026"


def test_the_name_is_kept_in_the_record() -> None:
    named = replace(REPORT, board="Lederteamet i Å-dal")

    assert BoardReport.from_data(named.to_data()) == named

"""The benchmark of papers: what it measures, and that it says what is over."""

from dataclasses import replace
from typing import Any

import pytest

from benchmarks.papers import Figures, measure, problems

WELL = Figures(
    reports=4284,
    values=9,
    pdf=0.02,
    word=0.02,
    memory=110,
    content_bytes=10_000,
    pdf_bytes=30_000,
    word_bytes=30_000,
)


def test_a_small_country_is_measured() -> None:
    figures = measure(2, 2, 2)

    assert figures.reports == 4
    assert min(figures.values, figures.pdf, figures.word, figures.memory) > 0
    assert min(figures.content_bytes, figures.pdf_bytes, figures.word_bytes) > 1000


def test_the_pdf_s_share_is_of_what_the_record_keeps() -> None:
    assert WELL.pdf_share == 0.75


@pytest.mark.parametrize(
    ("changes", "over"),
    [
        ({}, []),
        ({"values": 61}, ["values and pages: 61.000 s, at most 60.0"]),
        ({"pdf": 0.051, "word": 0.2}, ["a PDF: 0.051 s, at most 0.05", "a Word file: 0.200 s, at most 0.025"]),
        ({"pdf_bytes": 75_500}, ["what is kept of a PDF: 75.500 kB, at most 45"]),
        ({"memory": 133}, ["peak memory, by a tenth's: 1.209 times, at most 1.2"]),
    ],
)
def test_a_figure_that_is_over_is_told(changes: dict[str, Any], over: list[str]) -> None:
    assert problems(replace(WELL, **changes), WELL) == over

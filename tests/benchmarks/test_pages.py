"""Statements of pages behind sign-in, however long the history is. `python -m benchmarks.pages` measures the times."""

from dataclasses import replace
from pathlib import Path

import pytest

from benchmarks.pages import FIRST_LOAD, LARGEST, MEDIAN, P99, STATEMENTS, Asked, Figures, measure, report

MANY_ROUNDS = 27
"""Three years of them."""


async def test_no_page_needs_more_statements_than_allowed_or_more_with_a_longer_history(tmp_path: Path) -> None:
    figures = await measure(3, MANY_ROUNDS, 0, tmp_path)

    routes = {item.asked.route for item in figures}
    assert {"/", "/fylket", "/kommune/{slug}", "/pakke/{package}", "/styret/{body}", "/api/v1/municipalities"} <= routes
    assert [item.asked for item in figures if item.status >= 500] == []
    assert [(item.asked, item.statements) for item in figures if item.statements > STATEMENTS] == []
    assert [(item.asked, item.load) for item in figures if item.load > FIRST_LOAD] == []
    assert [(item.asked, item.few_statements) for item in figures if item.statements > item.few_statements] == []


def figures(
    *, status: int = 200, few: int = 6, statements: int = 6, milliseconds: float = 10, kilobytes: float = 20
) -> Figures:
    return Figures(
        asked=Asked(route="/fylket", address="/fylket", person="leder-fylket"),
        status=status,
        few_statements=few,
        statements=statements,
        milliseconds=[milliseconds] * 99 + [milliseconds * 3],
        size=kilobytes,
        load=kilobytes,
    )


@pytest.mark.parametrize(
    ("found", "excess"),
    [
        (figures(), []),
        (figures(milliseconds=MEDIAN + 1), ["median over 50 ms"]),
        (figures(statements=STATEMENTS + 1, few=STATEMENTS + 1), ["over 12 statements"]),
        (figures(statements=7), ["grows with history"]),
        (figures(kilobytes=LARGEST + 1), ["first load over 100 kB", "over 150 kB"]),
        (figures(status=500), ["fails"]),
    ],
    ids=["within", "slow", "many statements", "grows", "large", "fails"],
)
def test_a_page_over_a_limit_is_named_with_it(found: Figures, excess: list[str]) -> None:
    assert found.excess == excess
    assert report([found]).count("1 of 1 over") == bool(excess)


def test_one_answer_in_a_hundred_may_be_slow() -> None:
    few = replace(figures(), milliseconds=[10] * 49 + [P99 + 1])

    assert figures(milliseconds=10).p99 == 10
    assert few.excess == ["p99 over 200 ms"]

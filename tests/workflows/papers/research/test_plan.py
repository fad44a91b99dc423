"""The data set for research: pseudonyms, held-back counts, and nothing that people wrote."""

from dataclasses import replace

import pytest

import texts
from tests.workflows.papers.archive.body_records import stored_report
from tests.workflows.papers.reports import report_samples as samples
from workflows.papers.record import BodyRecord
from workflows.papers.reports.model import BoardReport
from workflows.papers.reports.package_report import IndicatorLine
from workflows.papers.research.model import DataTable
from workflows.papers.research.plan import Pseudonyms, dictionary, is_small, research_tables

KEY = "0123456789abcdef0123456789abcdef"


def indicator(name: str, now: float | None, unit: str = "antall", target: float | None = None) -> IndicatorLine:
    return IndicatorLine(name=name, unit=unit, better="higher", target=target, now=now)


def report(*indicators: IndicatorLine, slug: str = "a-dal", day: str = "2026-09-08") -> BoardReport:
    package = replace(samples.FULL.packages[0], key=f"{slug}-praksis", indicators=indicators)
    meeting = samples.meeting(f"{slug}/{day}")
    return replace(samples.board_report(package), municipality=slug, meeting=meeting)


def tables(*reports: BoardReport, key: str = KEY) -> dict[str, DataTable]:
    records = [
        BodyRecord(body=item.municipality, reports=[stored_report(item, version=index + 1)])
        for index, item in enumerate(reports)
    ]
    return {table.name: table for table in research_tables(records, Pseudonyms(key))}


def rows(table: DataTable) -> list[dict[str, object]]:
    return [dict(zip((column.name for column in table.columns), row, strict=True)) for row in table.rows]


def test_a_row_says_how_a_package_stood_and_none_of_its_words() -> None:
    (row,) = rows(tables(report())["status"])

    assert row | {"municipality": "", "work_package": ""} == {
        "municipality": "",
        "work_package": "",
        "year": 2026,
        "round": 1,
        "light": "red",
        "previous_light": "yellow",
        "has_hindrance": True,
        "asks_board": True,
        "has_proposal": True,
        "on_behalf": False,
    }


def test_pseudonyms_are_the_same_with_the_same_key_and_others_with_another() -> None:
    one, again, other = (rows(tables(report(), key=key)["status"])[0] for key in (KEY, KEY, KEY[::-1]))

    assert one == again
    assert one["municipality"] != other["municipality"]
    assert str(one["municipality"]).startswith("K-")
    assert "dal" not in str(one).lower()


def test_a_short_key_is_refused() -> None:
    with pytest.raises(ValueError, match="32 characters"):
        Pseudonyms("kort")


@pytest.mark.parametrize(
    ("value", "unit", "small"),
    [(0, "antall", False), (1, "antall", True), (4, "unge", True), (5, "antall", False), (3.2, "prosent", False),
     (4, " % ", False), (4.5, "timer", True), (-2, "antall", False)],
)  # fmt: skip
def test_counts_from_one_to_four_are_small(value: float, unit: str, small: bool) -> None:
    assert is_small(value, unit) is small


def test_small_counts_are_held_back_and_say_so() -> None:
    found = rows(tables(report(indicator("A", 3, target=4), indicator("B", 12, target=20), indicator("C", None)))
                 ["measurements"])  # fmt: skip
    told = {(row["value"], row["target"], row["suppressed"]) for row in found}

    assert told == {(None, None, True), (12, 20, False), (None, None, False)}


def measured(*reports: BoardReport) -> list[tuple[object, object]]:
    """Return round and number of each row, sorted; a number that is held back is None."""
    found = [(row["round"], row["value"]) for row in rows(tables(*reports)["measurements"])]
    return sorted(found, key=str)


def test_no_held_back_count_is_a_sum_less_the_others() -> None:
    """A sum of the indicator over municipalities, as the owner board reads it, lacks two numbers or none."""
    counts = {"a-dal": 3, "b-vik": 30, "c-nes": 8, "d-by": 60}
    reports = [report(indicator("Plasser", count), slug=slug) for slug, count in counts.items()]

    assert measured(*reports) == [(1, 30), (1, 60), (1, None), (1, None)]
    assert measured(*reports[1:]) == [(1, 30), (1, 60), (1, 8)]


def test_a_package_with_a_small_count_has_none_of_the_year_told_since_sums_take_its_newest() -> None:
    small = BodyRecord(
        body="a-dal",
        reports=[stored_report(report(indicator("Plasser", count), day=day)) for count, day in
                 ((3, "2026-09-08"), (9, "2026-11-17"), (12, "2027-01-12"))],
    )  # fmt: skip
    other = BodyRecord(body="b-vik", reports=[stored_report(report(indicator("Plasser", 4), slug="b-vik"))])

    _, table = research_tables([small, other], Pseudonyms(KEY))

    assert [row["value"] for row in rows(table) if row["year"] == 2026] == [None, None, None]
    assert [row["value"] for row in rows(table) if row["year"] == 2027] == [12]


def test_shares_in_per_cent_are_told_however_small() -> None:
    assert measured(report(indicator("Fravær", 3, unit="prosent")), report(indicator("Fravær", 9, unit="prosent"))) == [
        (1, 3),
        (1, 9),
    ]


def test_an_indicator_that_one_municipality_alone_has_is_a_pseudonym() -> None:
    first = report(indicator("Praksisplasser", 12), indicator("Bare i Å-dal", 12))
    second = report(indicator("Praksisplasser", 9), slug="b-vik")

    names = [row["indicator"] for row in rows(tables(first, second)["measurements"])]

    assert names.count("Praksisplasser") == 2
    assert "Bare i Å-dal" not in names


def test_a_package_that_reports_to_two_boards_is_one_user_of_its_indicator() -> None:
    """Else a name that stands alone would be told because two boards have read it."""
    own, other = (replace(report(indicator("Bare i Å-dal", 12)), municipality=slug) for slug in ("a-dal", "b-vik"))

    names = [row["indicator"] for row in rows(tables(own, other)["measurements"])]

    assert len(names) == 2
    assert "Bare i Å-dal" not in names


def test_rounds_are_counted_through_the_year_and_the_newest_version_counts() -> None:
    autumn, winter, next_year = (report(day=day) for day in ("2026-09-08", "2026-11-17", "2027-01-12"))
    corrected = replace(autumn, packages=(replace(autumn.packages[0], light="green"),))
    record = BodyRecord(
        body="a-dal",
        reports=[stored_report(item, version=version) for item, version in
                 ((winter, 1), (autumn, 1), (next_year, 1), (corrected, 2))],
    )  # fmt: skip

    status, _ = research_tables([record], Pseudonyms(KEY))

    assert [(row["year"], row["round"], row["light"]) for row in rows(status)] == [
        (2026, 1, "green"),
        (2026, 2, "red"),
        (2027, 1, "red"),
    ]


@pytest.mark.parametrize("language", texts.languages())
def test_the_dictionary_explains_every_column(language: str) -> None:
    found = list(tables(report(indicator("A", 7))).values())

    described = dictionary(found, language)

    assert [row[:2] for row in described.rows] == [
        (f"{table.name}.csv", column.name) for table in found for column in table.columns
    ]
    assert all(row[4] for row in described.rows)


def test_the_owner_board_s_summary_is_no_row() -> None:
    record = BodyRecord(body="owner-board", reports=[stored_report(samples.SUMMARY)])

    assert [table.rows for table in research_tables([record], Pseudonyms(KEY))] == [[], []]

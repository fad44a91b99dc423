"""The yearly extract: counted from released reports and approved minutes."""

from dataclasses import replace

import pytest

import texts
from documents.document import Paragraph, Table
from tests.workflows.papers.archive.body_records import RECORD, stored_report
from tests.workflows.papers.reports import report_samples as samples
from workflows.papers.evaluation import MunicipalityYear, evaluation_document, evaluation_tables, municipality_year
from workflows.papers.record import BodyRecord
from workflows.papers.reports.model import StoredReport
from workflows.papers.reports.package_report import IndicatorLine


def year(record: BodyRecord = RECORD) -> MunicipalityYear:
    found = municipality_year(record, 2026)
    assert found is not None
    return found


def cells(table: Table) -> list[list[str]]:
    return [[cell.text for cell in row] for row in table.rows]


def test_a_year_counts_rounds_answers_questions_and_decisions() -> None:
    found = year()

    assert (found.name, found.rounds, found.asked, found.answered) == ("Å-dal", 1, 4, 3)
    assert (found.questions, found.decided) == (1, 2)
    assert dict(found.lights)["red"] == 1


def test_an_indicator_has_the_first_and_the_last_number_that_was_told() -> None:
    def report(day: str, now: float | None) -> StoredReport:
        line = IndicatorLine(name="Plasser", unit="antall", better="higher", target=20, now=now)
        package = replace(samples.FULL.packages[0], indicators=(line,))
        return stored_report(replace(samples.board_report(package), meeting=samples.meeting(f"a-dal/{day}")))

    days = (("2026-03-10", None), ("2026-05-12", 5), ("2026-09-08", 12), ("2026-11-17", None))
    record = BodyRecord(body="a-dal", reports=[report(day, now) for day, now in days])

    (line,) = year(record).indicators

    assert (line.first, line.last, line.target) == (5, 12, 20)


def test_a_year_without_a_report_is_none() -> None:
    assert municipality_year(RECORD, 2025) is None
    assert municipality_year(BodyRecord(body="a-dal"), 2026) is None


def test_the_tables_have_a_row_for_each_municipality() -> None:
    rounds, lights, indicators = evaluation_tables([year()], "nb")

    assert cells(rounds) == [["Å-dal", "1", "4", "3", "75 %", "1", "2"]]
    assert lights.headers[1] == "Som planlagt"
    assert [row[2] for row in cells(indicators)] == ["Praksisplasser", "Fravær"]


@pytest.mark.parametrize("language", texts.languages())
def test_every_language_has_its_words(language: str) -> None:
    document = evaluation_document([year()], 2026, "Våre unge Fjordvik", language)

    assert "2026" in document.title
    assert len(document.sections) == 3


def test_a_year_without_any_report_says_so() -> None:
    document = evaluation_document([], 2025, "Våre unge Fjordvik", "nb")

    assert document.lead == (Paragraph(text="Ingen styrer fikk en rapport i 2025."),)
    assert document.sections == ()


def test_a_round_without_packages_has_an_answer_rate_of_nothing() -> None:
    record = BodyRecord(body="a-dal", reports=[stored_report(samples.NO_PACKAGES)])

    rounds, _, _ = evaluation_tables([year(record)], "nb")

    assert cells(rounds)[0][4] == "0 %"

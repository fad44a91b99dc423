"""Words reach the owner board only where their author meant them to: every text of a local report carries its name."""

import io
import re
import types
import typing
import zipfile
from collections.abc import Mapping
from dataclasses import fields, is_dataclass, replace
from datetime import UTC, date, datetime
from typing import Any

import pytest
from pypdf import PdfReader

import texts
from documents.page import report_page
from documents.pdf import report_pdf
from documents.word import word_file
from tests.workflows.papers.agendas.test_plan import owner_agenda
from tests.workflows.papers.questions.question_samples import after, passed_on, question, step
from tests.workflows.papers.reports.test_owner_plan import summary
from tests.workflows.status.rounds import HOME
from workflows.papers.reports.model import BoardReport, OwnerSummary
from workflows.papers.reports.rendering import document_of
from workflows.status.model import EscalationState, LessonLevel, Level

CODES: Mapping[str, str] = {
    "BoardReport.municipality": "a-dal",
    "MeetingFacts.key": "a-dal/2026-11-10",
    "MeetingFacts.body": "a-dal",
    "PackageReport.key": HOME,
    "PackageReport.light": "red",
    "PackageReport.previous_light": "green",
    "PackageReport.last_light": "green",
    "PackageReport.weight": "risk_1_1",
    "PackageReport.lesson_for": LessonLevel.OWNER,
    "PackageReport.theme": "",
    "IndicatorLine.key": "n",
    "IndicatorLine.better": "higher",
    "ReportChange.kind": "light",
    "ActivityLine.state": "under_way",
    "CorrectedText.field": "done",
    "AnsweredQuestion.by": "owner",
    "AnsweredQuestion.state": "closed",
}
"""Texts of a report that are keys of ours and no words."""
MARK = re.compile(r"\[([A-Za-z]+\.[a-z_]+)\]")
MEANT = {"PackageReport.name", "PackageReport.lesson", "Question.question", "Question.proposal", "Question.passed_on"}
"""The texts of a local board and its packages that are meant for this level: names, lessons, and what is passed on."""
OWN = {"Question.county_view", "OwnerSummary.summing_up", "OwnerSummary.summed_by"}
"""The texts of the level itself."""
AT = datetime(2026, 12, 1, 7, tzinfo=UTC)


def marked(kind: Any, name: str = "") -> Any:
    """Return a value of type *kind* whose every text says which field it stands in."""
    if isinstance(kind, type) and is_dataclass(kind):
        hints = typing.get_type_hints(kind)
        return kind(**{item.name: marked(hints[item.name], f"{kind.__name__}.{item.name}") for item in fields(kind)})
    origin, inside = typing.get_origin(kind), typing.get_args(kind)
    if origin in (typing.Union, types.UnionType):
        return marked(str if str in inside else inside[0], name)
    if origin is tuple:
        return (marked(inside[0], name),) if inside[-1] is Ellipsis else tuple(marked(item, name) for item in inside)
    if origin is not None:
        return {marked(inside[0], name): marked(inside[1], name)}
    plain = {date: date(2026, 9, 8), datetime: datetime(2026, 11, 10, 9, tzinfo=UTC), bool: True, int: 1, float: 1.0}
    return plain[kind] if kind in plain else kind(CODES.get(name, f"[{name}]"))


def local_report() -> BoardReport:
    found: BoardReport = marked(BoardReport)
    starts = datetime.fromisoformat("2026-11-10T09:00")
    return replace(found, meeting=replace(found.meeting, starts_local=starts, ends_local=starts))


def owner_summary() -> OwnerSummary:
    """The summary of a report full of words, with a question of its board's own and one that was passed on."""
    own = question("own", question="[Question.own]", proposal="[Question.own_proposal]")
    asked = question("up", question="[Question.question]", proposal="[Question.proposal]")
    decided = passed_on().steps[-1]
    up = after(
        asked,
        step(EscalationState.VIEWED, words="[Question.local_view]"),
        replace(decided, words="[Question.passed_on]"),
        step(EscalationState.VIEWED, level=Level.OWNER, words="[Question.county_view]"),
    )
    settled = after(own, step(EscalationState.ANSWERED, words="[Question.answer]"))
    found = summary(local_report(), questions=[own, up], settled=[settled])
    return replace(found, summing_up="[OwnerSummary.summing_up]", summed_by="[OwnerSummary.summed_by]")


def test_every_text_of_a_local_report_is_told_apart() -> None:
    named = set(MARK.findall(str(local_report().to_data())))

    assert {"PackageReport.done", "PackageReport.hinders", "BoardReport.assessment", "WantedDecision.view"} <= named
    assert {"FollowUpLine.words", "ReportChange.before", "BudgetFigure.purpose", "ActivityLine.text"} <= named


def test_the_summary_holds_the_words_that_are_meant_for_it_and_no_others() -> None:
    assert set(MARK.findall(str(owner_summary().to_data()))) == MEANT | OWN


def words_in(word: bytes) -> str:
    with zipfile.ZipFile(io.BytesIO(word)) as parts:
        return re.sub(r"<[^>]+>", "", parts.read("word/document.xml").decode())


@pytest.mark.parametrize("language", texts.languages())
def test_page_pdf_and_word_show_the_words_that_are_meant_for_the_owner_board_and_no_others(language: str) -> None:
    document = document_of(owner_summary(), language)

    pages = PdfReader(io.BytesIO(report_pdf(document, created_at=AT))).pages
    shown = {
        "page": "".join(report_page(document)),
        "PDF": re.sub(r"[\s\u00ad]+", "", "".join(page.extract_text() for page in pages)),
        "Word": words_in(word_file(document, created_at=AT)),
    }

    for where, words in shown.items():
        assert set(MARK.findall(words)) == MEANT | OWN, where


def test_the_agenda_of_the_owner_board_has_no_other_words_either() -> None:
    up = after(
        question("up", question="[Question.question]", proposal="[Question.proposal]"),
        step(EscalationState.VIEWED, words="[Question.local_view]"),
        replace(passed_on().steps[-1], words="[Question.passed_on]"),
    )

    words = set(MARK.findall(str(owner_agenda(up, question("own", question="[Question.own]")))))

    assert words == {"Question.question", "Question.proposal", "Question.passed_on"}

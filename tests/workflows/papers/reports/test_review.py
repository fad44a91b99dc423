"""The local lead's review as values: sentences, edits, and what a release or a correction makes of them."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from tests.workflows.papers.reports.report_samples import FULL, board_report
from tests.workflows.programme import programme
from workflows.papers.reports.package_report import PackageReport
from workflows.papers.reports.parts import CorrectedText
from workflows.papers.reports.rendering import document_of
from workflows.papers.reports.review import (
    Review,
    SentenceEdit,
    changed_texts,
    corrected_content,
    released_content,
    reviewed,
    sentences_of,
)
from workflows.papers.reports.timing import wait_for_release
from workflows.ports.units import Parked
from workflows.sentences import split_sentences
from workflows.status.model import RoundState, StatusRound
from workflows.working_days import WorkCalendar

MEETING = FULL.meeting.key
NAMES = {"lead": "Lokal leder"}
PACKAGE = PackageReport(
    key="verksted",
    name="Verkstedet",
    lead="Leder",
    light="yellow",
    done="Vi er i gang. Tre kom.\nTo sluttet.",
    next="Mer.",
)
REPORT = board_report(PACKAGE)


def edit(original: str, text: str = "", *, field: str = "done", package: str = "verksted") -> SentenceEdit:
    return SentenceEdit(package=package, field=field, original=original, text=text)


def review(*edits: SentenceEdit, **changes: Any) -> Review:
    return replace(Review(meeting=MEETING, edits=edits), **changes)


def test_a_lesson_is_edited_as_other_texts_and_stands_in_the_report_so() -> None:
    taught = board_report(replace(PACKAGE, lesson="Ring Ola. Ring først.", lesson_for="leads"))
    found = reviewed(taught, review(edit("Ring Ola.", field="lesson")), names=NAMES)

    assert (found.packages[0].lesson, found.packages[0].edited) == ("Ring først.", True)
    shown = [str(block) for section in document_of(found, "nb").sections for block in section.blocks]
    assert any("Det vi har lært" in block and "Ring først." in block for block in shown)


@pytest.mark.parametrize(
    ("text", "sentences"),
    [
        pytest.param("Én. To! Tre?", ("Én.", "To!", "Tre?"), id="by their ends"),
        pytest.param("Møtet er kl. 15.30 i f.eks. rom 2.", ("Møtet er kl. 15.30 i f.eks. rom 2.",), id="no end within"),
        pytest.param("En linje\n\nEn til", ("En linje", "En til"), id="by lines"),
        pytest.param("Ja. «Nei», sa de.", ("Ja.", "«Nei», sa de."), id="a quotation begins one"),
        pytest.param("Álo. Čohkkejit.", ("Álo.", "Čohkkejit."), id="Sámi letters"),
        pytest.param("  \n ", (), id="nothing"),
    ],
)
def test_a_text_is_split_into_its_sentences(text: str, sentences: tuple[str, ...]) -> None:
    assert split_sentences(text) == sentences


@pytest.mark.parametrize(
    ("edits", "done"),
    [
        pytest.param((), "Vi er i gang. Tre kom.\nTo sluttet.", id="none"),
        pytest.param((edit("Tre kom.", "Noen kom."),), "Vi er i gang. Noen kom.\nTo sluttet.", id="changed"),
        pytest.param((edit("Tre kom."),), "Vi er i gang. To sluttet.", id="left out in the middle"),
        pytest.param((edit("To sluttet."),), "Vi er i gang. Tre kom.", id="left out at the end"),
        pytest.param((edit("Fire kom."),), "Vi er i gang. Tre kom.\nTo sluttet.", id="of words no longer there"),
        pytest.param((edit("Tre kom.", package="x"),), "Vi er i gang. Tre kom.\nTo sluttet.", id="of another package"),
    ],
)
def test_edits_change_their_own_sentences_alone(edits: tuple[SentenceEdit, ...], done: str) -> None:
    shown = reviewed(REPORT, review(*edits), names=NAMES).packages[0]

    assert (shown.done, shown.next) == (done, "Mer.")
    assert shown.edited is (done != PACKAGE.done)


def test_sentences_are_listed_with_the_words_that_stand_for_them() -> None:
    found = sentences_of(PACKAGE, [edit("Tre kom.", "Noen kom.")])

    assert [(item.field, item.original, item.text) for item in found] == [
        ("done", "Vi er i gang.", "Vi er i gang."),
        ("done", "Tre kom.", "Noen kom."),
        ("done", "To sluttet.", "To sluttet."),
        ("next", "Mer.", "Mer."),
    ]
    assert len({item.id for item in found}) == len(found)


def test_a_report_that_nobody_went_through_says_so() -> None:
    assert released_content(REPORT, review(), names=NAMES).as_is
    assert released_content(REPORT, review(held=True), names=NAMES).as_is
    for done in (review(send_now=True), review(edit("Tre kom.")), review(assessment="Bra.", assessed_by="lead")):
        assert not released_content(REPORT, done, names=NAMES).as_is


def test_an_assessment_stands_with_its_author() -> None:
    shown = reviewed(REPORT, review(assessment="Bra.", assessed_by="lead"), names=NAMES)

    assert (shown.assessment, shown.assessed_by) == ("Bra.", "Lokal leder")


def test_a_correction_says_which_texts_are_otherwise_and_not_what_stood_there() -> None:
    released = released_content(REPORT, review(), names=NAMES)
    wanted = review(edit("Tre kom."), assessment="Bra.", assessed_by="lead", correction="Feil tall.")

    corrected = corrected_content(released, wanted, names=NAMES)

    assert (corrected.edition, corrected.corrected_because, corrected.as_is) == (2, "Feil tall.", False)
    assert corrected.corrected == (
        CorrectedText(package="", field="assessment"),
        CorrectedText(package="Verkstedet", field="done"),
    )
    assert corrected_content(corrected, wanted, names=NAMES) == corrected


def test_changed_texts_are_told_by_package() -> None:
    told = changed_texts(REPORT, review(edit("Tre kom."), edit("Borte.")))

    assert told == {"verksted": (edit("Tre kom."),)}


# ---------------------------------------------------------------------------------------------------- when it is sent

RELEASE = datetime(2026, 11, 10, 7, tzinfo=UTC)
ROUND = StatusRound(
    meeting=MEETING,
    municipality="a-dal",
    state=RoundState.CLOSED,
    opens_at=RELEASE - timedelta(days=14),
    reminders_at=(),
    deadline_at=RELEASE - timedelta(days=3),
    release_at=RELEASE,
)
HOUR = timedelta(hours=1)


@pytest.mark.parametrize(
    ("changes", "at", "waits"),
    [
        pytest.param({}, RELEASE - HOUR, RELEASE, id="before its time"),
        pytest.param({}, RELEASE, None, id="at its time"),
        pytest.param({"send_now": True}, RELEASE - HOUR, None, id="sent early"),
        pytest.param({"held": True}, RELEASE + HOUR, datetime(2026, 11, 16, 14, tzinfo=UTC), id="held"),
        pytest.param({"held": True}, datetime(2026, 11, 16, 14, tzinfo=UTC), None, id="held too long"),
    ],
)
def test_a_report_goes_at_its_time_unless_its_lead_says_otherwise(
    changes: dict[str, bool], at: datetime, waits: datetime | None
) -> None:
    """A board has its report before it meets, whatever its lead does."""
    starts = datetime.fromisoformat("2026-11-17T09:00")
    wait = wait_for_release(review(**changes), ROUND, starts, WorkCalendar(programme(), "a-dal"), at)

    assert (wait.until if isinstance(wait, Parked) else None) == waits

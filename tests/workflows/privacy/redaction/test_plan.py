"""Rows that a redaction changes, and the copies that follow, of plain rows."""

from datetime import datetime
from typing import Any

import pytest

from config.loading import programme_from
from integration.database.held_data import HELD_DATA
from tests.clocks import NOON
from tests.support.rollout import small
from tests.support.whole_record import PUPIL, report
from workflows.papers.reports.model import BoardReport, ReportContent, checksum, content_from
from workflows.privacy.model import RecordRow
from workflows.privacy.redaction.model import LeftKind, RedactionPlan, StepKind
from workflows.privacy.redaction.plan import RedactionReader, reserved_word
from workflows.privacy.redaction.slipped import SlippedText

MEETING = "sandefjord/2026-09-08"


def set_pdf(content: ReportContent, at: datetime) -> bytes:
    """Return bytes that tell which content was set, and when."""
    return f"{checksum(content)} {at:%Y}".encode()


def plan_of(*rows: tuple[str, dict[str, Any]]) -> RedactionPlan:
    reader = RedactionReader(slipped=SlippedText(text=PUPIL), marker="[sladdet 1]", now=NOON, set_pdf=set_pdf)
    for table, values in rows:
        empty = dict.fromkeys(HELD_DATA[table].columns)
        reader.take(RecordRow(rule=HELD_DATA[table], values={**empty, **values}))
    return reader.plan()


def message(**values: Any) -> tuple[str, dict[str, Any]]:
    content = {"text": f"Om {PUPIL}", "card": {"body": [PUPIL]}}
    return "message", {
        "key": "m-1",
        "surface": "personal",
        "state": "sent",
        "content": content,
        "reference": {"activity": "1"},
        **values,
    }


def test_a_report_says_again_what_stands_there() -> None:
    stored = {
        "meeting": MEETING,
        "version": 2,
        "state": "published",
        "content": report().to_data(),
        "checksum": "before",
        "pdf": b"before",
        "published": {"row": "7"},
        "released_at": NOON,
        "compiled_at": NOON,
    }

    plan = plan_of(("report", stored))

    [change] = plan.changes
    content = content_from(change.values["content"])
    assert isinstance(content, BoardReport)
    assert "[sladdet 1]" in content.assessment
    assert PUPIL not in str(change.values)
    assert change.values["checksum"] == checksum(content)
    assert change.values["pdf"] == set_pdf(content, NOON)
    assert plan.papers == [f"{MEETING}/report/2"]
    assert [(step.kind, step.key, step.details) for step in plan.steps] == [(StepKind.REPORT, MEETING, {"rows": ["7"]})]


def test_a_draft_has_no_copy_and_no_file() -> None:
    stored = {"meeting": MEETING, "version": 1, "state": "draft", "content": report().to_data(), "published": {}}

    plan = plan_of(("report", {**stored, "pdf": None, "released_at": None, "compiled_at": NOON}))

    assert (plan.steps, plan.papers) == ([], [])
    assert "pdf" not in plan.changes[0].values


@pytest.mark.parametrize(
    ("values", "left", "state"),
    [
        pytest.param({"surface": "email", "reference": {}}, {LeftKind.MAIL: 1}, None, id="a mail that was sent"),
        pytest.param({"surface": "email", "state": "planned", "reference": {}}, {}, None, id="a mail that waits"),
        pytest.param(
            {"surface": "email", "state": "sending", "reference": {}}, {LeftKind.DRAFTS: 1}, "dropped", id="on its way"
        ),
        pytest.param({"state": "sending", "reference": {}}, {LeftKind.CARDS: 1}, "dropped", id="a card on its way"),
        pytest.param({}, {}, None, id="a card in Teams"),
    ],
)
def test_a_message_that_left_is_somebody_s_to_act_on(
    values: dict[str, Any], left: dict[LeftKind, int], state: str | None
) -> None:
    plan = plan_of(message(**values))

    assert dict(plan.left) == {**left, LeftKind.BACKUPS: 1}
    assert plan.changes[0].values.get("state") == state
    assert [step.kind for step in plan.steps] == ([] if values else [StepKind.CARD])


def test_every_card_of_a_request_is_drawn_anew_when_its_answer_or_its_question_was_redacted() -> None:
    clean = {"content": {"text": "Svar innen fredag"}}
    rows = [
        message(key="about-answer", request="r-1", **clean),
        message(key="about-question", request="r-2", **clean),
        message(key="another", request="r-3", **clean),
        ("status_answer", {"request": "r-1", "content": {"done": PUPIL}}),
        ("escalation", {"id": "q-2", "request": "r-2", "question": "?", "proposal": ""}),
        ("question_step", {"question": "q-2", "content": {"words": PUPIL}}),
    ]

    plan = plan_of(*rows)

    assert {step.key for step in plan.steps if step.kind is StepKind.CARD} == {"about-answer", "about-question"}


@pytest.mark.parametrize(
    ("booked", "steps"),
    [({"event_id": "1", "booked_by_us": True}, [StepKind.EVENT]), ({"event_id": "", "booked_by_us": False}, [])],
    ids=["in Outlook", "theirs"],
)
def test_a_meeting_is_read_anew_by_feeds_and_its_place_in_outlook_is_not_taken_over(
    booked: dict[str, Any], steps: list[StepKind]
) -> None:
    values = {"key": MEETING, "location": f"Hos {PUPIL}", "sequence": 3, "booked": {"location": PUPIL, "subject": "S"}}

    plan = plan_of(("meeting", {**values, **booked}))

    [change] = plan.changes
    assert change.values["location"] == "Hos [sladdet 1]"
    assert change.values["booked"] == {"subject": "S"}
    assert (change.values["sequence"], change.values["changed_at"]) == (4, NOON)
    assert [step.kind for step in plan.steps] == steps


def test_copies_of_lists_are_made_anew_and_names_of_places_wait_for_a_rollout() -> None:
    row = {"place": "sandefjord", "details": {"wanted": {"Title": PUPIL}}, "url": ""}

    plan = plan_of(("resource", {**row, "key": "row:decisions/1"}), ("resource", {**row, "key": "channel:package/1"}))

    assert [(step.kind, step.key) for step in plan.steps] == [(StepKind.LIST_ROW, "sandefjord|row:decisions/1")]
    assert plan.left[LeftKind.PLACES] == 1


def test_who_has_read_the_register_reads_it_again() -> None:
    version = ("register", {"kind": "version", "key": "", "position": 4, "data": None})
    document = ("register", {"kind": "document", "key": "programme.yaml", "position": 0, "data": {"why": PUPIL}})

    changed = [change.values for change in plan_of(version, document).changes]

    assert changed == [{"data": {"why": "[sladdet 1]"}}, {"position": 5}]
    assert plan_of(version).changes == []


def test_the_chain_of_acts_and_what_the_archive_answered() -> None:
    act = ("audit", {"subject": PUPIL, "details": {"text": PUPIL}})
    answer = ("archive_handover", {"key": "paper:1", "name": "1", "answer": {"problem": PUPIL}})

    plan = plan_of(act, answer)

    assert [change.row.rule.table for change in plan.changes] == ["archive_handover"]
    assert plan.left[LeftKind.ARCHIVE] == 1


@pytest.mark.parametrize(("text", "is_key"), [("Sandefjord", True), ("Ola Elevsen", False)], ids=["key", "a pupil"])
def test_a_key_of_the_register_is_no_text_to_redact(text: str, is_key: bool) -> None:
    documents = small()

    assert bool(reserved_word(programme_from(documents), documents, SlippedText(text=text))) is is_key


def test_a_person_of_the_register_ends_by_retention() -> None:
    documents = small()
    programme = programme_from(documents)
    person = programme.people[0]

    assert reserved_word(programme, documents, SlippedText(text=person.name)) == person.name

"""Minutes before they are approved: what a decision needs, what to consider, and what has changed."""

from dataclasses import replace
from datetime import date, datetime
from functools import partial
from zoneinfo import ZoneInfo

import pytest

from documents.document import Bullets, Document, Facts
from tests.workflows.papers.agendas.agenda_world import THERE
from tests.workflows.papers.agendas.test_plan import PROGRAMME, asks, draft, meeting
from tests.workflows.papers.archive.body_records import AT, RECORD
from tests.workflows.status.rounds import HOME
from workflows.free_text import InvalidText
from workflows.papers.agendas.model import item_label
from workflows.papers.agendas.rendering import minutes_document
from workflows.papers.minutes.model import Matters, Minutes, Outcome, Presence
from workflows.papers.minutes.plan import Desk, people_to_name, prepared_minutes, record
from workflows.papers.minutes.review import minutes_changes, minutes_warnings
from workflows.papers.record import PaperKind

AGENDA = draft(questions=[asks(HOME)])
PREPARED = prepared_minutes(PROGRAMME, meeting(), AGENDA)
DESK = Desk(
    agenda=AGENDA,
    minutes=PREPARED,
    matters=Matters(),
    people=people_to_name(PROGRAMME, meeting()),
    may_pass_on=True,
)
ASKED = next(item.number for item in AGENDA.items if item.question)
DECIDED = {**THERE, "present:member": "1", f"decision:{ASKED}": "Kommunen betaler."}


def keys(minutes: Minutes, *, quorum: int = 50) -> list[str]:
    """The warnings where that many of a hundred must be there."""
    bodies = tuple(body.model_copy(update={"quorum": quorum}) for body in PROGRAMME.bodies)
    programme = PROGRAMME.model_copy(update={"bodies": bodies})
    return [words.key for words in minutes_warnings(programme, minutes, AGENDA)]


@pytest.mark.parametrize(
    ("fields", "problem"),
    [
        pytest.param({}, {"present": "error_present", "chair": "error_chair_absent"}, id="nobody there"),
        pytest.param({**THERE, "chair": ""}, {"chair": "error_chair"}, id="no chair"),
        pytest.param({**THERE, "chair": "member"}, {"chair": "error_chair_absent"}, id="an absent chair"),
        pytest.param({**THERE, "secretary": ""}, {"secretary": "error_secretary"}, id="no secretary"),
    ],
)
def test_a_decision_needs_attendance_a_chair_and_a_secretary(fields: dict[str, str], problem: dict[str, str]) -> None:
    with pytest.raises(InvalidText) as refused:
        record(DESK, {**fields, f"decision:{ASKED}": "Ja."})
    assert {name: words.key for name, words in refused.value.problems.items()} == {
        name: f"minutes.{key}" for name, key in problem.items()
    }
    # Notes without a decision are kept whatever is lacking.
    assert record(DESK, {**fields, f"decision:{ASKED}": "", "what:1": "Ringe"}).minutes.actions


@pytest.mark.parametrize(
    ("field", "value"), [("chair", "stranger"), ("secretary", "stranger"), (f"carrier:{ASKED}", "stranger")]
)
def test_only_people_who_can_be_named_are(field: str, value: str) -> None:
    with pytest.raises(InvalidText) as refused:
        record(DESK, {**DECIDED, field: value})
    assert refused.value.problems[field].key == "agenda.error_who"


def test_a_decision_has_who_carries_it_out_until_when_and_the_question_it_answers() -> None:
    said = record(
        DESK, {**DECIDED, f"carrier:{ASKED}": "member", f"until:{ASKED}": "2026-12-18", f"follow:{ASKED}": "1"}
    )
    [decision] = said.decisions
    assert (decision.person, decision.due_on, decision.question) == ("member", date(2026, 12, 18), HOME)
    assert not decision.is_late(date(2026, 12, 18))
    assert decision.is_late(date(2026, 12, 19))
    with pytest.raises(InvalidText, match=f"until:{ASKED}"):
        record(DESK, {**DECIDED, f"until:{ASKED}": "snart"})


def test_the_lead_of_a_package_that_asks_is_named_beforehand() -> None:
    item = next(item for item in PREPARED.items if item.number == ASKED)
    assert (item.person, item.who, item.follow_up) == ("home-lead", "Leder arena", True)
    assert (PREPARED.chair, PREPARED.secretary) == ("chair", "lead")


@pytest.mark.parametrize(
    ("may_pass_on", "number", "outcome"),
    [
        pytest.param(True, ASKED, Outcome.PASSED_ON, id="a local board passes a question on"),
        pytest.param(False, ASKED, Outcome.DECIDED, id="there is nobody above the owner board"),
        pytest.param(True, 1, Outcome.DECIDED, id="an item that is no question"),
    ],
)
def test_questions_alone_are_passed_on_and_by_local_boards_alone(
    may_pass_on: bool, number: int, outcome: Outcome
) -> None:
    desk = replace(DESK, may_pass_on=may_pass_on)
    said = record(desk, {**THERE, f"decision:{number}": "Opp.", f"outcome:{number}": "passed_on"})
    assert next(item.outcome for item in said.minutes.items if item.number == number) is outcome


def test_an_unknown_outcome_is_a_decision() -> None:
    said = record(DESK, {**DECIDED, f"outcome:{ASKED}": "<script>"})
    assert next(item.outcome for item in said.minutes.items if item.number == ASKED) is Outcome.DECIDED


def test_too_few_to_decide_is_warned_of_and_nothing_to_decide_is_not() -> None:
    decided = record(DESK, {**THERE, f"decision:{ASKED}": "Ja."}).minutes
    assert keys(decided, quorum=60) == ["minutes.warn_quorum"]
    assert keys(decided, quorum=50) == []
    assert keys(record(DESK, {**THERE, f"decision:{ASKED}": ""}).minutes, quorum=60) == []


def test_a_quorum_that_those_who_left_took_with_them_is_warned_of_at_the_item() -> None:
    said = record(DESK, {**DECIDED, f"left:{ASKED}:member": "1"}).minutes
    assert keys(said, quorum=60) == ["minutes.warn_quorum_item"]
    assert [line.person for line in said.present_at(next(item for item in said.items if item.left))] == ["chair"]


def test_a_package_s_lead_on_the_board_is_asked_about_unless_they_left() -> None:
    there = Presence(person="home-lead", name="Leder arena", present=True)
    said = record(DESK, DECIDED).minutes
    member = replace(said, attendance=(*said.attendance, there))
    assert "minutes.warn_disqualified" in keys(member)
    items = tuple(replace(item, left=("home-lead",)) if item.number == ASKED else item for item in member.items)
    assert "minutes.warn_disqualified" not in keys(replace(member, items=items))


def test_a_decision_to_follow_up_without_a_due_date_is_warned_of() -> None:
    assert keys(record(DESK, {**DECIDED, f"follow:{ASKED}": "1"}).minutes) == ["minutes.warn_loose"]
    whole = {**DECIDED, f"follow:{ASKED}": "1", f"until:{ASKED}": "2026-12-18"}
    assert keys(record(DESK, whole).minutes) == []


def test_a_new_version_says_what_has_changed_and_the_same_says_nothing() -> None:
    old = record(DESK, DECIDED).minutes
    fields = {
        "present:chair": "1",
        "present:lead": "1",
        "chair": "lead",
        "secretary": "chair",
        "others": "En fra NAV",
        f"decision:{ASKED}": "Staten betaler.",
        f"outcome:{ASKED}": "sent_back",
        f"until:{ASKED}": "2026-12-18",
        f"left:{ASKED}:lead": "1",
        "what:1": "Ringe",
    }
    new = record(replace(DESK, minutes=old), fields).minutes
    changes = minutes_changes(old, new)
    assert [words.key.removeprefix("minutes.change_") for words in changes] == [
        "absent",
        "present",
        "others",
        "chair",
        "secretary",
        "decision",
        "follow_up",
        "outcome",
        "left",
        "actions",
    ]
    decision = next(words for words in changes if words.key == "minutes.change_decision")
    assert (decision.values["before"], decision.values["now"]) == ("Kommunen betaler.", "Staten betaler.")
    assert minutes_changes(old, old) == ()
    assert minutes_changes(old, replace(old, items=(*old.items, replace(old.items[0], number=99)))) == ()


def test_approved_minutes_print_the_day_of_their_approval_where_the_meeting_was() -> None:
    local_day = partial(local_day_in, ZoneInfo("Europe/Oslo"))
    papers = [paper for paper in RECORD.papers("nb", local_day) if paper.kind is PaperKind.MINUTES]
    prepared = minutes_document(record(DESK, DECIDED).minutes, DESK.agenda, "nb", prepared=False)

    # Half past midnight in Oslo.
    assert AT.isoformat() == "2026-09-01T22:30:00+00:00"
    assert [_approved(paper.document) for paper in papers] == ["onsdag 2. september 2026"] * 2
    assert _approved(prepared) is None


def local_day_in(zone: ZoneInfo, moment: datetime) -> date:
    return moment.astimezone(zone).date()


def _approved(document: Document) -> str | None:
    """Return the day of approval that the top of a paper prints."""
    rows = [row for block in document.lead if isinstance(block, Facts) for row in block.rows]
    return dict(rows).get("Godkjent")


def test_the_paper_of_a_new_version_says_what_it_has_otherwise_and_a_first_one_does_not() -> None:
    old = record(DESK, DECIDED).minutes
    new = record(replace(DESK, minutes=old), {**DECIDED, f"decision:{ASKED}": "Staten betaler."}).minutes

    first, corrected, same = (
        minutes_document(new, DESK.agenda, "nb", prepared=False, before=before) for before in (None, old, new)
    )

    label = item_label(new.year, ASKED)
    assert corrected.lead[-1] == Bullets(
        items=(f"Vedtaket i sak {label} var «Kommunen betaler.» og er nå «Staten betaler.».",)
    )
    assert first.lead == same.lead == corrected.lead[:-2]


def test_minutes_come_back_as_they_were_and_old_ones_lack_nothing() -> None:
    said = record(DESK, {**DECIDED, f"until:{ASKED}": "2026-12-18", f"left:{ASKED}:member": "1"}).minutes
    assert Minutes.from_data(said.to_data()) == said
    data = said.to_data()
    old = {name: value for name, value in data.items() if name not in ("chair", "secretary", "names")}
    old["items"] = [
        {name: item[name] for name in ("number", "title", "decision", "follow_up")} for item in data["items"]
    ]
    read = Minutes.from_data(old)
    assert [item.decision for item in read.items] == [item.decision for item in said.items]
    assert {item.outcome for item in read.items} == {Outcome.DECIDED}

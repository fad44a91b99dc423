"""Agendas from plain data: what stands on them, in which order, with which numbers."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from config.programme import Programme
from config.values import Role
from tests.workflows.papers.agendas.agenda_world import ENTRIES, with_agenda
from tests.workflows.papers.questions.question_samples import after, passed_on, question, step
from tests.workflows.papers.reports import report_samples as samples
from tests.workflows.status.rounds import GUEST, HOME
from tests.workflows.status.rounds import programme as rounds_programme
from workflows.meetings.model import Meeting, MeetingState
from workflows.papers.agendas.model import Agenda, ItemKind, Proposal
from workflows.papers.agendas.plan import URGENCY, draft_agenda, may_propose, recorders
from workflows.papers.agendas.rendering import agenda_document
from workflows.papers.minutes.model import ActionItem, Decision, Matters, MatterState
from workflows.papers.questions.model import BoardQuestion
from workflows.papers.reports.model import ReportContent
from workflows.papers.reports.package_report import PackageReport
from workflows.status.model import EscalationState

KEY = "a-dal/2026-11-17"
STARTS = datetime(2026, 11, 17, 9, 0)  # noqa: DTZ001 - a local wall time
PUT_IN = datetime(2026, 11, 1, 9, 0, tzinfo=UTC)
PROGRAMME = with_agenda(rounds_programme())


def meeting(key: str = KEY, body: str = "a-dal") -> Meeting:
    return Meeting(
        key=key,
        body=body,
        state=MeetingState.BOOKED,
        starts_local=STARTS,
        ends_local=STARTS + timedelta(hours=2),
        timezone="Europe/Oslo",
        changed_at=PUT_IN,
        booked_by_us=True,
    )


def package(key: str, light: str = "green") -> PackageReport:
    return PackageReport(key=key, name=f"Pakken {key}", lead="Lederen", light=light)


def proposal(person: str = "member", number: int = 1, *, title: str = "Skyss", days: int = 0) -> Proposal:
    at = PUT_IN + timedelta(days=days)
    return Proposal(meeting=KEY, person=person, number=number, version=1, at=at, title=title)


def decision(number: int, *, state: MatterState = MatterState.OPEN, text: str = "Vi gjør det.") -> Decision:
    return Decision(
        key=f"a-dal/2026/{number}",
        meeting="a-dal/2026-09-29",
        body="a-dal",
        year=2026,
        number=number,
        title="Sak",
        text=text,
        state=state,
    )


def draft(
    *proposals: Proposal,
    report: ReportContent | None = None,
    matters: Matters | None = None,
    questions: Sequence[BoardQuestion] = (),
    last_number: int = 0,
    programme: Programme = PROGRAMME,
) -> Agenda:
    return draft_agenda(
        programme,
        meeting(),
        report=report,
        proposals=proposals,
        matters=matters or Matters(),
        questions=questions,
        last_number=last_number,
    )


def asks(key: str, **changes: Any) -> BoardQuestion:
    """A question that a package of Å-dal asks the board."""
    return question(key, **{"work_package": key, **changes})


def test_items_stand_in_the_order_of_the_template_and_are_numbered_on_from_the_last_meeting() -> None:
    report = samples.board_report(package(HOME, "red"), package(GUEST))
    matters = Matters(decisions=(decision(7),))

    agenda = draft(proposal(), report=report, matters=matters, questions=[asks(HOME)], last_number=11)

    assert [(agenda.label(item.number), item.title) for item in agenda.items] == [
        ("12/26", "Godkjenning av saksliste"),
        ("13/26", "Oppfølging av vedtak"),
        ("14/26", "Pakken arena ber om en avgjørelse"),
        ("15/26", "Status i arbeidspakkene"),
        ("16/26", "Skyss"),
        ("17/26", "Eventuelt"),
    ]


def test_a_question_brings_its_words_its_proposal_and_the_lead_s_view() -> None:
    viewed = after(asks(HOME), step(EscalationState.VIEWED, words="Jeg anbefaler det."))
    [item] = [item for item in draft(questions=[viewed]).items if item.kind is ItemKind.QUESTION]

    assert (item.text, item.proposal, item.view) == ("Hvem betaler?", "Kommunen betaler.", "Jeg anbefaler det.")
    assert (item.by, item.work_package, item.question) == ("Leder arena", HOME, HOME)


def test_a_board_is_asked_what_stands_still_first_and_nothing_of_a_later_round_or_of_others() -> None:
    report = samples.board_report(package(HOME, "yellow"), package(GUEST, "red"))
    later = asks("later", work_package=HOME, meeting="a-dal/2027-02-02")
    questions = [asks(HOME), asks(GUEST), later, asks("else", municipality="b-vik"), passed_on()]

    agenda = draft(report=report, questions=questions)

    assert [item.question for item in agenda.items if item.kind is ItemKind.QUESTION] == [GUEST, HOME]


def test_nothing_is_put_up_for_what_there_is_nothing_of() -> None:
    assert [item.key for item in draft().items] == ["opening", "any-other"]


def test_withdrawn_proposals_and_finished_decisions_are_left_out() -> None:
    matters = Matters(decisions=(decision(7, state=MatterState.DONE), decision(8, state=MatterState.DROPPED)))

    agenda = draft(replace(proposal(), withdrawn=True), matters=matters)

    assert [item.key for item in agenda.items] == ["opening", "any-other"]


def test_follow_up_tells_what_the_round_told_and_what_is_late_comes_first() -> None:
    action = ActionItem(
        key="a-dal/2026-09-29/1",
        meeting="a-dal/2026-09-29",
        body="a-dal",
        year=2026,
        number=7,
        person="chair",
        what="Skrive til fylket",
        due_on=date(2026, 10, 30),
    )
    matters = Matters(decisions=(decision(7),), actions=(action,))
    told = replace(
        samples.board_report(package("en")),
        follow_up=(samples.follow_up("a-dal/2026/7", words="Vi har fått to rom."),),
    )

    agenda = draft(report=told, matters=matters)
    item = next(item for item in agenda.items if item.kind is ItemKind.FOLLOW_UP)
    assert "30. oktober 2026 (over fristen)" in str(agenda_document(agenda, "nb"))

    assert [(line.name, line.who, line.due_on, line.words) for line in item.lines] == [
        ("7/26 Skrive til fylket", "Rolle chair", date(2026, 10, 30), ""),
        ("7/26 Vi gjør det.", "", None, "Vi har fått to rom."),
    ]


def owner_agenda(*questions: BoardQuestion) -> Agenda:
    """The agenda of the owner board, which meets by the same template."""
    owner = PROGRAMME.body("owner-board")
    bodies = tuple(
        body.model_copy(update={"agenda": ENTRIES}) if body.key == owner.key else body for body in PROGRAMME.bodies
    )
    programme = PROGRAMME.model_copy(update={"bodies": bodies})
    ahead = meeting(f"{owner.key}/2026-12-15", owner.key)
    return draft_agenda(programme, ahead, report=samples.SUMMARY, proposals=(), matters=Matters(), questions=questions)


def test_the_owner_board_is_asked_what_local_boards_pass_on_and_sees_every_municipality() -> None:
    up = replace(passed_on("up"), work_package=HOME)
    agenda = owner_agenda(up, asks(HOME), asks(GUEST))

    [item] = [item for item in agenda.items if item.kind is ItemKind.QUESTION]
    assert (item.question, item.by, item.title) == ("up", "a-dal", "Pakken arena (a-dal) ber om en avgjørelse")
    assert item.decided_below == "Styret ber eierstyret avgjøre det."
    status = next(item for item in agenda.items if item.kind is ItemKind.STATUS)
    assert {line.name for line in status.lines} == {line.name for line in samples.SUMMARY.municipalities}


@pytest.mark.parametrize(
    ("person", "proposes", "records"),
    [
        pytest.param("chair", True, True, id="the chair"),
        pytest.param("member", True, False, id="a member"),
        pytest.param("lead", True, True, id="the local lead"),
        pytest.param("county-lead", False, True, id="the county lead"),
        pytest.param("home-lead", False, False, id="a package's lead"),
        pytest.param("stranger", False, False, id="somebody else"),
    ],
)
def test_who_may_put_in_items_and_who_may_record(person: str, proposes: bool, records: bool) -> None:
    body, day = PROGRAMME.body("a-dal"), date(2026, 11, 1)

    assert may_propose(PROGRAMME, body, person, day) is proposes
    assert (person in {item.key for item in recorders(PROGRAMME, body, day)}) is records


def test_a_lead_of_another_municipality_records_nothing_here() -> None:
    elsewhere = PROGRAMME.assignments[2].model_copy(update={"municipality": "b-vik"})
    assert elsewhere.role is Role.LOCAL_LEAD
    moved = PROGRAMME.model_copy(update={"assignments": (*PROGRAMME.assignments[:2], elsewhere)})

    found = recorders(moved, moved.body("a-dal"), date(2026, 11, 1))

    assert [person.key for person in found] == ["chair"]


# ----------------------------------------------------------------------------------------------------------- properties

LIGHTS = st.sampled_from([str(light) for light in URGENCY])
PACKAGES = st.lists(st.builds(package, st.uuids().map(str), LIGHTS), max_size=8)
ASKING = st.lists(st.builds(asks, st.sampled_from([HOME, GUEST])), max_size=2, unique_by=lambda item: item.id)
PROPOSALS = st.lists(
    st.builds(proposal, st.sampled_from(["chair", "member", "lead"]), st.integers(1, 9), days=st.integers(0, 5)),
    max_size=8,
    unique_by=lambda item: item.key,
)


@given(ASKING, PROPOSALS, st.integers(0, 200), st.randoms())
def test_everything_brought_up_stands_there_once_whoever_came_first(
    questions: list[BoardQuestion], proposals: list[Proposal], last: int, random: object
) -> None:
    agenda = draft(*proposals, questions=questions, last_number=last)
    shuffled = list(proposals)
    random.shuffle(shuffled)  # type: ignore[attr-defined]

    assert draft(*shuffled, questions=questions, last_number=last) == agenda
    assert [item.number for item in agenda.items] == list(range(last + 1, last + 1 + len(agenda.items)))
    keys = [item.key for item in agenda.items]
    assert len(set(keys)) == len(keys)
    assert {key for key in keys if key.startswith("proposals/")} == {f"proposals/{item.key}" for item in proposals}
    asking = {f"questions/{item.work_package}" for item in questions}
    assert {key for key in keys if key.startswith("questions/")} == asking
    entries = [key.partition("/")[0] for key in keys]
    order = [entry.key for entry in sorted(ENTRIES, key=lambda entry: entry.order)]
    assert entries == sorted(entries, key=order.index)
    assert Agenda.from_data(agenda.to_data()) == agenda


@given(PACKAGES)
def test_what_is_in_trouble_comes_first(packages: list[PackageReport]) -> None:
    agenda = draft(report=samples.board_report(*packages))

    for item in agenda.items:
        if item.kind is ItemKind.STATUS:
            lights = [URGENCY.index(line.light) for line in item.lines]
            assert lights == sorted(lights)
            assert len(lights) == len(packages)

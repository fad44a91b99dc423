"""Minutes are approved, mailed and filed, and answer the questions that packages lifted."""

import pytest

from integration.database.connection import Database
from integration.database.questions import SQLQuestions
from tests.workflows.papers.agendas.agenda_world import THERE, AgendaWorld
from tests.workflows.status.rounds import MEETING
from web.papers.agenda import agenda_context
from workflows.papers.agendas.editing import DeskRefused
from workflows.papers.questions.model import BoardQuestion
from workflows.ports.units import DueUnit, Parked
from workflows.status.model import EscalationState, Level


@pytest.fixture
async def late(database: Database) -> AgendaWorld:
    """The meeting is over."""
    world = AgendaWorld(database)
    await world.at_the_meeting()
    return world


async def lifted(world: AgendaWorld) -> BoardQuestion:
    """The one question that the round lifted."""
    [found] = await world.questions.list_of("a-dal", most=5)
    return found


async def mails_about(world: AgendaWorld, part: str) -> dict[str, str]:
    """The texts of planned mails to leads whose key has *part*, by the person."""
    mails = await world.messages.list_messages(kind="leads.mail")
    return {mail.person or "": mail.content.text for mail in mails if part in mail.key}


async def test_a_question_goes_from_the_agenda_over_the_minutes_to_its_answer(late: AgendaWorld) -> None:
    on_agenda = await lifted(late)
    assert (on_agenda.state, on_agenda.agenda_of(Level.LOCAL)) == (EscalationState.ON_AGENDA, MEETING)
    await late.agenda_desk.record(MEETING, "lead", {**THERE, "version": "0", "decision:2": "Dere får lokalene."})
    for _ in range(2):
        await late.paper("minutes.publish")
    decided = await lifted(late)
    assert (decided.state, decided.version) == (EscalationState.DECIDED, 2)
    assert await mails_about(late, "/answer/") == {}

    await late.agenda_desk.approve(MEETING, "chair", "1")
    for _ in range(2):
        await late.paper("minutes.publish")

    answered = await lifted(late)
    assert (answered.state, answered.version) == (EscalationState.ANSWERED, 3)
    assert answered.answer is not None
    assert answered.answer.words == "Dere får lokalene."
    told = await mails_about(late, "/answer/")
    assert list(told) == ["home-lead"]
    assert "Dere får lokalene." in told["home-lead"]
    assert set(await mails_about(late, "/1/approved")) == {"chair", "member", "lead"}
    assert await late.questions.list_waiting(Level.LOCAL) == []


async def test_a_correction_after_approval_is_mailed_with_what_it_changed(late: AgendaWorld) -> None:
    await late.approved({"decision:1": "Godkjent.", "decision:2": "Ja."})
    await late.approved({"decision:1": "Godkjent.", "decision:2": "Nei."}, after=1)

    told = await mails_about(late, "/2/approved")
    assert "Vedtaket i sak 2/26 var «Ja.» og er nå «Nei.»." in told["member"]
    assert "Nei." in (await mails_about(late, "/2/answer/"))["home-lead"]
    assert (await lifted(late)).state is EscalationState.ANSWERED


async def test_a_member_s_page_of_a_new_version_says_what_it_has_otherwise(late: AgendaWorld) -> None:
    shown = []
    for version, decision in enumerate(("Ja.", "Nei.")):
        await late.approved({"decision:2": decision}, after=version)
        view = await late.agenda_desk.view(MEETING, "member")
        context = agenda_context(view, typed={}, number="", invalid=None, done="", record="")
        shown.append("var «Ja.» og er nå «Nei.»" in str(context["minutes"].lead))

    assert shown == [False, True]


async def test_a_correction_that_leaves_the_answer_alone_is_no_new_answer(late: AgendaWorld) -> None:
    await late.approved({"decision:1": "Godkjent.", "decision:2": "Ja."})
    await late.approved({"decision:1": "Ikke godkjent.", "decision:2": "Ja."}, after=1)

    assert await mails_about(late, "/2/answer/") == {}
    assert "Endret" not in (await mails_about(late, "/1/approved"))["member"]


@pytest.mark.parametrize(
    ("outcome", "state", "words"),
    [
        pytest.param("passed_on", EscalationState.PASSED_ON, "løfter det til eierstyret", id="passed on"),
        pytest.param("sent_back", EscalationState.SENT_BACK, "sender det tilbake", id="sent back"),
    ],
)
async def test_what_a_board_does_not_decide_itself_is_told_to_who_asked(
    late: AgendaWorld, outcome: str, state: EscalationState, words: str
) -> None:
    await late.approved({"decision:2": "Vi kan ikke avgjøre det.", "outcome:2": outcome})

    assert (await lifted(late)).state is state
    assert words in (await mails_about(late, "/answer/"))["home-lead"]


@pytest.mark.parametrize(
    ("decided", "told"),
    [
        pytest.param({"decision:1": "Ja."}, "Dette er vedtatt:\n\nSak 1", id="a decision"),
        pytest.param({}, "Ingenting ble vedtatt.", id="none"),
    ],
)
async def test_the_mail_about_approved_minutes_announces_no_decisions_where_there_are_none(
    late: AgendaWorld, decided: dict[str, str], told: str
) -> None:
    await late.approved(decided)

    assert told in (await mails_about(late, "/1/approved"))["member"]


async def test_minutes_are_approved_by_recorders_and_in_their_newest_version_alone(late: AgendaWorld) -> None:
    with pytest.raises(DeskRefused, match="not_newest"):
        await late.agenda_desk.approve(MEETING, "chair", "0")
    await late.agenda_desk.record(MEETING, "lead", {**THERE, "version": "0", "decision:1": "Godkjent."})
    for person in ("member", "home-lead", None):
        with pytest.raises(DeskRefused):
            await late.agenda_desk.approve(MEETING, person, "1")
    await late.agenda_desk.approve(MEETING, "chair", "1")
    assert (await late.agenda_desk.approve(MEETING, "lead", "1")).approved_by == "chair"
    await late.agenda_desk.record(MEETING, "lead", {**THERE, "version": "1", "decision:1": "Utsatt."})
    with pytest.raises(DeskRefused, match="not_newest"):
        await late.agenda_desk.approve(MEETING, "chair", "1")
    view = await late.agenda_desk.minutes(MEETING, "lead")
    assert [change.key for change in view.changes] == ["minutes.change_decision"]
    assert view.stored is not None
    assert not view.stored.is_approved


async def test_a_question_that_moved_on_in_the_same_moment_is_taken_up_a_minute_later(late: AgendaWorld) -> None:
    class Overtaken(SQLQuestions):
        async def take(self, *args: object, **values: object) -> bool:
            del args, values
            return False

    papers = late.with_questions(Overtaken(late.database))
    await late.agenda_desk.record(MEETING, "lead", {**THERE, "version": "0", "decision:2": "Ja."})
    unit = DueUnit(key=f"minutes.publish:{MEETING}", due_at=late.clock.now())
    assert isinstance(await papers.publish_minutes(unit, late.history), Parked)
    assert (await lifted(late)).state is EscalationState.ON_AGENDA

"""An agenda is sent with the report, minutes are prepared, recorded and followed up, and nobody's words are lost."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from integration.database.connection import Database
from integration.database.meetings import SQLMeetings
from tests.workflows.papers.agendas.agenda_world import BEFORE_DEADLINE, FOLDER, MEETING_DAY, THERE, AgendaWorld
from tests.workflows.papers.reports.site import Killed
from tests.workflows.status.rounds import GUEST, HOME, MEETING, STARTS
from tests.workflows.test_privacy_guard import NUMBER
from workflows.free_text import InvalidText
from workflows.meetings.date_search import Moved
from workflows.papers.agendas.editing import MOST_PROPOSALS, DeskRefused
from workflows.papers.agendas.model import ItemKind
from workflows.papers.agendas.rendering import agenda_title
from workflows.papers.minutes.model import MatterState
from workflows.ports.calendar import InvitationResponse
from workflows.ports.units import Done, Parked
from workflows.status.answering import ByLink
from workflows.status.model import AnswerSurface
from workflows.status.plan import request_id

AGENDA = f"{FOLDER}/Saksliste 2026-11-17.docx"
DRAFT = f"{FOLDER}/Referat 2026-11-17 utkast.docx"
MINUTES = f"{FOLDER}/Referat 2026-11-17.docx"


@pytest.fixture
def world(database: Database) -> AgendaWorld:
    return AgendaWorld(database)


@pytest.fixture
async def early(world: AgendaWorld) -> AgendaWorld:
    """A round is open, and its deadline lies ahead."""
    await world.open()
    world.clock.time = BEFORE_DEADLINE
    return world


@pytest.fixture
async def late(world: AgendaWorld) -> AgendaWorld:
    """The agenda was sent, and the meeting is over: the question is its second item."""
    await world.at_the_meeting()
    return world


# --------------------------------------------------------------------------------------------------------- the agenda


async def test_the_agenda_is_sent_with_the_report_and_lies_in_the_folder_of_the_meeting(world: AgendaWorld) -> None:
    stored = await world.sent()

    assert (await world.due())["agenda.publish:" + MEETING] == world.clock.now()
    assert [item.kind for item in stored.content.items] == [
        ItemKind.STANDING,
        ItemKind.QUESTION,
        ItemKind.STATUS,
        ItemKind.STANDING,
    ]
    assert list(world.site.files)[-1] == AGENDA
    assert (await world.due())[f"minutes.prepare:{MEETING}"] == datetime(2026, 11, 16, 8, 0, tzinfo=UTC)


async def test_the_report_s_mail_has_the_reader_s_own_way_to_the_agenda_and_no_other_mail_leaves(
    world: AgendaWorld,
) -> None:
    await world.sent()

    notices = world.mailer.to("chair@county.example")
    assert [mail.subject for mail in notices] == ["Status til styret i a-dal, møtet tirsdag 17. november 2026"]
    assert "/saksliste/" in notices[0].html
    assert len({mail.subject for mail in world.mailer.sent.values()}) == 1


async def test_the_agenda_waits_for_its_report(world: AgendaWorld) -> None:
    await world.reach_release()

    parked = await world.paper("agenda.publish")

    assert isinstance(parked, Parked)
    assert parked.note == "waits for the report"
    assert await world.agendas.find_agenda(MEETING) is None


async def test_without_a_report_the_agenda_is_sent_the_day_before(world: AgendaWorld) -> None:
    await world.plan_meeting()
    world.clock.time = datetime(2026, 11, 16, 8, 0, tzinfo=UTC)

    assert await world.paper("agenda.publish") == Done(note="the file is in order")


async def test_a_second_run_writes_nothing(world: AgendaWorld) -> None:
    await world.sent()
    writes = len(world.site.writes)

    assert await world.paper("agenda.publish") == Done(note="the file is in order")
    assert len(world.site.writes) == writes


async def test_a_run_stopped_after_the_upload_ends_in_the_same_place(world: AgendaWorld) -> None:
    await world.released()
    world.site.kill_after = len(world.site.writes) + 1
    with pytest.raises(Killed):
        await world.paper("agenda.publish")
    world.site.kill_after = None

    assert await world.paper("agenda.publish") == Done(note="the file is in order")
    assert "agenda.file_is_theirs" not in world.history.notes


async def test_a_file_of_the_same_name_is_somebody_s_and_stays(world: AgendaWorld) -> None:
    world.site.files[AGENDA] = b"skrevet for hand"
    world.site.authors[AGENDA] = "somebody"

    await world.sent()

    assert world.site.files[AGENDA] == b"skrevet for hand"
    assert "agenda.file_is_theirs" in world.history.notes


async def test_without_a_place_of_ours_the_page_and_the_mail_are_all(database: Database) -> None:
    world = AgendaWorld(database, ours=False)

    await world.released()

    assert await world.paper("agenda.publish") == Done(note="no folder of ours")
    assert (await world.agenda_desk.view(MEETING, "chair")).is_fixed
    assert world.site.files == {}


async def test_a_cancelled_meeting_has_no_agenda(world: AgendaWorld) -> None:
    await world.released()
    await world.move_meeting(STARTS, state="cancelled")

    assert await world.paper("agenda.publish") == Done(note="no meeting with an agenda")


async def test_the_next_meeting_counts_on_and_a_new_year_begins_at_one(late: AgendaWorld) -> None:
    for key, starts, first in [
        ("a-dal/2026-12-15", datetime(2026, 12, 15, 9, 0), "5/26"),  # noqa: DTZ001
        ("a-dal/2027-01-12", datetime(2027, 1, 12, 9, 0), "1/27"),  # noqa: DTZ001
    ]:
        await late.plan_meeting(starts, key=key)
        late.clock.time = starts.replace(tzinfo=UTC) - timedelta(hours=20)
        await late.paper("agenda.publish", key)
        stored = await late.agendas.find_agenda(key)
        assert stored is not None
        assert stored.content.label(stored.content.items[0].number) == first


async def test_a_sweep_finds_what_should_be_due(world: AgendaWorld) -> None:
    await world.released()
    world.clock.time += timedelta(minutes=5)
    assert [unit.key for unit in await world.papers.due_units()] == [f"agenda.publish:{MEETING}"]

    await world.paper("agenda.publish")

    assert [unit.key for unit in await world.papers.due_units()] == [f"minutes.prepare:{MEETING}"]


# ------------------------------------------------------------------------------------- a meeting that moved afterwards


@pytest.fixture
async def moved(world: AgendaWorld) -> AgendaWorld:
    """The agenda was sent; then the meeting was moved to the week after."""
    await world.sent()
    await world.move_meeting(STARTS + timedelta(days=7))
    return world


async def test_an_agenda_says_when_its_meeting_is_now(moved: AgendaWorld) -> None:
    view = await moved.agenda_desk.view(MEETING, "chair")

    assert agenda_title(view.agenda, "nb") == "Saksliste: Styret i a-dal, tirsdag 24. november 2026"
    assert view.agenda.meeting.starts_local == STARTS + timedelta(days=7)


async def test_a_sweep_has_the_file_written_again_as_a_new_version_of_the_same_file(moved: AgendaWorld) -> None:
    writes = len(moved.site.writes)
    due = {unit.key for unit in await moved.papers.due_units()}

    await moved.paper("agenda.publish")
    await moved.paper("agenda.publish")

    assert due == {f"agenda.publish:{MEETING}", f"minutes.prepare:{MEETING}"}
    assert moved.site.writes[writes:] == [f"file {AGENDA}"]
    assert moved.site.files[AGENDA].decode().startswith("Saksliste: Styret i a-dal, tirsdag 24. november 2026")


async def test_a_meeting_moved_far_ahead_has_its_agenda_corrected_at_once(world: AgendaWorld) -> None:
    await world.sent()
    meeting = await SQLMeetings(world.database).find_meeting(MEETING)
    assert meeting is not None
    later: dict[str, Any] = {
        "starts_local": STARTS + timedelta(days=60),
        "ends_local": STARTS + timedelta(days=60, hours=2),
    }
    moved = replace(meeting, moved=Moved(wanted=meeting.day, reason="meetings.asked_for"), **later)
    await SQLMeetings(world.database).save(moved)

    assert f"agenda.publish:{MEETING}" in {unit.key for unit in await world.papers.due_units()}


async def test_a_file_that_somebody_made_their_own_stays_when_the_meeting_moves(moved: AgendaWorld) -> None:
    moved.site.files[AGENDA], moved.site.authors[AGENDA] = b"rettet i Word", "somebody"

    await moved.paper("agenda.publish")

    assert moved.site.files[AGENDA] == b"rettet i Word"


async def test_minutes_are_about_the_day_on_which_the_meeting_is_held(moved: AgendaWorld) -> None:
    moved.clock.time = datetime(2026, 11, 23, 12, tzinfo=UTC)
    await moved.paper("minutes.prepare")
    moved.clock.time = datetime(2026, 11, 24, 12, tzinfo=UTC)
    await moved.agenda_desk.record(MEETING, "lead", {**THERE, "version": "0", "decision:2": "Ja.", "follow:2": "1"})
    await moved.agenda_desk.approve(MEETING, "chair", "1")
    await moved.paper("minutes.publish")

    assert list(moved.site.files)[-2:] == [
        f"{FOLDER}/Referat 2026-11-24 utkast.docx",
        f"{FOLDER}/Referat 2026-11-24.docx",
    ]
    assert [row.decided_on for row in (await moved.follow_ups.decision_rows(["a-dal"]))["a-dal"]] == [
        date(2026, 11, 24)
    ]


async def test_minutes_begun_before_the_meeting_moved_are_shown_and_kept_with_its_new_day(late: AgendaWorld) -> None:
    await late.agenda_desk.record(MEETING, "lead", {**THERE, "version": "0", "decision:1": "Godkjent."})
    await late.move_meeting(STARTS + timedelta(hours=1))

    view = await late.agenda_desk.minutes(MEETING, "lead")
    stored = await late.agenda_desk.record(MEETING, "lead", {**THERE, "version": "1", "decision:1": "Godkjent."})

    assert view.desk.minutes.meeting.starts_local == STARTS + timedelta(hours=1)
    assert stored.content.meeting.starts_local == STARTS + timedelta(hours=1)


# ----------------------------------------------------------------------------------------------- what members put in


async def test_what_a_member_puts_in_stands_on_the_agenda(early: AgendaWorld) -> None:
    await early.agenda_desk.put_in(MEETING, "member", {"title": " Skyss \n til skolen", "text": "Den mangler."})
    await early.answer(HOME, "home-lead", light="green")
    await early.close()
    early.clock.time = datetime(2026, 11, 16, 9, 0, tzinfo=UTC)

    await early.paper("agenda.publish")

    stored = await early.agendas.find_agenda(MEETING)
    assert stored is not None
    item = next(item for item in stored.content.items if item.kind is ItemKind.PROPOSAL)
    assert (item.title, item.text, item.by) == ("Skyss til skolen", "Den mangler.", "Rolle member")


async def test_the_same_once_more_is_the_same_and_a_change_is_a_new_version(early: AgendaWorld) -> None:
    first = await early.agenda_desk.put_in(MEETING, "member", {"title": "Skyss"})
    again = await early.agenda_desk.put_in(MEETING, "member", {"title": "Skyss"})
    other = await early.agenda_desk.put_in(MEETING, "member", {"title": "Lokaler"})
    changed = await early.agenda_desk.put_in(MEETING, "member", {"title": "Skyss nå", "number": "1"})

    assert [(item.number, item.version) for item in (first, again, other, changed)] == [(1, 1), (1, 1), (2, 1), (1, 2)]
    view = await early.agenda_desk.view(MEETING, "member")
    assert [item.title for item in view.own] == ["Skyss nå", "Lokaler"]


async def test_a_withdrawn_proposal_is_kept_and_shown_no_more(early: AgendaWorld) -> None:
    await early.agenda_desk.put_in(MEETING, "member", {"title": "Skyss"})
    await early.agenda_desk.put_in(MEETING, "member", {"number": "1", "withdraw": "1"})

    assert (await early.agenda_desk.view(MEETING, "member")).own == ()
    assert [item.version for item in await early.agendas.proposals(MEETING)] == [2]


async def test_nobody_changes_what_somebody_else_put_in(early: AgendaWorld) -> None:
    await early.agenda_desk.put_in(MEETING, "member", {"title": "Skyss"})

    with pytest.raises(DeskRefused):
        await early.agenda_desk.put_in(MEETING, "chair", {"title": "Noe annet", "number": "1"})
    with pytest.raises(DeskRefused):
        await early.agenda_desk.put_in(MEETING, "chair", {"number": "1", "withdraw": "1"})


@pytest.mark.parametrize(
    ("fields", "wrong"),
    [
        pytest.param({"title": " "}, {"title"}, id="no title"),
        pytest.param({"title": "x" * 151}, {"title"}, id="a long title"),
        pytest.param({"title": "Skyss", "text": "x" * 2001}, {"text"}, id="a long text"),
        pytest.param({"title": "Skyss", "text": f"Ola, {NUMBER}"}, {"text"}, id="a national identity number"),
        pytest.param({"title": "Ring 41 23 45 67", "proposal": "a@b.example"}, {"title", "proposal"}, id="to be asked"),
    ],
)
async def test_what_must_be_changed_first_is_not_stored(
    early: AgendaWorld, fields: dict[str, str], wrong: set[str]
) -> None:
    with pytest.raises(InvalidText) as invalid:
        await early.agenda_desk.put_in(MEETING, "member", fields)

    assert set(invalid.value.problems) == wrong
    assert await early.agendas.proposals(MEETING) == []


async def test_what_the_guard_asks_about_is_stored_when_it_is_confirmed(early: AgendaWorld) -> None:
    fields = {"title": "Ring 41 23 45 67"}
    with pytest.raises(InvalidText) as asked:
        await early.agenda_desk.put_in(MEETING, "member", fields)

    stored = await early.agenda_desk.put_in(MEETING, "member", fields | {"confirmed": asked.value.confirm})

    assert stored.title == "Ring 41 23 45 67"


async def test_nobody_floods_an_agenda(early: AgendaWorld) -> None:
    for number in range(MOST_PROPOSALS):
        await early.agenda_desk.put_in(MEETING, "member", {"title": f"Sak {number}"})

    with pytest.raises(InvalidText):
        await early.agenda_desk.put_in(MEETING, "member", {"title": "Én til"})


async def test_after_the_deadline_nothing_is_taken(early: AgendaWorld) -> None:
    early.clock.time = datetime(2026, 11, 6, 14, 0, tzinfo=UTC)

    with pytest.raises(DeskRefused, match="too_late"):
        await early.agenda_desk.put_in(MEETING, "member", {"title": "Skyss"})


@pytest.mark.parametrize("person", [None, "home-lead", "stranger", "nobody"])
async def test_only_those_who_belong_to_the_meeting_see_the_agenda(early: AgendaWorld, person: str | None) -> None:
    with pytest.raises(DeskRefused):
        await early.agenda_desk.view(MEETING, person)
    with pytest.raises(DeskRefused):
        await early.agenda_desk.put_in(MEETING, person, {"title": "Skyss"})


# --------------------------------------------------------------------------------------------------------- the minutes


async def test_minutes_are_prepared_the_day_before_with_those_who_said_they_come(world: AgendaWorld) -> None:
    await world.sent()
    parked = await world.paper("minutes.prepare")
    world.clock.time = datetime(2026, 11, 16, 9, 0, tzinfo=UTC)
    answers = {
        "chair@county.example": InvitationResponse.ACCEPTED,
        "member@county.example": InvitationResponse.DECLINED,
    }
    await world.answer_invitation(answers)

    assert isinstance(parked, Parked)
    assert await world.paper("minutes.prepare") == Done(note="the file is in order")
    assert DRAFT in world.site.files
    view = await world.agenda_desk.minutes(MEETING, "lead")
    assert {line.person: line.present for line in view.desk.minutes.attendance} == {
        "chair": True,
        "member": False,
        "lead": False,
    }


@pytest.mark.parametrize(
    ("person", "may"),
    [("chair", True), ("lead", True), ("county-lead", True), ("member", False), ("home-lead", False), (None, False)],
)
async def test_the_chair_the_local_lead_and_the_county_lead_record(
    late: AgendaWorld, person: str | None, may: bool
) -> None:
    if may:
        assert (
            await late.agenda_desk.record(MEETING, person, {**THERE, "version": "0", "decision:1": "Ja"})
        ).by == person
        return
    with pytest.raises(DeskRefused):
        await late.agenda_desk.record(MEETING, person, {"version": "0"})
    assert await late.agendas.newest_minutes(MEETING) is None


async def test_nothing_is_recorded_before_the_agenda_is_sent(early: AgendaWorld) -> None:
    with pytest.raises(DeskRefused, match="too_early"):
        await early.agenda_desk.minutes(MEETING, "lead")


async def test_a_decision_and_who_does_what_are_stored_and_published(late: AgendaWorld) -> None:
    stored = await late.agenda_desk.record(
        MEETING,
        "lead",
        {
            "version": "0",
            "present:chair": "1",
            "decision:2": "Dere får lokalene.",
            "follow:2": "1",
            "what:1": "Gi beskjed til skolen",
            "who:1": "member",
            "due:1": "2026-12-01",
            "about:1": "2",
        },
    )

    matters = await late.agendas.matters("a-dal")
    assert stored.version == 1
    assert [(item.key, item.text, item.work_package, item.state) for item in matters.decisions] == [
        ("a-dal/2026/2", "Dere får lokalene.", HOME, MatterState.OPEN)
    ]
    assert [(item.what, item.person, item.due_on, item.label) for item in matters.actions] == [
        ("Gi beskjed til skolen", "member", date(2026, 12, 1), "2/26")
    ]
    assert (await late.due())[f"minutes.publish:{MEETING}"] == MEETING_DAY
    assert "rollout.lists:a-dal" in await late.due()
    assert await late.paper("minutes.publish") == Done(note="waits for approval")
    assert MINUTES not in late.site.files
    assert (await late.agenda_desk.approve(MEETING, "chair", "1")).approved_by == "chair"
    assert await late.paper("minutes.publish") == Done(note="the file is in order")
    assert MINUTES in late.site.files


async def test_a_correction_is_a_new_version_of_what_changed_and_nothing_else(late: AgendaWorld) -> None:
    fields = {"decision:1": "Godkjent.", "decision:2": "Ja.", "follow:2": "1", "what:1": "Ringe"}
    await late.agenda_desk.record(MEETING, "lead", {**THERE, "version": "0", **fields})
    await late.agenda_desk.record(MEETING, "chair", {**THERE, "version": "1", **fields, "decision:2": "Ja, ut året."})
    again = await late.agenda_desk.record(
        MEETING, "chair", {**THERE, "version": "2", **fields, "decision:2": "Ja, ut året."}
    )

    assert again.version == 2
    assert [(item.number, item.text) for item in (await late.agendas.matters("a-dal")).decisions] == [
        (1, "Godkjent."),
        (2, "Ja, ut året."),
    ]
    assert await late.versions("decision") == [("a-dal/2026/1", 1), ("a-dal/2026/2", 1), ("a-dal/2026/2", 2)]
    assert await late.versions("action_item") == [(f"{MEETING}/1", 1)]


async def test_what_is_taken_out_of_the_minutes_is_dropped_and_kept(late: AgendaWorld) -> None:
    await late.agenda_desk.record(MEETING, "lead", {**THERE, "version": "0", "decision:2": "Ja.", "what:1": "Ringe"})
    await late.agenda_desk.record(MEETING, "lead", {**THERE, "version": "1", "decision:2": "", "what:1": ""})

    matters = await late.agendas.matters("a-dal")
    assert [item.state for item in matters.all] == [MatterState.DROPPED, MatterState.DROPPED]
    assert (await late.follow_ups.decision_rows(["a-dal"]))["a-dal"] == []


async def test_what_somebody_else_recorded_meanwhile_is_not_written_over_unseen(late: AgendaWorld) -> None:
    await late.agenda_desk.record(MEETING, "lead", {**THERE, "version": "0", "decision:1": "Godkjent."})

    with pytest.raises(InvalidText) as meanwhile:
        await late.agenda_desk.record(MEETING, "chair", {**THERE, "version": "0", "decision:1": "Ikke godkjent."})

    assert meanwhile.value.problems[""].key == "agenda.error_meanwhile"
    stored = await late.agendas.newest_minutes(MEETING)
    assert stored is not None
    assert stored.content.items[0].decision == "Godkjent."


async def test_the_same_sent_twice_is_stored_once(late: AgendaWorld) -> None:
    fields = {**THERE, "version": "0", "decision:1": "Godkjent.", "what:1": "Ringe"}
    await late.agenda_desk.record(MEETING, "lead", fields)

    assert (await late.agenda_desk.record(MEETING, "lead", fields)).version == 1


@pytest.mark.parametrize(
    ("fields", "wrong"),
    [
        pytest.param({"decision:1": f"Gjelder {NUMBER}"}, "decision:1", id="a national identity number"),
        pytest.param({"what:1": "Ring 41 23 45 67"}, "what:1", id="a phone number"),
        pytest.param({"what:1": "Ringe", "who:1": "nobody"}, "who:1", id="nobody known"),
        pytest.param({"what:1": "Ringe", "due:1": "i morgen"}, "due:1", id="no date"),
        pytest.param({"others": "x" * 301}, "others", id="too long"),
    ],
)
async def test_minutes_that_must_be_changed_first_are_not_stored(
    late: AgendaWorld, fields: dict[str, str], wrong: str
) -> None:
    with pytest.raises(InvalidText) as invalid:
        await late.agenda_desk.record(MEETING, "lead", {**THERE, "version": "0", **fields})

    assert list(invalid.value.problems) == [wrong]
    assert await late.agendas.newest_minutes(MEETING) is None


async def test_minutes_that_somebody_changed_in_word_are_kept_and_the_record_goes_on(late: AgendaWorld) -> None:
    await late.approved({"decision:1": "Godkjent."})
    late.site.files[MINUTES], late.site.authors[MINUTES] = b"rettet i Word", "somebody"

    await late.approved({"decision:1": "Godkjent med merknad."}, after=1)

    assert late.site.files[MINUTES] == b"rettet i Word"
    stored = await late.agendas.newest_minutes(MEETING)
    assert stored is not None
    assert stored.version == 2


async def test_an_approved_correction_replaces_our_own_file(late: AgendaWorld) -> None:
    await late.approved({"decision:1": "Godkjent."})
    writes = len(late.site.writes)

    await late.agenda_desk.record(MEETING, "lead", {**THERE, "version": "1", "decision:1": "Godkjent med merknad."})
    await late.paper("minutes.publish")
    assert late.site.writes[writes:] == []
    await late.agenda_desk.approve(MEETING, "lead", "2")
    for _ in range(2):
        await late.paper("minutes.publish")

    assert late.site.writes[writes:] == [f"file {MINUTES}"]


# ------------------------------------------------------------------------------------------------------- followed up


@pytest.fixture
async def decided(late: AgendaWorld) -> AgendaWorld:
    """One decision about a package, and something that the lead of another one is to do."""
    fields = {"decision:2": "Dere får lokalene.", "follow:2": "1", "what:1": "Kartlegge behovet", "who:1": "guest-lead"}
    await late.agenda_desk.record(MEETING, "lead", {**THERE, "version": "0", **fields})
    return late


async def test_the_next_round_asks_the_leads_what_came_of_it(decided: AgendaWorld) -> None:
    key = await decided.next_meeting()
    status_round = await decided.store.find_round(key)
    assert status_round is not None

    asked = await decided.follow_ups.open_decisions(status_round, [HOME, GUEST])

    assert [(item.key, item.text) for item in asked[HOME]] == [("a-dal/2026/2", "2/26 Dere får lokalene.")]
    assert [(item.key, item.text) for item in asked[GUEST]] == [(f"{MEETING}/1", "Kartlegge behovet")]


async def test_what_leads_tell_stands_in_the_report_and_on_the_next_agenda(decided: AgendaWorld) -> None:
    key = await decided.next_meeting()
    status_round = await decided.store.find_round(key)
    assert status_round is not None
    decided.decisions.open[HOME] = list((await decided.follow_ups.open_decisions(status_round, [HOME]))[HOME])
    await decided.desk.answer(
        request_id(key, HOME),
        sender=ByLink("home-lead"),
        content={"light": "green", "decision:a-dal/2026/2": "Vi har flyttet inn."},
        surface=AnswerSurface.FORM,
    )
    decided.clock.time = status_round.deadline_at
    await decided.run("status.close", key)
    decided.clock.time = status_round.release_at
    await decided.report("release", key)
    await decided.paper("agenda.publish", key)

    report, agenda = await decided.record.newest(key), await decided.agendas.find_agenda(key)
    assert report is not None
    assert agenda is not None
    assert [(line.key, line.words) for line in report.content.follow_up] == [
        ("a-dal/2026/2", "Vi har flyttet inn."),
        (f"{MEETING}/1", ""),
    ]
    item = next(item for item in agenda.content.items if item.kind is ItemKind.FOLLOW_UP)
    assert [(line.name, line.who, line.words) for line in item.lines] == [
        ("2/26 Dere får lokalene.", "Leder arena", "Vi har flyttet inn."),
        ("Kartlegge behovet", "Leder bro", ""),
    ]


async def test_a_later_meeting_says_what_is_done_and_nobody_is_asked_any_more(decided: AgendaWorld) -> None:
    key = await decided.next_meeting()
    decided.clock.time = datetime(2027, 2, 2, 12, 0, tzinfo=UTC)
    await decided.paper("agenda.publish", key)

    await decided.agenda_desk.record(key, "chair", {**THERE, "version": "0", "state:a-dal/2026/2": "done"})

    matters = await decided.agendas.matters("a-dal")
    assert [item.state for item in matters.all] == [MatterState.DONE, MatterState.OPEN]
    assert [item.key for item in matters.open_before("").all] == [f"{MEETING}/1"]


async def test_the_list_of_decisions_has_what_was_decided(decided: AgendaWorld) -> None:
    rows = (await decided.follow_ups.decision_rows(["a-dal"]))["a-dal"]

    assert [(row.label, row.text, row.work_package, row.decided_on) for row in rows] == [
        ("2/26", "Dere får lokalene.", HOME, date(2026, 11, 17))
    ]


async def test_the_others_who_may_record_hear_of_each_version_of_the_minutes(late: AgendaWorld) -> None:
    await late.agenda_desk.record(MEETING, "chair", {**THERE, "version": "0", "decision:1": "Godkjent."})
    for _ in range(2):
        await late.paper("minutes.publish")
    await late.agenda_desk.record(MEETING, "lead", {**THERE, "version": "1", "decision:1": "Utsatt."})
    await late.paper("minutes.publish")

    mails = [mail for mail in await late.messages.list_messages(kind="leads.mail") if ":minutes/" in mail.key]
    told = sorted((mail.key.split("/")[-2], mail.person) for mail in mails)
    assert told == [("1", "county-lead"), ("1", "lead"), ("2", "chair"), ("2", "county-lead")]
    assert "Rolle chair har lagret referatet" in mails[0].content.text

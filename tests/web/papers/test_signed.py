"""Agendas, minutes and decisions behind sign-in."""

import re
from datetime import timedelta
from html import unescape

import pytest

import texts
from integration.database.connection import Database
from tests.support.signed_in import Browser, create_gate, signed_in
from tests.workflows.papers.agendas.agenda_world import BEFORE_DEADLINE, MEETING_DAY, THERE, AgendaWorld
from tests.workflows.test_privacy_guard import NUMBER
from web.papers.signed import PaperDoors, router
from workflows.papers.decisions.desk import DecisionDesk
from workflows.papers.minutes.model import MatterState

MEETING_PAGE = "/styret/a-dal/moter/2026-11-17"
AGENDA, MINUTES, DECISIONS = f"{MEETING_PAGE}/saksliste", f"{MEETING_PAGE}/referat", "/styret/a-dal/vedtak"
HOSTILE = "<script>alert(1)</script> & {{ say }}"


async def browser_of(world: AgendaWorld, person: str | None) -> Browser:
    decisions = DecisionDesk(programme=world.read_programme, store=world.agendas, clock=world.clock)
    doors = PaperDoors(desk=world.agenda_desk, decisions=decisions)
    return await signed_in(create_gate(world.database, world.programme, world.clock), [router(doors)], person)


@pytest.fixture
async def early(database: Database) -> AgendaWorld:
    world = AgendaWorld(database)
    await world.open()
    world.clock.time = BEFORE_DEADLINE
    return world


@pytest.fixture
async def late(database: Database) -> AgendaWorld:
    world = AgendaWorld(database)
    await world.at_the_meeting()
    return world


def words(html: str) -> str:
    return " ".join(unescape(re.sub(r"<[^>]*>", " ", html)).split())


@pytest.mark.parametrize(
    ("path", "person", "status"),
    [
        (AGENDA, "member", 200),
        (AGENDA, "lead", 200),
        (AGENDA, "home-lead", 404),
        (AGENDA, None, 303),
        (MINUTES, "chair", 200),
        (MINUTES, "county-lead", 200),
        (MINUTES, "member", 404),
        (MINUTES, None, 303),
        (DECISIONS, "member", 200),
        (DECISIONS, "home-lead", 404),
        (f"{MEETING_PAGE.replace('17', '18')}/saksliste", "member", 404),
    ],
)
async def test_each_page_is_for_those_whose_it_is(
    late: AgendaWorld, path: str, person: str | None, status: int
) -> None:
    browser = await browser_of(late, person)
    assert (await browser.get(path)).status_code == status
    if status == 404:
        assert (
            await browser.send_form(path, {"title": "Skyss", "version": "0", "decision:1": "Ja."})
        ).status_code == 404
        assert await late.agendas.newest_minutes("a-dal/2026-11-17") is None


async def test_a_member_puts_in_changes_and_withdraws_an_item(early: AgendaWorld) -> None:
    browser = await browser_of(early, "member")
    assert "Takk! Saken er lagret" in words((await browser.send_form(AGENDA, {"title": HOSTILE})).text)
    form = await browser.get(f"{AGENDA}?endre=1")
    assert "<script>alert" not in form.text
    assert "Endre saken" in words(form.text)
    wrong = await browser.send_form(AGENDA, {"number": "1", "title": f"Gjelder {NUMBER}"})
    assert wrong.status_code == 422
    assert "Saken er trukket." in words((await browser.send_form(AGENDA, {"number": "1", "withdraw": "1"})).text)
    assert [item.version for item in await early.agendas.proposals("a-dal/2026-11-17")] == [2]


async def test_an_item_that_comes_too_late_is_said_and_given_back(late: AgendaWorld) -> None:
    response = await (await browser_of(late, "member")).send_form(AGENDA, {"title": "Skyss"})
    assert response.status_code == 422
    assert "Fristen er ute, eller sakslista er sendt." in words(response.text)
    assert await late.agendas.proposals("a-dal/2026-11-17") == []


async def test_a_recorder_stores_and_approves_without_any_mailed_link(late: AgendaWorld) -> None:
    browser = await browser_of(late, "lead")
    assert "Ingenting er lagret ennå." in words((await browser.get(MINUTES)).text)
    refused = await browser.send_form(MINUTES, {"version": "0", "decision:2": "Ja."})
    assert refused.status_code == 422
    assert "Uten oppmøte kan det ikke føres vedtak." in words(refused.text)
    saved = await browser.send_form(MINUTES, {**THERE, "version": "0", "decision:2": HOSTILE})
    assert HOSTILE in words(saved.text)
    assert "<script>alert" not in saved.text
    assert "Ikke godkjent ennå." in words(saved.text)
    assert "Antall i styret som får det: 3. Antall som spurte og får svar: 1." in words(saved.text)
    again = await browser.send_form(MINUTES, {"approve": "7"})
    assert again.status_code == 422
    assert "Referatet er endret siden du åpnet siden." in words(again.text)
    assert "Referatet er godkjent." in words((await browser.send_form(MINUTES, {"approve": "1"})).text)
    stored = await late.agendas.newest_minutes("a-dal/2026-11-17")
    assert stored is not None
    assert stored.approved_by == "lead"
    agenda = words((await browser.get(AGENDA)).text)
    assert "Før referat" in agenda
    assert f"Godkjent {texts.written(late.clock.now().date())}" in agenda
    assert HOSTILE in agenda


@pytest.fixture
async def decided(late: AgendaWorld) -> AgendaWorld:
    """One decision that is late by now, one that is not, and something that a member is to do."""
    fields = {
        **THERE,
        "version": "0",
        "decision:1": "Vi følger planen.",
        "follow:1": "1",
        "until:1": "2027-03-01",
        "decision:2": HOSTILE,
        "follow:2": "1",
        "until:2": "2026-11-30",
        "what:1": "Ringe skolen",
        "who:1": "member",
    }
    await late.agenda_desk.record("a-dal/2026-11-17", "lead", fields)
    late.clock.time = MEETING_DAY + timedelta(days=20)
    return late


async def test_late_decisions_stand_first_with_who_and_until_when(decided: AgendaWorld) -> None:
    text = words((await (await browser_of(decided, "member")).get(DECISIONS)).text)
    assert "For sent. Fristen var" in text
    assert "Ansvarlig: Leder arena" in text
    assert text.index(HOSTILE) < text.index("Vi følger planen.") < text.index("Ringe skolen")


async def test_recorders_mark_everything_and_others_their_own(decided: AgendaWorld) -> None:
    member, lead = await browser_of(decided, "member"), await browser_of(decided, "lead")
    late_one, own = "a-dal/2026/2", "a-dal/2026-11-17/1"
    assert (await member.send_form(DECISIONS, {"key": late_one, "state": "done"})).status_code == 404
    assert (await member.send_form(DECISIONS, {"key": own, "state": "done"})).status_code == 303
    assert (await lead.send_form(DECISIONS, {"key": late_one, "state": "dropped"})).status_code == 303
    for wrong in ({"key": late_one, "state": "<b>"}, {"key": "b-vik/2026/1", "state": "done"}, {}):
        assert (await lead.send_form(DECISIONS, wrong)).status_code == 404
    matters = await decided.agendas.matters("a-dal")
    assert {item.key: item.state for item in matters.all} == {
        "a-dal/2026/1": MatterState.OPEN,
        late_one: MatterState.DROPPED,
        own: MatterState.DONE,
    }
    assert next(item.text for item in matters.decisions if item.key == late_one) == HOSTILE
    assert "rollout.lists:a-dal" in await decided.due()
    text = words((await lead.get(f"{DECISIONS}?lagret=1")).text)
    assert "Lagret." in text
    assert text.index("Fulgt opp eller utgått") < text.index("Ringe skolen")
    versions = await decided.versions("decision")
    assert (await lead.send_form(DECISIONS, {"key": late_one, "state": "dropped"})).status_code == 303
    assert await decided.versions("decision") == versions


async def test_the_second_of_two_who_mark_a_decision_is_told_and_decides(decided: AgendaWorld) -> None:
    lead, form = await browser_of(decided, "lead"), {"key": "a-dal/2026/2", "seen": "open"}
    assert 'name="seen" value="open"' in (await lead.get(DECISIONS)).text
    await lead.send_form(DECISIONS, {**form, "state": "done"})

    told = await lead.send_form(DECISIONS, {**form, "state": "dropped"})
    same = await lead.send_form(DECISIONS, {**form, "state": "done"})

    assert told.status_code == 409
    assert "Noen andre markerte dette mens du holdt på" in told.text
    assert same.status_code == 303
    assert {item.key: item.state for item in (await decided.agendas.matters("a-dal")).all}[form["key"]] == "done"

    assert (await lead.send_form(DECISIONS, {**form, "seen": "done", "state": "dropped"})).status_code == 303


async def test_a_body_without_decisions_says_what_will_stand_there(early: AgendaWorld) -> None:
    text = words((await (await browser_of(early, "member")).get(DECISIONS)).text)
    assert "Ingenting å følge opp" in text

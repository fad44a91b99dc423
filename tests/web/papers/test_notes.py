"""Pasted notes on the form for minutes: read into its fields, stored only as somebody confirms them."""

import re

import pytest

from integration.database.connection import Database
from tests.web.papers.test_agenda import Site
from tests.web.papers.test_signed import HOSTILE, MINUTES, browser_of, words
from tests.workflows.papers.agendas.agenda_world import AgendaWorld
from workflows.papers.minutes.notes import MOST_NOTES

MEETING = "a-dal/2026-11-17"
NOTES = f"""Til stede: Rolle chair, Ordføreren
Møteleder: Rolle chair
{HOSTILE}

Sak 1/26
Vi kom sent i gang.
Vedtak: Sakslista er godkjent.
Ansvarlig: Rolle member. Frist: 15. januar
"""


@pytest.fixture
async def late(database: Database) -> AgendaWorld:
    world = AgendaWorld(database)
    await world.at_the_meeting()
    return world


def fields_of(page: str) -> dict[str, str]:
    """Return what a browser would send of the form for minutes: its values as they stand, the boxes that are ticked."""
    form = page.rpartition("<form")[2]
    texts = re.findall(r'<textarea[^>]* name="([^"]+)"[^>]*>\n?([^<]*)</textarea>', form)
    inputs = re.findall(r'<input[^>]* type="(?:text|hidden|date)"[^>]* name="([^"]+)"[^>]* value="([^"]*)"', form)
    inputs += re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)"', form)
    ticked = re.findall(r'type="checkbox" name="([^"]+)"[^>]* checked', form)
    chosen = re.findall(r'<select[^>]* name="([^"]+)"(?:(?!</select>).)*?value="([^"]+)" selected', form, re.DOTALL)
    return {**dict(texts), **dict(inputs), **dict.fromkeys(ticked, "1"), **dict(chosen)}


async def test_notes_fill_the_form_and_nothing_is_stored(late: AgendaWorld) -> None:
    browser = await browser_of(late, "lead")
    page = (await browser.send_form(MINUTES, {"notes": NOTES})).text
    typed = fields_of(page)

    assert "Notatene er lest inn, og ikke lagret" in page
    assert typed["decision:1"] == "Sakslista er godkjent."
    assert typed["text:1"] == "Vi kom sent i gang."
    assert (typed["present:chair"], typed["others"], typed["chair"]) == ("1", "Ordføreren", "chair")
    assert (typed["carrier:1"], typed["until:1"], typed["follow:1"]) == ("member", "2027-01-15", "1")
    assert typed["proposed:1"] == "1"
    assert "decided:1" not in typed
    assert "<script>alert" not in page
    assert HOSTILE in words(page), "what was not understood stands as text"
    assert await late.agendas.newest_minutes(MEETING) is None


async def test_each_decision_is_confirmed_before_it_is_one(late: AgendaWorld) -> None:
    browser = await browser_of(late, "lead")
    typed = fields_of((await browser.send_form(MINUTES, {"notes": NOTES})).text)

    refused = await browser.send_form(MINUTES, typed)
    assert refused.status_code == 422
    assert "Kryss av for at det er vedtaket" in refused.text
    assert 'name="decided:1"' in refused.text, "the box is there still"
    assert await late.agendas.newest_minutes(MEETING) is None

    saved = words((await browser.send_form(MINUTES, {**typed, "decided:1": "1"})).text)
    assert "Sakslista er godkjent." in saved
    assert "Vi kom sent i gang." in saved
    (decision,) = (await late.agendas.matters("a-dal")).decisions
    assert (decision.text, decision.person, str(decision.due_on)) == ("Sakslista er godkjent.", "member", "2027-01-15")
    assert "proposed:1" not in (await browser.get(MINUTES)).text


async def test_notes_write_over_nothing_that_is_stored_and_may_be_read_twice(late: AgendaWorld) -> None:
    browser = await browser_of(late, "lead")
    stored = {"version": "0", "present:chair": "1", "decision:1": "Utsatt.", "text:1": "Kort."}
    await browser.send_form(MINUTES, stored)

    typed = fields_of((await browser.send_form(MINUTES, {"notes": NOTES})).text)
    assert typed["decision:1"] == "Utsatt."
    assert "proposed:1" not in typed
    assert typed["text:1"] == "Kort.\n\nVi kom sent i gang.\n\nSakslista er godkjent."

    await browser.send_form(MINUTES, typed)
    assert fields_of((await browser.send_form(MINUTES, {"notes": NOTES})).text)["text:1"] == typed["text:1"]


async def test_who_is_away_by_the_notes_is_not_ticked(late: AgendaWorld) -> None:
    browser = await browser_of(late, "lead")
    await browser.send_form(MINUTES, {"version": "0", "present:chair": "1", "present:member": "1"})

    typed = fields_of((await browser.send_form(MINUTES, {"notes": "Forfall: Rolle member"})).text)
    assert "present:chair" in typed
    assert "present:member" not in typed


async def test_notes_that_are_too_long_are_given_back(late: AgendaWorld) -> None:
    long = "Vi snakket. " * (MOST_NOTES // 12 + 1)
    answer = await (await browser_of(late, "lead")).send_form(MINUTES, {"notes": long})

    assert answer.status_code == 422
    assert 'href="#notes"' in answer.text
    assert long.strip() in answer.text


async def test_a_guest_with_the_mailed_link_pastes_notes_as_well(late: AgendaWorld) -> None:
    site = Site(late)
    page = await site.post(await site.form("lead"), {"notes": NOTES})

    assert page.status_code == 200
    assert fields_of(page.text)["decision:1"] == "Sakslista er godkjent."

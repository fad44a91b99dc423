"""Agendas and minutes in a browser: put in, decided and given to somebody; and nothing for axe to find."""

from typing import Any
from urllib.parse import urlsplit

import pytest
from playwright.async_api import Browser, Page, expect

from tests.e2e.test_form_for_everybody import findings
from tests.support.doors import served
from tests.web.papers.test_agenda import Site, early
from tests.workflows.papers.agendas.agenda_world import MEETING_DAY
from tests.workflows.status.rounds import HOME, MEETING

__all__ = ["early"]


async def send_agenda(site: Site) -> None:
    """The round ends, the agenda is sent, and the meeting is over."""
    world = site.world
    await world.answer(HOME, "home-lead", light="red", question="Får vi lokaler?")
    await world.close()
    status_round = await world.store.find_round(MEETING)
    assert status_round is not None
    world.clock.time = status_round.release_at
    await world.report("release")
    await world.paper("agenda.publish")
    world.clock.time = MEETING_DAY


async def put_in(page: Page) -> None:
    await page.get_by_label("Hva gjelder saken?").fill("Skyss til praksisplassene")
    await page.get_by_label("Hva foreslår du at møtet vedtar?").fill("Styret ber fylket om skyss.")
    await page.get_by_role("button", name="Meld inn saken").click()


@pytest.mark.parametrize("theme", ["light", "dark"])
async def test_axe_finds_nothing_on_any_page(browser: Browser, early: Site, theme: Any) -> None:
    page = await browser.new_page(viewport={"width": 390, "height": 844}, color_scheme=theme)
    async with served(early.app) as address:
        await page.goto(address + await early.address("agenda", "lead"))
        found = {"early": await findings(page)}
        await page.get_by_role("button", name="Meld inn saken").click()
        found["nothing written"] = await findings(page)
        await put_in(page)
        found["put in"] = await findings(page)
        await send_agenda(early)
        await page.goto(address + await early.address("agenda", "lead"))
        found["sent"] = await findings(page)
        await page.goto(address + await early.form("lead"))
        found["minutes"] = await findings(page)
        await page.get_by_label("Hva ble vedtatt?").first.fill("Ring 41 23 45 67")
        await page.get_by_role("button", name="Lagre referatet").click()
        found["to be asked"] = await findings(page)
        await page.get_by_label("Jeg har sett over teksten.").check()
        await page.get_by_role("button", name="Lagre referatet").click()
        found["saved"] = await findings(page)

    assert {where: items for where, items in found.items() if items} == {}


async def test_what_a_member_puts_in_is_decided_and_given_to_somebody(phone: Page, early: Site) -> None:
    async with served(early.app) as address:
        await phone.goto(address + await early.address("agenda", "member"))
        await put_in(phone)
        await expect(phone.get_by_text("Takk! Saken er lagret")).to_be_visible()
        await send_agenda(early)
        await phone.goto(address + await early.address("agenda", "chair"))
        record = await phone.get_by_role("link", name="Før referat").get_attribute("href")
        await phone.goto(address + urlsplit(str(record)).path)
        await phone.get_by_role("button", name="Send meg lenken").click()
        await expect(phone.get_by_role("heading", name="Lenken er på vei")).to_be_visible()
        await phone.goto(address + await early.form("chair"))
        present = phone.get_by_role("group", name="Til stede")
        for person in ("Rolle chair", "Rolle member"):
            await present.get_by_label(person).check()
        item = phone.get_by_role("group", name="Skyss til praksisplassene")
        await item.get_by_label("Hva ble vedtatt?").fill("Styret ber fylket om skyss fra januar.")
        line = phone.get_by_role("group", name="Punkt 1")
        await line.get_by_label("Hva skal gjøres").fill("Skrive til fylket")
        await line.get_by_label("Ansvarlig").select_option(label="Rolle lead")
        await line.get_by_label("Frist").fill("2026-12-01")
        await phone.get_by_role("button", name="Lagre referatet").click()
        await expect(phone.get_by_text("Referatet er lagret som versjon 1.")).to_be_visible()

    matters = await early.world.agendas.matters("a-dal")
    assert [item.text for item in matters.decisions] == ["Styret ber fylket om skyss fra januar."]
    assert [(item.what, item.person) for item in matters.actions] == [("Skrive til fylket", "lead")]

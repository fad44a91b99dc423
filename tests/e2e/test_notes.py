"""Pasted notes in a browser: read into the form, confirmed one by one, and nothing for axe to find."""

import pytest
from playwright.async_api import Browser, Page, expect

import texts
from tests.e2e.test_agenda import send_agenda
from tests.e2e.test_form_for_everybody import findings
from tests.support.doors import served
from tests.web.papers.test_agenda import Site, early
from tests.workflows.status.rounds import MEETING

__all__ = ["early"]

OVERFLOW = "() => document.documentElement.scrollWidth - document.documentElement.clientWidth"
NOTES = """Til stede: Rolle chair og Ordføreren
Sak 1/26
Vi kom sent i gang.
Vedtak: Sakslista er godkjent innen 15. januar.
"""


@pytest.fixture
async def held(early: Site) -> Site:
    await send_agenda(early)
    return early


def speak(site: Site, language: str) -> None:
    """Let everybody read *language* from now on."""
    known = site.world.programme
    people = tuple(person.model_copy(update={"language": language}) for person in known.people)
    site.world.programme = known.model_copy(update={"people": people})


async def paste(page: Page, language: str) -> None:
    await page.get_by_text(texts.say("notes.paste", language)).click()
    await page.get_by_label(texts.say("notes.label", language), exact=True).fill(NOTES)
    await page.get_by_role("button", name=texts.say("notes.read", language)).click()


async def test_axe_finds_nothing_before_and_after_notes_are_read(browser: Browser, held: Site) -> None:
    page = await browser.new_page(viewport={"width": 360, "height": 800}, locale="nb-NO")
    found: dict[str, list[str]] = {}
    too_wide: dict[str, int] = {}
    async with served(held.app) as address:
        for language in texts.languages():
            speak(held, language)
            await page.goto(address + await held.form("lead"))
            await paste(page, language)
            await expect(page.get_by_role("heading", name=texts.say("notes.read_heading", language))).to_be_visible()
            found[language] = await findings(page)
            too_wide[language] = await page.evaluate(OVERFLOW)

    assert {where: items for where, items in found.items() if items} == {}
    assert {where: by for where, by in too_wide.items() if by} == {}


async def test_a_decision_is_ticked_before_it_is_stored(phone: Page, held: Site) -> None:
    async with served(held.app) as address:
        await phone.goto(address + await held.form("lead"))
        await paste(phone, "nb")
        item = phone.get_by_role("group", name="Godkjenning av saksliste")
        await expect(item.get_by_label("Hva ble vedtatt?")).to_have_value("Sakslista er godkjent innen 15. januar.")
        await phone.get_by_role("button", name="Lagre referatet").click()
        await expect(phone.get_by_role("link", name="Dette er lest ut av notatene.")).to_be_visible()
        await phone.get_by_label("Ja, dette er vedtaket i sak 1/26").check()
        await phone.get_by_role("button", name="Lagre referatet").click()
        await expect(phone.get_by_text("Referatet er lagret som versjon 1.")).to_be_visible()

    stored = await held.world.agendas.newest_minutes(MEETING)
    assert stored is not None
    assert [item.decision for item in stored.content.items if item.decision] == [
        "Sakslista er godkjent innen 15. januar."
    ]

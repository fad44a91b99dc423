"""The guests' page in a browser: nothing for axe to find, nothing that needs a mouse, and no wider than a phone."""

from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Literal

import pytest
from playwright.async_api import Browser, Page, expect

from config.programme import Programme
from config.values import Organisation, Role, Tenant
from integration.database.connection import Database
from integration.database.guests import SQLGuests
from integration.database.links import SQLLinks
from integration.database.messages import SQLMessages
from integration.database.register import SQLRegister
from integration.database.roles import SQLRoles
from tests.clocks import StillClock
from tests.e2e.test_form_for_everybody import findings
from tests.support.doors import served
from tests.workflows.programme import programme
from web.app import create_app
from web.operations import guests
from workflows.messages.short_links import ShortLinks
from workflows.operations.guest_review import GuestDesk, GuestPorts
from workflows.ports.people import Guest

NOW = datetime(2026, 8, 20, 8, tzinfo=UTC)
LONG_NAME = "Samarbeidsselskapet for arbeidsmarkedsopplæringstiltak i Å-dal"
THEMES: tuple[Literal["light", "dark"], ...] = ("light", "dark")
OVERFLOW = "() => document.documentElement.scrollWidth - document.documentElement.clientWidth"


@dataclass
class Door:
    url: str
    record: SQLGuests

    async def said(self) -> dict[str, bool | None]:
        return {answer.person: answer.keeps for answer in await self.record.answers()}


async def with_guests() -> Programme:
    """The small programme, whose chair and member come from elsewhere."""
    known = programme()
    elsewhere = Organisation(key="els", name=LONG_NAME, kind="other", tenant=Tenant.GUEST, domain="elsewhere.example")
    people = [
        item.model_copy(update={"organisation": elsewhere.key}) if item.key in ("chair", "member") else item
        for item in known.people
    ]
    return known.model_copy(
        update={"people": tuple(people), "organisations": (*known.organisations, elsewhere)},
    )


@pytest.fixture
async def door(database: Database) -> AsyncIterator[Door]:
    """The local lead's own page."""
    clock, record = StillClock(NOW), SQLGuests(database)
    links = SQLLinks(database, clock)
    for person, role in (("chair", Role.BOARD_CHAIR), ("member", Role.BOARD_MEMBER)):
        await record.note(
            Guest(person=person, object_id=person, invited=True, since=NOW, place="a-dal", roles=(str(role),))
        )
    desk = GuestDesk(
        GuestPorts(
            programme=with_guests,
            guests=record,
            roles=SQLRoles(SQLRegister(database, clock), clock),
            links=links,
            clock=clock,
        )
    )
    short = ShortLinks(links=links, messages=SQLMessages(database), clock=clock, public_url="http://127.0.0.1")
    token = await links.issue("confirm_guests", "guests:a-dal", "lead")
    # The address is known only once it is served; browsers say themselves that the form comes from there.
    async with served(
        create_app([guests.router(desk=desk, links=links, short=short, public_url="http://127.0.0.1")])
    ) as address:
        yield Door(f"{address}/gjester/{token}", record)


async def test_axe_finds_nothing_light_or_dark_and_no_page_is_wider_than_a_phone(browser: Browser, door: Door) -> None:
    page = await browser.new_page(viewport={"width": 390, "height": 844})
    found: dict[str, list[str]] = {}
    too_wide: dict[str, int] = {}

    async def look(where: str) -> None:
        for theme in THEMES:
            await page.emulate_media(color_scheme=theme)
            found[f"{where}, {theme}"] = await findings(page)
        too_wide[where] = await page.evaluate(OVERFLOW)

    await page.goto(door.url)
    await look("open")
    await page.get_by_role("button", name="Lagre valgene").click()
    await expect(page.get_by_role("alert")).to_be_visible()
    await look("unanswered")
    for choice in await page.get_by_label("Slutter").all():
        await choice.check()
    await page.get_by_role("button", name="Lagre valgene").click()
    await expect(page.get_by_role("heading", name="Valgene er lagret")).to_be_visible()
    await look("stored")
    await page.goto(f"{door.url}x")
    await look("not found")

    assert {where: items for where, items in found.items() if items} == {}
    assert {where: by for where, by in too_wide.items() if by} == {}


async def test_the_guests_are_answered_for_with_the_keyboard_alone(phone: Page, door: Door) -> None:
    await phone.goto(door.url)
    assert await door.said() == {}
    await expect(phone.get_by_role("group")).to_have_count(2)
    member = phone.get_by_role("group", name="Rolle member")

    # One guest is forgotten: the list of what is missing has the focus, and leads there.
    await phone.get_by_role("group", name="Rolle chair").get_by_label("Fortsetter").focus()
    await phone.keyboard.press("Space")
    await phone.keyboard.press("Enter")
    await expect(phone.get_by_role("alert")).to_be_focused()
    await expect(phone.get_by_role("alert").get_by_role("link")).to_have_text(["Rolle member"])
    assert await door.said() == {}
    await phone.keyboard.press("Tab")
    await phone.keyboard.press("Enter")
    await expect(member.get_by_label("Fortsetter")).to_be_focused()

    await phone.keyboard.press("ArrowDown")
    await expect(member.get_by_label("Slutter")).to_be_checked()
    await phone.keyboard.press("Tab")
    await expect(phone.get_by_role("button", name="Lagre valgene")).to_be_focused()
    await phone.keyboard.press("Enter")

    await expect(phone.get_by_text("Disse mister tilgangen nå: Rolle member.")).to_be_visible()
    assert await door.said() == {"chair": True, "member": False}

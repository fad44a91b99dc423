"""The order and times of an agenda, set on its page by those who record, until it is sent."""

import re

import pytest

from integration.database.connection import Database
from tests.web.papers.test_agenda import Site
from tests.web.papers.test_signed import AGENDA, browser_of, words
from tests.workflows.papers.agendas.agenda_world import BEFORE_DEADLINE, MEETING_DAY, AgendaWorld

MEETING = "a-dal/2026-11-17"
FORM = {
    "item:1": "opening",
    "place:1": "1",
    "minutes:1": "5",
    "item:2": "any-other",
    "place:2": "2",
    "minutes:2": "10",
    "item:3": "proposals/member/1",
    "place:3": "2",
    "minutes:3": "25",
    "item:4": "status",
    "place:4": "4",
    "minutes:4": "20",
}


@pytest.fixture
async def early(database: Database) -> AgendaWorld:
    world = AgendaWorld(database)
    await world.open()
    world.clock.time = BEFORE_DEADLINE
    await world.agenda_desk.put_in(MEETING, "member", {"title": "Skyss"})
    return world


def order(page: str) -> list[str]:
    """Return the rows of the agenda's overview: title and time."""
    table = page.partition("<table")[2].partition("</table>")[0]
    rows = [re.findall(r"<td[^>]*>(.*?)</td>", row, re.DOTALL) for row in table.split("<tr")[2:]]
    return [" ".join(words(cell) for cell in row[-2:]).strip() for row in rows]


async def test_the_local_lead_orders_the_items_and_members_see_when_each_begins(early: AgendaWorld) -> None:
    lead, member = await browser_of(early, "lead"), await browser_of(early, "member")
    before = (await lead.get(AGENDA)).text
    assert "Rekkefølge og tider" in before
    assert "Status i arbeidspakkene, som kommer med rapporten" in before

    saved = await lead.send_form(AGENDA, {"arranged": "0", **FORM})
    assert "Rekkefølgen og tidene er lagret." in words(saved.text)

    shown = (await member.get(AGENDA)).text
    assert "Rekkefølge og tider" not in shown
    assert order(shown) == [
        "Godkjenning av saksliste 09.00, 5 min",
        "Skyss 09.05, 25 min",
        "Eventuelt 09.30, 10 min",
    ]


async def test_the_agenda_that_is_sent_keeps_the_order(early: AgendaWorld) -> None:
    """The form has items that only the report brings, under the name of their entry."""
    await early.agenda_desk.arrange(MEETING, "lead", {"arranged": "0", **FORM})
    await early.run("status.close")
    await early.report("compile")
    early.clock.time = MEETING_DAY
    await early.paper("agenda.publish")
    stored = await early.agendas.find_agenda(MEETING)
    assert stored is not None

    titles = [(item.title, item.minutes) for item in stored.content.items if item.key in dict.fromkeys(FORM.values())]
    assert titles[:3] == [("Godkjenning av saksliste", 5), ("Skyss", 25), ("Eventuelt", 10)]
    lead = await browser_of(early, "lead")
    assert "Rekkefølge og tider" not in (await lead.get(AGENDA)).text
    late = await lead.send_form(AGENDA, {"arranged": "1", **FORM})
    assert late.status_code == 422
    assert "til sakslista er sendt" in words(late.text)


async def test_who_was_overtaken_sees_the_order_that_stands(early: AgendaWorld) -> None:
    lead, chair = await browser_of(early, "lead"), await browser_of(early, "chair")
    await lead.send_form(AGENDA, {"arranged": "0", **FORM})

    overtaken = await chair.send_form(AGENDA, {"arranged": "0", **FORM, "place:1": "4"})
    assert overtaken.status_code == 422
    assert "Noen andre har endret rekkefølgen." in words(overtaken.text)
    assert 'name="arranged" value="1"' in overtaken.text
    again = await chair.send_form(AGENDA, {"arranged": "1", **FORM, "place:1": "4"})
    assert again.status_code == 200


async def test_a_member_orders_nothing(early: AgendaWorld) -> None:
    refused = await (await browser_of(early, "member")).send_form(AGENDA, {"arranged": "0", **FORM})

    assert refused.status_code == 422
    assert (await early.agendas.arrangement(MEETING)).version == 0


async def test_what_is_no_number_is_said_at_its_field_and_kept(early: AgendaWorld) -> None:
    lead = await browser_of(early, "lead")
    keys = re.findall(r'name="(item:\d)" value="([^"]+)"', (await lead.get(AGENDA)).text)
    wrong = await lead.send_form(AGENDA, {"arranged": "0", **dict(keys), "minutes:1": "lenge"})

    assert wrong.status_code == 422
    assert 'href="#minutes:1"' in wrong.text
    assert 'value="lenge"' in wrong.text


async def test_a_guest_who_leads_orders_by_the_mailed_link(early: AgendaWorld) -> None:
    site = Site(early)
    saved = await site.post(await site.address("agenda", "lead"), {"arranged": "0", **FORM})

    assert saved.status_code == 200
    assert "Rekkefølgen og tidene er lagret." in words(saved.text)

"""Links that were ended while the round is open: what their page says, and where a new one goes."""

import re

import pytest

from integration.database.connection import Database
from tests.web.status.test_answer import Browser, world
from tests.workflows.status.rounds import GUEST, HOME, MEETING, PUBLIC, World
from tests.workflows.status.test_rounds import DAY, DEADLINE
from workflows.messages.short_links import KIND, LinkMails
from workflows.ports.units import DueUnit
from workflows.status.plan import request_id

__all__ = ["world"]

LEAD = "lead"
"""The local lead, who answers on behalf of others by the buttons in their mail."""


async def link_of(world: World, person: str, package: str = HOME) -> Browser:
    return Browser(world, await world.links.issue("answer", request_id(MEETING, package), person, DEADLINE + DAY))


async def mailed(world: World) -> list[tuple[str, str]]:
    """Send the links that were asked for; return whom each went to, and its token."""
    mails = LinkMails(kind=KIND, messages=world.messages, outbox=world.outbox, clock=world.clock)
    for view in await world.units.list_units(kind=KIND):
        await mails.send(DueUnit(key=view.key, due_at=view.due_at), world.history)
    return [
        (mail.to.email, found[1])
        for mail in world.mailer.sent.values()
        if (found := re.search(rf"{PUBLIC}/svar/([^\"]+)", mail.html))
    ]


async def test_a_renewed_round_leaves_the_lead_s_buttons_a_way_in(world: World) -> None:
    button = await link_of(world, LEAD)
    assert (await button.get()).status_code == 200
    await world.rounds.closing.revoke_links(MEETING)

    page = await button.get()
    sent = await button.post({"again": "1"})

    assert page.status_code == 410
    assert "Lenken til status for Pakken arena er byttet ut." in page.text
    assert 'name="again"' in page.text
    assert "Lenken er på vei" in sent.text
    [(address, token)] = await mailed(world)
    assert address == "lead@county.example"
    form = await Browser(world, token).get()
    assert form.status_code == 200
    assert "Status for Pakken arena" in form.text


async def test_a_link_that_went_astray_gives_its_finder_nothing(world: World) -> None:
    """Neither the form, nor what is stored, nor the address that the new link goes to."""
    astray = await link_of(world, "guest-lead", GUEST)
    await astray.post({"light": "green", "done": "Det som er lagret"})
    await world.rounds.closing.revoke_links(MEETING, GUEST)

    pages = [await astray.get(), await astray.post({"light": "red", "done": "Noe annet"})]
    pages.append(await astray.post({"again": "1"}))

    for page in pages:
        assert "<textarea" not in page.text
        assert "Det som er lagret" not in page.text
        assert "guest.lead@nav.example" not in page.text
        assert "/svar/" not in page.text.replace(astray.path, "")
    assert "Noe annet" in pages[1].text
    assert [address for address, _ in await mailed(world)] == ["guest.lead@nav.example"]


async def test_a_second_press_sends_no_second_mail(world: World) -> None:
    button = await link_of(world, LEAD)
    await world.rounds.closing.revoke_links(MEETING)

    await button.post({"again": "1"})
    await button.post({"again": "1"})

    assert len(await mailed(world)) == 1


@pytest.mark.parametrize("why", ["former lead", "round over"])
async def test_no_new_link_where_there_is_nothing_to_answer(world: World, database: Database, why: str) -> None:
    button = await link_of(world, LEAD)
    await world.rounds.closing.revoke_links(MEETING)
    if why == "former lead":
        kept = [item for item in world.programme.assignments if item.person != LEAD]
        world.programme = world.programme.model_copy(update={"assignments": tuple(kept)})
    else:
        world.clock.time = DEADLINE
        await world.run("status.close")

    page = await button.get()
    await button.post({"again": "1"})

    assert 'name="again"' not in page.text
    assert await mailed(world) == []

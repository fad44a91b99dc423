"""A lead answers in a browser, as a card in the sandbox's Teams and on the form, and is stopped where they must be."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from playwright.async_api import Page, expect

from integration.database.connection import Database
from tests.e2e.teams import LEAD, Teams, teams_world
from tests.sandbox.walk import user_id
from tests.support.doors import hands
from tests.workflows.status.rounds import HOME, MEETING, Thing
from tests.workflows.status.test_rounds import DAY, DEADLINE
from tests.workflows.test_privacy_guard import NUMBER
from workflows.status.plan import request_id

REQUEST = request_id(MEETING, HOME)


@pytest.fixture
async def teams(database: Database, tmp_path: Path) -> AsyncIterator[Teams]:
    async with teams_world(database, tmp_path) as teams:
        await teams.world.open()
        yield teams


async def test_a_card_is_answered_corrected_and_closed(phone: Page, teams: Teams) -> None:
    world = teams.world
    await teams.install_for(LEAD)
    await world.run("status.send")
    await phone.goto(teams.page_of(LEAD))
    await expect(phone.get_by_text("Notification: Status for Pakken arena: svar innen 6. november")).to_be_visible()
    send = phone.get_by_role("button", name="Send status")

    # Nothing chosen: the client says so, and nothing is sent.
    await send.click()
    await expect(phone.get_by_text("Velg hvordan arbeidet går.")).to_be_visible()

    # What only the service finds: what was written stays, and nothing is stored.
    await phone.get_by_label("Trenger oppmerksomhet").check()
    await phone.get_by_label("Hva har dere fått til siden sist?").fill(f"Vi hjalp {NUMBER}")
    await phone.get_by_label("Hva foreslår dere at styret svarer?").fill("Ja")
    await send.click()
    await expect(phone.get_by_text("Teksten ser ut til å inneholde et fødselsnummer.")).to_be_visible()
    await expect(phone.get_by_text("Skriv hva styret skal avgjøre, eller ta bort forslaget.")).to_be_visible()
    await expect(phone.get_by_label("Hva har dere fått til siden sist?")).to_have_value(f"Vi hjalp {NUMBER}")
    assert not await world.store.newest_answers([REQUEST])

    await phone.get_by_label("Hva har dere fått til siden sist?").fill("Vi hjalp én til")
    await phone.get_by_label("Hva foreslår dere at styret svarer?").fill("")
    await phone.get_by_label("Praksisplasser").fill("12")
    await send.click()
    await expect(phone.get_by_text("Takk! Statusen er lagret")).to_be_visible()
    await expect(phone.get_by_text("Du kan endre den fram til fredag 6. november 2026 kl. 15.00.")).to_be_visible()
    await expect(phone.get_by_text("Praksisplasser (antall): 12")).to_be_visible()

    # The message itself says so now, to whoever looks at it wherever.
    await hands(world)
    await phone.reload()
    await expect(phone.get_by_text("edited 1×")).to_be_visible()

    await phone.get_by_role("button", name="Endre status").click()
    await expect(phone.get_by_label("Hva har dere fått til siden sist?")).to_have_value("Vi hjalp én til")
    await phone.get_by_label("Som planlagt").check()
    await send.click()
    await expect(phone.get_by_text("Slik går det: Som planlagt")).to_be_visible()
    assert (await world.store.newest_answers([REQUEST]))[REQUEST].version == 2

    # The card still offers to change it; the deadline has passed all the same.
    world.clock.time = DEADLINE
    await phone.get_by_role("button", name="Endre status").click()
    await expect(phone.get_by_text("Statusrunden er avsluttet")).to_be_visible()
    await expect(phone.get_by_role("button", name="Endre status")).to_have_count(0)
    assert await phone.evaluate("document.documentElement.scrollWidth") <= 390


async def test_the_bot_answers_what_is_written_to_it(phone: Page, teams: Teams) -> None:
    await teams.install_for(LEAD)
    await phone.goto(teams.page_of(LEAD))

    await phone.get_by_label("Write to the app").fill("status")
    await phone.get_by_role("button", name="Send", exact=True).click()
    await hands(teams.world)
    await phone.goto(teams.page_of(LEAD))
    await phone.get_by_role("button", name="Gi status").click()

    await expect(phone.get_by_role("button", name="Send status")).to_be_visible()


async def test_a_channel_s_card_calls_the_lead_and_opens_the_form_for_them_alone(teams: Teams) -> None:
    world, stranger, local_lead = teams.world, "stranger@county.example", "lead@county.example"
    world.places.things = {"channel:board": Thing(await teams.team_of(local_lead, LEAD, stranger))}
    await teams.sandbox.control("POST", f"people/{LEAD}/block", {"blocked": True})

    await world.run("status.send")
    [message] = [each for each in await teams.seen_by(LEAD) if "Pakken arena" in str(each["card"])]
    [mention] = message["card"]["msteams"]["entities"]
    [button] = message["card"]["actions"]
    assert (mention["text"], button["title"]) == ("<at>Leder arena</at>", "Gi status")
    assert mention["mentioned"]["id"] == await user_id(teams.sandbox, LEAD)

    refused = await teams.press(stranger, message, "open_status")
    assert "Det er lederen av arbeidspakken som gir status her." in refused["value"]
    for email in (LEAD, local_lead):
        assert "Input.ChoiceSet" in str((await teams.press(email, message, "open_status"))["value"])
    # Who pressed sees the form; everybody else sees the card as it was.
    shown = [each for each in await teams.seen_by(stranger) if each["activity"] == message["activity"]]
    assert [(each["card"], each["private_card"]) for each in shown] == [(message["card"], None)]

    await teams.press(LEAD, message, "answer_status", light="yellow", done="Bare for styret")
    await hands(world)
    [now] = [each["card"] for each in await teams.seen_by(stranger) if each["activity"] == message["activity"]]
    assert "Status nå: Trenger oppmerksomhet" in str(now)
    assert "Bare for styret" not in str(now)
    assert now["msteams"]["entities"] == []


async def test_the_form_is_answered_corrected_and_closed(phone: Page, teams: Teams) -> None:
    world = teams.world
    await phone.goto(f"{teams.form_url}/svar/{await world.links.issue('answer', REQUEST, 'home-lead', DEADLINE + DAY)}")
    send = phone.get_by_role("button", name="Send status")
    done = phone.get_by_label("Hva har dere fått til siden sist?")

    await done.fill(f"Vi hjalp {NUMBER}")
    await phone.get_by_label("Er det noe som hindrer dere?").fill("Mye. " * 300)
    await phone.get_by_label("Praksisplasser").fill("mange")
    await send.click()
    summary = phone.get_by_role("alert")
    await expect(summary).to_be_focused()
    for problem in (
        "Velg hvordan arbeidet går.",
        "Teksten ser ut til å inneholde et fødselsnummer.",
        "Kort den ned til 1000 tegn. Nå har den 1499.",
        "Skriv et tall, for eksempel 12,5.",
    ):
        await expect(summary.get_by_role("link", name=problem)).to_be_visible()
    await expect(done).to_have_value(f"Vi hjalp {NUMBER}")
    assert not await world.store.newest_answers([REQUEST])

    # From the summary straight to the field.
    await summary.get_by_role("link", name="fødselsnummer").click()
    await expect(done).to_be_focused()
    await done.fill("Vi hjalp én til")
    await phone.get_by_label("Er det noe som hindrer dere?").fill("")
    await phone.get_by_label("Praksisplasser").fill("12,5")
    await phone.get_by_label("Trenger oppmerksomhet").check()
    await send.click()
    await expect(phone.get_by_role("heading", name="Takk! Statusen er lagret")).to_be_visible()
    await expect(phone.get_by_text("Du kan endre den fram til fredag 6. november 2026 kl. 15.00.")).to_be_visible()
    await expect(phone.get_by_text("12,5")).to_be_visible()

    await phone.get_by_role("link", name="Endre status").click()
    await expect(done).to_have_value("Vi hjalp én til")
    await phone.get_by_label("Som planlagt").check()
    await send.click()
    await expect(phone.get_by_text("Som planlagt")).to_be_visible()
    assert (await world.store.newest_answers([REQUEST]))[REQUEST].version == 2

    await phone.get_by_role("link", name="Endre status").click()
    world.clock.time = DEADLINE
    await send.click()
    await expect(phone.get_by_role("heading", name="Statusrunden er avsluttet")).to_be_visible()
    await expect(phone.get_by_text("Vi hjalp én til")).to_be_visible()
    assert await phone.evaluate("document.documentElement.scrollWidth") <= 390

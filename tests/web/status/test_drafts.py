"""Drafts: what somebody has begun to write is theirs until they send it, and is nobody's answer."""

import re

import pytest

from tests.web.bot.test_actions import inputs, press
from tests.web.status.test_answer import Browser, browser, world
from tests.workflows.status.rounds import HOME, MEETING, World
from tests.workflows.status.test_rounds import DAY, DEADLINE
from tests.workflows.test_privacy_guard import NUMBER
from workflows.status.model import OpenDecision, RequestStage
from workflows.status.plan import request_id

__all__ = ["browser", "world"]

REQUEST = request_id(MEETING, HOME)
SAVE = {"draft": "1"}


async def browser_of(world: World, person: str) -> Browser:
    return Browser(world, await world.links.issue("answer", REQUEST, person, DEADLINE + DAY))


async def stage(world: World) -> RequestStage:
    overview = await world.rounds.results.overview(MEETING)
    assert overview is not None
    return next(line.stage for line in overview.lines if line.request == REQUEST)


async def test_a_draft_needs_nothing_and_is_there_the_next_time(browser: Browser) -> None:
    saved = await browser.post({**SAVE, "done": "Halvveis", "proposal": "Ja", "indicator:plasser": " 12,5 "})
    opened = await browser.get()

    assert saved.status_code == 200
    assert "Kladden er lagret. Den er ikke sendt ennå." in saved.text
    assert "Dette er kladden din." in opened.text
    for form in (saved.text, opened.text):
        assert "Halvveis</textarea>" in form
        assert "Ja</textarea>" in form
        assert 'value="12,5"' in form
        assert not re.search(r'type="radio"[^>]* checked', form)
    assert await browser.versions() == 0
    assert await stage(browser.world) is RequestStage.DRAFT


async def test_what_was_emptied_in_a_draft_stays_empty(browser: Browser) -> None:
    await browser.post({"light": "red", "done": "Sendt"})

    await browser.post({**SAVE, "light": "green", "done": "", "next": "Nytt"})

    form = (await browser.get()).text
    assert "Sendt" not in form
    assert "Nytt</textarea>" in form
    assert re.search(r'value="green" checked', form)


async def test_a_draft_ends_with_the_answer(browser: Browser) -> None:
    await browser.post({**SAVE, "done": "Halvveis"})
    await browser.post({"light": "green", "done": "Ferdig"})

    form = (await browser.get()).text
    assert "kladden" not in form.partition("<form")[0]
    assert "Ferdig</textarea>" in form
    assert await stage(browser.world) is RequestStage.ANSWERED


async def test_a_draft_is_its_writer_s_alone(browser: Browser, world: World) -> None:
    await browser.post({**SAVE, "done": "Halvveis"})
    local_lead = await browser_of(world, "lead")

    assert "Halvveis" not in (await local_lead.get()).text
    await local_lead.post({"light": "green", "done": "På vegne av"})
    assert "Halvveis</textarea>" in (await browser.get()).text


async def test_an_empty_draft_is_none(browser: Browser) -> None:
    await browser.post({**SAVE, "done": "Halvveis"})
    await browser.post({**SAVE, "done": " ", "light": ""})

    assert "kladden din" not in (await browser.get()).text
    assert await stage(browser.world) is not RequestStage.DRAFT


async def test_a_draft_ends_with_the_round_and_takes_no_answer_s_place(browser: Browser) -> None:
    await browser.post({**SAVE, "done": "Halvveis"})
    browser.world.clock.time = DEADLINE

    late = await browser.post({**SAVE, "done": "For sent"})
    await browser.world.run("status.close")

    assert (late.status_code, "Fristen har gått ut" in late.text) == (410, True)
    assert await stage(browser.world) is RequestStage.MISSING
    assert not await browser.world.store.drafted([REQUEST])


async def test_the_card_opens_with_what_was_begun_on_the_form(browser: Browser, world: World) -> None:
    await browser.post({**SAVE, "light": "yellow", "done": "Halvveis", "indicator:plasser": "12,5"})

    card = (await press(world, "open_status", {"request_id": REQUEST}))["value"]

    values = {item.get("id"): item.get("value") for item in inputs(card)}
    assert (values["light"], values["done"], values["indicator:plasser"]) == ("yellow", "Halvveis", 12.5)
    assert "Dette er kladden din." in str(card)


@pytest.mark.parametrize(
    ("fields", "problem"),
    [
        ({"done": f"Se {NUMBER}"}, "ser ut til å inneholde et fødselsnummer"),
        ({"done": "Ring 41234567"}, "ser ut til å inneholde et telefonnummer"),
        ({"indicator:plasser": "mange"}, "indicator:plasser"),
        ({"indicator:plasser": NUMBER}, "ser ut til å inneholde et fødselsnummer"),
        ({"decision:a-dal/2026/12": f"Se {NUMBER}"}, "ser ut til å inneholde et fødselsnummer"),
        ({"next": "x" * 1001}, "Kort den ned til 1"),
    ],
)
async def test_a_draft_is_checked_before_it_is_stored(browser: Browser, fields: dict[str, str], problem: str) -> None:
    browser.world.decisions.open[HOME] = [OpenDecision(key="a-dal/2026/12", text="Skolene får en kontakt.")]

    response = await browser.post({**SAVE, **fields})

    assert response.status_code == 422
    assert problem in response.text
    assert next(iter(fields.values())) in response.text
    assert not await browser.world.store.drafted([REQUEST])


async def test_a_phone_number_stands_in_a_draft_once_it_is_confirmed(browser: Browser) -> None:
    fields = {**SAVE, "done": "Ring 41234567"}
    asked = await browser.post(fields)
    confirm = re.search(r'name="confirmed" value="([0-9a-f]+)"', asked.text)
    assert confirm

    await browser.post({**fields, "confirmed": confirm[1]})

    assert "Ring 41234567</textarea>" in (await browser.get()).text


async def test_what_was_confirmed_in_a_draft_is_not_asked_about_again(browser: Browser) -> None:
    """Not when the draft is saved with more in it, and not when it is sent."""
    fields = {"light": "green", "done": "Ring 41234567"}
    asked = await browser.post({**SAVE, **fields})
    confirm = re.search(r'name="confirmed" value="([0-9a-f]+)"', asked.text)
    assert confirm
    await browser.post({**SAVE, **fields, "confirmed": confirm[1]})

    assert (await browser.post({**SAVE, **fields, "next": "Mer"})).status_code == 200
    assert (await browser.post({**fields, "hinders": "Ring 41234568"})).status_code == 422
    assert (await browser.post({**fields, "next": "Enda mer"})).status_code == 200


async def test_what_somebody_else_confirmed_in_a_draft_is_asked_about(browser: Browser, world: World) -> None:
    fields = {"light": "green", "done": "Ring 41234567"}
    confirm = re.search(r'name="confirmed" value="([0-9a-f]+)"', (await browser.post({**SAVE, **fields})).text)
    assert confirm
    await browser.post({**SAVE, **fields, "confirmed": confirm[1]})

    assert (await (await browser_of(world, "lead")).post(fields)).status_code == 422


async def test_a_draft_ends_with_the_answer_that_is_stored_already(browser: Browser, world: World) -> None:
    answer = {"light": "green", "done": "Ferdig"}
    await browser.post(answer)
    await browser.post({**SAVE, "light": "red", "done": "Noe annet"})

    await browser.post(answer)

    assert not await world.store.drafted([REQUEST])
    assert "Ferdig</textarea>" in (await browser.get()).text


async def test_a_draft_does_not_hide_that_somebody_else_has_answered(browser: Browser, world: World) -> None:
    await browser.post({**SAVE, "done": "Halvveis"})
    await world.answer(HOME, "lead", light="red", question="Kan vi få penger?")
    told = "Rolle lead har svart i mellomtiden: «Står fast». Svaret spør styret: «Kan vi få penger?»"

    opened = await browser.get()
    saved = await browser.post({**SAVE, "done": "Nesten"})
    card = (await press(world, "open_status", {"request_id": REQUEST}))["value"]

    assert f"Dette er kladden din. Den er ikke sendt ennå. {told}" in opened.text
    assert told in saved.text
    assert f"Dette er kladden din. Den er ikke sendt ennå. {told}" in str(card)


async def test_a_draft_that_is_sent_by_somebody_who_was_told_counts(browser: Browser, world: World) -> None:
    await browser.post({**SAVE, "light": "green", "done": "Halvveis"})
    await world.answer(HOME, "lead")
    seen = re.search(r'name="seen" value="([0-9]+)"', (await browser.get()).text)
    assert seen

    assert (await browser.post({"light": "green", "done": "Ferdig", "seen": seen[1]})).status_code == 200


async def test_a_draft_ends_when_nobody_owes_an_answer_any_more(browser: Browser, world: World) -> None:
    await browser.post({**SAVE, "done": "Halvveis"})

    await world.store.waive([REQUEST])

    assert not await world.store.drafted([REQUEST])

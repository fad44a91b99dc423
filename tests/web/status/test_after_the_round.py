"""After the round, or when nobody need answer: what people are told, and what becomes of what they had written."""

import re
from datetime import timedelta

import pytest

from tests.web.bot.test_actions import inputs, press, stored
from tests.web.status.test_answer import Browser, browser, world
from tests.workflows.status.rounds import HOME, MEETING, STARTS, World
from tests.workflows.status.test_rounds import DAY, DEADLINE
from workflows.status.answering import ByLink
from workflows.status.model import AnswerSurface, OpenDecision
from workflows.status.plan import request_id

__all__ = ["browser", "world"]

REQUEST = request_id(MEETING, HOME)
NEEDLESS = "Du trenger ikke å svare"


async def close(world: World) -> None:
    world.clock.time = DEADLINE
    await world.run("status.close")


# ------------------------------------------------------------------------------------------------- nobody need answer


async def test_the_form_says_that_no_answer_is_needed(browser: Browser) -> None:
    await browser.world.store.waive([REQUEST])

    for page in (await browser.get(), await browser.post({"light": "green", "done": "Mitt"})):
        assert page.status_code == 410
        assert NEEDLESS in page.text
        assert "Det trengs ikke noe svar for Pakken arena i denne runden." in page.text
        assert "Fristen har gått ut" not in page.text
        assert "<form" not in page.text
    assert "<dd>Mitt</dd>" in page.text
    assert await browser.versions() == 0


async def test_the_link_that_was_taken_back_says_so_too(browser: Browser) -> None:
    await browser.world.rounds.closing.waive(HOME, browser.world.history)

    page = await browser.get()

    assert (page.status_code, NEEDLESS in page.text) == (410, True)


@pytest.mark.parametrize("verb", ["open_status", "answer_status"])
async def test_the_card_says_that_no_answer_is_needed(world: World, verb: str) -> None:
    await world.store.waive([REQUEST])

    card = (await press(world, verb, {"request_id": REQUEST, "light": "green"}))["value"]

    assert NEEDLESS in str(card)
    assert not inputs(card)
    assert await stored(world) is None


async def test_a_posted_card_turns_into_one_that_asks_for_nothing(world: World) -> None:
    await world.run("status.send")
    await world.rounds.closing.waive(HOME, world.history)

    await world.run("status.refresh", REQUEST)

    [(_, card)] = world.bot.updated
    assert NEEDLESS in str(card)
    assert not inputs(card)


async def test_a_cancelled_meeting_s_cards_say_that_no_answer_is_needed(world: World) -> None:
    await world.run("status.send")
    await world.move_meeting(STARTS, state="cancelled")
    await world.run("status.open")

    await world.run("status.refresh", REQUEST)

    [(_, card)] = world.bot.updated
    assert NEEDLESS in str(card)


# --------------------------------------------------------------------------------------------------- the link is dead


async def test_a_link_whose_round_is_closed_says_so_and_whom_to_ask(browser: Browser) -> None:
    await browser.post({"light": "green", "done": "Det som er lagret"})
    await close(browser.world)

    for page in (await browser.get(), await browser.post({"light": "red"})):
        assert page.status_code == 410
        assert "Statusrunden er avsluttet" in page.text
        assert "Ta kontakt med Rolle lead hvis noe må med." in page.text
        assert "Det som er lagret" not in page.text
        assert "<form" not in page.text
    assert await browser.versions() == 1


async def test_a_closed_link_says_when_the_board_meets_or_met(browser: Browser) -> None:
    await close(browser.world)
    assert "Styremøtet er tirsdag 17. november 2026." in (await browser.get()).text

    browser.world.clock.time = DEADLINE + 30 * DAY
    assert (
        "Fristen har gått ut, og svarene gikk til styremøtet tirsdag 17. november 2026." in (await browser.get()).text
    )


LATER = "a-dal/2027-02-09"


async def open_the_next_round(world: World) -> None:
    await world.plan_meeting(STARTS + 84 * DAY, key=LATER)
    world.clock.time += 84 * DAY
    await world.run("status.close")
    await world.run("status.open", LATER)


async def test_a_closed_link_leads_to_the_open_round_by_a_message_to_its_owner(browser: Browser) -> None:
    world = browser.world
    await open_the_next_round(world)

    page = await browser.get()
    assert "En ny runde er åpen" in page.text
    assert "Svar innen fredag 29. januar 2027 kl. 15.00." in page.text
    # Whoever holds the old link gets nothing by it: the new one goes to the person it was for.
    assert "/svar/" not in page.text.replace(browser.path, "")
    due = await world.due()

    for _ in range(2):
        sent = await browser.post({"again": "1"})
        assert (sent.status_code, "Spørsmålet er på vei" in sent.text) == (200, True)
    [renewal] = (await world.due()).keys() - due.keys()
    await world.run("status.renew", renewal.partition(":")[2])
    await world.run("status.renew", renewal.partition(":")[2])

    [(chat, card, _)] = world.bot.posted
    assert chat == "chat:home-id"
    assert request_id(LATER, HOME) in str(card)


async def test_a_closed_link_offers_no_question_that_is_answered(browser: Browser) -> None:
    await open_the_next_round(browser.world)
    answer = {"light": "green"}
    await browser.world.desk.answer(
        request_id(LATER, HOME), sender=ByLink("home-lead"), content=answer, surface=AnswerSurface.FORM
    )

    page = await browser.get()

    assert "Du har alt svart: «Som planlagt»." in page.text
    assert "<form" not in page.text
    assert (await browser.post({"again": "1"})).status_code == 404


async def test_a_dead_link_of_an_open_round_says_that_it_was_replaced(browser: Browser) -> None:
    await browser.world.links.revoke(REQUEST)

    page = await browser.get()

    assert (page.status_code, "Lenken virker ikke lenger" in page.text) == (410, True)


async def test_who_no_longer_leads_the_package_hears_nothing_of_its_round(world: World) -> None:
    browser = Browser(world, await world.links.issue("answer", REQUEST, "stranger", DEADLINE + DAY))
    await close(world)

    page = await browser.post({"light": "green", "done": "Mitt"})

    assert (page.status_code, "Lenken virker ikke lenger" in page.text) == (404, True)
    assert "Pakken arena" not in page.text


async def test_a_link_for_something_else_is_not_explained(world: World) -> None:
    browser = Browser(world, await world.links.issue("report", REQUEST, "home-lead"))
    await close(world)

    assert (await browser.get()).status_code == 404


# ------------------------------------------------------------------------------------------------- what came too late


@pytest.mark.parametrize("closed", [False, True], ids=["at the deadline", "after the close"])
@pytest.mark.parametrize("draft", [{}, {"draft": "1"}], ids=["sent", "as a draft"])
async def test_what_came_too_late_is_shown_for_copying_and_not_stored(
    browser: Browser, closed: bool, draft: dict[str, str]
) -> None:
    world = browser.world
    world.decisions.open[HOME] = [OpenDecision(key="a-dal/2026/12", text="Skolene får en kontakt.")]
    await browser.post({"light": "green", "done": "Lagret", "next": "Som før"})
    world.clock.time = DEADLINE
    if closed:
        await world.run("status.close")
    typed = {
        "light": "red",
        "done": "Fem minutter <script>",
        "next": "Som før",
        "indicator:plasser": "12,5 <ca>",
        "decision:a-dal/2026/12": "Hun har begynt",
        "x": "ikke vårt",
    }

    page = await browser.post({**typed, **draft})

    late = page.text.partition("Dette rakk ikke fram")[2].partition("</dl>")[0]
    assert page.status_code == 410
    assert re.findall("<dd>(.*)</dd>", late) == [
        "Står fast",
        "Fem minutter &lt;script&gt;",
        "Hun har begynt",
        "12,5 &lt;ca&gt;",
    ]
    assert "Det er ikke lagret. Kopier det" in late
    assert "Hva har dere fått til siden sist?" in late
    assert await browser.versions() == 1
    assert not await world.store.drafted([REQUEST])


async def test_what_is_stored_already_is_not_said_to_be_late(browser: Browser) -> None:
    fields = {"light": "green", "done": "Lagret", "indicator:plasser": "12,5"}
    await browser.post(fields)
    browser.world.clock.time = DEADLINE

    assert "Dette rakk ikke fram" not in (await browser.post(fields)).text
    assert "Dette rakk ikke fram" not in (await browser.get()).text


async def test_the_closed_card_shows_what_came_too_late(world: World) -> None:
    world.clock.time = DEADLINE + timedelta(minutes=1)

    typed = {"request_id": REQUEST, "light": "red", "done": "Fem minutter", "indicator:plasser": 12.5}
    card = (await press(world, "answer_status", typed))["value"]

    assert "Statusrunden er avsluttet" in str(card)
    for words in ("Dette rakk ikke fram", "Står fast", "Fem minutter", "12,5"):
        assert words in str(card)
    assert await stored(world) is None


@pytest.mark.parametrize("number", [10**400, 1e308, True, None, ["x"], "9" * 3000])
async def test_the_closed_card_shows_no_number_that_is_none(world: World, number: object) -> None:
    world.clock.time = DEADLINE

    typed = {"request_id": REQUEST, "done": ["x"], "next": "Mer", "light": [], "indicator:plasser": number}
    card = (await press(world, "answer_status", typed))["value"]

    assert str(card).count("'Container'") == 1 + isinstance(number, str)


async def test_what_came_too_late_is_not_kept_to_be_shown_where_no_reply_is_shown(world: World) -> None:
    world.clock.time = DEADLINE

    typed = {"request_id": REQUEST, "light": "red", "done": "Fem minutter"}
    card = (await press(world, "answer_status", typed, answerable=False))["value"]

    assert "Statusrunden er avsluttet" in str(card)
    assert "Fem minutter" not in str(card)

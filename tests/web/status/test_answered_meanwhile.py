"""A form or card that was drawn before somebody answered: it overrides nothing by itself, and loses nothing."""

import asyncio
import re
from typing import Any

import httpx
import pytest

from tests.web.bot.test_actions import buttons, inputs, press, stored
from tests.web.status.test_answer import Browser, browser, world
from tests.workflows.status.rounds import HOME, MEETING, STARTS, World
from tests.workflows.status.test_rounds import DAY
from workflows.status.answering import ByLink, StatusDesk
from workflows.status.model import AnsweredMeanwhile, AnswerSurface, EscalationState
from workflows.status.plan import request_id
from workflows.status.ports import Standing

__all__ = ["browser", "world"]

REQUEST = request_id(MEETING, HOME)
LATER = "a-dal/2027-02-09"


async def second_round(world: World) -> str:
    """A round with an earlier answer to start from: its request."""
    await world.answer(HOME, "home-lead", done="Sist", **{"indicator:plasser": "7"})
    await world.plan_meeting(STARTS + 84 * DAY, key=LATER)
    world.clock.time += 84 * DAY
    await world.run("status.close")
    await world.run("status.open", LATER)
    return request_id(LATER, HOME)


async def lifted(world: World) -> list[EscalationState]:
    return [item.state for item in await world.store.list_escalations(MEETING)]


def seen(page: httpx.Response) -> str:
    """Return the version that the form says it was drawn from."""
    [version] = set(re.findall(r'name="seen" value="(\d+)"', page.text))
    return str(version)


def send(card: dict[str, Any]) -> dict[str, Any]:
    """Return the values that the card's first button sends by itself."""
    data: dict[str, Any] = card["actions"][0]["data"]
    return data


# ------------------------------------------------------------------------------------------------------- on the form


async def test_another_s_answer_is_shown_before_it_is_overridden(browser: Browser) -> None:
    opened = await browser.get()
    await browser.world.answer(HOME, "lead", light="red", done="På vegne", question="Kan vi få <penger>?")
    mine = {"light": "green", "done": "Mitt"}

    missed = await browser.post({**mine, "seen": seen(opened)})

    assert missed.status_code == 409
    assert "Rolle lead har svart i mellomtiden: «Står fast»." in missed.text
    assert "Svaret spør styret: «Kan vi få &lt;penger&gt;?»" in missed.text
    assert "<dd>På vegne</dd>" in missed.text
    assert "Mitt</textarea>" in missed.text
    assert re.search(r'value="green" checked', missed.text)
    assert await browser.versions() == 1
    assert await lifted(browser.world) == [EscalationState.RAISED]

    sent = await browser.post({**mine, "seen": seen(missed)})

    assert sent.status_code == 200
    assert await browser.versions() == 2
    assert await lifted(browser.world) == [EscalationState.WITHDRAWN]


async def test_an_older_answer_of_one_s_own_does_not_come_back_after_a_correction(browser: Browser) -> None:
    old = {"light": "green", "done": "Først", "seen": seen(await browser.get())}
    await browser.post(old)
    await browser.post({"light": "yellow", "done": "Rettet", "seen": seen(await browser.get())})

    replayed = await browser.post(old)

    assert replayed.status_code == 409
    assert "Du har alt svart: «Trenger oppmerksomhet»." in replayed.text
    assert await browser.versions() == 2


async def test_the_same_answer_again_is_the_same_however_old_the_form_is(browser: Browser) -> None:
    fields = {"light": "green", "done": "Først", "seen": seen(await browser.get())}

    assert [(await browser.post(fields)).status_code for _ in range(2)] == [200, 200]
    assert await browser.versions() == 1


async def test_the_same_words_of_somebody_else_are_not_one_s_own(browser: Browser) -> None:
    await browser.world.answer(HOME, "lead", done="Likt")

    assert (await browser.post({"light": "green", "done": "Likt", "seen": "0"})).status_code == 409


@pytest.mark.parametrize("what", ["x", "-1", "1.0", "9" * 5000, "７"])
async def test_who_says_something_odd_has_seen_nothing(browser: Browser, what: str) -> None:
    await browser.world.answer(HOME, "lead", done="På vegne")

    assert (await browser.post({"light": "green", "seen": what})).status_code == 409
    assert await browser.versions() == 1


async def test_what_is_wrong_comes_first_and_shows_nobody_s_answer(browser: Browser) -> None:
    """The form goes on saying that it was drawn without the other's answer."""
    await browser.world.answer(HOME, "lead", done="På vegne")

    wrong = await browser.post({"light": "", "done": "Mitt", "seen": "0"})

    assert (wrong.status_code, seen(wrong)) == (422, "0")
    assert (await browser.post({"light": "green", "done": "Mitt", "seen": seen(wrong)})).status_code == 409


async def test_no_change_on_an_old_form_shows_the_answer_that_stands(world: World) -> None:
    request = await second_round(world)
    browser = Browser(world, await world.links.issue("answer", request, "home-lead"))
    opened = await browser.get()
    numbers = await browser.post({"unchanged": "1", "seen": seen(opened)})
    on_behalf = {"light": "red", "done": "På vegne"}
    await world.desk.answer(request, sender=ByLink("lead"), content=on_behalf, surface=AnswerSurface.FORM)

    for fields in (
        {"unchanged": "1", "seen": seen(opened)},
        {"unchanged": "1"},
        {"unchanged": "1", "numbers_asked": "1", "indicator:plasser": "8", "seen": seen(numbers)},
    ):
        missed = await browser.post(fields)
        assert missed.status_code == 409
        assert "Rolle lead har svart i mellomtiden: «Står fast»." in missed.text
        assert "På vegne</textarea>" in missed.text
        assert "Sist" not in missed.text
        assert seen(missed) == "1"
    assert (await world.store.newest_answers([request]))[request].by == "lead"


# ------------------------------------------------------------------------------------------------------- on the card


async def test_a_card_from_before_another_s_answer_shows_it_and_keeps_what_was_written(world: World) -> None:
    card = (await press(world, "open_status", {"request_id": REQUEST}))["value"]
    await world.answer(HOME, "lead", light="red", question="Kan vi få penger?")
    mine = {"light": "green", "done": "Mitt"}

    missed = (await press(world, "answer_status", {**send(card), **mine}))["value"]

    values = {item["id"]: item.get("value") for item in inputs(missed)}
    assert (values["light"], values["done"], values["question"]) == ("green", "Mitt", "")
    assert "Rolle lead har svart i mellomtiden: «Står fast». Svaret spør styret: «Kan vi få penger?»" in str(missed)
    assert await lifted(world) == [EscalationState.RAISED]

    await press(world, "answer_status", {**send(missed), **mine})
    answer = await stored(world)
    assert answer is not None
    assert (answer.version, answer.content.done) == (2, "Mitt")


async def test_no_change_on_an_old_card_shows_the_answer_that_stands(world: World) -> None:
    request = await second_round(world)
    card = (await press(world, "open_status", {"request_id": request}))["value"]
    [button] = [action for action in buttons(card) if "unchanged" in action["data"]]
    numbers = (await press(world, "answer_status", button["data"]))["value"]
    content = {"light": "red", "done": "På vegne"}
    await world.desk.answer(request, sender=ByLink("lead"), content=content, surface=AnswerSurface.FORM)

    for data in (button["data"], {**send(numbers), "indicator:plasser": 8}):
        missed = (await press(world, "answer_status", data))["value"]
        values = {item["id"]: item.get("value") for item in inputs(missed)}
        assert (values["light"], values["done"]) == ("red", "På vegne")
        assert "Feltene viser svaret som er lagret." in str(missed)
        assert send(missed)["seen"] == 1


async def test_a_card_with_something_wrong_has_still_not_shown_the_other_s_answer(world: World) -> None:
    await world.answer(HOME, "lead", done="På vegne")

    wrong = (await press(world, "answer_status", {"request_id": REQUEST, "seen": 0, "done": "Mitt"}))["value"]

    assert send(wrong)["seen"] == 0


async def test_a_client_that_shows_no_replies_is_told_who_has_answered(world: World) -> None:
    await world.answer(HOME, "lead", light="red")

    data = {"request_id": REQUEST, "seen": 0, "light": "green"}
    told = await press(world, "answer_status", data, answerable=False)

    assert told["value"] == {
        "code": "InvalidAnswer",
        "message": "Rolle lead har svart i mellomtiden: «Står fast».",
    }


async def test_somebody_who_has_left_the_register_has_answered_all_the_same(world: World) -> None:
    await world.answer(HOME, "lead", light="red")
    people = tuple(person for person in world.programme.people if person.key != "lead")
    rest = tuple(item for item in world.programme.assignments if item.person != "lead")
    world.programme = world.programme.model_copy(update={"people": people, "assignments": rest})

    missed = await press(world, "answer_status", {"request_id": REQUEST, "seen": 0, "light": "green"})

    assert "Noen andre har svart i mellomtiden: «Står fast»." in str(missed)


# -------------------------------------------------------------------------------------------------- at the same moment


class LookedTogether:
    """A record of which two have looked before either of them writes."""

    def __init__(self, world: World) -> None:
        self._store = world.store
        self._both = asyncio.Barrier(2)

    async def find_standing(self, request: str, *, object_id: str = "") -> Standing | None:
        standing = await self._store.find_standing(request, object_id=object_id)
        await self._both.wait()
        return standing

    def __getattr__(self, name: str) -> Any:
        return getattr(self._store, name)


async def test_of_two_who_answer_at_the_same_moment_both_are_kept(world: World) -> None:
    rounds: Any = LookedTogether(world)
    desk = StatusDesk(programme=world.read_programme, rounds=rounds, accounts=world.accounts, clock=world.clock)

    def answer(person: str) -> Any:
        content = {"light": "green", "done": person, "seen": "0"}
        return desk.answer(REQUEST, sender=ByLink(person), content=content, surface=AnswerSurface.FORM)

    receipts = await asyncio.gather(answer("home-lead"), answer("lead"))

    assert {receipt.version for receipt in receipts} == {1, 2}


async def test_an_answer_that_says_nothing_of_what_it_saw_is_the_newest(world: World) -> None:
    """Cards that were drawn before they said so."""
    await world.answer(HOME, "lead", done="På vegne")

    assert (await world.answer(HOME, "home-lead", done="Mitt")).version == 2
    with pytest.raises(AnsweredMeanwhile):
        await world.answer(HOME, "lead", done="Igjen", seen="1")

"""Buttons on status cards: what the person who pressed sees, and what is stored."""

from typing import Any

import pytest

from integration.bot import CARD
from integration.bot_endpoint import CardAction
from integration.database.connection import Database
from tests.workflows.status.rounds import GUEST, HOME, MEETING, STARTS, World
from tests.workflows.status.test_rounds import DAY, DEADLINE
from tests.workflows.test_privacy_guard import NUMBER
from web.bot.actions import StatusActions
from workflows.ports.bot import Conversation
from workflows.status.answer_parsing import most_of
from workflows.status.model import TEXT_FIELDS, OpenDecision, StatusAnswer
from workflows.status.plan import request_id
from workflows.status.ports import MAX_DECISIONS

REQUEST = request_id(MEETING, HOME)
ANSWER = {"request_id": REQUEST, "light": "yellow", "done": "Mye", "indicator:plasser": 12.5}


@pytest.fixture
async def world(database: Database) -> World:
    world = World(database)
    await world.open()
    return world


async def press(world: World, verb: str, data: dict[str, Any], *, who: str = "home-id", **more: Any) -> dict[str, Any]:
    action = CardAction(
        verb=verb,
        data=data,
        sender_object_id=who,
        conversation=Conversation(id="a:1", service_url="https://teams.example"),
        activity_id="1",
        **more,
    )
    return await StatusActions(world.desk).act(action)


async def stored(world: World) -> StatusAnswer | None:
    return (await world.store.newest_answers([REQUEST])).get(REQUEST)


async def test_an_answer_is_stored_and_shown_as_a_receipt(world: World) -> None:
    reply = await press(world, "answer_status", ANSWER)

    assert reply["type"] == CARD
    assert "Takk! Statusen er lagret" in str(reply)
    answer = await stored(world)
    assert answer is not None
    assert (answer.content.done, answer.content.indicators) == ("Mye", {"plasser": 12.5})


async def test_the_same_press_twice_is_one_answer(world: World) -> None:
    for _ in range(2):
        await press(world, "answer_status", ANSWER)

    answer = await stored(world)
    assert answer is not None
    assert answer.version == 1


async def test_the_form_comes_back_with_what_was_wrong_and_what_was_written(world: World) -> None:
    reply = await press(world, "answer_status", {**ANSWER, "light": "", "proposal": "Ja"})

    assert reply["type"] == CARD
    assert "«Hvordan går arbeidet?» Velg hvordan arbeidet går." in str(reply)
    assert "«Trenger dere en avgjørelse fra styret? Skriv spørsmålet her.» Skriv hva styret skal avgjøre" in str(reply)
    values = {item.get("id"): item.get("value") for item in inputs(reply["value"])}
    assert (values["done"], values["proposal"], values["indicator:plasser"]) == ("Mye", "Ja", 12.5)
    assert await stored(world) is None


async def test_every_fault_says_which_question_it_is_about(world: World) -> None:
    world.decisions.open[HOME] = [DECIDED]
    wrong = {"done": "Ring 41234567", "next": "Ring 41234568", "indicator:plasser": "mange"}
    wrong |= {f"decision:{DECIDED.key}": "x" * 501, "indicator:andre": "1"}

    reply = str(await press(world, "answer_status", {"request_id": REQUEST, "light": "green", **wrong}))

    for words in (
        "«Hva har dere fått til siden sist?» Teksten ser ut til å inneholde et telefonnummer.",
        "«Hva skal dere gjøre fram mot neste møte?» Teksten ser ut til å inneholde et telefonnummer.",
        "«Praksisplasser (antall)» Skriv et tall",
        "«Skolene får en felles kontaktperson.» Teksten er for lang.",
        " Et av tallene hører ikke til denne arbeidspakken.",
    ):
        assert words in reply


async def test_a_text_that_is_too_long_comes_back_whole(world: World) -> None:
    world.decisions.open[HOME] = [DECIDED]
    told = f"decision:{DECIDED.key}"
    data = {**ANSWER, "done": "x" * 1100 + "SLUTT", told: "y" * 600 + "SLUTT"}

    reply = await press(world, "answer_status", data)

    values = {item["id"]: item.get("value") for item in inputs(reply["value"])}
    assert (values["done"], values[told]) == (data["done"], data[told])
    assert "Kort den ned til 1" in str(reply)


async def test_a_text_that_no_card_can_hold_is_cut_and_said_to_be(world: World) -> None:
    reply = await press(world, "answer_status", {**ANSWER, "done": "x" * 40_000, "next": "Mer"})

    values = {item["id"]: item.get("value") for item in inputs(reply["value"])}
    assert (values["done"], values["next"]) == ("x" * 1000, "Mer")
    assert "Det du skrev, er for langt til å vises her. Feltene viser bare begynnelsen." in str(reply)


async def test_what_was_emptied_does_not_come_back_with_what_is_wrong(world: World) -> None:
    """Clients leave out what is empty, and send numbers as text."""
    await press(world, "answer_status", ANSWER)

    reply = await press(world, "answer_status", {"request_id": REQUEST, "proposal": "Ja", "indicator:plasser": "7,5"})

    values = {item.get("id"): item.get("value") for item in inputs(reply["value"])}
    assert (values["light"], values["done"]) == (None, "")
    assert (values["proposal"], values["indicator:plasser"]) == ("Ja", 7.5)


async def test_a_card_asks_once_for_a_proposal_to_its_question(world: World) -> None:
    asks = {**ANSWER, "question": "Hvem betaler?", "proposal": ""}
    first = await press(world, "answer_status", asks)
    assert "Hva foreslår dere at styret vedtar?" in str(first)
    assert await stored(world) is None
    [data] = {str(item["data"]) for item in first["value"]["actions"] if item.get("verb") == "answer_status"}
    assert "'proposal_asked': 1" in data

    second = await press(world, "answer_status", {**asks, "proposal_asked": 1})

    assert "Takk! Statusen er lagret" in str(second)
    answer = await stored(world)
    assert answer is not None
    assert (answer.content.question, answer.content.proposal) == ("Hvem betaler?", "")


async def test_a_national_id_is_not_stored_from_a_card(world: World) -> None:
    reply = await press(world, "answer_status", {**ANSWER, "done": NUMBER})

    assert "fødselsnummer" in str(reply)
    assert await stored(world) is None


async def test_a_phone_number_is_asked_about_with_a_box_to_tick(world: World) -> None:
    data = {**ANSWER, "done": "Ring 41234567"}

    reply = await press(world, "answer_status", data)
    [box] = [item for item in inputs(reply["value"]) if item["type"] == "Input.Toggle"]
    assert "telefonnummer" in str(reply)
    assert await stored(world) is None

    await press(world, "answer_status", {**data, "confirmed": box["valueOn"]})
    answer = await stored(world)
    assert answer is not None
    assert answer.content.done == "Ring 41234567"


async def test_a_card_opens_nothing_for_a_lead_whose_role_has_ended(world: World) -> None:
    await press(world, "answer_status", ANSWER)
    world.programme = world.programme.model_copy(update={"assignments": ()})

    for verb in ("open_status", "answer_status"):
        reply = await press(world, verb, {**ANSWER, "light": "red"})
        assert "Det er lederen av arbeidspakken som gir status her." in str(reply)
        assert not inputs(reply)
    answer = await stored(world)
    assert answer is not None
    assert answer.version == 1


async def test_no_change_is_one_press_that_asks_for_the_numbers(world: World) -> None:
    await press(world, "answer_status", ANSWER)
    later = "a-dal/2027-02-09"
    await world.plan_meeting(STARTS + 84 * DAY, key=later)
    world.clock.time += 84 * DAY
    await world.run("status.close")
    await world.run("status.open", later)
    request = request_id(later, HOME)
    card = (await press(world, "open_status", {"request_id": request}))["value"]
    first, *_ = buttons(card)
    # It stands before the first question, and sends nothing of what stands in the fields.
    assert str(card).index("Ingen endring siden sist") < str(card).index("Hvordan går arbeidet?")
    assert (first["verb"], first["associatedInputs"]) == ("answer_unchanged", "none")

    asked = await press(world, first["verb"], first["data"])
    [send] = asked["value"]["actions"]
    assert [item["id"] for item in inputs(asked["value"])] == ["indicator:plasser"]
    receipt = await press(world, send["verb"], {**send["data"], "indicator:plasser": 14})

    assert "Takk! Statusen er lagret" in str(receipt)
    answer = (await world.store.newest_answers([request]))[request]
    assert (answer.content.done, answer.content.indicators) == ("Mye", {"plasser": 14})


DECIDED = OpenDecision(key="a-dal/2026/12", text="Skolene får en felles kontaktperson.")


async def test_what_came_of_the_board_s_decisions_is_asked_kept_and_asked_again_while_they_are_open(
    world: World,
) -> None:
    world.decisions.open[HOME] = [DECIDED]
    form = (await press(world, "open_status", {"request_id": REQUEST}))["value"]
    [asked] = [item for item in inputs(form) if item["id"].startswith("decision:")]
    assert asked["label"] == "Styret har bestemt: «Skolene får en felles kontaktperson.» Hva er gjort med det?"

    wrong = await press(world, "answer_status", {**ANSWER, "light": "", asked["id"]: "Hun begynner snart."})
    assert {item["id"]: item.get("value") for item in inputs(wrong["value"])}[asked["id"]] == "Hun begynner snart."
    receipt = await press(world, "answer_status", {**ANSWER, asked["id"]: "Hun begynner snart."})
    assert "Hun begynner snart." in str(receipt)

    answer = await stored(world)
    assert answer is not None
    assert answer.content.follow_ups == {"a-dal/2026/12": "Hun begynner snart."}
    again = (await press(world, "open_status", {"request_id": REQUEST}))["value"]
    assert {item["id"]: item.get("value") for item in inputs(again)}[asked["id"]] == "Hun begynner snart."


async def test_a_decision_that_is_not_followed_up_any_more_is_said_to_be(world: World) -> None:
    reply = await press(world, "answer_status", {**ANSWER, "decision:a-dal/2026/12": "Noe"})

    assert "Et av vedtakene er ikke til oppfølging lenger." in str(reply)
    assert "Mye" in str(reply)
    assert await stored(world) is None


async def test_as_many_decisions_are_asked_about_as_a_card_has_room_for(world: World) -> None:
    world.decisions.open[HOME] = [OpenDecision(key=f"a-dal/2026/{n}", text="Noe") for n in range(9)]

    form = (await press(world, "open_status", {"request_id": REQUEST}))["value"]

    assert len([item for item in inputs(form) if item["id"].startswith("decision:")]) == MAX_DECISIONS


@pytest.mark.parametrize("who", ["home-id", "lead-id"], ids=["the lead", "the local lead"])
async def test_the_form_opens_for_those_who_may_answer(world: World, who: str) -> None:
    reply = await press(world, "open_status", {"request_id": REQUEST}, who=who)

    assert [item["id"] for item in inputs(reply["value"])][:2] == ["light", "done"]


@pytest.mark.parametrize("verb", ["open_status", "answer_status"])
@pytest.mark.parametrize("who", ["stranger-id", "guest-id", "", "x" * 500])
async def test_others_get_a_polite_word(world: World, verb: str, who: str) -> None:
    reply = await press(world, verb, ANSWER, who=who)

    assert "Det er lederen av arbeidspakken som gir status her" in reply["value"]
    assert await stored(world) is None


async def test_a_polite_word_is_in_the_language_of_who_pressed(world: World) -> None:
    people = tuple(
        person.model_copy(update={"language": "nn"}) if person.key == "stranger" else person
        for person in world.programme.people
    )
    world.programme = world.programme.model_copy(update={"people": people})

    assert "Det er leiaren av arbeidspakken" in (await press(world, "open_status", ANSWER, who="stranger-id"))["value"]
    unknown = await press(world, "delete", ANSWER, who="stranger-id")
    assert "Vi finn ikkje statusrunden" in unknown["value"]["message"]


async def test_a_correction_opens_what_is_stored_with_its_numbers(world: World) -> None:
    await press(world, "answer_status", ANSWER)

    reply = await press(world, "open_status", {"request_id": REQUEST})

    values = {item["id"]: item.get("value") for item in inputs(reply["value"])}
    assert (values["light"], values["done"], values["indicator:plasser"]) == ("yellow", "Mye", 12.5)


async def test_who_answers_on_behalf_is_told_for_whom_before_and_after(world: World) -> None:
    form = await press(world, "open_status", {"request_id": REQUEST}, who="lead-id")
    receipt = await press(world, "answer_status", ANSWER, who="lead-id")

    assert "Du svarer på vegne av Leder arena." in str(form)
    assert "Du har svart på vegne av Leder arena." in str(receipt)
    own = await press(world, "open_status", {"request_id": REQUEST})
    assert "på vegne av" not in str(own)
    assert "Dette er svaret som Rolle lead har lagret. Du kan endre det fram til" in str(own)


@pytest.mark.parametrize("verb", ["open_status", "answer_status"])
async def test_after_the_deadline_the_card_says_so(world: World, verb: str) -> None:
    world.clock.time = DEADLINE

    reply = await press(world, verb, ANSWER)

    assert "Statusrunden er avsluttet" in str(reply)
    assert await stored(world) is None


async def test_a_refresh_that_teams_asks_for_stores_nothing(world: World) -> None:
    await press(world, "answer_status", ANSWER, automatic=True)

    assert await stored(world) is None


@pytest.mark.parametrize(
    ("verb", "data"),
    [
        pytest.param("answer_status", {}, id="no request"),
        pytest.param("answer_status", {"request_id": 7}, id="a number"),
        pytest.param("answer_status", {"request_id": "' or 1=1"}, id="unknown"),
        pytest.param("delete_everything", {"request_id": REQUEST}, id="unknown verb"),
    ],
)
async def test_unknown_things_are_answered_politely(world: World, verb: str, data: dict[str, Any]) -> None:
    reply = await press(world, verb, data)

    assert "Vi finner ikke statusrunden" in reply["value"]["message"]


async def test_an_answer_for_another_s_package_is_not_taken(world: World) -> None:
    await press(world, "answer_status", {**ANSWER, "request_id": request_id(MEETING, GUEST)})

    assert not await world.store.newest_answers([request_id(MEETING, GUEST)])


def inputs(node: Any) -> list[dict[str, Any]]:
    return [element for element in elements(node) if element["type"].startswith("Input.")]


def buttons(node: Any) -> list[dict[str, Any]]:
    return [element for element in elements(node) if element["type"] == "Action.Execute"]


def elements(node: Any) -> list[dict[str, Any]]:
    """Every element of a card, in the order in which they stand."""
    if isinstance(node, list):
        return [found for item in node for found in elements(item)]
    if not isinstance(node, dict):
        return []
    own = [node] if isinstance(node.get("type"), str) else []
    return own + [found for value in node.values() for found in elements(value)]


@pytest.mark.parametrize("text", ["\N{SMILING FACE WITH OPEN MOUTH}" * 1000, '"' * 1000, "a\n" * 400, "å" * 1000])
@pytest.mark.parametrize("verb", ["open_status", "answer_status"])
async def test_long_answers_can_be_shown_again(world: World, text: str, verb: str) -> None:
    fields = {name: text[: most_of(name)] for name in TEXT_FIELDS}
    await press(world, "answer_status", {**ANSWER, **fields})

    for data in ({**ANSWER, **fields}, {**ANSWER, **fields, "light": ""}):
        assert (await press(world, verb, data))["type"] == CARD

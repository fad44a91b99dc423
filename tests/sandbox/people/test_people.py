"""The people of the tenant, their view and their acts, through the control calls."""

from collections.abc import AsyncIterator
from typing import Any

import httpx
import pytest

from tests.sandbox.connector.test_connector import LEADER, chat_with, general
from tests.sandbox.walk import guest_id, make_team, refer
from tests.support.bot import FakeBot, card_message, listening_bot
from tests.support.sandbox import RunningSandbox

GUEST = "lokal@a-dal.example"
ADAPTIVE = "application/vnd.microsoft.card.adaptive"
MESSAGE = "application/vnd.microsoft.activity.message"
RECEIPT = {"type": "AdaptiveCard", "version": "1.5", "body": [{"type": "TextBlock", "text": "Takk"}]}
FORM: dict[str, Any] = {
    "type": "AdaptiveCard",
    "version": "1.5",
    "body": [
        {
            "type": "Input.Text",
            "id": "done",
            "label": "Gjort",
            "isRequired": True,
            "errorMessage": "Skriv hva som er gjort.",
            "maxLength": 20,
        },
        {
            "type": "Container",
            "items": [{"type": "Input.Number", "id": "count", "label": "Antall", "min": 0, "max": 10, "value": 3}],
        },
        {
            "type": "Input.Text",
            "id": "code",
            "label": "Kode",
            "regex": "^[A-Z]+$",
            "errorMessage": "Bare store bokstaver.",
        },
        {
            "type": "Input.ChoiceSet",
            "id": "light",
            "label": "Lys",
            "style": "expanded",
            "choices": [{"title": "Grønt", "value": "green"}, {"title": "Rødt", "value": "red"}],
        },
        {"type": "Input.Toggle", "id": "sure", "title": "Sikker"},
    ],
    "actions": [
        {"type": "Action.Execute", "title": "Send", "verb": "answer", "data": {"request": "r1"}},
        {"type": "Action.Submit", "title": "Send på gamlemåten", "data": {"verb": "old", "request": "r1"}},
        {"type": "Action.OpenUrl", "title": "Les mer", "url": "https://tjeneste.example/"},
    ],
}


@pytest.fixture
async def bot(sandbox: RunningSandbox) -> AsyncIterator[FakeBot]:
    async with listening_bot(sandbox) as listening:
        yield listening


@pytest.fixture
async def posted(bot: FakeBot) -> dict[str, str]:
    """A form in a person's chat, as the act call names it."""
    chat = await chat_with(bot)
    sent = await bot.call("POST", f"conversations/{chat}/activities", card_message(FORM))
    return {"conversation": chat, "activity": sent.json()["id"]}


async def act(bot: FakeBot, email: str = LEADER, **body: Any) -> httpx.Response:
    return await bot.sandbox.client.post(f"{bot.sandbox.url}/_sandbox/people/{email}/act", json=body)


async def seen_by(bot: FakeBot, email: str) -> list[dict[str, Any]]:
    chats: list[dict[str, Any]] = await bot.sandbox.control("GET", f"people/{email}/chats")
    return chats


# ---------------------------------------------------------------------------------------------------------------- cards


async def test_pressing_a_button_sends_the_inputs_and_shows_the_answer_to_that_person(
    bot: FakeBot, posted: dict[str, str]
) -> None:
    bot.reply = {"statusCode": 200, "type": ADAPTIVE, "value": RECEIPT}

    answer = await act(bot, **posted, verb="answer", data={"done": "Møte", "light": "green"})

    (invoke,) = bot.of_type("invoke")
    assert answer.json() == {"status": 200, "type": ADAPTIVE, "value": RECEIPT}
    assert invoke["name"] == "adaptiveCard/action"
    assert invoke["replyToId"] == posted["activity"]
    assert invoke["value"] == {
        "action": {
            "type": "Action.Execute",
            "title": "Send",
            "verb": "answer",
            "data": {"request": "r1", "done": "Møte", "count": "3", "code": "", "light": "green", "sure": "false"},
        },
        "trigger": "manual",
    }
    (message,) = (await seen_by(bot, LEADER))[0]["messages"]
    assert (message["card"], message["private_card"]) == (FORM, RECEIPT)


async def test_an_edit_of_the_message_ends_the_private_view(bot: FakeBot, posted: dict[str, str]) -> None:
    bot.reply = {"statusCode": 200, "type": ADAPTIVE, "value": RECEIPT}
    await act(bot, **posted, verb="answer", data={"done": "Møte"})

    await bot.call("PUT", "conversations/{conversation}/activities/{activity}".format(**posted), card_message(RECEIPT))

    (message,) = (await seen_by(bot, LEADER))[0]["messages"]
    assert (message["card"], message["private_card"]) == (RECEIPT, None)


@pytest.mark.parametrize(
    ("data", "errors"),
    [
        pytest.param({}, {"done": "Skriv hva som er gjort."}, id="required"),
        pytest.param({"done": "x" * 21}, {"done": "Skriv hva som er gjort."}, id="too long"),
        pytest.param({"done": "x", "code": "abc"}, {"code": "Bare store bokstaver."}, id="form"),
        pytest.param({"done": "x", "count": 11}, {"count": "outside its limits"}, id="too much"),
        pytest.param({"done": "x", "count": "mange"}, {"count": "not a number"}, id="no number"),
        pytest.param({"done": "x", "light": "blue"}, {"light": "no such choice"}, id="no choice"),
        pytest.param({"done": "x", "other": "x"}, {"other": "The card has no such input."}, id="unknown"),
    ],
)
async def test_nothing_is_sent_while_the_client_objects(
    bot: FakeBot, posted: dict[str, str], data: dict[str, Any], errors: dict[str, str]
) -> None:
    answer = await act(bot, **posted, verb="answer", data=data)

    assert (answer.status_code, answer.json()) == (422, {"errors": errors})
    assert not bot.of_type("invoke")


async def test_an_older_client_submits_a_message(bot: FakeBot, posted: dict[str, str]) -> None:
    answer = await act(bot, **posted, title="Send på gamlemåten", data={"done": "Møte"})

    (message,) = bot.of_type("message")
    assert answer.json() == {"status": 200, "type": "message", "value": None}
    assert (message["value"]["verb"], message["value"]["done"]) == ("old", "Møte")
    assert "text" not in message


@pytest.mark.parametrize(
    ("reply", "status", "shown"),
    [
        pytest.param({"statusCode": 200, "type": MESSAGE, "value": "Lagret"}, 200, "Lagret", id="text"),
        pytest.param(
            {"statusCode": 400, "type": "application/vnd.microsoft.error", "value": {"code": "x", "message": "Nei"}},
            400,
            {"code": "x", "message": "Nei"},
            id="error",
        ),
        pytest.param({"hei": 1}, 200, "Something went wrong. Please try again.", id="no answer of a bot"),
    ],
)
async def test_other_answers_leave_the_card(
    bot: FakeBot, posted: dict[str, str], reply: Any, status: int, shown: Any
) -> None:
    bot.reply = reply

    answer = (await act(bot, **posted, verb="answer", data={"done": "Møte"})).json()

    assert (answer["status"], answer["value"]) == (status, shown)
    assert (await seen_by(bot, LEADER))[0]["messages"][0]["private_card"] is None


async def test_a_failing_bot_is_asked_once(bot: FakeBot, posted: dict[str, str]) -> None:
    bot.statuses = [500]

    answer = (await act(bot, **posted, verb="answer", data={"done": "Møte"})).json()

    assert (answer["status"], answer["type"]) == (500, "error")
    assert len(bot.of_type("invoke")) == 1


async def test_links_are_told_not_opened(bot: FakeBot, posted: dict[str, str]) -> None:
    answer = (await act(bot, **posted, title="Les mer", data={})).json()

    assert (answer["type"], answer["value"]) == ("openUrl", "https://tjeneste.example/")


async def test_nobody_presses_what_they_do_not_see(bot: FakeBot, posted: dict[str, str]) -> None:
    other = await act(bot, "radgiver@fylket.example", **posted, verb="answer", data={"done": "x"})
    missing = await act(bot, **posted, verb="another", data={"done": "x"})

    assert (other.status_code, missing.status_code) == (404, 404)
    assert await seen_by(bot, "radgiver@fylket.example") == []


async def test_a_guest_sees_and_answers_a_channel_card_once_the_team_shows_them(bot: FakeBot) -> None:
    team, guest = await make_team(bot.sandbox), await guest_id(bot.sandbox)
    channel = await general(bot.sandbox, team)
    thread = (await bot.start_thread(channel, card_message(FORM))).json()
    before = await seen_by(bot, GUEST)
    await refer(bot.sandbox, team, guest)
    bot.reply = {"statusCode": 200, "type": ADAPTIVE, "value": RECEIPT}

    ((chat,), answer) = (
        await seen_by(bot, GUEST),
        await act(
            bot, GUEST, conversation=channel, activity=thread["activityId"], verb="answer", data={"done": "Møte"}
        ),
    )

    assert before == []
    assert (chat["kind"], chat["team"], chat["conversation"]) == ("channel", "Våre unge Å-dal", channel)
    assert answer.json()["status"] == 200
    assert bot.of_type("invoke")[0]["conversation"]["id"] == thread["id"]
    assert (await seen_by(bot, LEADER))[0]["messages"][0]["private_card"] is None


# ------------------------------------------------------------------------------------------------------------- the rest


async def test_a_person_writes_to_the_bot(bot: FakeBot) -> None:
    refused = await bot.sandbox.client.post(f"{bot.sandbox.url}/_sandbox/people/{LEADER}/say", json={"text": "Hei"})
    chat = await chat_with(bot)

    said = await bot.sandbox.control("POST", f"people/{LEADER}/say", {"text": "Hei"})

    (message,) = bot.of_type("message")
    assert refused.status_code == 409
    assert said == {"activity": message["id"], "status": 200}
    assert (message["text"], message["conversation"]["id"]) == ("Hei", chat)


async def test_mail_and_meetings_are_read_and_answered(bot: FakeBot) -> None:
    event = {
        "subject": "Styremøte",
        "body": {"contentType": "html", "content": "<p>Velkommen</p>"},
        "start": {"dateTime": "2026-09-08T09:00:00", "timeZone": "W. Europe Standard Time"},
        "end": {"dateTime": "2026-09-08T11:00:00", "timeZone": "W. Europe Standard Time"},
        "isOnlineMeeting": True,
        "onlineMeetingProvider": "teamsForBusiness",
        "attendees": [{"emailAddress": {"address": GUEST}, "type": "required"}],
    }
    organizer = bot.sandbox.env["VAREUNGE_ORGANIZER"]
    made = await bot.sandbox.graph("POST", f"/users/{organizer}/events", event, app="hands")
    assert made.status_code == 201, made.text

    (mail,) = await bot.sandbox.control("GET", f"people/{GUEST}/mail")
    (invited,) = await bot.sandbox.control("GET", f"people/{GUEST}/calendar")
    await bot.sandbox.control("POST", f"people/{GUEST}/respond", {"event": invited["id"], "response": "accepted"})

    assert (mail["kind"], mail["subject"], mail["from"]) == ("invite", "Styremøte", organizer)
    assert "Velkommen" in mail["html"]
    assert invited["start"] == "2026-09-08T07:00:00Z"
    assert invited["join_url"].startswith("https://teams.microsoft.com/")
    (own,) = await bot.sandbox.control("GET", f"people/{organizer}/calendar")
    assert own["attendees"] == [{"email": GUEST, "response": "accepted"}]


async def test_everybody_is_listed_with_and_without_account(bot: FakeBot) -> None:
    people = {entry["email"]: entry["kind"] for entry in await bot.sandbox.control("GET", "people")}
    await guest_id(bot.sandbox)
    later = {entry["email"]: entry["kind"] for entry in await bot.sandbox.control("GET", "people")}

    assert (people[LEADER], people[GUEST], later[GUEST]) == ("member", "outside", "guest")


async def test_malformed_calls_are_refused(bot: FakeBot) -> None:
    base = f"{bot.sandbox.url}/_sandbox/people"

    answers = [
        await bot.sandbox.client.post(f"{base}/{LEADER}/act", json={}),
        await bot.sandbox.client.post(f"{base}/{LEADER}/block", json={"blocked": "ja"}),
        await bot.sandbox.client.post(f"{base}/{LEADER}/say", content=b"{"),
        await bot.sandbox.client.post(f"{base}/ukjent@fylket.example/block", json={"blocked": True}),
    ]

    assert [answer.status_code for answer in answers] == [400, 400, 400, 404]


async def test_the_environment_is_the_one_that_is_printed_but_for_the_clock(sandbox: RunningSandbox) -> None:
    environment = await sandbox.control("GET", "environment")

    assert {**environment, "VAREUNGE_CLOCK_URL": sandbox.env["VAREUNGE_CLOCK_URL"]} == sandbox.env
    assert "VAREUNGE_CLOCK_URL" not in environment

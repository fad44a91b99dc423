"""The Bot connector over HTTP, with a bot of the test at its endpoint."""

import time
from collections.abc import AsyncIterator
from typing import Any

import jwt
import pytest

from tests.sandbox.walk import guest_id, make_team, refer, user_id
from tests.support.bot import FakeBot, card_message, listening_bot
from tests.support.sandbox import RunningSandbox

CARD = {"type": "AdaptiveCard", "version": "1.5", "body": [{"type": "TextBlock", "text": "Hei"}]}
LEADER = "leder@fylket.example"


@pytest.fixture
async def bot(sandbox: RunningSandbox) -> AsyncIterator[FakeBot]:
    async with listening_bot(sandbox) as listening:
        yield listening


async def install_for(sandbox: RunningSandbox, user: str) -> None:
    assert sandbox.app is not None
    app = sandbox.app.tenant.catalog.ours.id
    bind = f"https://graph.microsoft.com/v1.0/appCatalogs/teamsApps/{app}"
    answer = await sandbox.graph("POST", f"/users/{user}/teamwork/installedApps", {"teamsApp@odata.bind": bind})
    assert answer.status_code == 201, answer.text


async def chat_with(bot: FakeBot, email: str = LEADER) -> str:
    user = await user_id(bot.sandbox, email)
    await install_for(bot.sandbox, user)
    return str((await bot.open_chat(user)).json()["id"])


async def general(sandbox: RunningSandbox, team: str) -> str:
    assert sandbox.app is not None
    return next(iter(sandbox.app.tenant.teams.teams[team].channels))


def code(answer: Any) -> tuple[int, str]:
    return answer.status_code, answer.json()["error"]["code"]


# -------------------------------------------------------------------------------------------------------- conversations


async def test_the_bot_reaches_nobody_without_the_app(bot: FakeBot) -> None:
    answer = await bot.open_chat(await user_id(bot.sandbox, LEADER))

    assert answer.status_code == 403
    assert "not part of the conversation roster" in answer.json()["error"]["message"]


async def test_a_chat_is_the_same_each_time_and_the_one_that_graph_shows(bot: FakeBot) -> None:
    user = await user_id(bot.sandbox, LEADER)
    await install_for(bot.sandbox, user)
    installed = await bot.sandbox.graph("GET", f"/users/{user}/teamwork/installedApps")
    shown = f"/users/{user}/teamwork/installedApps/{installed.json()['value'][0]['id']}/chat"

    opened = [(await bot.open_chat(user)).json()["id"] for _ in range(2)]

    assert {*opened, (await bot.sandbox.graph("GET", shown)).json()["id"]} == {opened[0]}


async def test_membership_of_a_team_with_the_app_is_enough_also_for_a_guest(bot: FakeBot) -> None:
    team, guest = await make_team(bot.sandbox), await guest_id(bot.sandbox)
    before = await bot.open_chat(guest)
    await refer(bot.sandbox, team, guest)

    assert before.status_code == 403
    assert (await bot.open_chat(guest)).status_code == 201


@pytest.mark.parametrize(
    "changes",
    [
        pytest.param({"members": [{"aadObjectId": "x"}]}, id="named by the wrong field"),
        pytest.param({"members": [{"id": "leder@fylket.example"}]}, id="named by address"),
        pytest.param({"members": []}, id="nobody"),
        pytest.param({"tenantId": None}, id="no tenant"),
        pytest.param({"tenantId": "another"}, id="another tenant"),
        pytest.param({"bot": {"id": "28:another"}}, id="another bot"),
        pytest.param({"isGroup": True}, id="a group without a channel"),
    ],
)
async def test_a_malformed_request_for_a_chat_is_refused(bot: FakeBot, changes: dict[str, Any]) -> None:
    user = await user_id(bot.sandbox, LEADER)
    await install_for(bot.sandbox, user)
    body = {"isGroup": False, "members": [{"id": user}], "tenantId": bot.sandbox.env["VAREUNGE_TENANT_ID"]}

    assert (await bot.call("POST", "conversations", {**body, **changes})).status_code == 400


async def test_who_blocked_the_bot_is_not_written_to(bot: FakeBot) -> None:
    chat = await chat_with(bot)
    await bot.sandbox.control("POST", f"people/{LEADER}/block", {"blocked": True})
    refused = await bot.call("POST", f"conversations/{chat}/activities", card_message(CARD))
    await bot.sandbox.control("POST", f"people/{LEADER}/block", {"blocked": False})

    assert code(refused) == (403, "MessageWritesBlocked")
    assert (await bot.call("POST", f"conversations/{chat}/activities", card_message(CARD))).status_code == 201


@pytest.mark.parametrize("path", ["conversations/19:nobody/activities", "conversations/19:x@thread.tacv2/activities"])
async def test_an_unknown_conversation_is_not_found(bot: FakeBot, path: str) -> None:
    assert (await bot.call("POST", path, card_message(CARD))).status_code == 404


# -------------------------------------------------------------------------------------------------------------- posting


async def test_a_card_is_posted_and_edited(bot: FakeBot) -> None:
    chat = await chat_with(bot)
    posted = await bot.call("POST", f"conversations/{chat}/activities", card_message(CARD))
    path = f"conversations/{chat}/activities/{posted.json()['id']}"

    edited = await bot.call("PUT", path, card_message(CARD, "Rettet"))

    (seen,) = (await bot.sandbox.control("GET", f"people/{LEADER}/chats"))[0]["messages"]
    assert (posted.status_code, edited.status_code) == (201, 200)
    assert (seen["summary"], seen["card"], seen["edited"]) == ("Rettet", CARD, 1)
    assert (await bot.call("PUT", f"{path}0", card_message(CARD))).status_code == 404


async def test_a_thread_in_a_channel_takes_replies(bot: FakeBot) -> None:
    channel = await general(bot.sandbox, await make_team(bot.sandbox))
    made = (await bot.start_thread(channel, card_message(CARD))).json()

    reply = await bot.call("POST", f"conversations/{made['id']}/activities", {"type": "message", "text": "Takk"})
    lost = await bot.call("POST", f"conversations/{channel};messageid=1/activities", {"type": "message", "text": "x"})

    assert made["id"] == f"{channel};messageid={made['activityId']}"
    assert (reply.status_code, lost.status_code) == (201, 404)
    (chat,) = await bot.sandbox.control("GET", f"people/{LEADER}/chats")
    assert [message["thread"] for message in chat["messages"]] == [made["id"]] * 2


async def test_a_channel_without_the_app_and_a_private_one_are_closed(bot: FakeBot) -> None:
    team = await make_team(bot.sandbox)
    channel = await general(bot.sandbox, team)
    assert bot.sandbox.app is not None
    played = bot.sandbox.app.tenant.teams.teams[team]
    played.channels[channel].kind = "private"
    private = await bot.start_thread(channel, card_message(CARD))
    played.channels[channel].kind = "standard"
    played.installations.clear()

    assert {code(private), code(await bot.start_thread(channel, card_message(CARD)))} == {
        (403, "BotNotInConversationRoster")
    }


@pytest.mark.parametrize(
    ("activity", "status"),
    [
        pytest.param({"type": "message"}, 400, id="empty"),
        pytest.param({"type": "invoke"}, 400, id="no message"),
        pytest.param(card_message({"body": []}), 400, id="no card"),
        pytest.param({"type": "message", "text": "å" * 51_200}, 413, id="too large in UTF-16"),
        pytest.param({"type": "message", "text": "å" * 51_000}, 201, id="just small enough"),
        pytest.param({"type": "typing"}, 201, id="typing"),
    ],
)
async def test_what_may_be_posted(bot: FakeBot, activity: dict[str, Any], status: int) -> None:
    chat = await chat_with(bot)

    assert (await bot.call("POST", f"conversations/{chat}/activities", activity)).status_code == status


async def test_a_conversation_takes_seven_messages_a_second(bot: FakeBot) -> None:
    await bot.sandbox.control("POST", "clock", {"now": "2026-09-01T06:00:00Z"})
    chat = await chat_with(bot)
    path, message = f"conversations/{chat}/activities", {"type": "message", "text": "Hei"}

    answers = [await bot.call("POST", path, message) for _ in range(8)]
    await bot.sandbox.control("POST", "clock", {"now": "2026-09-01T06:00:02Z"})

    assert [answer.status_code for answer in answers] == [201] * 7 + [429]
    assert int(answers[-1].headers["Retry-After"]) >= 1
    assert (await bot.call("POST", path, message)).status_code == 201


async def test_members_of_a_channel_are_told_page_by_page(bot: FakeBot) -> None:
    team, guest = await make_team(bot.sandbox), await guest_id(bot.sandbox)
    await refer(bot.sandbox, team, guest)
    channel = await general(bot.sandbox, team)

    first = (await bot.call("GET", f"conversations/{channel}/pagedmembers?pageSize=1")).json()
    rest = (
        await bot.call("GET", f"conversations/{channel}/pagedmembers?continuationToken={first['continuationToken']}")
    ).json()
    one = (await bot.call("GET", f"conversations/{channel}/members/{guest}")).json()

    assert len(first["members"]) == 1
    assert [member["userRole"] for member in rest["members"]] == ["guest"]
    assert one == rest["members"][0]
    assert (await bot.call("GET", f"conversations/{channel}/members/nobody")).status_code == 404


async def test_only_the_bots_own_token_opens_the_connector(bot: FakeBot) -> None:
    graph_token = await bot.sandbox.token("hands")
    url = f"{bot.sandbox.env['VAREUNGE_BOT_SERVICE_URL']}/v3/conversations"
    foreign = await bot.sandbox.client.post(url, json={}, headers={"Authorization": f"Bearer {graph_token}"})

    assert foreign.status_code == 401
    assert (await bot.call("POST", "conversations", {}, app="hands")).status_code == 401
    assert (await bot.sandbox.client.post(url, json={})).status_code == 401


async def test_what_is_not_played_says_so(bot: FakeBot) -> None:
    assert code(await bot.call("DELETE", "conversations/x/activities/1")) == (501, "notImplemented")


async def test_faults_and_the_record_cover_the_connector(bot: FakeBot) -> None:
    chat = await chat_with(bot)
    rule = {"match": {"path": "/activities$", "app": "bot"}, "do": "status", "status": 412}
    await bot.sandbox.control("POST", "faults", [rule])

    answer = await bot.call("POST", f"conversations/{chat}/activities", card_message(CARD))

    entries = (await bot.sandbox.control("GET", "har"))["log"]["entries"]
    assert answer.status_code == 412
    assert entries[-1]["_app"] == "bot"
    assert entries[-1]["_fault"] == "status"


# ----------------------------------------------------------------------------------------------------------- to the bot


async def test_activities_are_signed_as_the_bot_framework_signs(bot: FakeBot) -> None:
    await chat_with(bot)
    activity = (await bot.until(1, "installationUpdate"))[0]
    metadata = (await bot.sandbox.client.get(bot.sandbox.env["VAREUNGE_BOT_METADATA_URL"])).json()
    keys = (await bot.sandbox.client.get(metadata["jwks_uri"])).json()["keys"]

    claims = jwt.decode(
        bot.tokens[0], jwt.PyJWK(keys[0]), algorithms=["RS256"], audience=bot.sandbox.env["VAREUNGE_BOT_ID"]
    )

    assert claims["iss"] == metadata["issuer"] == "https://api.botframework.com"
    assert claims["serviceurl"] == activity["serviceUrl"] == bot.sandbox.env["VAREUNGE_BOT_SERVICE_URL"]
    assert claims["exp"] > time.time()
    assert jwt.get_unverified_header(bot.tokens[0])["kid"] == keys[0]["kid"]


async def test_the_bot_is_told_who_has_the_app(bot: FakeBot) -> None:
    user = await user_id(bot.sandbox, LEADER)
    await install_for(bot.sandbox, user)
    (added,) = await bot.until(1, "installationUpdate")
    installed = (await bot.sandbox.graph("GET", f"/users/{user}/teamwork/installedApps")).json()["value"][0]["id"]
    await bot.sandbox.graph("DELETE", f"/users/{user}/teamwork/installedApps/{installed}")

    removed = (await bot.until(2, "installationUpdate"))[1]

    assert [added["action"], removed["action"]] == ["add", "remove"]
    assert added["channelId"] == "msteams"
    assert added["from"]["aadObjectId"] == user
    assert added["from"]["id"].startswith("29:")
    assert added["conversation"]["tenantId"] == added["channelData"]["tenant"]["id"]
    assert (await bot.open_chat(user)).status_code == 403


async def test_the_bot_is_told_of_a_team(bot: FakeBot) -> None:
    team = await make_team(bot.sandbox)

    (added,) = await bot.until(1, "installationUpdate")
    (update,) = await bot.until(1, "conversationUpdate")

    assert added["channelData"]["team"]["aadGroupId"] == team
    assert added["conversation"]["conversationType"] == "channel"
    assert update["membersAdded"][0]["id"] == added["recipient"]["id"]


async def test_a_bot_that_does_not_answer_is_asked_again(bot: FakeBot) -> None:
    bot.statuses = [503, 500]

    await chat_with(bot)

    first, second = await bot.until(2, "installationUpdate")
    await bot.until(2, "conversationUpdate")
    entries = (await bot.sandbox.control("GET", "har"))["log"]["entries"]
    assert first == second
    assert {entry["response"]["status"] for entry in entries if entry["_app"] == "teams"} >= {503, 500}


async def test_nothing_waits_for_a_bot_where_there_is_none(bot: FakeBot) -> None:
    await bot.sandbox.control("PUT", "bot", {"endpoint": ""})

    await chat_with(bot)

    assert (await bot.sandbox.control("GET", "clock"))["in_flight"] == 0
    entries = (await bot.sandbox.control("GET", "har"))["log"]["entries"]
    assert not [entry for entry in entries if entry["_app"] == "teams"]


async def test_time_stands_still_until_the_bot_was_told(bot: FakeBot) -> None:
    await bot.sandbox.control("POST", "clock", {"now": "2026-09-01T06:00:00Z"})
    await bot.sandbox.control("POST", "clock/join", {"name": "service"})
    told_at: list[str] = []
    bot.when_called = lambda: told_at.append(bot.now())
    await chat_with(bot)

    await bot.sandbox.control("POST", "clock/wait", {"name": "service", "until": "2026-09-02T06:00:00Z"})

    assert set(told_at) == {"2026-09-01T06:00:00Z"}
    assert len(told_at) == 2


# ------------------------------------------------------------------------------------------------------------ canonical


async def test_two_runs_of_a_story_compare_equal(bot: FakeBot) -> None:
    chat = await chat_with(bot)
    card = {
        **CARD,
        "actions": [{"type": "Action.OpenUrl", "url": "https://tjeneste.example/svar/aB3dEf6hIj9lMn2pQr5t"}],
    }
    await bot.call("POST", f"conversations/{chat}/activities", card_message(card, "0123456789abcdef0123"))

    state = (await bot.sandbox.state())["chats"]

    (message,) = state[LEADER]
    assert message["from"] == "bot"
    assert message["summary"] == "{id}"
    assert message["card"]["actions"][0]["url"] == "https://tjeneste.example/svar/{token}"

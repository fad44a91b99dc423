"""Messages of the bot, and its reading of the answers."""

import json
from collections.abc import AsyncIterator, Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
import pytest
import respx

from integration.bot import TeamsBot, is_our_service
from integration.limits.bot import CONVERSATION
from workflows.errors import (
    Conflict,
    IdentityClosed,
    Invalid,
    NotFound,
    OutcomeUnknown,
    OutsideError,
    RecipientNotAllowed,
    Refused,
    Throttled,
    Transient,
)
from workflows.ports.accounts import Recipients
from workflows.ports.bot import Conversation, Posted

START = datetime(2026, 9, 8, 7, 0, tzinfo=UTC)
SERVICE = "http://127.0.0.1:9/connector"
CONVERSATIONS = f"{SERVICE}/v3/conversations"
CHAT = Conversation(id="a:chat", service_url=SERVICE)
THREAD = Posted(
    conversation=Conversation(id="19:c@thread.tacv2;messageid=1", service_url=SERVICE),
    activity_id="1",
)
ACTIVITIES = f"{CONVERSATIONS}/a:chat/activities"
CARD = {"type": "AdaptiveCard", "version": "1.5", "msteams": {"width": "Full"}, "body": [{"x": None}]}
LEAD = "leder@a-dal.example"


class SleepingClock:
    def __init__(self) -> None:
        self.moment = START

    def now(self) -> datetime:
        return self.moment

    async def sleep_until(self, moment: datetime) -> None:
        self.moment = max(self.moment, moment)


@pytest.fixture
def clock() -> SleepingClock:
    return SleepingClock()


def make_bot(clock: SleepingClock, *, allowed: frozenset[str] | None = None) -> TeamsBot:
    async def token(client_id: str, scope: str, *, fresh: bool = False) -> str:
        assert scope == "https://api.botframework.com/.default"
        return f"{'fresh-' if fresh else ''}token-of-{client_id}"

    return TeamsBot(
        bot_id="bot",
        tenant_id="tenant",
        service_url=SERVICE,
        token=token,
        clock=clock,
        recipients=Recipients(allowed),
    )


@pytest.fixture
async def bot(clock: SleepingClock) -> AsyncIterator[TeamsBot]:
    bot = make_bot(clock)
    yield bot
    await bot.close()


@pytest.fixture
def connector() -> Iterator[respx.MockRouter]:
    with respx.mock(assert_all_called=False) as router:
        yield router


def sent(route: respx.Route) -> dict[str, Any]:
    body: dict[str, Any] = json.loads(route.calls.last.request.content)
    return body


# ------------------------------------------------------------------------------------------------------- what is sent


async def test_a_chat_is_opened_by_object_id(bot: TeamsBot, connector: respx.MockRouter) -> None:
    route = connector.post(CONVERSATIONS).respond(201, json={"id": "a:chat", "serviceUrl": SERVICE})

    assert await bot.open_chat("object-id") == CHAT

    assert sent(route) == {
        "isGroup": False,
        "bot": {"id": "28:bot"},
        "members": [{"id": "object-id"}],
        "tenantId": "tenant",
        "channelData": {"tenant": {"id": "tenant"}},
    }
    assert route.calls.last.request.headers["authorization"] == "Bearer token-of-bot"


async def test_a_chat_that_names_a_foreign_service_stays_with_ours(bot: TeamsBot, connector: respx.MockRouter) -> None:
    connector.post(CONVERSATIONS).respond(201, json={"id": "a:chat", "serviceUrl": "https://elsewhere.example"})

    assert await bot.open_chat("object-id") == CHAT


async def test_a_card_goes_out_as_it_is(bot: TeamsBot, connector: respx.MockRouter) -> None:
    route = connector.post(ACTIVITIES).respond(201, json={"id": "m1"})

    posted = await bot.post_card(CHAT, CARD, summary="Status for arbeidspakken", recipient=LEAD)

    assert posted == Posted(conversation=CHAT, activity_id="m1")
    body = sent(route)
    assert body["type"] == "message"
    assert body["summary"] == "Status for arbeidspakken"
    (attachment,) = body["attachments"]
    assert attachment["contentType"] == "application/vnd.microsoft.card.adaptive"
    assert attachment["content"]["msteams"] == {"width": "Full"}


async def test_a_channel_gets_a_new_thread(bot: TeamsBot, connector: respx.MockRouter) -> None:
    route = connector.post(CONVERSATIONS).respond(
        201, json={"id": THREAD.conversation.id, "activityId": "1", "serviceUrl": SERVICE}
    )

    assert await bot.post_in_channel("19:c@thread.tacv2", CARD, summary="Status") == THREAD

    body = sent(route)
    assert body["isGroup"] is True
    assert body["bot"] == {"id": "28:bot"}
    assert body["channelData"] == {"channel": {"id": "19:c@thread.tacv2"}, "tenant": {"id": "tenant"}}
    assert body["activity"]["attachments"][0]["content"]["type"] == "AdaptiveCard"


async def test_a_card_is_replaced(bot: TeamsBot, connector: respx.MockRouter) -> None:
    route = connector.put(f"{ACTIVITIES}/m1").respond(200, json={"id": "m1"})

    await bot.update_card(Posted(conversation=CHAT, activity_id="m1"), CARD, summary="Status")

    assert sent(route)["attachments"][0]["content"]["type"] == "AdaptiveCard"


@pytest.mark.parametrize("answer", [httpx.Response(200), httpx.Response(202, json={}), httpx.Response(200, json=[])])
async def test_an_update_needs_no_words_in_its_answer(
    bot: TeamsBot, connector: respx.MockRouter, answer: httpx.Response
) -> None:
    route = connector.put(f"{ACTIVITIES}/m1").mock(side_effect=[answer])

    await bot.update_card(Posted(conversation=CHAT, activity_id="m1"), CARD, summary="Status")

    assert route.call_count == 1


# --------------------------------------------------------------------------------------------------- what is not sent


async def test_a_rehearsal_sends_to_nobody_else(clock: SleepingClock, connector: respx.MockRouter) -> None:
    bot = make_bot(clock, allowed=frozenset({LEAD}))
    connector.post(ACTIVITIES).respond(201, json={"id": "m1"})

    with pytest.raises(RecipientNotAllowed):
        await bot.post_card(CHAT, CARD, summary="x", recipient="en.annen@a-dal.example")
    with pytest.raises(RecipientNotAllowed):
        await bot.post_in_channel("19:c@thread.tacv2", CARD, summary="x")
    with pytest.raises(RecipientNotAllowed):
        await bot.update_card(THREAD, CARD, summary="x")

    assert not connector.calls
    await bot.post_card(CHAT, CARD, summary="x", recipient=LEAD)
    await bot.close()


@pytest.mark.parametrize("service_url", ["https://elsewhere.example", "https://smba.trafficmanager.net/teams", ""])
async def test_the_token_never_goes_to_a_foreign_service(
    bot: TeamsBot, connector: respx.MockRouter, service_url: str
) -> None:
    with pytest.raises(Invalid, match="no Bot connector"):
        await bot.post_card(Conversation(id="a:chat", service_url=service_url), CARD, summary="x", recipient=LEAD)

    assert not connector.calls


@pytest.mark.parametrize("identifier", ["a/../../x", "a?x", "a#x", "a\nb"])
async def test_an_id_cannot_change_the_address(bot: TeamsBot, connector: respx.MockRouter, identifier: str) -> None:
    with pytest.raises(Invalid):
        await bot.post_card(Conversation(id=identifier, service_url=SERVICE), CARD, summary="x", recipient=LEAD)
    with pytest.raises(Invalid):
        await bot.update_card(Posted(conversation=CHAT, activity_id=identifier), CARD, summary="x")

    assert not connector.calls


def test_the_connector_is_microsofts_or_the_sandboxs_and_never_both() -> None:
    teams = "https://smba.trafficmanager.net/teams"
    assert is_our_service("https://smba.trafficmanager.net/emea/", teams)
    assert not is_our_service(SERVICE, teams)
    assert is_our_service(SERVICE, SERVICE)
    assert not is_our_service(teams, SERVICE)


# ------------------------------------------------------------------------------------------- what the answers become


async def test_what_was_throttled_is_sent_again_after_the_wait(
    bot: TeamsBot, clock: SleepingClock, connector: respx.MockRouter
) -> None:
    answers = [
        httpx.Response(429, headers={"Retry-After": "7"}),
        httpx.Response(412),
        httpx.Response(201, json={"id": "m1"}),
    ]
    route = connector.post(ACTIVITIES).mock(side_effect=answers)

    await bot.post_card(CHAT, CARD, summary="x", recipient=LEAD)

    assert route.call_count == 3
    assert clock.now() - START >= timedelta(seconds=7)


async def test_a_token_that_is_refused_is_renewed_once(bot: TeamsBot, connector: respx.MockRouter) -> None:
    route = connector.post(ACTIVITIES).mock(
        side_effect=[httpx.Response(401), httpx.Response(201, json={"id": "m1"}), httpx.Response(401)]
    )

    await bot.post_card(CHAT, CARD, summary="x", recipient=LEAD)

    assert [call.request.headers["Authorization"] for call in route.calls] == [
        "Bearer token-of-bot",
        "Bearer fresh-token-of-bot",
    ]


async def test_a_fresh_token_that_is_refused_too_is_the_end(bot: TeamsBot, connector: respx.MockRouter) -> None:
    route = connector.post(ACTIVITIES).respond(401)

    with pytest.raises(Refused):
        await bot.post_card(CHAT, CARD, summary="x", recipient=LEAD)

    assert route.call_count == 2


@pytest.mark.parametrize("asked", ["soon", "-5", "nan", "9" * 30, "Wed, 21 Oct 2099 07:28:00 GMT"])
async def test_a_wait_that_nobody_can_believe_is_our_own(
    bot: TeamsBot, clock: SleepingClock, connector: respx.MockRouter, asked: str
) -> None:
    answers = [httpx.Response(429, headers={"Retry-After": asked}), httpx.Response(201, json={"id": "m1"})]
    connector.post(ACTIVITIES).mock(side_effect=answers)

    await bot.post_card(CHAT, CARD, summary="x", recipient=LEAD)

    assert timedelta(seconds=2) <= clock.now() - START <= timedelta(seconds=4)


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
async def test_a_card_that_is_led_elsewhere_goes_nowhere_and_counts_as_in_doubt(
    bot: TeamsBot, connector: respx.MockRouter, status: int
) -> None:
    elsewhere = connector.route(host="elsewhere.example")
    connector.post(ACTIVITIES).respond(status, headers={"Location": "https://elsewhere.example/"})

    with pytest.raises(OutcomeUnknown):
        await bot.post_card(CHAT, CARD, summary="x", recipient=LEAD)

    assert not elsewhere.called


async def test_a_wait_that_is_too_long_is_handed_back(bot: TeamsBot, connector: respx.MockRouter) -> None:
    connector.post(ACTIVITIES).respond(429, headers={"Retry-After": "600"})

    with pytest.raises(Throttled) as caught:
        await bot.post_card(CHAT, CARD, summary="x", recipient=LEAD)

    assert caught.value.retry_after == timedelta(minutes=10)


@pytest.mark.parametrize(
    "answer",
    [
        pytest.param(httpx.Response(500), id="500"),
        pytest.param(httpx.Response(502), id="502"),
        pytest.param(httpx.Response(504), id="504"),
        pytest.param(httpx.Response(201, content=b""), id="an empty answer"),
        pytest.param(httpx.Response(201, json={}), id="an answer without an id"),
        pytest.param(httpx.Response(201, json=[]), id="an answer that is a list"),
        pytest.param(httpx.Response(201, content=b'{"id": "m'), id="half an answer"),
        pytest.param(httpx.Response(302, headers={"Location": "https://elsewhere.example"}), id="a foreign redirect"),
        pytest.param(httpx.ReadTimeout("x"), id="no answer in time"),
        pytest.param(httpx.RemoteProtocolError("x"), id="a broken connection"),
    ],
)
async def test_a_post_whose_fate_is_unknown_is_not_repeated(
    bot: TeamsBot, connector: respx.MockRouter, answer: httpx.Response | Exception
) -> None:
    chat = connector.post(ACTIVITIES).mock(side_effect=[answer])
    channel = connector.post(CONVERSATIONS).mock(side_effect=[answer])

    with pytest.raises(OutcomeUnknown):
        await bot.post_card(CHAT, CARD, summary="x", recipient=LEAD)
    with pytest.raises(OutcomeUnknown):
        await bot.post_in_channel("19:c@thread.tacv2", CARD, summary="x")

    assert (chat.call_count, channel.call_count) == (1, 1)


@pytest.mark.parametrize("answer", [httpx.Response(502), httpx.Response(504), httpx.ReadTimeout("x")])
async def test_an_update_and_a_chat_may_be_repeated(
    bot: TeamsBot, connector: respx.MockRouter, answer: httpx.Response | Exception
) -> None:
    connector.put(f"{ACTIVITIES}/m1").mock(side_effect=[answer, httpx.Response(200, json={"id": "m1"})])
    connector.post(CONVERSATIONS).mock(side_effect=[answer, httpx.Response(201, json={"id": "a:chat"})])

    await bot.update_card(Posted(conversation=CHAT, activity_id="m1"), CARD, summary="x")
    assert await bot.open_chat("object-id") == CHAT


async def test_an_update_that_is_put_off_for_long_is_handed_back_with_its_wait(
    bot: TeamsBot, connector: respx.MockRouter
) -> None:
    connector.put(f"{ACTIVITIES}/m1").mock(return_value=httpx.Response(503, headers={"Retry-After": "300"}))

    with pytest.raises(Throttled) as caught:
        await bot.update_card(Posted(conversation=CHAT, activity_id="m1"), CARD, summary="x")

    assert caught.value.retry_after == timedelta(seconds=300)


async def test_a_post_that_never_left_is_repeated(bot: TeamsBot, connector: respx.MockRouter) -> None:
    route = connector.post(ACTIVITIES).mock(
        side_effect=[httpx.ConnectError("x"), httpx.Response(201, json={"id": "m1"})]
    )

    await bot.post_card(CHAT, CARD, summary="x", recipient=LEAD)

    assert route.call_count == 2


async def test_a_connector_that_stays_away_is_transient(bot: TeamsBot, connector: respx.MockRouter) -> None:
    connector.post(ACTIVITIES).mock(side_effect=httpx.ConnectError("x"))

    with pytest.raises(Transient, match="not reached") as caught:
        await bot.post_card(CHAT, CARD, summary="x", recipient=LEAD)

    assert not isinstance(caught.value, OutcomeUnknown)


@pytest.mark.parametrize(
    ("status", "expected"),
    [(400, Invalid), (403, Refused), (404, NotFound), (409, Conflict), (413, Invalid)],
)
async def test_a_refusal_becomes_our_error_and_names_code_and_request(
    bot: TeamsBot, connector: respx.MockRouter, status: int, expected: type[OutsideError]
) -> None:
    route = connector.post(ACTIVITIES).respond(
        status,
        json={"error": {"code": "MessageWritesBlocked", "message": "to a named person"}},
        headers={"x-ms-request-id": "r-1"},
    )

    with pytest.raises(expected, match=rf"status {status} MessageWritesBlocked \(request-id r-1\)") as caught:
        await bot.post_card(CHAT, CARD, summary="x", recipient=LEAD)

    assert type(caught.value) is expected
    assert "named person" not in str(caught.value)
    assert route.call_count == 1


async def test_an_error_of_the_identity_comes_through(clock: SleepingClock, connector: respx.MockRouter) -> None:
    async def closed(client_id: str, scope: str, *, fresh: bool = False) -> str:
        del fresh
        raise IdentityClosed(f"get a token as {client_id}", scope)

    bot = TeamsBot(bot_id="bot", tenant_id="t", service_url=SERVICE, token=closed, clock=clock, recipients=Recipients())

    with pytest.raises(IdentityClosed):
        await bot.open_chat("object-id")

    await bot.close()
    assert not connector.calls


async def test_many_cards_into_one_chat_keep_within_its_limit(
    bot: TeamsBot, clock: SleepingClock, connector: respx.MockRouter
) -> None:
    connector.post(ACTIVITIES).respond(201, json={"id": "m1"})

    for _ in range(9):
        await bot.post_card(CHAT, CARD, summary="x", recipient=LEAD)

    assert clock.now() - START == 3 * CONVERSATION.interval

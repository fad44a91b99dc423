"""Callers of the bot's endpoint: those let through, and those refused. Keys are made here and served on loopback."""

import json
import time
from collections.abc import Iterator, Mapping
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any

import httpx
import jwt
import pytest
from cryptography.hazmat.primitives.asymmetric import rsa
from fastapi import FastAPI
from jwt.algorithms import RSAAlgorithm
from structlog.testing import capture_logs

import texts
from integration import bot_tokens
from integration.bot_endpoint import (
    BotEndpoint,
    BotMessage,
    CardAction,
    InstallChanged,
    card_reply,
    error_reply,
    message_reply,
)
from integration.bot_tokens import ISSUER
from web.bot.routes import MAX_BODY, router
from workflows.ports.bot import Conversation

BOT, TENANT, OTHER = "11111111-1111-1111-1111-111111111111", "22222222-2222-2222-2222-222222222222", "3333"
SERVICE = "http://127.0.0.1:9/connector"
PLACE = Conversation(id="a:chat", service_url=SERVICE)
KEY = rsa.generate_private_key(public_exponent=65537, key_size=2048)
FORGED = rsa.generate_private_key(public_exponent=65537, key_size=2048)
AGENT_365 = "5a807f24-c9de-44ee-a3a7-329e88a00ffc"


@pytest.fixture(scope="module")
def metadata_url() -> Iterator[str]:
    keys = {"keys": [{**RSAAlgorithm.to_jwk(KEY.public_key(), as_dict=True), "kid": "k1", "use": "sig"}]}

    class Keys(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(200)
            self.end_headers()
            self.wfile.write(json.dumps(keys).encode())

        def log_message(self, *args: object) -> None: ...

    with ThreadingHTTPServer(("127.0.0.1", 0), Keys) as server:
        Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}/.well-known/openidconfiguration"
        server.shutdown()


class Handlers:
    def __init__(self) -> None:
        self.seen: list[CardAction | InstallChanged | BotMessage] = []
        self.broken = False

    def _note(self, what: CardAction | InstallChanged | BotMessage) -> None:
        if self.broken:
            raise RuntimeError("a person's words")
        self.seen.append(what)

    async def card_action(self, action: CardAction) -> dict[str, Any]:
        self._note(action)
        return card_reply({"type": "AdaptiveCard"})

    async def install_changed(self, change: InstallChanged) -> None:
        self._note(change)

    async def message(self, message: BotMessage) -> None:
        self._note(message)


@pytest.fixture
def handlers() -> Handlers:
    return Handlers()


@pytest.fixture
def teams(handlers: Handlers, metadata_url: str) -> httpx.AsyncClient:
    endpoint = BotEndpoint(handlers, bot_id=BOT, tenant_id=TENANT, service_url=SERVICE, metadata_url=metadata_url)
    app = FastAPI()
    app.include_router(router(endpoint.handle))
    return httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://service.example")


def token(key: rsa.RSAPrivateKey | str = KEY, *, algorithm: str = "RS256", **changes: object) -> str:
    claims = {"iss": ISSUER, "aud": BOT, "iat": int(time.time()), "exp": int(time.time()) + 600, "serviceurl": SERVICE}
    claims = {name: value for name, value in {**claims, **changes}.items() if value is not None}
    return jwt.encode(claims, key, algorithm=algorithm, headers={"kid": "k1"})


def activity(**changes: object) -> dict[str, Any]:
    body = {
        "type": "message",
        "id": "m1",
        "channelId": "msteams",
        "serviceUrl": SERVICE,
        "from": {"id": "29:x", "name": "Rolle", "aadObjectId": "o1"},
        "conversation": {"id": "a:chat", "tenantId": TENANT, "conversationType": "personal"},
        "channelData": {"tenant": {"id": TENANT}},
        "text": "hei",
    }
    return {name: value for name, value in {**body, **changes}.items() if value is not None}


def invoke(action: object, **changes: object) -> dict[str, Any]:
    return activity(
        type="invoke",
        name="adaptiveCard/action",
        text=None,
        replyToId="card1",
        value={"action": action, "trigger": "manual"},
        **changes,
    )


async def send(teams: httpx.AsyncClient, body: object, bearer: str | None = None) -> httpx.Response:
    headers = {"Authorization": f"Bearer {bearer or token()}"}
    return await teams.post("/api/messages", json=body, headers=headers)


# ---------------------------------------------------------------------------------------------- who gets through


async def test_a_message_from_teams_gets_through(teams: httpx.AsyncClient, handlers: Handlers) -> None:
    response = await send(teams, activity())

    assert (response.status_code, response.content) == (200, b"")
    assert handlers.seen == [
        BotMessage(text="hei", sender_object_id="o1", conversation=PLACE, activity_id="m1", personal=True)
    ]


@pytest.mark.parametrize(
    "bearer",
    [
        pytest.param(token(FORGED), id="another key"),
        pytest.param(token(exp=int(time.time()) - 3600), id="expired"),
        pytest.param(token(exp=None), id="without an end"),
        pytest.param(token(exp="soon"), id="an end that is no time"),
        pytest.param(token(aud=OTHER), id="another audience"),
        pytest.param(token(aud=None), id="no audience"),
        pytest.param(token(iss="https://login.microsoftonline.com/x/v2.0"), id="another issuer"),
        pytest.param(
            token(iss=f"https://sts.windows.net/{TENANT}/", azp=AGENT_365, tid=TENANT),
            id="a token of Entra for Agent 365",
        ),
        pytest.param(token(serviceurl="https://elsewhere.example"), id="another service address"),
        pytest.param(token(serviceurl=None), id="no service address"),
        pytest.param(token("k" * 40, algorithm="HS256"), id="a shared key"),
        pytest.param(jwt.encode({"iss": ISSUER, "aud": BOT, "exp": 9e9}, "", algorithm="none"), id="no signature"),
        pytest.param("x", id="no token"),
        pytest.param("a.b.c", id="not even base64"),
        pytest.param("..", id="empty parts"),
        pytest.param("eyJ.W10.x", id="claims that are a list"),
    ],
)
async def test_a_wrong_token_is_refused(teams: httpx.AsyncClient, handlers: Handlers, bearer: str) -> None:
    response = await send(teams, activity(), bearer)

    assert response.status_code == 401
    assert handlers.seen == []


@pytest.fixture
def without_keys(handlers: Handlers) -> httpx.AsyncClient:
    """Return a caller of an endpoint that cannot fetch the issuer's keys."""
    nobody = "http://127.0.0.1:9/.well-known/openidconfiguration"
    endpoint = BotEndpoint(handlers, bot_id=BOT, tenant_id=TENANT, service_url=SERVICE, metadata_url=nobody)
    app = FastAPI()
    app.include_router(router(endpoint.handle))
    return httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://service.example")


async def test_while_the_issuer_s_keys_are_unknown_teams_is_asked_to_come_back(
    without_keys: httpx.AsyncClient, handlers: Handlers
) -> None:
    """A 401 would tell Teams that the bot refuses for good."""
    answered = await send(without_keys, activity(), token())

    assert (answered.status_code, answered.json()) == (503, {"error": "keys"})
    assert handlers.seen == []


@pytest.mark.parametrize("changes", [{"text": None}, {"text": ""}], ids=["no text", "an empty one"])
async def test_a_message_without_words_is_taken_and_answered_by_nobody(
    teams: httpx.AsyncClient, handlers: Handlers, changes: dict[str, object]
) -> None:
    """Teams sends one when a person pastes a picture."""
    answered = await send(teams, activity(**changes), token())

    assert answered.status_code == 200
    assert handlers.seen == []


async def test_tokens_that_passed_are_remembered_within_bounds(
    teams: httpx.AsyncClient, handlers: Handlers, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(bot_tokens, "MOST_TOKENS", 2)

    answered = [await send(teams, activity(), token(jti=str(number))) for number in range(5)]

    assert [answer.status_code for answer in answered] == [200] * 5
    assert len(handlers.seen) == 5


@pytest.mark.parametrize("header", [None, "", "Bearer", f"Basic {token()}", f"bearer {token()}"])
async def test_a_request_without_a_bearer_token_is_refused(
    teams: httpx.AsyncClient, handlers: Handlers, header: str | None
) -> None:
    headers = {} if header is None else {"Authorization": header}

    assert (await teams.post("/api/messages", json=activity(), headers=headers)).status_code == 401
    assert handlers.seen == []


@pytest.mark.parametrize(
    "changes",
    [
        pytest.param({"serviceUrl": None}, id="no service address, for which the SDK skips its check"),
        pytest.param({"serviceUrl": "https://elsewhere.example/teams"}, id="a foreign service"),
        pytest.param({"serviceUrl": "https://smba.trafficmanager.net/teams"}, id="Microsoft's, while in the sandbox"),
        pytest.param({"channelId": "webchat"}, id="another channel"),
        pytest.param({"channelId": None}, id="no channel"),
        pytest.param({"channelData": {"tenant": {"id": OTHER}}}, id="another tenant"),
        pytest.param({"conversation": {"id": "c", "tenantId": OTHER}}, id="a conversation of another tenant"),
        pytest.param({"channelData": None, "conversation": {"id": "c"}}, id="no tenant"),
    ],
)
async def test_what_is_not_from_our_tenant_in_teams_is_refused(
    teams: httpx.AsyncClient, handlers: Handlers, changes: Mapping[str, object]
) -> None:
    response = await send(teams, activity(**changes))

    assert response.status_code == 403
    assert handlers.seen == []


@pytest.mark.parametrize(
    ("service_url", "status"),
    [
        ("https://smba.trafficmanager.net/emea/", 401),
        ("https://smba.trafficmanager.net.elsewhere.example/", 403),
        ("https://smba.trafficmanager.net@elsewhere.example/", 403),
        ("https://smba.trafficmanager.net:444/", 403),
        ("http://smba.trafficmanager.net/", 403),
        ("https://smba.trafficmanager.net:port/", 403),
        ("https://[", 403),
        ("https://[smba.trafficmanager.net]/", 403),
        ("\x00", 403),
        ("http://127.0.0.1:9/connector", 403),
    ],
)
async def test_outside_the_sandbox_only_the_connector_of_teams_is_spoken_with(
    handlers: Handlers, metadata_url: str, service_url: str, status: int
) -> None:
    endpoint = BotEndpoint(
        handlers,
        bot_id=BOT,
        tenant_id=TENANT,
        service_url="https://smba.trafficmanager.net/teams",
        metadata_url=metadata_url,
    )

    answer = await endpoint.handle({"authorization": "Bearer x"}, activity(serviceUrl=service_url))

    assert answer[0] == status


DEEP = "[" * 100_000


@pytest.mark.parametrize(
    "content",
    [
        pytest.param(b"", id="nothing"),
        pytest.param(b"hei", id="no JSON"),
        pytest.param(b"[]", id="a list"),
        pytest.param(b"null", id="null"),
        pytest.param(DEEP.encode(), id="deeply nested"),
        pytest.param(b'{"n": ' + b"9" * 5000 + b"}", id="an endless number"),
        pytest.param(b"\xff\xfe\x00", id="no UTF-8"),
        pytest.param(json.dumps(activity(text="\ud800")).encode(), id="half a surrogate pair"),
        pytest.param(json.dumps(activity(id=7)).encode(), id="an id that is a number"),
        pytest.param(json.dumps(activity(type=None)).encode(), id="no type"),
        pytest.param(json.dumps(activity(conversation=None)).encode(), id="no conversation"),
        pytest.param(json.dumps(activity(**{"from": "me"})).encode(), id="a sender that is a text"),
        pytest.param(
            json.dumps(activity(**{"from": {"id": "29:x", "aadObjectId": "a" * 37}})).encode(), id="no account's id"
        ),
        pytest.param(json.dumps(activity(channelData=[])).encode(), id="channel data that is a list"),
    ],
)
async def test_a_hostile_body_is_refused(teams: httpx.AsyncClient, handlers: Handlers, content: bytes) -> None:
    response = await teams.post("/api/messages", content=content, headers={"Authorization": f"Bearer {token()}"})

    assert response.status_code == 400
    assert handlers.seen == []


async def test_a_large_body_is_refused_before_it_is_read(teams: httpx.AsyncClient, handlers: Handlers) -> None:
    response = await teams.post("/api/messages", content=b" " * (MAX_BODY + 1))

    assert response.status_code == 413
    assert handlers.seen == []


@pytest.mark.parametrize("kind", ["typing", "conversationUpdate", "messageReaction", "event", "ukjent", ""])
async def test_other_activities_are_accepted_and_passed_over(
    teams: httpx.AsyncClient, handlers: Handlers, kind: str
) -> None:
    assert (await send(teams, activity(type=kind))).status_code == 200
    assert handlers.seen == []


async def test_other_invokes_are_not_implemented(teams: httpx.AsyncClient, handlers: Handlers) -> None:
    assert (await send(teams, activity(type="invoke", name="task/fetch"))).status_code == 501
    assert handlers.seen == []


def test_the_switch_that_lets_everybody_in_keeps_the_bot_from_starting(
    handlers: Handlers, metadata_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DANGEROUSLY_ALLOW_UNAUTHENTICATED_REQUESTS", "true")

    with pytest.raises(RuntimeError, match="DANGEROUSLY_ALLOW_UNAUTHENTICATED_REQUESTS"):
        BotEndpoint(handlers, bot_id=BOT, tenant_id=TENANT, service_url=SERVICE, metadata_url=metadata_url)


def test_a_bot_without_an_id_does_not_start(handlers: Handlers) -> None:
    with pytest.raises(ValueError, match="VAREUNGE_BOT_ID"):
        BotEndpoint(handlers, bot_id="", tenant_id=TENANT, service_url=SERVICE, metadata_url=SERVICE)


# ---------------------------------------------------------------------------------------------- what they are told


async def test_a_pressed_button_is_answered_with_a_card(teams: httpx.AsyncClient, handlers: Handlers) -> None:
    response = await send(
        teams,
        invoke({"type": "Action.Execute", "verb": "answer_status", "data": {"request_id": "r", "light": "green"}}),
    )

    assert response.status_code == 200
    assert response.json() == {
        "statusCode": 200,
        "type": "application/vnd.microsoft.card.adaptive",
        "value": {"type": "AdaptiveCard"},
    }
    assert handlers.seen == [
        CardAction(
            verb="answer_status",
            data={"request_id": "r", "light": "green"},
            sender_object_id="o1",
            conversation=PLACE,
            activity_id="card1",
        )
    ]


async def test_a_refresh_by_teams_itself_is_told_apart(teams: httpx.AsyncClient, handlers: Handlers) -> None:
    body = invoke({"verb": "open_status"})
    body["value"]["trigger"] = "automatic"

    assert (await send(teams, body)).json()["statusCode"] == 200
    (action,) = handlers.seen
    assert isinstance(action, CardAction)
    assert (action.automatic, action.data) == (True, {})


async def test_a_button_of_an_older_client_comes_as_a_message(teams: httpx.AsyncClient, handlers: Handlers) -> None:
    value = {"verb": "answer_status", "request_id": "r", "light": "red"}

    response = await send(teams, activity(text=None, value=value, replyToId="card1"))

    assert (response.status_code, response.content) == (200, b"")
    (action,) = handlers.seen
    assert isinstance(action, CardAction)
    assert (action.verb, action.data, action.answerable) == (
        "answer_status",
        {"request_id": "r", "light": "red"},
        False,
    )


@pytest.mark.parametrize(
    "body",
    [
        pytest.param(invoke(None), id="no action"),
        pytest.param(invoke("x"), id="an action that is a text"),
        pytest.param(invoke({"data": {}}), id="no verb"),
        pytest.param(invoke({"verb": "x", "data": "y"}), id="data that is a text"),
        pytest.param(invoke({"verb": "x"}, **{"from": {"id": "29:x"}}), id="an unknown sender"),
        pytest.param(activity(type="invoke", name="adaptiveCard/action", value=[]), id="a value that is a list"),
    ],
)
async def test_an_incomplete_action_gets_our_error_text(
    teams: httpx.AsyncClient, handlers: Handlers, body: dict[str, Any]
) -> None:
    response = await send(teams, body)

    assert response.status_code == 200
    assert response.json() == error_reply(texts.say("error.generic"))
    assert handlers.seen == []


async def test_a_broken_handler_gives_our_error_text_and_leaks_nothing(
    teams: httpx.AsyncClient, handlers: Handlers
) -> None:
    handlers.broken = True

    with capture_logs() as entries:
        pressed = await send(teams, invoke({"verb": "answer_status", "data": {}}))
        written = await send(teams, activity())

    assert pressed.status_code == 200
    assert pressed.json()["value"]["message"] == texts.say("error.generic")
    assert pressed.json()["statusCode"] == 500
    assert written.status_code == 500
    assert "a person's words" not in pressed.text + written.text + str(entries)


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        pytest.param(
            {"action": "add"},
            InstallChanged(object_id="o1", team_id=None, added=True, conversation=PLACE),
            id="added for a person",
        ),
        pytest.param(
            {"action": "remove"},
            InstallChanged(object_id="o1", team_id=None, added=False, conversation=PLACE),
            id="removed by a person",
        ),
        pytest.param(
            {"action": "add-upgrade", "channelData": {"tenant": {"id": TENANT}, "team": {"aadGroupId": "g1"}}},
            InstallChanged(object_id=None, team_id="g1", added=True, conversation=PLACE),
            id="upgraded in a team",
        ),
    ],
)
async def test_installing_and_removing_is_told(
    teams: httpx.AsyncClient, handlers: Handlers, changes: Mapping[str, object], expected: InstallChanged
) -> None:
    response = await send(teams, activity(type="installationUpdate", text=None, **changes))

    assert response.status_code == 200
    assert handlers.seen == [expected]


@pytest.mark.parametrize(
    ("changes", "added"),
    [
        pytest.param({"membersAdded": [{"id": f"28:{BOT}"}, {"id": "29:x"}]}, [True], id="the bot came"),
        pytest.param({"membersRemoved": [{"id": f"28:{BOT}"}]}, [False], id="the bot left"),
        pytest.param({"membersAdded": [{"id": "29:x"}]}, [], id="somebody else came"),
        pytest.param({"membersAdded": "28"}, [], id="no list"),
        pytest.param({"membersAdded": [None, {"id": 7}]}, [], id="no members"),
        pytest.param(
            {
                "membersAdded": [{"id": f"28:{BOT}"}],
                "conversation": {"id": "19:c", "tenantId": TENANT, "conversationType": "channel"},
            },
            [],
            id="in a team",
        ),
    ],
)
async def test_the_bot_s_coming_and_leaving_is_told(
    teams: httpx.AsyncClient, handlers: Handlers, changes: Mapping[str, object], added: list[bool]
) -> None:
    response = await send(teams, activity(type="conversationUpdate", text=None, **changes))

    assert response.status_code == 200
    assert [change.added for change in handlers.seen if isinstance(change, InstallChanged)] == added


def test_a_reply_may_be_a_text() -> None:
    assert message_reply("Takk!") == {
        "statusCode": 200,
        "type": "application/vnd.microsoft.activity.message",
        "value": "Takk!",
    }

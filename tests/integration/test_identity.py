"""Tokens of the service's identities, from token endpoints on this machine."""

import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from typing import Any

import jwt
import pytest
from aiohttp import web
from azure.core import exceptions as azure
from azure.core.credentials import AccessToken
from azure.core.pipeline.transport import AioHttpTransport

from config.settings import MICROSOFT, Part, Settings
from integration.identity import BOT_SCOPE, GRAPH_SCOPE, Identities, Registration, identity_errors
from tests.support.aiohttp_server import serving
from wiring.process import Services
from workflows.errors import IdentityClosed, Invalid, OutsideError, Refused, Transient

DISABLED = {"statusCode": 400, "message": "AADSTS7000112: Application 'x' is disabled."}
AUTHORITY = MICROSOFT["authority_url"]
HANDS = Registration(client_id="hands-app", identity_id="hands", tenant_id="tenant", authority=AUTHORITY)


class Endpoint:
    """App Service's local token endpoint: answers with `status` and `body`, a token unless they are set."""

    def __init__(self) -> None:
        self.asked: list[dict[str, str]] = []
        self.status = 200
        self.body: Any = None
        self.location = ""

    async def answer(self, request: web.Request) -> web.Response:
        self.asked.append({**request.query, "header": request.headers["X-IDENTITY-HEADER"]})
        token = {
            "access_token": f"token-{len(self.asked)}",
            "expires_on": "4102444800",
            "resource": request.query["resource"],
            "token_type": "Bearer",
        }
        text = self.body if isinstance(self.body, str) else json.dumps(self.body or token)
        kind = "text/html" if isinstance(self.body, str) else "application/json"
        headers = {"Location": self.location} if self.location else None
        return web.Response(status=self.status, text=text, content_type=kind, headers=headers)


class Entra:
    """Entra's token endpoint: answers with `status` and `body`, a token unless they are set."""

    def __init__(self) -> None:
        self.asked: list[dict[str, Any]] = []
        self.status = 200
        self.body: Any = None

    async def answer(self, request: web.Request) -> web.Response:
        self.asked.append({"path": request.path, **await request.post()})
        token = {"token_type": "Bearer", "expires_in": 3600, "access_token": f"app-token-{len(self.asked)}"}
        return web.json_response(self.body or token, status=self.status)


@asynccontextmanager
async def served(endpoint: Endpoint) -> AsyncIterator[str]:
    app = web.Application()
    app.router.add_get("/msi/token", endpoint.answer)
    async with serving(app) as here:
        yield f"{here}/msi/token"


@pytest.fixture
async def endpoint(monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Endpoint]:
    endpoint = Endpoint()
    async with served(endpoint) as url:
        monkeypatch.setenv("IDENTITY_ENDPOINT", url)
        monkeypatch.setenv("IDENTITY_HEADER", "secret")
        yield endpoint


@pytest.fixture
async def entra(monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Entra]:
    """Give the endpoint; calls to its address, which has to be https, come here over plain http."""
    entra = Entra()
    app = web.Application()
    app.router.add_post("/{rest:.*}", entra.answer)
    send = AioHttpTransport.send
    async with serving(app) as here:

        async def plainly(self: Any, request: Any, **options: Any) -> Any:
            request.url = request.url.replace(AUTHORITY, here)
            return await send(self, request, **options)

        monkeypatch.setattr(AioHttpTransport, "send", plainly)
        yield entra


@pytest.fixture
async def identities(endpoint: Endpoint) -> AsyncIterator[Identities]:
    identities = Identities()
    yield identities
    await identities.close()


async def test_a_token_is_asked_for_once_per_identity_and_resource(endpoint: Endpoint, identities: Identities) -> None:
    tokens = [
        await identities.token(client_id, scope)
        for client_id, scope in [("hands", GRAPH_SCOPE), ("hands", GRAPH_SCOPE), ("bot", BOT_SCOPE)]
    ]

    assert tokens == ["token-1", "token-1", "token-2"]
    assert [(ask["client_id"], ask["resource"], ask["header"]) for ask in endpoint.asked] == [
        ("hands", "https://graph.microsoft.com", "secret"),
        ("bot", "https://api.botframework.com", "secret"),
    ]


async def test_a_fresh_token_passes_by_the_cache(identities: Identities) -> None:
    tokens = [await identities.token("hands", GRAPH_SCOPE, fresh=fresh) for fresh in (False, True)]

    assert tokens == ["token-1", "token-2"]


class Credential:
    """One of azure-identity's, whose tokens end so soon; `asked` counts them."""

    def __init__(self, lasts: timedelta) -> None:
        self._lasts = lasts
        self.asked = 0

    async def get_token(self, scope: str, *, claims: str | None) -> AccessToken:
        self.asked += 1
        return AccessToken(f"token-{self.asked}", int((datetime.now(UTC) + self._lasts).timestamp()))


@pytest.mark.parametrize(
    ("lasts", "asked"), [(timedelta(hours=1), 1), (timedelta(minutes=4), 3)], ids=["long", "about to end"]
)
async def test_who_has_a_token_is_asked_again_only_when_it_is_about_to_end(lasts: timedelta, asked: int) -> None:
    identities, credential = Identities(), Credential(lasts)
    known: Any = identities
    known._credentials["hands"] = credential

    for _ in range(3):
        await identities.token("hands", GRAPH_SCOPE)

    assert credential.asked == asked


@pytest.mark.parametrize(
    ("status", "body", "expected"),
    [
        pytest.param(400, DISABLED, IdentityClosed, id="switched off"),
        pytest.param(400, {"statusCode": 400, "message": "No such identity"}, Refused, id="no such identity"),
        pytest.param(500, {"statusCode": 500, "message": "Later"}, Transient, id="out of order"),
        pytest.param(429, {"statusCode": 429, "message": "Slower"}, Transient, id="too often"),
        pytest.param(502, "<h1>Bad gateway</h1>", Transient, id="a page of a gateway"),
    ],
)
async def test_what_a_refusal_means(
    endpoint: Endpoint, identities: Identities, status: int, body: Any, expected: type[OutsideError]
) -> None:
    endpoint.status, endpoint.body = status, body

    with pytest.raises(OutsideError) as caught:
        await identities.token("builder", GRAPH_SCOPE)

    assert type(caught.value) is expected
    assert len(endpoint.asked) == 1


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
async def test_the_secret_of_the_token_endpoint_goes_nowhere_else(
    endpoint: Endpoint, identities: Identities, status: int
) -> None:
    elsewhere = Endpoint()
    async with served(elsewhere) as url:
        endpoint.status, endpoint.body, endpoint.location = status, "Moved", url.replace("127.0.0.1", "localhost")

        with pytest.raises(OutsideError):
            await identities.token("hands", GRAPH_SCOPE)

    assert elsewhere.asked == []


async def test_roles_stand_in_the_identity_s_own_token(endpoint: Endpoint, identities: Identities) -> None:
    claims = jwt.encode({"roles": ["User.Invite.All"]}, "x" * 32, algorithm="HS256")
    endpoint.body = {"access_token": claims, "expires_on": "4102444800", "resource": "r", "token_type": "Bearer"}

    assert await identities.roles("hands") == {"User.Invite.All"}


async def test_a_token_that_tells_no_roles_is_an_error_and_not_an_empty_list(identities: Identities) -> None:
    """A permission too many would pass unseen."""
    with pytest.raises(Invalid, match="its token is no JSON web token"):
        await identities.roles("hands")


class Unreadable:
    """An answer whose body is in no encoding that its sender names."""

    status_code, reason = 400, "Bad Request"

    def text(self) -> str:
        raise ValueError("not decoded")


def test_a_refusal_whose_words_cannot_be_read_is_still_one_of_ours() -> None:
    response: Any = Unreadable()
    raised = azure.HttpResponseError("details", response=response)

    with pytest.raises(Refused, match="status 400"), identity_errors("try it"):
        raise raised


async def test_an_endpoint_that_is_away_is_transient(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("IDENTITY_ENDPOINT", "http://127.0.0.1:9/msi/token")
    monkeypatch.setenv("IDENTITY_HEADER", "secret")
    identities = Identities()

    with pytest.raises(Transient):
        await identities.token("hands", GRAPH_SCOPE)

    await identities.close()


async def test_closing_allows_to_begin_again(identities: Identities) -> None:
    await identities.token("hands", GRAPH_SCOPE)
    await identities.close()

    assert await identities.token("hands", GRAPH_SCOPE) == "token-2"


@pytest.mark.parametrize(
    "cause",
    [thing for thing in vars(azure).values() if isinstance(thing, type) and issubclass(thing, azure.AzureError)],
)
def test_every_error_of_azure_becomes_one_of_ours(cause: type[azure.AzureError]) -> None:
    raised = cause.__new__(cause)
    azure.AzureError.__init__(raised, "details")
    raised.__dict__.setdefault("status_code", None)

    with pytest.raises(OutsideError), identity_errors("try it"):
        raise raised


@pytest.fixture
async def app(endpoint: Endpoint, entra: Entra) -> AsyncIterator[Identities]:
    app = Identities(HANDS)
    yield app
    await app.close()


async def test_the_identity_vouches_and_the_token_is_the_app_s(
    endpoint: Endpoint, entra: Entra, app: Identities
) -> None:
    assert await app.token("hands-app", GRAPH_SCOPE) == "app-token-1"

    assert [(ask["client_id"], ask["resource"]) for ask in endpoint.asked] == [("hands", "api://AzureADTokenExchange")]
    (asked,) = entra.asked
    assert asked["path"] == "/tenant/oauth2/v2.0/token"
    assert asked["client_id"] == "hands-app"
    assert asked["client_assertion"] == "token-1"
    assert (asked["grant_type"], asked["scope"]) == ("client_credentials", GRAPH_SCOPE)


async def test_a_service_whose_hands_are_an_app_registration_speaks_to_graph_as_that_app(
    endpoint: Endpoint, entra: Entra, database_url: str
) -> None:
    settings = Settings(
        part=Part.HANDS,
        database_url=database_url,
        tenant_id="tenant",
        hands_id="hands-app",
        hands_identity_id="hands",
    )
    services = Services(settings, name="test")

    assert await services.outside.identities.token(settings.hands_id, GRAPH_SCOPE) == "app-token-1"
    assert entra.asked[0]["client_assertion"] == "token-1"

    await services.close()


async def test_a_token_is_kept_until_a_fresh_one_is_asked_for(entra: Entra, app: Identities) -> None:
    tokens = [await app.token("hands-app", GRAPH_SCOPE, fresh=fresh) for fresh in (False, False, True)]

    assert tokens == ["app-token-1", "app-token-1", "app-token-2"]


async def test_every_other_identity_is_asked_of_the_machine_alone(entra: Entra, app: Identities) -> None:
    assert await app.token("hands", GRAPH_SCOPE) == "token-1"
    assert await app.token("bot", BOT_SCOPE) == "token-2"
    assert entra.asked == []


@pytest.mark.parametrize(
    ("status", "words", "expected"),
    [
        pytest.param(400, "AADSTS70021: No matching federated identity record found.", Refused, id="nobody vouches"),
        pytest.param(401, "AADSTS7000112: Application 'hands-app' is disabled.", IdentityClosed, id="switched off"),
        pytest.param(503, "AADSTS90033: try later", Transient, id="out of order"),
    ],
)
async def test_what_a_refusal_of_the_app_means(
    entra: Entra, app: Identities, status: int, words: str, expected: type[OutsideError]
) -> None:
    entra.status, entra.body = status, {"error": "refused", "error_description": words}

    with pytest.raises(OutsideError) as caught:
        await app.token("hands-app", GRAPH_SCOPE)

    assert type(caught.value) is expected
    assert len(entra.asked) == 1

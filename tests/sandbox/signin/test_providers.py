"""The sandbox's Entra ID and Ansattporten: what they ask of a client, and what they refuse."""

import json
import time
from base64 import b64decode
from collections.abc import Mapping
from dataclasses import replace
from typing import Any
from urllib.parse import parse_qs, urlsplit

import httpx
import jwt
import pytest

from sandbox.platform import sign_ins
from sandbox.platform.sign_ins import CODE_LIFE, challenge_of
from tests.support.sandbox import RunningSandbox

VERIFIER = "a-verifier-of-some-length-that-nobody-guesses"
EXCHANGE = "api://AzureADTokenExchange"
JWT_BEARER = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"
LEADER, OUTSIDER = "leder@fylket.example", "lokal@a-dal.example"


class Client:
    """A client of one provider, with everything right until a test makes it wrong."""

    def __init__(self, sandbox: RunningSandbox, name: str) -> None:
        self.sandbox = sandbox
        self.name = name
        self.is_entra = name == "entra"
        tenant = sandbox.env["VAREUNGE_TENANT_ID"]
        self.issuer = f"{sandbox.url}/{tenant}/v2.0" if self.is_entra else f"{sandbox.url}/ansattporten"
        self.client_id = (
            sandbox.env["VAREUNGE_APP_ID"] if self.is_entra else sandbox.env["VAREUNGE_ANSATTPORTEN_CLIENT_ID"]
        )
        self.redirect_uri = f"http://127.0.0.1:8000/logg-inn/{name}/retur"

    async def discovery(self) -> dict[str, Any]:
        found: dict[str, Any] = (
            await self.sandbox.client.get(f"{self.issuer}/.well-known/openid-configuration")
        ).json()
        return found

    async def authorize(self, **changes: str | None) -> httpx.Response:
        query = {
            "client_id": self.client_id,
            "redirect_uri": self.redirect_uri,
            "response_type": "code",
            "scope": "openid profile",
            "state": "state",
            "nonce": "nonce",
            "code_challenge": challenge_of(VERIFIER),
            "code_challenge_method": "S256",
            **({} if self.is_entra else {"acr_values": "entraid"}),
            **changes,
        }
        params = {name: value for name, value in query.items() if value is not None}
        return await self.sandbox.client.get((await self.discovery())["authorization_endpoint"], params=params)

    async def code(self, email: str = LEADER) -> str:
        location = (await self.authorize(**{"as": email})).headers["location"]
        assert location.startswith(self.redirect_uri)
        answer = parse_qs(urlsplit(location).query)
        assert answer["state"] == ["state"]
        return answer["code"][0]

    async def statement(self, **changes: Any) -> str:
        if self.is_entra:
            name = changes.get("identity", "door")
            answer = await self.sandbox.ask_token(name, changes.get("resource", EXCHANGE))
            return str(answer.json()["access_token"])
        now = int(time.time())
        claims = {"iss": self.client_id, "sub": self.client_id, "aud": self.issuer, "iat": now, "exp": now + 100}
        known = jwt.PyJWK.from_json(b64decode(self.sandbox.env["VAREUNGE_ANSATTPORTEN_KEY"]).decode())
        return jwt.encode({**claims, "jti": str(time.monotonic()), **changes}, known.key, algorithm="RS256")

    async def redeem(self, code: str, **changes: str | None) -> httpx.Response:
        form = {
            "grant_type": "authorization_code",
            "client_id": self.client_id,
            "code": code,
            "redirect_uri": self.redirect_uri,
            "code_verifier": VERIFIER,
            "client_assertion_type": JWT_BEARER,
            "client_assertion": await self.statement(),
            **changes,
        }
        data = {name: value for name, value in form.items() if value is not None}
        return await self.sandbox.client.post((await self.discovery())["token_endpoint"], data=data)

    async def claims(self, token: str) -> Mapping[str, Any]:
        keys = (await self.sandbox.client.get((await self.discovery())["jwks_uri"])).json()
        key = jwt.PyJWKSet.from_dict(keys).keys[0]
        read: Mapping[str, Any] = jwt.decode(token, key, algorithms=["RS256"], audience=self.client_id)
        return read


@pytest.fixture(params=["entra", "ansattporten"])
def client(request: pytest.FixtureRequest, sandbox: RunningSandbox) -> Client:
    return Client(sandbox, request.param)


async def test_a_code_becomes_a_token_that_the_published_key_checks(client: Client) -> None:
    token = (await client.redeem(await client.code())).json()["id_token"]

    claims = await client.claims(token)
    assert (claims["iss"], claims["nonce"]) == (client.issuer, "nonce")
    assert (await client.discovery())["issuer"] == client.issuer


async def test_entra_names_the_account_and_ansattporten_none(sandbox: RunningSandbox) -> None:
    found = {}
    for name in ("entra", "ansattporten"):
        client = Client(sandbox, name)
        found[name] = await client.claims((await client.redeem(await client.code())).json()["id_token"])

    user = (await sandbox.graph("GET", f"/users/{LEADER}")).json()
    assert found["entra"]["oid"] == user["id"]
    assert found["entra"]["tid"] == sandbox.env["VAREUNGE_TENANT_ID"]
    assert not {"oid", "tid"} & found["ansattporten"].keys()
    assert found["ansattporten"]["acr"] == "entraid"
    assert found["ansattporten"]["email"] == LEADER


async def test_who_has_no_account_signs_in_with_ansattporten_alone(sandbox: RunningSandbox) -> None:
    entra, ansattporten = Client(sandbox, "entra"), Client(sandbox, "ansattporten")

    assert (await ansattporten.redeem(await ansattporten.code(OUTSIDER))).status_code == 200
    refused = await entra.authorize(**{"as": OUTSIDER})
    assert "AADSTS50020" in refused.text


async def test_a_disabled_account_signs_in_nowhere(sandbox: RunningSandbox) -> None:
    sandbox.here.tenant.directory.get_user(LEADER).enabled = False

    assert "AADSTS50057" in (await Client(sandbox, "entra").authorize(**{"as": LEADER})).text


async def test_the_page_lists_those_who_can_sign_in_and_finds_them(client: Client) -> None:
    page = (await client.authorize()).text
    assert "The sandbox plays" in page
    assert LEADER in page
    assert (OUTSIDER in page) == (not client.is_entra)

    found = (await client.authorize(q="rådgiver")).text
    assert "radgiver@fylket.example" in found
    assert LEADER not in found
    assert "Nobody is called so." in (await client.authorize(q="ingen")).text


async def test_the_page_shows_some_of_many(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sandbox.signin.routes.MOST_SHOWN", 1)

    assert "more: write a part of the name." in (await client.authorize()).text


@pytest.mark.parametrize(
    "changes",
    [
        {"client_id": "another"},
        {"redirect_uri": "https://evil.example/retur"},
        {"response_type": "token"},
        {"scope": "profile"},
        {"code_challenge": None},
        {"code_challenge_method": "plain"},
        {"state": None},
        {"nonce": None},
    ],
    ids=lambda changes: next(iter(changes)),
)
async def test_a_request_that_is_not_as_agreed_is_refused(client: Client, changes: dict[str, str | None]) -> None:
    assert (await client.authorize(**changes)).status_code == 400


@pytest.mark.parametrize("acr", [None, "idporten-loa-substantial", "selvregistrert-email"])
async def test_ansattporten_is_asked_for_the_employer_s_account_alone(sandbox: RunningSandbox, acr: str | None) -> None:
    assert (await Client(sandbox, "ansattporten").authorize(acr_values=acr)).status_code == 400


@pytest.mark.parametrize(
    ("changes", "error"),
    [
        ({"grant_type": "password"}, "invalid_request"),
        ({"client_id": "another"}, "invalid_request"),
        ({"code": "another"}, "invalid_grant"),
        ({"redirect_uri": "http://127.0.0.1:8000/else"}, "invalid_grant"),
        ({"code_verifier": "another"}, "invalid_grant"),
        ({"code_verifier": None}, "invalid_grant"),
        ({"client_assertion": None}, "invalid_client"),
        ({"client_assertion": "forged"}, "invalid_client"),
        ({"client_assertion_type": None, "client_secret": "secret"}, "invalid_client"),
    ],
)
async def test_a_code_is_redeemed_with_verifier_and_statement_only(
    client: Client, changes: dict[str, str | None], error: str
) -> None:
    answer = await client.redeem(**{"code": await client.code(), **changes})  # type: ignore[arg-type]

    assert answer.json()["error"] == error


async def test_a_code_is_good_once_and_for_a_moment(client: Client) -> None:
    code = await client.code()
    assert (await client.redeem(code)).status_code == 200
    assert (await client.redeem(code)).json()["error"] == "invalid_grant"

    old = await client.code()
    codes = client.sandbox.here.cloud.sign_ins.codes
    assert time.time() < codes[old].until <= time.time() + CODE_LIFE
    codes[old] = replace(codes[old], until=time.time() - 1)
    assert (await client.redeem(old)).json()["error"] == "invalid_grant"


async def test_a_code_of_the_one_is_nothing_at_the_other(sandbox: RunningSandbox) -> None:
    code = await Client(sandbox, "entra").code()

    assert (await Client(sandbox, "ansattporten").redeem(code)).json()["error"] == "invalid_grant"


@pytest.mark.parametrize(
    "changes", [{"identity": "hands"}, {"resource": "https://graph.microsoft.com"}], ids=["identity", "audience"]
)
async def test_entra_takes_the_statement_of_the_federated_identity_alone(
    sandbox: RunningSandbox, changes: dict[str, str]
) -> None:
    client = Client(sandbox, "entra")

    answer = await client.redeem(await client.code(), client_assertion=await client.statement(**changes))

    assert answer.json()["error"] == "invalid_client"


async def test_ansattporten_takes_a_statement_of_ours_once_and_a_short_lived_one_alone(sandbox: RunningSandbox) -> None:
    client, now = Client(sandbox, "ansattporten"), int(time.time())
    used = await client.statement()
    assert (await client.redeem(await client.code(), client_assertion=used)).status_code == 200

    for statement in (
        used,
        await client.statement(exp=now + 600),
        await client.statement(aud="https://another.example"),
        await client.statement(iss="another"),
    ):
        answer = await client.redeem(await client.code(), client_assertion=statement)
        assert answer.json()["error"] == "invalid_client"


async def test_the_key_is_given_in_one_word_of_a_shell(sandbox: RunningSandbox) -> None:
    word = sandbox.env["VAREUNGE_ANSATTPORTEN_KEY"]

    assert word.isascii()
    assert not set(word) & set("\"'{} $;&|")
    assert json.loads(b64decode(word))["kid"] == sign_ins.KEY_ID


async def test_a_test_may_ask_for_a_wrong_token_once(client: Client) -> None:
    await client.sandbox.control("POST", "sign-in/claims", {"nonce": "another", "name": None})

    wrong, right = [
        await client.claims((await client.redeem(await client.code())).json()["id_token"]) for _ in range(2)
    ]

    assert (wrong["nonce"], right["nonce"]) == ("another", "nonce")
    assert "name" not in wrong


async def test_teams_gives_no_token_to_who_has_no_account(sandbox: RunningSandbox) -> None:
    answer = await sandbox.client.post(f"{sandbox.url}/_sandbox/sign-in/teams", json={"email": OUTSIDER})

    assert answer.status_code == 400


async def test_signing_out_says_so(client: Client) -> None:
    address = (await client.discovery())["end_session_endpoint"]

    assert "signed out" in (await client.sandbox.client.get(address)).text


async def test_a_reset_forgets_codes(client: Client) -> None:
    code = await client.code()
    await client.sandbox.control("POST", "reset")

    assert (await client.redeem(code)).json()["error"] == "invalid_grant"

"""The client of OpenID providers: lean at start, and firm against answers that are none."""

import subprocess
import sys
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from typing import Any

import pytest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, Response
from starlette.routing import Route

from integration.openid.provider import OpenIDProvider, Terms
from tests.support.doors import served
from workflows.access.identities import ProvedIdentity
from workflows.errors import OutsideError, Refused, Transient


def test_the_door_starts_without_authlib_and_without_graph() -> None:
    heavy = {"authlib", "httpx2", "joserfc", "azure", "msgraph"}
    code = (
        "import sys; from wiring.outside import Outside; from wiring.jobs.rooms import Jobs; "
        "from wiring.sign_in import sign_in_routers; from config.settings import Part, Settings; "
        "outside = Outside(Settings(part=Part.DOOR, tenant_id='t', app_id='a', door_id='d', "
        "ansattporten_url='https://a.example', ansattporten_client_id='c', ansattporten_key='{}'), name='t'); "
        f"sign_in_routers(outside, Jobs(outside)); print({{name.split('.')[0] for name in sys.modules}} & {heavy})"
    )

    loaded = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)

    assert loaded.stdout.strip() == "set()"


@asynccontextmanager
async def issuer(token: Response, discovery: Mapping[str, Any] | None = None) -> AsyncIterator[OpenIDProvider]:
    """Yield a client of an issuer that answers *token*, and whose discovery may be odd."""

    async def configuration(request: Request) -> Response:
        base = str(request.base_url).rstrip("/")
        whole = {"issuer": base, "authorization_endpoint": f"{base}/in", "token_endpoint": f"{base}/token"}
        return JSONResponse(whole if discovery is None else dict(discovery))

    async def answer(_: Request) -> Response:
        return token

    routes = [Route("/configuration", configuration), Route("/token", answer, methods=["POST"])]
    async with served(Starlette(routes=routes)) as url:
        yield OpenIDProvider(terms(url))


def terms(url: str) -> Terms:
    async def statement() -> str:
        return "statement"

    return Terms(
        name="test",
        issuer=url,
        metadata_url=f"{url}/configuration",
        client_id="client",
        assertion=statement,
        proved=lambda claims: ProvedIdentity(issuer=url, subject=str(claims["sub"])),
    )


async def come_back(client: OpenIDProvider) -> OutsideError:
    flow: dict[str, Any] = {}
    address = await client.begin(flow, redirect_uri="https://vareunge.example/retur")
    state = address.partition("state=")[2].partition("&")[0]
    with pytest.raises(OutsideError) as raised:
        await client.finish(flow, {"code": "code", "state": state})
    assert flow == {}
    return raised.value


@pytest.mark.parametrize(
    "answer",
    [
        pytest.param(JSONResponse({"access_token": "x", "token_type": "Bearer"}), id="no id token"),
        pytest.param(JSONResponse({"id_token": "x.y.z", "access_token": "x"}), id="a token that is none"),
        pytest.param(JSONResponse({"error": "invalid_grant"}, 400), id="an error"),
        pytest.param(JSONResponse(["x"]), id="a list"),
        pytest.param(PlainTextResponse("<html>"), id="a page"),
    ],
)
async def test_an_answer_that_proves_nothing_is_refused(answer: Response) -> None:
    async with issuer(answer) as client:
        assert isinstance(await come_back(client), Refused)


async def test_an_issuer_in_trouble_is_to_be_tried_again() -> None:
    async with issuer(JSONResponse({}, 503)) as client:
        assert isinstance(await come_back(client), Transient)


@pytest.mark.parametrize("discovery", [{}, {"issuer": "x"}])
async def test_a_discovery_without_addresses_is_refused(discovery: Mapping[str, Any]) -> None:
    async with issuer(JSONResponse({}), discovery) as client:
        with pytest.raises(Refused):
            await client.begin({}, redirect_uri="https://vareunge.example/retur")


async def test_an_issuer_that_is_away_is_to_be_tried_again() -> None:
    with pytest.raises(Transient):
        await OpenIDProvider(terms("http://127.0.0.1:9")).begin({}, redirect_uri="https://vareunge.example/retur")


async def test_what_is_known_of_an_issuer_is_forgotten_after_an_hour() -> None:
    """So that a key which it withdrew is trusted no longer."""
    asked, now = [], [0.0]

    async def configuration(request: Request) -> Response:
        asked.append(now[0])
        return JSONResponse({"authorization_endpoint": "https://issuer.example/in"})

    async with served(Starlette(routes=[Route("/configuration", configuration)])) as url:
        client = OpenIDProvider(terms(url), now=lambda: now[0])
        for moment in (0.0, 3599.0, 3600.0):
            now[0] = moment
            await client.begin({}, redirect_uri="https://vareunge.example/retur")

    assert asked == [0.0, 3600.0]


@asynccontextmanager
async def ending(endpoint: Any) -> AsyncIterator[OpenIDProvider]:
    """Yield a client of an issuer whose metadata names *endpoint* for ending a session; None: no such name."""
    named = {} if endpoint is None else {"end_session_endpoint": endpoint}
    async with issuer(JSONResponse({}), {"issuer": "x", **named}) as client:
        yield client


async def test_the_way_out_is_the_one_that_the_metadata_names_with_our_client_id_and_the_way_back() -> None:
    async with ending("http://127.0.0.1:1/out") as client:
        address = await client.end_address(back="https://vareunge.example/logg-ut")

    assert address == (
        "http://127.0.0.1:1/out?client_id=client&post_logout_redirect_uri=https%3A%2F%2Fvareunge.example%2Flogg-ut"
    )


async def test_without_a_name_in_the_metadata_there_is_no_way_out() -> None:
    async with ending(None) as client:
        assert await client.end_address(back="https://vareunge.example/logg-ut") == ""


@pytest.mark.parametrize(
    "endpoint", ["javascript:alert(1)", "ftp://x/out", "http:///out", "http://x/out?y=1", 7, ["x"]]
)
async def test_a_way_out_that_is_no_address_is_refused(endpoint: Any) -> None:
    async with ending(endpoint) as client:
        with pytest.raises(Refused):
            await client.end_address(back="https://vareunge.example/logg-ut")


async def test_an_issuer_that_is_away_names_no_way_out() -> None:
    with pytest.raises(Transient):
        await OpenIDProvider(terms("http://127.0.0.1:9")).end_address(back="https://vareunge.example/logg-ut")

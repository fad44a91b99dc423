"""Looks at our address, providers and the database, over a transport that is played by hand."""

from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from typing import Any

import httpx
import pytest
from sqlalchemy.exc import OperationalError

from integration.database.connection import Database
from integration.surroundings import HTTPSurroundings
from workflows.errors import Transient
from workflows.operations.surroundings import AddressSeen, IssuerSeen, ReadySeen, Surroundings

URL = "https://vareunge.fylke.example"
ISSUER = "https://login.example/t/v2.0"


class Line:
    """An encrypted line, as far as its certificate is asked for."""

    def __init__(self, certificate: Mapping[str, str]) -> None:
        self._certificate = certificate

    def get_extra_info(self, name: str) -> "Line":
        assert name == "ssl_object"
        return self

    def getpeercert(self) -> Mapping[str, str]:
        return self._certificate


def around(database: Database, answer: Callable[[httpx.Request], httpx.Response]) -> Surroundings:
    return HTTPSurroundings(database, transport=httpx.MockTransport(answer))


@pytest.mark.parametrize(
    ("line", "ends"),
    [
        pytest.param(
            Line({"notAfter": "Aug 20 08:00:00 2027 GMT"}), datetime(2027, 8, 20, 8, tzinfo=UTC), id="a certificate"
        ),
        pytest.param(Line({}), None, id="none that was checked"),
        pytest.param(None, None, id="plain http"),
    ],
)
async def test_our_address_is_asked_whether_it_can_work_and_for_the_bot_without_a_token(
    database: Database, line: Line | None, ends: datetime | None
) -> None:
    asked: list[tuple[str, str, str]] = []

    def answer(request: httpx.Request) -> httpx.Response:
        asked.append((request.method, str(request.url), request.headers.get("authorization", "")))
        extensions: dict[str, Any] = {} if line is None else {"network_stream": line}
        return httpx.Response(401 if request.method == "POST" else 200, extensions=extensions)

    assert await around(database, answer).address(f"{URL}/") == AddressSeen(
        ready=ReadySeen(status=200), bot=401, certificate_ends=ends
    )
    assert asked == [("GET", f"{URL}/readyz", ""), ("POST", f"{URL}/api/messages", "")]


@pytest.mark.parametrize(
    ("answer", "seen"),
    [
        pytest.param(httpx.Response(200, json={"status": "ok"}), ReadySeen(status=200), id="it can work"),
        pytest.param(
            httpx.Response(503, json={"status": "unavailable", "missing": "schema"}),
            ReadySeen(status=503, missing="schema"),
            id="it lacks a part",
        ),
        pytest.param(httpx.Response(502, text="Bad gateway"), ReadySeen(status=502), id="a gateway"),
        pytest.param(httpx.Response(503, json=["missing"]), ReadySeen(status=503), id="another service"),
        pytest.param(httpx.Response(503, json={"missing": {}}), ReadySeen(status=503), id="another shape"),
    ],
)
async def test_a_service_says_what_it_lacks(database: Database, answer: httpx.Response, seen: ReadySeen) -> None:
    surroundings = HTTPSurroundings(database, transport=httpx.MockTransport(lambda _: answer))

    assert await surroundings.ready(URL) == seen


@pytest.mark.parametrize(
    ("date", "clock"),
    [
        pytest.param("Thu, 20 Aug 2026 08:00:00 GMT", datetime(2026, 8, 20, 8, tzinfo=UTC), id="its clock"),
        pytest.param("yesterday", None, id="no moment"),
    ],
)
async def test_a_provider_is_known_by_its_metadata(database: Database, date: str, clock: datetime | None) -> None:
    def answer(request: httpx.Request) -> httpx.Response:
        assert str(request.url) == f"{ISSUER}/.well-known/openid-configuration"
        return httpx.Response(200, json={"issuer": ISSUER}, headers={"date": date})

    assert await around(database, answer).issuer(ISSUER) == IssuerSeen(issuer=ISSUER, clock=clock)


@pytest.mark.parametrize(
    "answer",
    [
        pytest.param(httpx.Response(503), id="an error"),
        pytest.param(httpx.Response(200, text="Hei"), id="no metadata"),
        pytest.param(httpx.Response(200, json=[]), id="a list"),
        pytest.param(httpx.Response(200, json={}), id="no issuer"),
        pytest.param(httpx.Response(302, headers={"location": "https://elsewhere.example"}), id="a redirect"),
    ],
)
async def test_anything_else_counts_as_no_answer(database: Database, answer: httpx.Response) -> None:
    with pytest.raises(Transient):
        await around(database, lambda _: answer).issuer(ISSUER)


async def test_an_address_that_nobody_answers_at_is_transient(database: Database) -> None:
    def answer(request: httpx.Request) -> httpx.Response:
        raise httpx.ConnectError("refused", request=request)

    with pytest.raises(Transient, match="look at"):
        await around(database, answer).address(URL)


@pytest.mark.parametrize("status", [200, 404, 405])
async def test_telemetry_s_address_is_asked_and_sent_nothing(database: Database, status: int) -> None:
    asked: list[tuple[str, str, bytes]] = []

    def answer(request: httpx.Request) -> httpx.Response:
        asked.append((request.method, str(request.url), request.content))
        return httpx.Response(status)

    await around(database, answer).telemetry("https://insights.example/")

    assert asked == [("GET", "https://insights.example/v2.1/track", b"")]


async def test_a_gateway_that_reaches_no_telemetry_is_no_answer(database: Database) -> None:
    with pytest.raises(Transient, match="reach https://insights"):
        await around(database, lambda _: httpx.Response(502)).telemetry("https://insights.example")


async def test_the_database_tells_its_kind_and_version(database: Database) -> None:
    kind, version = await HTTPSurroundings(database).database()

    assert kind in {"sqlite", "postgresql"}
    assert version > (3,)


async def test_a_database_that_is_away_is_transient(database: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    async def away(_: object) -> None:
        raise OperationalError("SELECT 1", {}, Exception("no route to the database"))

    monkeypatch.setattr(database, "look", away)

    with pytest.raises(Transient):
        await HTTPSurroundings(database).database()

"""The door itself: tokens, repeats, redirects, pages, and answers no sandbox gives."""

from datetime import timedelta

import httpx
import pytest

from integration.graph.client import Graph, Path, Query, Request
from integration.identity import GRAPH_SCOPE
from integration.retry import Call
from tests.clocks import StillClock
from tests.integration.graph.doubles import NOW, URL, Double, OneToken, answer, error
from workflows.errors import IdentityClosed, OutcomeUnknown, Refused, Throttled, Transient

GROUPS = Request(action="list groups", address=lambda sdk: sdk.groups, query=Query(filter="a eq 'b'", select=("id",)))


async def test_a_request_carries_token_name_and_query(double: Double) -> None:
    double.on("GET", "/groups", answer(200, {"value": []}))

    await double.graph.list(GROUPS)

    (request,) = double.requests
    assert request.headers["Authorization"] == "Bearer hands-token"
    assert request.headers["User-Agent"].startswith("NONISV|")
    assert dict(request.url.params) == {"$filter": "a eq 'b'", "$select": "id"}
    assert double.tokens.asked == [(GRAPH_SCOPE, False)]


def test_a_token_never_goes_over_plain_http() -> None:
    with pytest.raises(ValueError, match="expected https"):
        Graph("http://graph.test/v1.0", "hands", OneToken(), StillClock(NOW))


async def test_a_withdrawn_token_is_renewed_once(double: Double) -> None:
    double.on("GET", "/groups", error(401, "InvalidAuthenticationToken"), answer(200, {"value": []}))

    await double.graph.list(GROUPS)

    assert [request.headers["Authorization"] for request in double.requests] == [
        "Bearer hands-token",
        "Bearer hands-fresh",
    ]


async def test_an_identity_switched_off_while_its_token_still_lives_is_closed(double: Double) -> None:
    double.on("GET", "/groups", error(401, "InvalidAuthenticationToken"))
    double.tokens.refusal = IdentityClosed("get a token", "it is switched off")

    with pytest.raises(IdentityClosed):
        await double.graph.list(GROUPS)


async def test_pages_are_followed(double: Double) -> None:
    double.on("GET", "/groups?$skiptoken=x", answer(200, {"value": [{"id": "2"}]}))
    double.on("GET", "/groups", answer(200, {"value": [{"id": "1"}], "@odata.nextLink": f"{URL}/groups?$skiptoken=x"}))

    assert [group["id"] for group in await double.graph.list(GROUPS)] == ["1", "2"]


async def test_a_collection_without_end_is_given_up(double: Double) -> None:
    double.on("GET", "/groups", answer(200, {"value": [], "@odata.nextLink": f"{URL}/groups?$skiptoken=x"}))

    with pytest.raises(Transient, match="more than 100 pages"):
        await double.graph.list(GROUPS)

    assert len(double.requests) == 100


async def test_a_next_page_elsewhere_gets_no_token(double: Double) -> None:
    double.on("GET", "/groups", answer(200, {"value": [], "@odata.nextLink": "https://elsewhere.test/v1.0/groups"}))

    with pytest.raises(Refused, match="no token goes there"):
        await double.graph.list(GROUPS)

    assert len(double.requests) == 1


async def test_a_read_that_is_led_elsewhere_goes_nowhere(double: Double) -> None:
    double.on("GET", "/groups", httpx.Response(302, headers={"Location": "https://elsewhere.test/file"}))

    with pytest.raises(Transient, match="Redirected"):
        await double.graph.list(GROUPS)

    assert {request.url.host for request in double.requests} == {"graph.test"}


@pytest.mark.parametrize(
    "strange",
    [
        pytest.param(httpx.Response(200, html="<h1>Sign in to the network</h1>"), id="html"),
        pytest.param(httpx.Response(200, text='{"value": ['), id="half a body"),
        pytest.param(httpx.Response(200, json=["value"]), id="no object"),
        pytest.param(httpx.Response(200), id="empty"),
        pytest.param(httpx.Response(200, json={}), id="no collection"),
        pytest.param(httpx.ReadTimeout("silence"), id="timeout"),
        pytest.param(
            httpx.RemoteProtocolError("peer closed connection without sending complete message"), id="cut off"
        ),
        pytest.param(httpx.ConnectError("no route"), id="no connection"),
    ],
)
async def test_a_read_that_gets_no_sense_is_transient(double: Double, strange: httpx.Response | Exception) -> None:
    double.on("GET", "/groups", strange)

    with pytest.raises(Transient) as caught:
        await double.graph.list(GROUPS)

    assert not isinstance(caught.value, OutcomeUnknown)


@pytest.mark.parametrize(
    ("loss", "expected"),
    [
        pytest.param(httpx.ReadTimeout("silence"), OutcomeUnknown, id="timeout"),
        pytest.param(httpx.ReadError("reset"), OutcomeUnknown, id="reset"),
        pytest.param(httpx.Response(201, text='{"id": "'), OutcomeUnknown, id="half a body"),
        pytest.param(httpx.ConnectError("no route"), Transient, id="never sent"),
        pytest.param(httpx.ConnectTimeout("no route"), Transient, id="never sent in time"),
    ],
)
async def test_a_bare_create_is_sent_once_whatever_comes_back(
    double: Double, loss: httpx.Response | Exception, expected: type[Transient]
) -> None:
    double.on("POST", "/teams", loss)

    with pytest.raises(Transient) as caught:
        await double.graph.send(double.request("POST", Call.CREATE))

    assert type(caught.value) is expected
    assert len(double.requests) == 1


async def test_a_read_is_repeated_after_the_pause_asked_for(double: Double) -> None:
    double.on("GET", "/groups", error(429, "TooManyRequests", retry_after="12.5"), answer(200, {"value": []}))

    await double.graph.list(GROUPS)

    assert 12.5 <= double.waited() <= 13.5


async def test_a_pause_too_long_to_wait_for_goes_to_the_caller_at_once(double: Double) -> None:
    double.on("GET", "/groups", error(429, "TooManyRequests", retry_after="180"))

    with pytest.raises(Throttled) as caught:
        await double.graph.list(GROUPS)

    assert caught.value.retry_after == timedelta(seconds=180)
    assert (len(double.requests), double.waited()) == (1, 0)


async def test_repeats_end(double: Double) -> None:
    double.on("GET", "/groups", answer(503))

    with pytest.raises(Transient):
        await double.graph.list(GROUPS)

    assert len(double.requests) == 4
    assert 0 < double.waited() <= 60


async def test_ids_are_encoded_in_addresses(double: Double) -> None:
    double.on("GET", "", answer(200, {"value": []}))

    for address in (
        lambda sdk: sdk.sites.by_site_id("host,1,2").lists,
        lambda sdk: sdk.teams.by_team_id("t").channels.by_channel_id("19:x@thread.tacv2").tabs,
        lambda sdk: sdk.groups_with_unique_name("å/dal"),
        Path("/sites/{site}/pages", {"site": "host,1,2"}),
    ):
        await double.graph.get(Request(action="look", address=address))

    assert [request.url.raw_path.decode().removeprefix("/v1.0") for request in double.requests] == [
        "/sites/host%2C1%2C2/lists",
        "/teams/t/channels/19%3Ax%40thread.tacv2/tabs",
        "/groups(uniqueName='%C3%A5%2Fdal')",
        "/sites/host%2C1%2C2/pages",
    ]

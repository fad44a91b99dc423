"""No error of the SDK or of the transport gets through as itself."""

import inspect
from datetime import timedelta

import httpx
import pytest
from kiota_abstractions.api_error import APIError
from kiota_http import _exceptions as kiota

from integration.graph.errors import DEFAULT_PAUSE, UnreadableAnswer, graph_errors, without_addresses
from integration.retry import Call
from tests.integration.graph.doubles import Double, answer, error
from workflows.errors import (
    Conflict,
    Invalid,
    NotFound,
    OutcomeUnknown,
    OutsideError,
    Refused,
    Throttled,
    Transient,
)


def _every(module: object, base: type[Exception]) -> list[type[Exception]]:
    classes = [thing for _, thing in inspect.getmembers(module, inspect.isclass)]
    return sorted((thing for thing in classes if issubclass(thing, base)), key=lambda thing: thing.__name__)


@pytest.mark.parametrize("call", Call)
@pytest.mark.parametrize(
    "cause",
    [
        *(cause for base in (httpx.HTTPError, httpx.StreamError, httpx.InvalidURL) for cause in _every(httpx, base)),
        *_every(kiota, kiota.KiotaHTTPXError),
        APIError,
        UnreadableAnswer,
    ],
)
def test_every_error_below_becomes_one_of_ours(cause: type[Exception], call: Call) -> None:
    raised = cause.__new__(cause)
    Exception.__init__(raised, "details")

    with pytest.raises(OutsideError) as caught, graph_errors("try it", call):
        raise raised

    assert caught.value.action == "try it"
    assert caught.value.__cause__ is raised


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        pytest.param(error(400, "BadRequest"), Invalid, id="bad request"),
        pytest.param(error(400, "ErrorDuplicateTransactionId"), Conflict, id="same transaction"),
        pytest.param(error(400, "BadRequest", "Channel name already existed, use other."), Conflict, id="channel name"),
        pytest.param(error(400, "Request_BadRequest", "References already exist."), Conflict, id="already a member"),
        pytest.param(error(401, "InvalidAuthenticationToken"), Refused, id="not authenticated"),
        pytest.param(error(403, "Forbidden"), Refused, id="forbidden"),
        pytest.param(error(404, "NotFound"), NotFound, id="not found"),
        pytest.param(error(400, "itemNotFound"), NotFound, id="the code wins over the status"),
        pytest.param(error(409, "nameAlreadyExists"), Conflict, id="name taken"),
        pytest.param(error(412, "resourceModified"), Conflict, id="changed meanwhile"),
        pytest.param(error(423, "locked"), Transient, id="locked"),
        pytest.param(error(501, "notImplemented"), Invalid, id="not implemented"),
        pytest.param(error(507, "quotaLimitReached"), Invalid, id="no room"),
        pytest.param(answer(404), NotFound, id="no body"),
        pytest.param(httpx.Response(403, html="<h1>Blocked</h1>"), Refused, id="a page of a gateway"),
        pytest.param(
            httpx.Response(400, text="{half", headers={"Content-Type": "application/json"}), Invalid, id="cut"
        ),
        pytest.param(httpx.Response(400, json={"error": "plain"}), Invalid, id="another shape"),
    ],
)
async def test_what_an_answer_means(double: Double, given: httpx.Response, expected: type[OutsideError]) -> None:
    double.on("POST", "/teams", given)

    with pytest.raises(OutsideError) as caught:
        await double.graph.send(double.request("POST", Call.CREATE))

    assert type(caught.value) is expected


@pytest.mark.parametrize("status", [500, 502, 503, 504])
@pytest.mark.parametrize(("call", "expected"), [(Call.KEYED, Transient), (Call.CREATE, OutcomeUnknown)])
async def test_only_a_bare_create_leaves_the_outcome_unknown(
    double: Double, status: int, call: Call, expected: type[OutsideError]
) -> None:
    double.on("POST", "/teams", httpx.Response(status, html="<h1>Gateway</h1>"))

    with pytest.raises(OutsideError) as caught:
        await double.graph.send(double.request("POST", call))

    assert type(caught.value) is expected


async def test_the_message_names_the_action_the_reason_and_the_request_id(double: Double) -> None:
    double.on("POST", "/teams", error(403, "Forbidden", "kari@a-dal.example may not.", request_id="outer-id"))

    with pytest.raises(Refused) as caught:
        await double.graph.send(double.request("POST", Call.CREATE))

    assert str(caught.value) == "could not try it: 403 Forbidden: <address> may not. (request-id outer-id)"


def test_addresses_stay_out_of_reasons() -> None:
    assert without_addresses("User ola.x@home.example, 'c@d.example'.") == "User <address>, <address>'."


@pytest.mark.parametrize("asked", ["soon", "-5", "NaN", "9" * 30, "Wed, 21 Oct 2099 07:28:00 GMT"])
async def test_a_wait_that_nobody_can_believe_is_our_own(double: Double, asked: str) -> None:
    double.on("POST", "/teams", error(429, "TooManyRequests", retry_after=asked, date="Sat, 28 Nov 2026 12:00:00 GMT"))

    with pytest.raises(Throttled) as caught:
        await double.graph.send(double.request("POST", Call.CREATE))

    assert caught.value.retry_after == DEFAULT_PAUSE


@pytest.mark.parametrize("location", [{"Location": "https://elsewhere.example/teams"}, {"Location": "/teams"}, {}])
@pytest.mark.parametrize("status", [300, 301, 302, 303, 304, 307, 308])
@pytest.mark.parametrize(("call", "expected"), [(Call.KEYED, Transient), (Call.CREATE, OutcomeUnknown)])
async def test_a_call_that_is_led_elsewhere_is_an_error_and_goes_nowhere(
    double: Double, call: Call, expected: type[OutsideError], status: int, location: dict[str, str]
) -> None:
    double.on("POST", "/teams", httpx.Response(status, headers=location))

    with pytest.raises(OutsideError) as caught:
        await double.graph.send(double.request("POST", call))

    assert type(caught.value) is expected
    assert {request.url.host for request in double.requests} == {"graph.test"}


async def test_a_throttled_create_was_not_done_and_is_sent_again(double: Double) -> None:
    double.on("POST", "/teams", error(429, "TooManyRequests", retry_after="2.5"), answer(201, {"id": "t"}))

    await double.graph.send(double.request("POST", Call.CREATE))

    assert len(double.requests) == 2
    assert 2.5 <= double.waited() <= 3.5


async def test_a_create_that_stays_throttled_goes_to_the_caller_with_the_wait(double: Double) -> None:
    double.on("POST", "/teams", error(429, "TooManyRequests", retry_after="2.5"))

    with pytest.raises(Throttled) as caught:
        await double.graph.send(double.request("POST", Call.CREATE))

    assert caught.value.retry_after == timedelta(seconds=2.5)
    assert len(double.requests) == 4

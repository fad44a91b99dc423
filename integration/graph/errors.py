"""The errors of the SDK and of the transport below it, in the words of `workflows.errors`."""

import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import timedelta

import httpx

from integration.retry import Call, retry_after
from workflows.errors import Conflict, Invalid, NotFound, OutcomeUnknown, OutsideError, Refused, Throttled, Transient

DEFAULT_PAUSE = timedelta(seconds=10)

_BY_CODE: Mapping[str, type[OutsideError]] = {
    "nameAlreadyExists": Conflict,
    "resourceModified": Conflict,
    "ErrorIrresolvableConflict": Conflict,
    "ErrorDuplicateTransactionId": Conflict,
    "itemNotFound": NotFound,
    "ErrorItemNotFound": NotFound,
    "Request_ResourceNotFound": NotFound,
    "ResourceNotFound": NotFound,
    "accessDenied": Refused,
    "ErrorAccessDenied": Refused,
    "Authorization_RequestDenied": Refused,
    "InvalidAuthenticationToken": Refused,
}
_BY_STATUS: Mapping[int, type[OutsideError]] = {
    401: Refused,
    403: Refused,
    404: NotFound,
    409: Conflict,
    410: NotFound,
    412: Conflict,
    423: Transient,
}
_THROTTLED = {"TooManyRequests", "activityLimitReached", "throttledRequest"}
_LOST = {408, 509}
_NEVER = {501, 505, 507}
"""Not implemented, not spoken, no room left: another try brings the same."""
# Certainly never sent: nothing can have happened.
_UNSENT = (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout, httpx.UnsupportedProtocol, httpx.ProxyError)
_ADDRESS = re.compile(r"[\w.+%'-]+@[\w.-]+")


class UnreadableAnswer(Exception):
    """A success status whose body is not the JSON it should be: cut off, or a page of some gateway."""


@contextmanager
def graph_errors(action: str, call: Call = Call.READ) -> Iterator[None]:
    """
    Turn the errors of the SDK into ours: what was tried, why not, Graph's request id.

    *call* decides what a lost answer means: a read or a keyed write is Transient, a bare create is OutcomeUnknown.
    """
    from kiota_abstractions.api_error import APIError
    from kiota_http._exceptions import KiotaHTTPXError

    try:
        yield
    except APIError as exc:
        raise _from_answer(action, call, exc) from exc
    except _UNSENT as exc:
        raise Transient(action, type(exc).__name__) from exc
    except (httpx.TooManyRedirects, httpx.InvalidURL, KiotaHTTPXError) as exc:
        raise Invalid(action, f"{type(exc).__name__}: {without_addresses(str(exc))}") from exc
    except (httpx.HTTPError, httpx.StreamError, UnreadableAnswer) as exc:
        raise _lost(action, call, type(exc).__name__, None) from exc


def without_addresses(text: str) -> str:
    """*text* without e-mail addresses: what Graph says goes to logs, and whom it is about does not."""
    return _ADDRESS.sub("<address>", text)


def _from_answer(action: str, call: Call, exc: Exception) -> OutsideError:
    main = getattr(exc, "error", None)
    return error_from(
        action,
        call,
        status=int(getattr(exc, "response_status_code", None) or 0),
        headers=getattr(exc, "response_headers", None) or {},
        code=getattr(main, "code", None) or "",
        message=getattr(main, "message", None) or "",
        request_id=getattr(getattr(main, "inner_error", None), "request_id", None),
    )


def error_from(
    action: str, call: Call, *, status: int, headers: Mapping[str, str], code: str, message: str, request_id: str | None
) -> OutsideError:
    """Our error for an answer that is none of success. *request_id*: the one in the body; a header's goes before it."""
    headers = httpx.Headers(headers)
    reason = without_addresses(": ".join(part for part in (f"{status} {code}".strip(), message) if part))
    request_id = headers.get("request-id") or request_id

    pause = retry_after(headers)
    if status == 429 or code in _THROTTLED:
        return Throttled(action, reason, retry_after=pause or DEFAULT_PAUSE, request_id=request_id)
    if 300 <= status < 400:
        # Nothing that we ask for lies elsewhere. What a redirected write came to, nobody has said.
        return _lost(action, call, reason, request_id)
    if (status >= 500 or status in _LOST) and status not in _NEVER:
        if pause is not None and call.repeatable:
            return Throttled(action, reason, retry_after=pause, request_id=request_id)
        return _lost(action, call, reason, request_id)
    if code in _BY_CODE:
        return _BY_CODE[code](action, reason, request_id=request_id)
    if status == 400 and "already exist" in message.lower():
        # Entra and Teams have no code of their own for it: Request_BadRequest and BadRequest stand for anything.
        return Conflict(action, reason, request_id=request_id)
    return _BY_STATUS.get(status, Invalid)(action, reason, request_id=request_id)


def _lost(action: str, call: Call, reason: str, request_id: str | None) -> OutsideError:
    """The service did not say what became of the call."""
    return (Transient if call.repeatable else OutcomeUnknown)(action, reason, request_id=request_id)

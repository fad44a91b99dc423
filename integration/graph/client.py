"""One identity's door to Microsoft Graph.

The SDK gives addresses (its request builders know and encode every path), tokens on requests, redirects and errors.
Bodies go and come as plain JSON: the small clients beside this module turn them into our words, a call costs a fifth of
the SDK's model machinery (2 ms of processor time instead of 10 to 14), and what the models cannot say, such as
`teamsApp@odata.bind` or publishing a page, needs no detour.
"""

import json
import ssl
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache, partial
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

import httpx

from config.addresses import is_loopback
from engine.gathering import Gathering
from engine.telemetry import NO_TELEMETRY, OutgoingCall, Telemetry
from engine.units import EngineClock
from integration.allow_list import AllowList, reach_of
from integration.graph.batch import Rides, batch_part, part_error
from integration.graph.errors import UnreadableAnswer, graph_errors
from integration.graph.templates import expanded, path_template
from integration.identity import GRAPH_SCOPE, Tokens
from integration.limits.rate_limiter import RateLimiter
from integration.redirects import NoRedirects
from integration.retry import Call, Retry
from workflows.errors import OutcomeUnknown, OutsideError, Refused, Transient

if TYPE_CHECKING:
    from kiota_abstractions.request_information import RequestInformation
    from msgraph import GraphRequestAdapter, GraphServiceClient

USER_AGENT = "NONISV|VareUnge365|VareUnge365/1.0"
TIMEOUT = httpx.Timeout(30)
MAX_PAGES = 100


class Json(dict[str, Any]):
    """A JSON object from Graph. Without a property that has to be there, the answer counts as not read."""

    def __missing__(self, key: str) -> Any:
        raise Transient("read Graph's answer", f"it has no {key!r}")


@dataclass(frozen=True, kw_only=True)
class Query:
    """OData's query options."""

    filter: str | None = None
    select: tuple[str, ...] = ()
    expand: str | None = None
    top: int | None = None

    def parameters(self) -> dict[str, str]:
        options = {"filter": self.filter, "select": ",".join(self.select), "expand": self.expand, "top": self.top}
        return {f"%24{name}": str(value) for name, value in options.items() if value}


@dataclass(frozen=True)
class Path:
    """An address that the SDK has no builder for: `/sites/{site}/pages/{page}/…` and what stands in the braces."""

    template: str
    values: Mapping[str, str]

    @property
    def url_template(self) -> str:
        return self.template if self.template == "{+link}" else "{+baseurl}" + self.template

    @property
    def path_parameters(self) -> Mapping[str, str]:
        return self.values


Address = Path | Callable[["GraphServiceClient"], Any]
"""A path of our own, or a function from the SDK's client to one of its request builders."""


@dataclass(frozen=True, kw_only=True)
class Request:
    """One call. *action* says in English, with ids only, what it is for; *scopes* name the limits it falls under."""

    action: str
    address: Address
    method: str = "GET"
    call: Call = Call.READ
    query: Query = field(default_factory=Query)
    body: Mapping[str, Any] | bytes | None = None
    headers: Mapping[str, str] = field(default_factory=dict)
    scopes: Sequence[str] = ()
    reaches: Sequence[str] = ()
    """Addresses of people that a write reaches without naming them, as those who were invited to an event before."""
    independent: bool = False
    """Of a write: that it may be done before, after or beside others that are asked for in the same moment."""

    def built(self, sdk: "GraphServiceClient | None") -> Any:
        """Return the address as template and parameters, from the SDK's builders where it has one."""
        return self.address if isinstance(self.address, Path) else self.address(sdk)

    @property
    def can_be_part(self) -> bool:
        """Tell whether it may travel in a batch: a read or an independent write, no further page, no file, no mailbox
        (it takes four at a time)."""
        further = isinstance(self.address, Path) and self.address.template == "{+link}"
        free = self.method == "GET" or (self.independent and not isinstance(self.body, bytes))
        return free and not further and not any(scope.startswith("mailbox:") for scope in self.scopes)


@dataclass(frozen=True, kw_only=True)
class GraphResponse:
    body: Json
    headers: Mapping[str, str]


class Graph:
    """
    Microsoft Graph as the identity *client_id*. Close it when the process ends.

    The SDK is imported with the first call (half a second); `connect` does that ahead of it. The SDK's own retries are
    off. *gathering*: the calls on their way, of this identity and others. *transport* is for tests.
    """

    def __init__(
        self,
        url: str,
        client_id: str,
        tokens: Tokens,
        clock: EngineClock,
        *,
        limiter: RateLimiter | None = None,
        gathering: Gathering | None = None,
        allow_list: AllowList | None = None,
        telemetry: Telemetry = NO_TELEMETRY,
        transport: httpx.AsyncBaseTransport | None = None,
    ) -> None:
        if urlsplit(url).scheme != "https" and not is_loopback(url):
            raise ValueError(f"{url}: expected https, because a token goes along")
        self.clock = clock
        self._url = url.rstrip("/")
        self._authentication = _Authentication(self._url, client_id, tokens)
        self._retry = Retry(clock=clock)
        self._limiter = limiter or RateLimiter(clock)
        self._allow_list = allow_list
        self._telemetry = telemetry
        self.gathering = gathering or Gathering()
        self._rides: Rides[Request, GraphResponse] = Rides(clock, self._carry, self._limiter.fits, self.gathering)
        self._given = transport
        self._transport: httpx.AsyncBaseTransport | None = None
        self._adapter: GraphRequestAdapter | None = None
        self._sdk: GraphServiceClient | None = None

    def address(self, path: str) -> str:
        """The absolute address of *path*, as `@odata.bind` and `@odata.id` want it."""
        return self._url + path

    async def get(self, request: Request) -> Json:
        """One thing."""
        return (await self.send(request)).body

    async def find(self, request: Request) -> Json | None:
        """The first of a collection, or None."""
        async for item in self.items(request):
            return item
        return None

    async def list(self, request: Request) -> "list[Json]":
        """All of a collection."""
        return [item async for item in self.items(request)]

    async def items(self, request: Request) -> AsyncIterator[Json]:
        """A collection, page by page."""
        for _ in range(MAX_PAGES):
            body = await self.get(request)
            for item in body["value"]:
                yield item
            link = body.get("@odata.nextLink")
            if link is None:
                return
            request = _at(request, link)
        raise Transient(request.action, f"more than {MAX_PAGES} pages")

    async def send(self, request: Request) -> GraphResponse:
        """
        Any call: kept within the limits, repeated where that is safe, and with errors in our words.

        Raises RecipientNotAllowed for one that would reach somebody whom a rehearsal leaves out.
        """
        if self._allow_list is not None and self._allow_list.is_set and request.method != "GET":
            self.connect()
            path = self._information(request, None).url.removeprefix(self._url)
            reach = reach_of(request.method, path, [request.body, list(request.reaches)])
            await self._allow_list.check(request.action, reach)
        return await self._retry(request.action, request.call, partial(self._attempt, request))

    def connect(self) -> None:
        """Import the SDK and build its client, if that has not been done."""
        if self._sdk is not None:
            return
        from kiota_http.middleware.options import RetryHandlerOption
        from msgraph import GraphRequestAdapter, GraphServiceClient
        from msgraph.graph_request_adapter import options
        from msgraph_core import GraphClientFactory  # type: ignore[import-untyped]

        self._transport = NoRedirects(self._given or httpx.AsyncHTTPTransport(http2=True, verify=_authorities()))
        http = GraphClientFactory.create_with_default_middleware(
            client=httpx.AsyncClient(
                timeout=TIMEOUT,
                headers={"User-Agent": USER_AGENT},
                transport=self._transport,
            ),
            options={**options, RetryHandlerOption.get_key(): RetryHandlerOption(max_retries=0, should_retry=False)},
        )
        self._adapter = GraphRequestAdapter(self._authentication, client=http)
        # Before the client is built: its builders copy the address.
        self._adapter.base_url = self._url
        self._sdk = GraphServiceClient(request_adapter=self._adapter)

    async def close(self) -> None:
        """Close the connections. A call made later opens them again."""
        if self._transport is not None:
            # The SDK wraps the transport in one of its own that does not pass the closing on.
            await self._transport.aclose()
        self._transport = self._adapter = self._sdk = None

    async def _attempt(self, request: Request) -> GraphResponse:
        if request.can_be_part:
            return await self._rides.join(request)
        self.gathering.arrive()
        return await self._alone(request)

    async def _alone(self, request: Request) -> GraphResponse:
        async with self._limiter.acquire(request.scopes, request.action):
            self.connect()
            template = path_template(request.built(self._sdk).url_template)
            with (
                self._telemetry.call("Microsoft Graph", request.method, template) as traced,
                graph_errors(request.action, request.call),
            ):
                return await self._exchange(request, traced)

    async def _carry(self, requests: Sequence[Request]) -> Sequence[GraphResponse | OutsideError]:
        """Send calls as one batch, or a single one as it is."""
        try:
            if len(requests) == 1:
                return [await self._alone(requests[0])]
            self.connect()
            answer = await self._alone(self._batch(requests))
        except OutsideError as exc:
            return [_shared(exc, request) for request in requests]
        found = {part.get("id"): part for part in answer.body["responses"]}
        return [_outcome(request, found.get(str(number))) for number, request in enumerate(requests)]

    def _batch(self, requests: Sequence[Request]) -> Request:
        urls = [self._information(request, None).url.removeprefix(self._url) for request in requests]
        parts = [
            batch_part(number, request.method, url, request.headers, request.body)
            for number, (url, request) in enumerate(zip(urls, requests, strict=True))
        ]
        # Its answer lost, each create in it may have happened.
        creates = any(request.call is Call.CREATE for request in requests)
        return Request(
            action=f"ask {len(requests)} things at once",
            address=Path("/$batch", {}),
            method="POST",
            call=Call.CREATE if creates else Call.READ,
            body={"requests": parts},
            scopes=[scope for request in requests for scope in request.scopes],
        )

    async def _exchange(self, request: Request, traced: OutgoingCall) -> GraphResponse:
        from kiota_abstractions.api_error import APIError
        from kiota_http.middleware.options import HeadersInspectionHandlerOption
        from msgraph.generated.models.o_data_errors.o_data_error import ODataError

        assert self._adapter is not None
        seen = HeadersInspectionHandlerOption(inspect_response_headers=True)
        errors = {"XXX": ODataError}
        try:
            try:
                content = await self._adapter.send_primitive_async(self._information(request, seen), "bytes", errors)
            except APIError as exc:
                if exc.response_status_code != 401:
                    raise
                # The token may have been withdrawn before its time. What is answered with 401 was not done.
                self._authentication.renew()
                content = await self._adapter.send_primitive_async(self._information(request, seen), "bytes", errors)
        except APIError as exc:
            given = httpx.Headers(exc.response_headers or {})
            traced.answered(status=exc.response_status_code, request_id=given.get("request-id"))
            raise
        headers = {name: ", ".join(values) for name, values in seen.response_headers.get_all().items()}
        traced.answered(request_id=headers.get("request-id"))
        if content is None and request.method == "GET":
            raise UnreadableAnswer("empty")
        return GraphResponse(body=_parse(content), headers=headers)

    def _information(self, request: Request, option: Any) -> "RequestInformation":
        from kiota_abstractions.method import Method
        from kiota_abstractions.request_information import RequestInformation

        address = request.built(self._sdk)
        # A copy: the SDK's builders share one dictionary, and the adapter writes into it.
        information = RequestInformation(Method[request.method], address.url_template, dict(address.path_parameters))
        information.query_parameters.update(request.query.parameters())
        # Written out once and by us: the SDK would do so at each of three looks, character by character.
        parameters = {**information.path_parameters, "baseurl": self._url}
        information.url = expanded(address.url_template, parameters, information.query_parameters)
        if option is not None:
            information.add_request_options([option])
        information.headers.add("Accept", "application/json")
        for name, value in request.headers.items():
            information.headers.try_add(name, value)
        if isinstance(request.body, bytes):
            information.set_stream_content(request.body)
        elif request.body is not None:
            text = json.dumps(request.body, ensure_ascii=False)
            information.set_stream_content(text.encode(), "application/json")
        return information


@cache
def _authorities() -> ssl.SSLContext:
    """Return the authorities that a connection to Graph trusts, read once for both identities."""
    return httpx.create_ssl_context()


class _Authentication:
    """Puts the identity's token on requests to *url* and on no others."""

    def __init__(self, url: str, client_id: str, tokens: Tokens) -> None:
        self._origin = _origin(url)
        self._client_id = client_id
        self._tokens = tokens
        self._stale = False

    def renew(self) -> None:
        """Pass by the cache with the next token."""
        self._stale = True

    async def authenticate_request(self, request: Any, additional_authentication_context: Any = None) -> None:
        if _origin(request.url) != self._origin:
            raise Refused("authenticate a request", "its address is not Graph's, so no token goes there")
        # A challenge for claims comes in the context; all a managed identity can do about one is to ask anew.
        fresh, self._stale = self._stale or bool(additional_authentication_context), False
        token = await self._tokens.token(self._client_id, GRAPH_SCOPE, fresh=fresh)
        request.headers.remove("Authorization")
        request.headers.add("Authorization", f"Bearer {token}")


def _origin(url: str) -> tuple[str, str | None, int | None]:
    parts = urlsplit(url)
    return parts.scheme, parts.hostname, parts.port


def _at(request: Request, link: str) -> Request:
    """The same request for the next page, whose link is complete and opaque."""
    return Request(
        action=request.action, address=Path("{+link}", {"link": link}), headers=request.headers, scopes=request.scopes
    )


def _outcome(request: Request, part: Json | None) -> GraphResponse | OutsideError:
    """Return the outcome of one part of a batch."""
    if part is None:
        return _lost(request, "the batch's answer leaves it out")
    error = part_error(request.action, request.call, part)
    if error is not None:
        return error
    body = part.get("body")
    if not isinstance(body, Json):
        if request.method == "GET":
            return Transient(request.action, "the answer has no object")
        body = Json()
    return GraphResponse(body=body, headers={name.lower(): text for name, text in (part.get("headers") or {}).items()})


def _shared(exc: OutsideError, request: Request) -> OutsideError:
    """Return the meaning of a whole batch's error for one part: a lost answer is a question only for a create."""
    return _lost(request, exc.reason, exc.request_id) if isinstance(exc, OutcomeUnknown) else exc


def _lost(request: Request, reason: str, request_id: str | None = None) -> OutsideError:
    kind = OutcomeUnknown if request.call is Call.CREATE else Transient
    return kind(request.action, reason, request_id=request_id)


def _parse(content: bytes | None) -> Json:
    if not content:
        return Json()
    try:
        body = json.loads(content, object_hook=Json)
    except ValueError as exc:
        raise UnreadableAnswer("not JSON") from exc
    if not isinstance(body, Json):
        raise UnreadableAnswer("not an object")
    return body

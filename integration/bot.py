"""
The bot's own voice: cards into chats and channels, through the Microsoft Teams SDK. Hands; the bot's credential.

The SDK is imported at the first call. Its typed cards are passed by: a card is a plain dict from `cards`.
"""

import logging
import warnings
from collections.abc import Awaitable, Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from datetime import timedelta
from functools import cache, partial
from typing import TYPE_CHECKING, Any, Protocol, TypeVar
from urllib.parse import urlsplit

import httpx

from config.addresses import is_loopback
from engine.telemetry import NO_TELEMETRY, Telemetry
from integration.allow_list import AllowList, Reach
from integration.limits.bot import BotRateLimiter, LocalReservations, Reservations
from integration.retry import Call, Retry, retry_after
from workflows.errors import (
    Conflict,
    Invalid,
    NotFound,
    OutcomeUnknown,
    OutsideError,
    Permanent,
    RecipientNotAllowed,
    Refused,
    Throttled,
    Transient,
)
from workflows.ports.accounts import Recipients
from workflows.ports.bot import Conversation, Posted
from workflows.ports.units import Clock

if TYPE_CHECKING:
    from microsoft_teams.api.activities.message import MessageActivityInput
    from microsoft_teams.api.clients.conversation import ConversationClient
    from microsoft_teams.api.models import Attachment
    from microsoft_teams.common import Client

T = TypeVar("T")

SCOPE = "https://api.botframework.com/.default"
CARD = "application/vnd.microsoft.card.adaptive"
SERVICE_HOST = "smba.trafficmanager.net"
TIMEOUT = timedelta(seconds=30)
CONVERSATIONS = "/v3/conversations"
ACTIVITIES = f"{CONVERSATIONS}/{{conversation}}/activities"
NO_RETRY_AFTER = timedelta(seconds=2)
"""The wait after a 429 that names none to believe; Teams does not promise to."""


class GetToken(Protocol):
    """Gives a bearer token. Called for every request: it caches, and *fresh* passes by the cache."""

    async def __call__(self, client_id: str, scope: str, *, fresh: bool = False) -> str: ...


class _TokenRefused(Refused):
    """The connector did not take the token; what is answered with 401 was not done."""


_ERRORS: Mapping[int, type[Permanent]] = {401: _TokenRefused, 403: Refused, 404: NotFound, 409: Conflict}


def is_our_service(service_url: str, base_url: str) -> bool:
    """
    Tell whether *service_url* is a Bot connector we speak with: Microsoft's, or, when *base_url* is the sandbox,
    loopback.

    The bot's token goes there, so nothing else may pass.
    """
    try:
        parts = urlsplit(service_url)
    except ValueError:
        return False
    if is_loopback(base_url):
        return is_loopback(service_url)
    return parts.scheme == "https" and parts.netloc == SERVICE_HOST


class TeamsBot:
    """The bot's voice (`workflows.ports.bot`). *reservations*: shared by all workers of it; None for one alone."""

    def __init__(
        self,
        *,
        bot_id: str,
        tenant_id: str,
        service_url: str,
        token: GetToken,
        clock: Clock,
        recipients: Recipients,
        reservations: Reservations | None = None,
        allow_list: AllowList | None = None,
        telemetry: Telemetry = NO_TELEMETRY,
    ) -> None:
        self._bot_id = bot_id
        self._tenant_id = tenant_id
        self._service_url = service_url.rstrip("/")
        self._token = token
        self._renew = False
        self._recipients = recipients
        self._allow_list = allow_list
        self._telemetry = telemetry
        self._retry = Retry(clock=clock)
        self._limits = BotRateLimiter(clock, reservations or LocalReservations())
        self._http: Client | None = None
        self._conversations: dict[str, ConversationClient] = {}
        """By the service's address: a client costs more than a call needs otherwise."""

    async def open_chat(self, user_id: str) -> Conversation:
        """The personal chat with a user who has the app; the same one each time. Raises Refused without the app."""
        body = {"isGroup": False, "members": [{"id": user_id}]}
        if self._allow_list is not None:
            await self._allow_list.check("open a chat", Reach(accounts=frozenset({user_id})))
        made = await self._create(f"open the chat with {user_id}", user_id, body)
        return self._conversation(made)

    async def post_card(
        self, conversation: Conversation, card: Mapping[str, Any], *, summary: str, recipient: str
    ) -> Posted:
        """Post again on each call. Raises OutcomeUnknown when the answer was lost: the card may be there."""
        action = f"post a card in {conversation.id}"
        if not self._recipients.permits(recipient):
            raise RecipientNotAllowed(action, "the allow-list leaves this recipient out")
        conversations = self._client(conversation, action)
        message = _message(card, summary)

        async def attempt() -> Posted:
            await self._limits.acquire(conversation.id, action)
            with bot_errors(action, creates=True):
                sent = await conversations.create_activity(conversation.id, message)
            return Posted(conversation=conversation, activity_id=_id(action, {"id": sent.id}, "id"))

        return await self._run(action, attempt, "POST", ACTIVITIES)

    async def post_in_channel(self, channel_id: str, card: Mapping[str, Any], *, summary: str) -> Posted:
        """Start a new thread on each call. Raises OutcomeUnknown when the answer was lost: the card may be there."""
        action = f"post a card in the channel {channel_id}"
        self._refuse_channels(action)
        body = {
            "isGroup": True,
            "channelData": {"channel": {"id": channel_id}},
            "activity": _message(card, summary),
        }
        made = await self._create(action, channel_id, body, creates=True)
        return Posted(conversation=self._conversation(made), activity_id=_id(action, made, "activityId"))

    async def update_card(self, posted: Posted, card: Mapping[str, Any], *, summary: str) -> None:
        """Put *card* in the place of the one posted. A repeat is harmless."""
        action = f"update the card {posted.activity_id} in {posted.conversation.id}"
        if "@thread." in posted.conversation.id:
            self._refuse_channels(action)
        elif self._allow_list is not None:
            await self._allow_list.check_chat(action, posted.conversation.id)
        _check_id(action, posted.activity_id)
        conversations = self._client(posted.conversation, action)
        message = _message(card, summary)

        async def attempt() -> None:
            await self._limits.acquire(posted.conversation.id, action)
            # The status says that it is done; the SDK wants an id in the answer as well, which nobody needs.
            with bot_errors(action), suppress(LookupError, TypeError, ValueError):
                await conversations.update_activity(posted.conversation.id, posted.activity_id, message)

        await self._run(action, attempt, "PUT", f"{ACTIVITIES}/{{activity}}")

    async def close(self) -> None:
        """Close the connections. A call made later opens them again."""
        client, self._http = self._http, None
        self._conversations.clear()
        if client is not None:
            await client.http.aclose()

    # ------------------------------------------------------------------------------------------------- how it is sent

    async def _create(
        self, action: str, key: str, body: Mapping[str, Any], *, creates: bool = False
    ) -> Mapping[str, Any]:
        """Make a conversation. *creates*: whether a repeat makes a second one."""
        conversations = self._client(Conversation(id="", service_url=self._service_url), action)
        from microsoft_teams.api.clients.conversation import CreateConversationParams

        # The model lacks isGroup and bot; what it does not know goes out under the name it is given.
        tenant = {"tenant": {"id": self._tenant_id}}
        params = CreateConversationParams.model_validate(
            {
                **body,
                "bot": {"id": f"28:{self._bot_id}"},
                "tenantId": self._tenant_id,
                "channelData": {**body.get("channelData", {}), **tenant},
            }
        )

        async def attempt() -> Mapping[str, Any]:
            await self._limits.acquire(f"new/{key}", action)
            with bot_errors(action, creates=creates):
                made = await conversations.create(params)
            return made.model_dump(by_alias=True)

        return await self._run(action, attempt, "POST", CONVERSATIONS)

    async def _run(self, action: str, attempt: Callable[[], Awaitable[T]], method: str, template: str) -> T:
        """Call, again where that is safe. *method*, *template*: of the address, for traces."""

        async def traced() -> T:
            with self._telemetry.call("Bot connector", method, template):
                return await attempt()

        # Posts too may be repeated here: bot_errors calls whatever may have happened OutcomeUnknown, which never is.
        return await self._retry(action, Call.KEYED, partial(self._with_token, traced))

    async def _with_token(self, attempt: Callable[[], Awaitable[T]]) -> T:
        try:
            return await attempt()
        except _TokenRefused:
            # The token may have been withdrawn before its time.
            self._renew = True
            return await attempt()

    def _refuse_channels(self, action: str) -> None:
        if self._recipients.allowed is not None:
            raise RecipientNotAllowed(action, "a channel has more readers than the allow-list")

    def _conversation(self, made: Mapping[str, Any]) -> Conversation:
        given = made.get("serviceUrl") or ""
        url = given if is_our_service(given, self._service_url) else self._service_url
        return Conversation(id=_id("open a conversation", made, "id"), service_url=url)

    def _client(self, conversation: Conversation, action: str) -> "ConversationClient":
        _check_id(action, conversation.id)
        address = conversation.service_url
        if address not in self._conversations:
            if not is_our_service(address, self._service_url):
                raise Invalid(action, f"{address!r} is no Bot connector")
            self._conversations[address] = self._conversations_at(address)
        return self._conversations[address]

    def _conversations_at(self, service_url: str) -> "ConversationClient":
        with quiet_sdk():
            from microsoft_teams.api.clients.conversation import ConversationClient

            if self._http is None:
                self._http = self._connect()
            return ConversationClient(service_url, self._http)

    def _connect(self) -> "Client":
        from microsoft_teams.common import Client, ClientOptions

        async def token() -> str:
            fresh, self._renew = self._renew, False
            return await self._token(self._bot_id, SCOPE, fresh=fresh)

        # Without a timeout of ours there is none.
        return Client(ClientOptions(timeout=TIMEOUT.total_seconds(), token=token))


@contextmanager
def quiet_sdk() -> Iterator[None]:
    """Import and build the SDK without its warnings; keep whole activities and addresses with ids out of the log."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        yield
    for name in ("microsoft_teams", "httpx"):
        logging.getLogger(name).setLevel(logging.WARNING)


@contextmanager
def bot_errors(action: str, *, creates: bool = False) -> Iterator[None]:
    """
    Turn the errors of the SDK into ours.

    *creates*: a repeat would post twice, so whatever may have reached Teams becomes OutcomeUnknown.
    """
    doubtful = OutcomeUnknown if creates else Transient
    try:
        yield
    except httpx.HTTPStatusError as exc:
        raise _error_for(exc.response, action, doubtful) from exc
    except (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout) as exc:
        raise Transient(action, f"the Bot connector was not reached: {type(exc).__name__}") from exc
    except (httpx.HTTPError, ValueError, LookupError, AttributeError, TypeError) as exc:
        # All but the first: the SDK tripped over an answer that is not what was agreed. The request was taken.
        raise doubtful(action, f"no usable answer: {type(exc).__name__}") from exc


def _error_for(response: httpx.Response, action: str, doubtful: type[Transient]) -> OutsideError:
    status, request_id = response.status_code, response.headers.get("x-ms-request-id")
    reason, pause = f"status {status} {_code(response)}".strip(), retry_after(response.headers)
    if status == 429:
        return Throttled(action, reason, retry_after=pause or NO_RETRY_AFTER, request_id=request_id)
    if status == 412:
        # Teams refuses so while it is busy with the same conversation; nothing was posted.
        return Transient(action, reason, request_id=request_id)
    if status >= 500 and pause is not None and doubtful is Transient:
        return Throttled(action, reason, retry_after=pause, request_id=request_id)
    if status >= 500 or status == 408 or status < 400:
        return doubtful(action, reason, request_id=request_id)
    return _ERRORS.get(status, Invalid)(action, reason, request_id=request_id)


def _code(response: httpx.Response) -> str:
    """The error's code; its message may quote what was sent."""
    try:
        return str(response.json()["error"]["code"])[:80]
    except (ValueError, KeyError, TypeError):
        return ""


def _message(card: Mapping[str, Any], summary: str) -> "MessageActivityInput":
    activity, attachment = _message_types()
    return activity(summary=summary, attachments=[attachment(content_type=CARD, content=dict(card))])


@cache
def _message_types() -> "tuple[type[MessageActivityInput], type[Attachment]]":
    with quiet_sdk():
        from microsoft_teams.api.activities.message import MessageActivityInput
        from microsoft_teams.api.models import Attachment

        return MessageActivityInput, Attachment


def _id(action: str, answer: Mapping[str, Any], name: str) -> str:
    value = answer.get(name)
    if not isinstance(value, str) or not value or value == "DO_NOT_USE_PLACEHOLDER_ID":
        raise OutcomeUnknown(action, f"the answer holds no {name}")
    return value


def _check_id(action: str, value: str) -> None:
    """Ids become part of an address, and the SDK puts them in as they are."""
    if any(c in value for c in "/?#\\") or not value.isprintable():
        raise Invalid(action, "an id with a character that addresses give a meaning to")

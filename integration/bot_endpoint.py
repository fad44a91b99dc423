"""
The bot's endpoint: activities from Teams, checked, and turned into our words.

The Teams SDK checks the signed token and nothing else: it is given what that check needs, so that no body, however odd,
reaches its models, which answer 500 to much of what Teams itself sends. Our own checks stand around it for what it lets
through: a body without a service address, another tenant, another channel, tokens of other issuers or without an end.
"""

import hashlib
import logging
import time
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated, Any, Protocol

import jwt
import structlog
from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, ValidationError
from pydantic.alias_generators import to_camel

import texts
from config.settings import refuse_open_bot
from integration.bot import CARD, is_our_service, quiet_sdk
from workflows.ports.bot import Conversation

if TYPE_CHECKING:
    from microsoft_teams.apps.http import HttpServer

log = structlog.get_logger()

ISSUER = "https://api.botframework.com"
TOKEN_HOLDS = 60.0
"""Seconds; well within the leeway that the check itself gives a token's end."""
MOST_TOKENS = 1000

Answer = tuple[int, dict[str, Any] | None]

# -------------------------------------------------------------------------------- what happened, in our words


@dataclass(frozen=True, kw_only=True)
class CardAction:
    """
    Somebody pressed a card's button. *data* is untrusted input: hold the sender against who was asked.

    *activity_id* is the message that holds the card. *automatic*: Teams itself asked, to refresh the card; never update
    the message because of that. *answerable*: the reply is shown; when it is not (a client that fell back to
    Action.Submit), bring the card up to date instead; *press_id* then tells a repeat.
    """

    verb: str
    data: Mapping[str, Any]
    sender_object_id: str
    conversation: Conversation
    activity_id: str
    automatic: bool = False
    answerable: bool = True
    press_id: str = ""


@dataclass(frozen=True, kw_only=True)
class InstallChanged:
    """The app was added or removed: for a person (*object_id*) or in a team (*team_id*, the id of its group).

    Teams tells of it in two ways, and may tell in both.
    """

    object_id: str | None
    team_id: str | None
    added: bool
    conversation: Conversation


@dataclass(frozen=True, kw_only=True)
class Message:
    """Somebody wrote to the bot. *personal*: in their own chat with it, not in a channel."""

    text: str
    sender_object_id: str
    conversation: Conversation
    activity_id: str = ""
    personal: bool = False


class BotHandlers(Protocol):
    """Handlers of the service. One that raises gives the reader our plain error text."""

    async def card_action(self, action: CardAction) -> dict[str, Any]:
        """Answer with card_reply, message_reply or error_reply. Teams repeats: the same action twice is one answer."""
        ...

    async def install_changed(self, change: InstallChanged) -> None: ...
    async def message(self, message: Message) -> None: ...


def card_reply(card: Mapping[str, Any]) -> dict[str, Any]:
    """Show *card* in the place of the one that was pressed, to the person who pressed, in that client only."""
    return {"statusCode": 200, "type": CARD, "value": dict(card)}


def message_reply(text: str) -> dict[str, Any]:
    """Show a short text."""
    return {"statusCode": 200, "type": "application/vnd.microsoft.activity.message", "value": text}


def error_reply(text: str, *, status: int = 400, code: str = "BadRequest") -> dict[str, Any]:
    """Show an error; what the person filled in stays in the card."""
    return {
        "statusCode": status,
        "type": "application/vnd.microsoft.error",
        "value": {"code": code, "message": text},
    }


# -------------------------------------------------------------------------------------------- what Teams sends


def _object(value: object) -> object:
    """Teams sends null where a part is missing."""
    return {} if value is None else value


class _Part(BaseModel):
    model_config = ConfigDict(alias_generator=to_camel, extra="ignore", frozen=True)


class _Tenant(_Part):
    id: str | None = None


class _Team(_Part):
    aad_group_id: str | None = None


class _ChannelData(_Part):
    tenant: Annotated[_Tenant, BeforeValidator(_object)] = _Tenant()
    team: Annotated[_Team, BeforeValidator(_object)] = _Team()


class _Conversation(_Part):
    id: str = Field(min_length=1, max_length=1000)
    tenant_id: str | None = None
    conversation_type: str | None = None


class _Sender(_Part):
    aad_object_id: str | None = None


class _Activity(_Part):
    type: str
    id: str | None = None
    channel_id: str | None = None
    service_url: str | None = None
    conversation: _Conversation
    sender: Annotated[_Sender, BeforeValidator(_object)] = Field(default=_Sender(), alias="from")
    channel_data: Annotated[_ChannelData, BeforeValidator(_object)] = _ChannelData()
    name: str | None = None
    action: str | None = None
    text: str | None = None
    value: Any = None
    reply_to_id: str | None = None
    members_added: Any = None
    members_removed: Any = None

    @property
    def is_personal(self) -> bool:
        return self.conversation.conversation_type == "personal"

    @property
    def place(self) -> Conversation:
        return Conversation(id=self.conversation.id, service_url=self.service_url or "")


class BotEndpoint:
    """
    Answers POST /api/messages. Refuses to be made while the environment asks for unchecked requests.

    *service_url* and *metadata_url* are Microsoft's or the sandbox's (settings); the token check is the same for both.
    """

    def __init__(
        self,
        handlers: BotHandlers,
        *,
        bot_id: str,
        tenant_id: str,
        service_url: str,
        metadata_url: str,
    ) -> None:
        refuse_open_bot()
        if not bot_id or not tenant_id:
            raise ValueError("the bot needs VAREUNGE_BOT_ID and VAREUNGE_TENANT_ID")
        self._handlers = handlers
        self._bot_id = bot_id
        self._tenant_id = tenant_id
        self._service_url = service_url
        self._metadata_url = metadata_url
        self._server: HttpServer | None = None
        self._good: dict[bytes, float] = {}
        """Tokens that passed, hashed, and until when that holds."""

    async def handle(self, headers: Mapping[str, str], body: object) -> Answer:
        """
        Status and JSON body of the answer to the parsed *body*; *headers* with lower-case names.

        Nothing reaches the handlers before every check has passed.
        """
        try:
            activity = _Activity.model_validate(body)
        except ValidationError:
            return self._refuse(400, "body")
        if (reason := self._foreign(activity)) is not None:
            return self._refuse(403, reason)
        if not _is_bot_framework(headers.get("authorization", "")):
            return self._refuse(401, "token")
        if await self._token_status(activity, headers) != 200:
            return self._refuse(401, "signature")
        return await self._dispatch(activity)

    def _refuse(self, status: int, reason: str) -> Answer:
        log.warning("bot.refused", status=status, reason=reason)
        return status, {"error": reason}

    def _foreign(self, activity: _Activity) -> str | None:
        """Return why an activity is not for us, if so. The SDK would let all of these in."""
        if activity.channel_id != "msteams":
            return "channel"
        if not activity.service_url or not is_our_service(activity.service_url, self._service_url):
            return "service"
        named = {activity.channel_data.tenant.id, activity.conversation.tenant_id} - {None}
        return None if named == {self._tenant_id} else "tenant"

    async def _token_status(self, activity: _Activity, headers: Mapping[str, str]) -> int:
        """
        Return the SDK's answer. It looks keys up synchronously, at most once in five minutes: a short stall.

        Teams sends the same token for an hour, so an answer holds for the same token and service address: a minute,
        and not beyond the token's end.
        """
        told = f"{headers.get('authorization', '')}\n{activity.service_url}"
        token = hashlib.sha256(told.encode()).digest()
        if self._good.get(token, 0.0) > time.monotonic():
            return 200
        if self._server is None:
            self._server = self._token_check()
        seen: dict[str, object] = {"type": activity.type, "serviceUrl": activity.service_url}
        answer = await self._server.handle_request({"body": seen, "headers": dict(headers)})
        if answer["status"] == 200:
            if len(self._good) >= MOST_TOKENS:
                self._good.clear()
            self._good[token] = time.monotonic() + min(TOKEN_HOLDS, _ends_in(headers["authorization"]))
        return answer["status"]

    def _token_check(self) -> "HttpServer":
        with quiet_sdk():
            from microsoft_teams.api import InvokeResponse, ManagedIdentityCredentials
            from microsoft_teams.api.auth.cloud_environment import PUBLIC, with_overrides
            from microsoft_teams.apps.events import ActivityEvent
            from microsoft_teams.apps.http import HttpServer

        # Importing the SDK reads a .env file, if somebody left one.
        refuse_open_bot()
        # Its own lines quote what was sent; what we refuse, we log.
        logging.getLogger("microsoft_teams.apps").setLevel(logging.CRITICAL)

        async def accepted(event: ActivityEvent) -> InvokeResponse[Any]:
            del event
            return InvokeResponse(status=200)

        server = HttpServer(_NoRoutes())
        server.on_request = accepted
        server.initialize(
            credentials=ManagedIdentityCredentials(client_id=self._bot_id, tenant_id=self._tenant_id),
            cloud=with_overrides(PUBLIC, openid_metadata_url=self._metadata_url, token_issuer=ISSUER),
            dangerously_allow_unauthenticated_requests=False,
        )
        return server

    # --------------------------------------------------------------------------------------------------------- dispatch

    async def _dispatch(self, activity: _Activity) -> Answer:
        match activity.type:
            case "invoke" if activity.name == "adaptiveCard/action":
                return 200, await self._invoke(activity)
            case "invoke":
                return 501, None
            case "message":
                return await self._guarded(activity, self._on_message)
            case "installationUpdate":
                return await self._guarded(activity, self._on_install)
            case "conversationUpdate":
                return await self._guarded(activity, self._on_members)
        return 200, None

    async def _invoke(self, activity: _Activity) -> dict[str, Any]:
        value = activity.value if isinstance(activity.value, dict) else {}
        action = value.get("action")
        action = action if isinstance(action, dict) else {}
        verb, data, sender = action.get("verb"), action.get("data", {}), activity.sender.aad_object_id
        if not isinstance(verb, str) or not isinstance(data, dict) or not sender:
            return error_reply(texts.say("error.generic"))
        try:
            return await self._handlers.card_action(
                CardAction(
                    verb=verb,
                    data=data,
                    sender_object_id=sender,
                    conversation=activity.place,
                    activity_id=activity.reply_to_id or "",
                    automatic=value.get("trigger") == "automatic",
                )
            )
        except Exception as error:  # noqa: BLE001 - the person gets a text, whatever broke
            _log_failure(activity, error)
            return error_reply(texts.say("error.generic"), status=500, code="InternalError")

    async def _guarded(self, activity: _Activity, handler: Callable[[_Activity], Awaitable[None]]) -> Answer:
        try:
            await handler(activity)
        except Exception as error:  # noqa: BLE001 - Teams then tells the person that it did not arrive
            _log_failure(activity, error)
            return 500, {"error": "internal"}
        return 200, None

    async def _on_message(self, activity: _Activity) -> None:
        sender = activity.sender.aad_object_id
        if not sender:
            return
        data = activity.value
        if isinstance(data, dict) and isinstance(verb := data.get("verb"), str):
            # A client that knows no Action.Execute fell back to Action.Submit; nobody sees the reply.
            fields = {name: value for name, value in data.items() if name != "verb"}
            await self._handlers.card_action(
                CardAction(
                    verb=verb,
                    data=fields,
                    sender_object_id=sender,
                    conversation=activity.place,
                    activity_id=activity.reply_to_id or "",
                    answerable=False,
                    press_id=activity.id or "",
                )
            )
        elif activity.text:
            await self._handlers.message(
                Message(
                    text=activity.text,
                    sender_object_id=sender,
                    conversation=activity.place,
                    activity_id=activity.id or "",
                    personal=activity.is_personal,
                )
            )

    async def _on_install(self, activity: _Activity) -> None:
        team = activity.channel_data.team.aad_group_id
        await self._handlers.install_changed(
            InstallChanged(
                object_id=None if team else activity.sender.aad_object_id,
                team_id=team,
                added=(activity.action or "").startswith("add"),
                conversation=activity.place,
            )
        )

    async def _on_members(self, activity: _Activity) -> None:
        """The bot came into a personal chat, or left it."""
        sender = activity.sender.aad_object_id
        added = _names(self._bot_id, activity.members_added)
        removed = _names(self._bot_id, activity.members_removed)
        if sender and activity.is_personal and added != removed:
            await self._handlers.install_changed(
                InstallChanged(object_id=sender, team_id=None, added=added, conversation=activity.place)
            )


def _names(bot_id: str, members: object) -> bool:
    """Tell whether the bot is among *members*, untrusted input."""
    found = members if isinstance(members, list) else []
    return any(isinstance(item, dict) and item.get("id") == f"28:{bot_id}" for item in found)


class _NoRoutes:
    """The SDK wants somewhere to register its route; ours is in web/bot.py."""

    def register_route(self, method: str, path: str, handler: object) -> None: ...
    def serve_static(self, path: str, directory: str) -> None: ...
    async def start(self, port: int) -> None: ...
    async def stop(self) -> None: ...


def _is_bot_framework(authorization: str) -> bool:
    """
    Tell whether the token claims to be the Bot Framework's and to end; whether that is true, the SDK checks.

    Else the SDK would take tokens of Entra for one app of Microsoft's, and tokens that never end.
    """
    claims = _claims(authorization)
    return claims.get("iss") == ISSUER and "exp" in claims


def _ends_in(authorization: str) -> float:
    """In how many seconds a token ends that was found good; negative when it has."""
    return float(_claims(authorization)["exp"]) - time.time()


def _claims(authorization: str) -> Mapping[str, Any]:
    """Return the unverified claims of a bearer token; none when it is no token."""
    scheme, _, token = authorization.partition(" ")
    try:
        claims: Mapping[str, Any] = jwt.decode(token, options={"verify_signature": False})
    except (jwt.InvalidTokenError, RecursionError):
        return {}
    return claims if scheme == "Bearer" else {}


def _log_failure(activity: _Activity, error: Exception) -> None:
    """Without the message of *error*, which may quote what the person wrote."""
    log.error("bot.handler_failed", type=activity.type, activity_id=activity.id, error=type(error).__name__)

"""
The bot's endpoint: activities from Teams, checked, and turned into our words.

All checks are our own: no body, however odd, reaches the Teams SDK's models, which answer 500 to much of what Teams
itself sends, and its check of tokens holds the whole loop while it looks keys up.
"""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import Annotated, Any, Protocol

import structlog
from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, ValidationError
from pydantic.alias_generators import to_camel

import texts
from config.settings import refuse_open_bot
from integration.bot import CARD, is_our_service
from integration.bot_tokens import BotTokens
from integration.signing_keys import SigningKeys
from workflows.errors import Transient
from workflows.ports.bot import Conversation

log = structlog.get_logger()

HTTPAnswer = tuple[int, dict[str, Any] | None]

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
class BotMessage:
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
    async def message(self, message: BotMessage) -> None: ...


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
    aad_object_id: str | None = Field(default=None, max_length=36)


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
        self._tokens = BotTokens(bot_id, SigningKeys(metadata_url))

    async def handle(self, headers: Mapping[str, str], body: object) -> HTTPAnswer:
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
        try:
            if not await self._tokens.is_good(headers.get("authorization", ""), activity.service_url or ""):
                return self._refuse(401, "token")
        except Transient:
            return self._refuse(503, "keys")
        return await self._dispatch(activity)

    def _refuse(self, status: int, reason: str) -> HTTPAnswer:
        log.warning("bot.refused", status=status, reason=reason)
        return status, {"error": reason}

    def _foreign(self, activity: _Activity) -> str | None:
        """Return why an activity is not for us, if so."""
        if activity.channel_id != "msteams":
            return "channel"
        if not activity.service_url or not is_our_service(activity.service_url, self._service_url):
            return "service"
        named = {activity.channel_data.tenant.id, activity.conversation.tenant_id} - {None}
        return None if named == {self._tenant_id} else "tenant"

    # --------------------------------------------------------------------------------------------------------- dispatch

    async def _dispatch(self, activity: _Activity) -> HTTPAnswer:
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

    async def _guarded(self, activity: _Activity, handler: Callable[[_Activity], Awaitable[None]]) -> HTTPAnswer:
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
                BotMessage(
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


def _log_failure(activity: _Activity, error: Exception) -> None:
    """Without the message of *error*, which may quote what the person wrote."""
    log.error("bot.handler_failed", type=activity.type, activity_id=activity.id, error=type(error).__name__)

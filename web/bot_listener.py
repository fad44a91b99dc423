"""What the service does about what Teams sends to the bot."""

from typing import Any

import structlog

from integration.bot import CARD
from integration.bot_endpoint import CardAction, InstallChanged, Message
from web.status_actions import OPEN, StatusActions
from workflows.bot_commands import BotDesk

log = structlog.get_logger()


class BotListener:
    """Buttons are answered at once; what people write is answered by a unit, for the Door may not speak with Teams."""

    def __init__(self, *, actions: StatusActions, desk: BotDesk) -> None:
        self._actions = actions
        self._desk = desk

    async def card_action(self, action: CardAction) -> dict[str, Any]:
        reply = await self._actions.act(action)
        if not action.answerable and action.verb == OPEN and action.press_id and reply["type"] == CARD:
            # The form they asked for; what comes of an answer, the card that was pressed shows by itself.
            await self._desk.show(
                reply["value"], press=action.press_id, object_id=action.sender_object_id, chat=action.conversation
            )
        return reply

    async def install_changed(self, change: InstallChanged) -> None:
        log.info("bot.install_changed", added=change.added, team=change.team_id)
        if change.object_id is not None:
            await self._desk.chat_changed(change.object_id, change.conversation, open_=change.added)

    async def message(self, message: Message) -> None:
        if not message.activity_id:
            # Without an id we could not tell a repeat.
            return
        await self._desk.heard(
            message.text,
            activity=message.activity_id,
            object_id=message.sender_object_id,
            chat=message.conversation,
            personal=message.personal,
        )

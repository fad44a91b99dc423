"""The service's reactions to activities from Teams."""

from collections.abc import Mapping
from typing import Any

import structlog

from integration.bot import CARD
from integration.bot_endpoint import BotMessage, CardAction, InstallChanged
from web.bot.actions import INVALID_CODE, StatusActions
from workflows.bot.desk import BotDesk

log = structlog.get_logger()


class BotListener:
    """Buttons are answered at once; what people write is answered by a unit, for the Door may not speak with Teams."""

    def __init__(self, *, actions: StatusActions, desk: BotDesk) -> None:
        self._actions = actions
        self._desk = desk

    async def card_action(self, action: CardAction) -> dict[str, Any]:
        reply = await self._actions.act(action)
        if not action.answerable and action.press_id:
            await self._show(action, reply)
        return reply

    async def _show(self, action: CardAction, reply: Mapping[str, Any]) -> None:
        """Write the reply in the person's chat: a client that fell back to Action.Submit shows none."""
        value = reply["value"]
        where: dict[str, Any] = {"object_id": action.sender_object_id, "chat": action.conversation}
        if reply["type"] == CARD:
            await self._desk.show(value, press=action.press_id, **where)
        elif isinstance(value, str):
            await self._desk.tell(value, press=action.press_id, **where)
        else:
            again = str(action.data["request_id"]) if value["code"] == INVALID_CODE else None
            await self._desk.tell(value["message"], press=action.press_id, request=again, **where)

    async def install_changed(self, change: InstallChanged) -> None:
        log.info("bot.install_changed", added=change.added, team=change.team_id)
        if change.object_id is not None:
            await self._desk.chat_changed(change.object_id, change.conversation, open_=change.added)

    async def message(self, message: BotMessage) -> None:
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

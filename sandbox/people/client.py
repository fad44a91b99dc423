"""A person's Teams client: it checks a card's inputs, sends the pressed button's data, and shows the answer."""

from collections.abc import Mapping
from typing import Any

from sandbox.connector.model import CARD_CONTENT_TYPE, Chat, Post
from sandbox.directory.model import User
from sandbox.people.cards import Button, errors_in, fill_in, find_button, inputs_of
from sandbox.tenant.state import Tenant

WENT_WRONG = "Something went wrong. Please try again."
"""Teams' own text when a bot gives no usable answer."""


class Refused(Exception):
    """The person cannot do that; *body* says why."""

    def __init__(self, status: int, **body: Any) -> None:
        super().__init__(str(body))
        self.status = status
        self.body = body


class Client:
    """Teams in one person's hands."""

    def __init__(self, tenant: Tenant, user: User) -> None:
        self._tenant = tenant
        self._user = user
        self._app = tenant.catalog.ours
        self._outgoing = tenant.chats.outgoing

    async def say(self, text: str) -> dict[str, Any]:
        """Write to the bot in the personal chat. The status is the bot's; 502 when it is not there."""
        chat = self._tenant.chats.chats.get(self._app.chat_id(self._user.id))
        if chat is None:
            raise Refused(409, error="There is no chat with the bot yet.")
        message = self._tenant.chats.post(chat, sender=self._user.id, text=text)
        activity = self._outgoing.in_chat(self._app, self._user, chat, chat.id)
        activity |= {"id": message.id, "type": "message", "text": text, "textFormat": "plain"}
        answer = await self._outgoing.send(self._app, activity)
        return {"activity": message.id, "status": answer.status or 502}

    async def press(
        self,
        conversation: str,
        activity_id: str,
        *,
        verb: str | None = None,
        title: str | None = None,
        data: Mapping[str, Any],
    ) -> dict[str, Any]:
        """
        Press a card's button, found by verb, title or both, with *data* filled in.

        Gives back what the person sees. Raises Refused with the card's own texts, and sends nothing, while the client
        objects to an input.
        """
        chat, message = self._seen(conversation, activity_id)
        button = find_button(message.private.get(self._user.id) or message.card or {}, verb=verb, title=title)
        if button is None:
            raise Refused(404, error="The card has no such button.")
        match button.action["type"]:
            case "Action.Execute":
                return await self._execute(chat, message, button.action, _checked_values(button, data))
            case "Action.Submit":
                return await self._submit(chat, message, button.action, _checked_values(button, data))
            case "Action.OpenUrl":
                return {"status": 200, "type": "openUrl", "value": button.action.get("url")}
        raise Refused(422, error=f"{button.action['type']} sends nothing.")

    def _seen(self, conversation: str, activity_id: str) -> tuple[Chat, Post]:
        chat, _ = self._tenant.chats.find(conversation)
        message = chat.find(activity_id) if chat else None
        if chat is None or message is None or chat not in self._tenant.chats.seen_by(self._user):
            raise Refused(404, error="The person sees no such message.")
        return chat, message

    async def _execute(
        self, chat: Chat, message: Post, action: dict[str, Any], values: dict[str, str]
    ) -> dict[str, Any]:
        sent: dict[str, Any] = {name: action[name] for name in ("type", "id", "title", "verb") if name in action}
        activity = self._outgoing.in_chat(self._app, self._user, chat, message.conversation)
        activity |= {
            "type": "invoke",
            "name": "adaptiveCard/action",
            "replyToId": message.id,
            "value": {"action": {**sent, "data": {**(action.get("data") or {}), **values}}, "trigger": "manual"},
        }
        # A client does not repeat an invoke by itself: the person sees that it went wrong.
        answer = await self._outgoing.send(self._app, activity, tries=1)
        shown = answer.body if isinstance(answer.body, dict) else {}
        if answer.status != 200 or not {"statusCode", "type", "value"} <= set(shown):
            return {"status": answer.status or 502, "type": "error", "value": WENT_WRONG}
        if shown["type"] == CARD_CONTENT_TYPE and isinstance(shown["value"], dict):
            message.private[self._user.id] = shown["value"]
        return {"status": shown["statusCode"], "type": shown["type"], "value": shown["value"]}

    async def _submit(
        self, chat: Chat, message: Post, action: dict[str, Any], values: dict[str, str]
    ) -> dict[str, Any]:
        data = action.get("data")
        activity = self._outgoing.in_chat(self._app, self._user, chat, message.conversation)
        activity |= {
            "type": "message",
            "replyToId": message.id,
            "value": {**(data if isinstance(data, dict) else {}), **values},
        }
        answer = await self._outgoing.send(self._app, activity)
        return {"status": answer.status or 502, "type": "message", "value": None}


def _checked_values(button: Button, data: Mapping[str, Any]) -> dict[str, str]:
    inputs = inputs_of(button)
    unknown = {name for name, value in data.items() if value not in ("", None)} - {entry["id"] for entry in inputs}
    if unknown:
        raise Refused(422, errors=dict.fromkeys(sorted(unknown), "The card has no such input."))
    values = fill_in(inputs, data)
    if errors := errors_in(inputs, values):
        raise Refused(422, errors=errors)
    return values

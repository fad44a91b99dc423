"""Conversations of people and channels with the bot: what was posted, and who sees it."""

import base64
import hashlib
import json
import re
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING, Any

from sandbox.canonical import canonical
from sandbox.catalog import CatalogApp
from sandbox.directory import User
from sandbox.outgoing import Outgoing
from sandbox.teams import Channel, Team

if TYPE_CHECKING:
    from sandbox.tenant import Tenant

Card = dict[str, Any]
THREAD = ";messageid="
_GENERATED = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}|\b[0-9a-f]{16,}\b", re.IGNORECASE)
_SIGNED = re.compile(r"(?<=/)(?=[\w.~-]*\d)[\w.~-]{20,}")


@dataclass(kw_only=True, eq=False)
class Message:
    """A post. *sender* is a user's id, or empty for the bot. *private*: cards that one person alone sees instead."""

    id: str
    conversation: str
    sender: str
    sent_at: datetime
    summary: str = ""
    text: str = ""
    card: Card | None = None
    edited: int = 0
    private: dict[str, Card] = field(default_factory=dict)


@dataclass(kw_only=True, eq=False)
class Chat:
    """A person's chat with the bot (*user_id*), or a channel with its threads (*team_id*)."""

    id: str
    user_id: str = ""
    team_id: str = ""
    messages: list[Message] = field(default_factory=list)

    def find(self, activity_id: str) -> Message | None:
        return next((message for message in self.messages if message.id == activity_id), None)


class Chats:
    """The chats by conversation id, and whom the bot reaches."""

    def __init__(self, tenant: "Tenant") -> None:
        self.tenant = tenant
        self.chats: dict[str, Chat] = {}
        self.blocked: set[str] = set()
        """Ids of users who blocked the bot."""
        self.outgoing = Outgoing(tenant)
        self._last_id = 0
        tenant.on_install.append(self.app_installed)
        tenant.on_remove.append(self.app_removed)

    # --------------------------------------------------------------------------------------------------- who is reached

    def reaches(self, app: CatalogApp, user: User) -> bool:
        """Whether the bot may write to a person: installed for them, or in a team whose roster has them."""
        return self._has(self.tenant.teams.personal.get(user.id, {}).values(), app) or any(
            user in (member for member, _ in self.tenant.teams.roster(team)) for team in self.teams_with(app)
        )

    def teams_with(self, app: CatalogApp) -> list[Team]:
        """The teams that have the app."""
        return [team for team in self.tenant.teams.teams.values() if self._has(team.installations.values(), app)]

    @staticmethod
    def _has(installations: Any, app: CatalogApp) -> bool:
        return any(found.app_id == app.id for found in installations)

    def channel(self, channel_id: str) -> tuple[Team, Channel] | None:
        """A channel, whatever its team."""
        for team in self.tenant.teams.teams.values():
            if channel_id in team.channels:
                return team, team.channels[channel_id]
        return None

    def member_id(self, user_id: str) -> str:
        """What Teams calls a person when it talks to bots; says nothing about the account."""
        return "29:1" + base64.urlsafe_b64encode(hashlib.sha256(user_id.encode()).digest()).decode().rstrip("=")

    def user_of(self, member: str) -> User | None:
        """By object id or by the id that Teams gives bots."""
        users = self.tenant.directory.users
        return users.get(member) or next((user for user in users.values() if self.member_id(user.id) == member), None)

    # ----------------------------------------------------------------------------------------------------- what is said

    def personal(self, user: User, app: CatalogApp) -> Chat:
        """The person's chat with the bot, opened when there is none."""
        chat_id = self.tenant.personal_chat_id(user.id, app)
        return self.chats.setdefault(chat_id, Chat(id=chat_id, user_id=user.id))

    def of_channel(self, team: Team, channel: Channel) -> Chat:
        return self.chats.setdefault(channel.id, Chat(id=channel.id, team_id=team.id))

    def post(
        self,
        chat: Chat,
        *,
        sender: str = "",
        root: str = "",
        summary: str = "",
        text: str = "",
        card: Card | None = None,
    ) -> Message:
        """Add a message. In a channel it begins a thread, unless *root* names the one it is a reply in."""
        now = self.tenant.clock.now()
        self._last_id = max(self._last_id + 1, int(now.timestamp() * 1000))
        activity_id = str(self._last_id)
        thread = f"{chat.id}{THREAD}{root or activity_id}" if chat.team_id else chat.id
        message = Message(
            id=activity_id, conversation=thread, sender=sender, sent_at=now, summary=summary, text=text, card=card
        )
        chat.messages.append(message)
        return message

    def edit(self, message: Message, *, summary: str, text: str, card: Card | None) -> None:
        """Put something else in a message's place, for everybody."""
        message.summary, message.text, message.card = summary, text, card
        message.edited += 1
        message.private.clear()

    def find(self, conversation: str) -> tuple[Chat | None, str]:
        """The chat of a conversation id, and the root of the thread it names."""
        chat_id, _, root = conversation.partition(THREAD)
        return self.chats.get(chat_id), root

    def seen_by(self, user: User) -> list[Chat]:
        """A person's own chats, then the channels of the teams that show them as a member."""
        own = [chat for chat in self.chats.values() if chat.user_id == user.id]
        shown = {
            team.id
            for team in self.tenant.teams.teams.values()
            if any(member is user for member, _ in self.tenant.teams.roster(team))
        }
        return own + [chat for chat in self.chats.values() if chat.team_id in shown]

    # ----------------------------------------------------------------------------------------------------- installation

    def app_installed(self, app: CatalogApp, scope: str, target: str) -> None:
        """Open the chat of an app with a bot, and tell the bot as Teams does."""
        if app.bot_id is None:
            return
        if scope == "personal":
            self.personal(self.tenant.directory.users[target], app)
        self.outgoing.app_changed(app, scope, target, added=True)

    def app_removed(self, app: CatalogApp, scope: str, target: str) -> None:
        """Tell the bot that an app was taken away; who was reached through it no longer is."""
        if app.bot_id is not None:
            self.outgoing.app_changed(app, scope, target, added=False)

    # -------------------------------------------------------------------------------------------------------- canonical

    def canonical(self) -> Any:
        """Per person and channel the messages, sorted; edits do not count, the card as it is now does."""
        shown = {self._name(chat): sorted(map(self._canonical, chat.messages), key=str) for chat in self.chats.values()}
        return {name: messages for name, messages in shown.items() if messages}

    def _name(self, chat: Chat) -> str:
        directory = self.tenant.directory
        if chat.user_id:
            return directory.mail_of(chat.user_id)
        team = self.tenant.teams.teams[chat.team_id]
        return f"{self.tenant.teams.group(team).key} / {team.channels[chat.id].name}"

    def _canonical(self, message: Message) -> Any:
        content = json.dumps({"summary": message.summary, "text": message.text, "card": message.card})
        for user_id in self.tenant.directory.users:
            content = content.replace(self.member_id(user_id), self.tenant.directory.mail_of(user_id))
        named = canonical(json.loads(content), self.tenant.names)
        sender = self.tenant.directory.mail_of(message.sender) if message.sender else "bot"
        return {"from": sender, **_without_generated(named)}


def _without_generated(value: Any) -> Any:
    """Ids and tokens that the service made, which differ from run to run, become placeholders."""
    if isinstance(value, dict):
        return {name: _without_generated(item) for name, item in value.items()}
    if isinstance(value, list):
        return [_without_generated(item) for item in value]
    if isinstance(value, str):
        text = _SIGNED.sub("{token}", value) if "://" in value else value
        return _GENERATED.sub("{id}", text)
    return value

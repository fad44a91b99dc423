"""Conversations of people and channels with the bot: posts, readers and reach."""

import json
import re
from typing import Any

from sandbox.connector.model import THREAD_MARK, Card, Chat, Post, member_id
from sandbox.connector.outgoing import Addresses, Outgoing
from sandbox.directory.model import User
from sandbox.directory.state import Directory
from sandbox.platform.canonical import canonical
from sandbox.platform.clock import Clock
from sandbox.platform.ids import Ids
from sandbox.platform.traffic import Traffic
from sandbox.teams.catalog import CatalogApp
from sandbox.teams.model import Channel, Team
from sandbox.teams.state import Teams

_GENERATED = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}|\b[0-9a-f]{16,}\b", re.IGNORECASE)
_SIGNED = re.compile(r"(?<=/)(?=[\w.~-]*\d)[\w.~-]{20,}")


class Chats:
    """The chats by conversation id, and the people the bot reaches. Its methods are the looks of rooms and views."""

    def __init__(
        self, directory: Directory, teams: Teams, *, clock: Clock, ids: Ids, traffic: Traffic, addresses: Addresses
    ) -> None:
        self.directory = directory
        self.teams = teams
        self.clock = clock
        self.ids = ids
        self.traffic = traffic
        self.addresses = addresses
        self.chats: dict[str, Chat] = {}
        self.blocked: set[str] = set()
        """Ids of users who blocked the bot."""
        self._last_id = 0
        self.connect()
        teams.on_install.append(self.app_installed)
        teams.on_remove.append(self.app_removed)
        teams.on_channel_removed.append(self._channel_removed)

    def _channel_removed(self, channel_id: str) -> None:
        self.chats.pop(channel_id, None)

    def connect(self) -> None:
        """Open the line to the bot, on which nothing is on its way yet."""
        self.outgoing = Outgoing(
            self.directory,
            self.teams,
            clock=self.clock,
            ids=self.ids,
            traffic=self.traffic,
            addresses=self.addresses,
        )

    # --------------------------------------------------------------------------------------------------- reach

    def reaches(self, app: CatalogApp, user: User) -> bool:
        """Return True when the app is installed for a person, or in a team whose roster has them."""
        installed = self.teams.personal.get(user.id, {}).values()
        return any(each.app_id == app.id for each in installed) or any(
            user in (member for member, _ in self.teams.rosters.of(team)) for team in self.teams.teams_with(app)
        )

    def user_of(self, member: str) -> User | None:
        """Find a person by object id or by the id that Teams gives bots."""
        users = self.directory.users
        return users.get(member) or next((user for user in users.values() if member_id(user.id) == member), None)

    # ----------------------------------------------------------------------------------------------------- what is said

    def personal(self, user: User, app: CatalogApp) -> Chat:
        """Return a person's chat with the bot, opened when there is none."""
        chat_id = app.chat_id(user.id)
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
    ) -> Post:
        """Add a message. In a channel it begins a thread, unless *root* names the one it is a reply in."""
        now = self.clock.now()
        self._last_id = max(self._last_id + 1, int(now.timestamp() * 1000))
        activity_id = str(self._last_id)
        thread = f"{chat.id}{THREAD_MARK}{root or activity_id}" if chat.team_id else chat.id
        message = Post(
            id=activity_id, conversation=thread, sender=sender, sent_at=now, summary=summary, text=text, card=card
        )
        chat.messages.append(message)
        return message

    def edit(self, message: Post, *, summary: str, text: str, card: Card | None) -> None:
        """Put something else in a message's place, for everybody."""
        message.summary, message.text, message.card = summary, text, card
        message.edited += 1
        message.private.clear()

    def find(self, conversation: str) -> tuple[Chat | None, str]:
        """Find the chat of a conversation id, and the root of the thread it names."""
        chat_id, _, root = conversation.partition(THREAD_MARK)
        return self.chats.get(chat_id), root

    def seen_by(self, user: User) -> list[Chat]:
        """Return a person's own chats, then the channels of the teams that show them as a member."""
        own = [chat for chat in self.chats.values() if chat.user_id == user.id]
        shown = {
            team.id
            for team in self.teams.teams.values()
            if any(member is user for member, _ in self.teams.rosters.of(team))
        }
        return own + [chat for chat in self.chats.values() if chat.team_id in shown]

    # ----------------------------------------------------------------------------------------------------- installation

    def app_installed(self, app: CatalogApp, scope: str, target: str) -> None:
        """Open the chat of an app with a bot, and tell the bot as Teams does."""
        if app.bot_id is None:
            return
        if scope == "personal":
            self.personal(self.directory.users[target], app)
        self.outgoing.app_changed(app, scope, target, added=True)

    def app_removed(self, app: CatalogApp, scope: str, target: str) -> None:
        """Tell the bot that an app was taken away; people reached through it no longer are."""
        if app.bot_id is not None:
            self.outgoing.app_changed(app, scope, target, added=False)

    # -------------------------------------------------------------------------------------------------------- canonical

    def canonical(self) -> Any:
        """Return the messages per person and channel, sorted; edits do not count, the card as it is now does."""
        shown = {self._name(chat): sorted(map(self._canonical, chat.messages), key=str) for chat in self.chats.values()}
        return {name: messages for name, messages in shown.items() if messages}

    def _name(self, chat: Chat) -> str:
        directory = self.directory
        if chat.user_id:
            return directory.mail_of(chat.user_id)
        team = self.teams.teams[chat.team_id]
        return f"{self.teams.group(team).key} / {team.channels[chat.id].name}"

    def _canonical(self, message: Post) -> Any:
        content = json.dumps({"summary": message.summary, "text": message.text, "card": message.card})
        for user_id in self.directory.users:
            content = content.replace(member_id(user_id), self.directory.mail_of(user_id))
        named = canonical(json.loads(content), self.ids.names)
        sender = self.directory.mail_of(message.sender) if message.sender else "bot"
        return {"from": sender, **_without_generated(named)}


def _without_generated(value: Any) -> Any:
    """Replace ids and tokens that the service made, which differ from run to run, by placeholders."""
    if isinstance(value, dict):
        return {name: _without_generated(item) for name, item in value.items()}
    if isinstance(value, list):
        return [_without_generated(item) for item in value]
    if isinstance(value, str):
        text = _SIGNED.sub("{token}", value) if "://" in value else value
        return _GENERATED.sub("{id}", text)
    return value

"""Admission to the connector: callers, their limits, and the conversations that they reach."""

import math
from dataclasses import dataclass

import jwt
from starlette.requests import Request

from sandbox.connector.errors import ConnectorError, not_found, not_in_roster, unauthorized
from sandbox.connector.model import THREAD_MARK, Chat
from sandbox.connector.outgoing import ISSUER
from sandbox.connector.state import Chats
from sandbox.directory.model import User
from sandbox.platform.identity import Identities, Issuer
from sandbox.platform.throttling import Bucket, Throttle
from sandbox.teams.catalog import CatalogApp

_PER_CONVERSATION = ((7, 1), (8, 2), (60, 30), (1800, 3600))
SEND = tuple(Bucket(f"bot-send-{s}", n, s, ("conversation",), area="bot") for n, s in _PER_CONVERSATION)
CREATE = tuple(Bucket(f"bot-create-{s}", n, s, ("conversation",), area="bot") for n, s in _PER_CONVERSATION)
READ = tuple(Bucket(f"bot-read-{s}", 2 * n, s, ("conversation",), area="bot") for n, s in _PER_CONVERSATION)
ALL_CALLS = Bucket("bot", 50, 1, area="bot")


@dataclass(frozen=True, kw_only=True)
class Admission:
    """The checks that calls to the connector pass before they reach a chat."""

    chats: Chats
    issuer: Issuer
    identities: Identities
    throttle: Throttle

    def app(self, request: Request) -> CatalogApp:
        """Return the app whose bot calls; 401 for any other caller."""
        scheme, _, token = request.headers.get("authorization", "").partition(" ")
        try:
            if scheme.lower() != "bearer":
                raise jwt.InvalidTokenError
            client_id = self.issuer.client_of(token.strip(), (ISSUER,))
        except jwt.InvalidTokenError:
            raise unauthorized() from None
        identity = self.identities.get(client_id)
        app = next((each for each in self.chats.teams.catalog.apps.values() if each.bot_id == client_id), None)
        if identity is None or not identity.enabled or app is None:
            raise unauthorized()
        return app

    def draw(self, app: CatalogApp, buckets: tuple[Bucket, ...], conversation: str) -> None:
        """Count a call to a conversation; 429 when a limit is used up."""
        draws = tuple(bucket() for bucket in (ALL_CALLS, *buckets))
        names = {"conversation": conversation}
        refusal = self.throttle.draw(draws, app=app.id, args=names, now=self.chats.clock.now())
        if refusal:
            wait = max(1, math.ceil(refusal.retry_after))
            raise ConnectorError(429, "TooManyRequests", "API calls quota exceeded!", retry_after=wait)

    def conversation(self, app: CatalogApp, conversation: str) -> tuple[Chat, str]:
        """Return the chat that a bot may write to, and the root of the thread the id names."""
        chat_id, _, root = conversation.partition(THREAD_MARK)
        if self.chats.teams.find_channel(chat_id):
            return self.channel(app, chat_id), root
        chat = self.chats.chats.get(chat_id)
        if chat is None or root:
            raise not_found("The conversation was not found.")
        self.check_reach(app, self.chats.directory.users.get(chat.user_id))
        return chat, ""

    def channel(self, app: CatalogApp, channel_id: str) -> Chat:
        """Return the chat of a standard channel in a team that has the app."""
        found = self.chats.teams.find_channel(channel_id)
        if found is None:
            raise not_found("The channel was not found.")
        team, channel = found
        if team not in self.chats.teams.teams_with(app) or channel.kind != "standard":
            raise not_in_roster()
        return self.chats.of_channel(team, channel)

    def check_reach(self, app: CatalogApp, user: User | None) -> None:
        """Refuse with 403 a person whom the bot does not reach, or who has blocked it."""
        if user is None or not self.chats.reaches(app, user):
            raise not_in_roster()
        if user.id in self.chats.blocked:
            raise ConnectorError(403, "MessageWritesBlocked", "Thread is blocked from message writes by the user.")

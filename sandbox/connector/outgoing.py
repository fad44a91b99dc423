"""Activities from Teams to the bot's endpoint, signed as the Bot Framework signs them."""

import asyncio
import json
import time
from collections.abc import Mapping
from contextlib import ExitStack
from dataclasses import dataclass
from functools import cache
from typing import Any

import httpx
import jwt
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey, generate_private_key
from jwt.algorithms import RSAAlgorithm

from sandbox.connector.model import Chat, member_id
from sandbox.directory.model import User
from sandbox.directory.state import Directory
from sandbox.platform.clock import Clock, stamp
from sandbox.platform.ids import Ids
from sandbox.platform.traffic import Traffic
from sandbox.teams.catalog import CatalogApp
from sandbox.teams.state import Teams

ISSUER = "https://api.botframework.com"
KEY_ID = "sandbox-bot-framework"
TOKEN_LIFETIME = 3600
RETRY_PAUSES = (0.0, 0.05, 0.2, 0.5)
"""Seconds of real time before each try."""
BOT_TIMEOUT = 15.0


@cache
def signing_key() -> RSAPrivateKey:
    """Return the Bot Framework's own key, which is not Entra's. Made once in a process."""
    return generate_private_key(public_exponent=65537, key_size=2048)


def published_keys() -> dict[str, Any]:
    """Return the key set that bots check tokens with."""
    key = RSAAlgorithm.to_jwk(signing_key().public_key(), as_dict=True)
    return {"keys": [{**key, "kid": KEY_ID, "use": "sig", "alg": "RS256", "endorsements": ["msteams"]}]}


@dataclass(frozen=True)
class BotAnswer:
    """The bot's answer; status 0 when nothing came."""

    status: int
    body: Any = None


@dataclass(kw_only=True)
class Addresses:
    """Addresses at which the sandbox and the bot reach each other."""

    base_url: str = "http://127.0.0.1"
    """The sandbox's own; known from the first request on."""
    bot: str
    """The bot's endpoint; empty when there is none."""


class Outgoing:
    """Sends activities to the bot, and records each exchange."""

    def __init__(
        self, directory: Directory, teams: Teams, *, clock: Clock, ids: Ids, traffic: Traffic, addresses: Addresses
    ) -> None:
        self._directory = directory
        self._teams = teams
        self._clock = clock
        self._ids = ids
        self._traffic = traffic
        self._addresses = addresses
        self._tasks: set[asyncio.Task[BotAnswer]] = set()
        self._client: httpx.AsyncClient | None = None

    # ------------------------------------------------------------------------------------------------------- activities

    def app_changed(self, app: CatalogApp, scope: str, target: str, *, added: bool) -> None:
        """Tell the bot of an installation or a removal, without waiting for its answer."""
        if scope == "team":
            base = self._in_team(app, target)
        else:
            user = self._directory.users[target]
            chat_id = app.chat_id(target)
            base = self.activity(app, user, conversation={"id": chat_id, "conversationType": "personal"})
        change = "add" if added else "remove"
        bot = {"id": f"28:{app.bot_id}", "name": app.name}
        self._later(app, {**base, "type": "installationUpdate", "action": change})
        members = {"membersAdded" if added else "membersRemoved": [bot]}
        self._later(app, {**base, "type": "conversationUpdate", **members})

    def _in_team(self, app: CatalogApp, team_id: str) -> dict[str, Any]:
        teams = self._teams
        team = teams.teams[team_id]
        group = teams.group(team)
        owner = next((self._directory.users[key] for key in group.owners), None)
        channel_id = next(iter(team.channels), team_id)
        activity = self.activity(app, owner, conversation={"id": channel_id, "conversationType": "channel"})
        activity["conversation"]["isGroup"] = True
        activity["channelData"] |= self._team_data(team_id)
        return activity

    def _team_data(self, team_id: str) -> dict[str, Any]:
        teams = self._teams
        team = teams.teams[team_id]
        general = next(iter(team.channels), team_id)
        return {"team": {"id": general, "aadGroupId": team_id, "name": teams.group(team).name}}

    def in_chat(self, app: CatalogApp, user: User, chat: Chat, conversation: str) -> dict[str, Any]:
        """Return the envelope of a person's activity in a chat or channel."""
        if chat.user_id:
            return self.activity(app, user, conversation={"id": conversation, "conversationType": "personal"})
        place = {"id": conversation, "conversationType": "channel", "isGroup": True}
        activity = self.activity(app, user, conversation=place)
        activity["channelData"] |= {**self._team_data(chat.team_id), "channel": {"id": chat.id}}
        return activity

    def activity(self, app: CatalogApp, user: User | None, *, conversation: Mapping[str, Any]) -> dict[str, Any]:
        """Return the envelope of an activity; *user* is the person who caused it, if known."""
        now, tenant_id = stamp(self._clock.now()), self._ids.tenant_id
        sender: dict[str, Any] = {"id": "29:unknown"}
        if user is not None:
            sender = {"id": member_id(user.id), "name": user.name, "aadObjectId": user.id}
        return {
            "id": self._ids.new("activity"),
            "timestamp": now,
            "localTimestamp": now,
            "localTimezone": "Europe/Oslo",
            "locale": "nb-NO",
            "channelId": "msteams",
            "serviceUrl": f"{self._addresses.base_url}/connector",
            "from": sender,
            "recipient": {"id": f"28:{app.bot_id}", "name": app.name},
            "conversation": {**conversation, "tenantId": tenant_id},
            "channelData": {"tenant": {"id": tenant_id}},
        }

    # ---------------------------------------------------------------------------------------------------------- sending

    async def send(self, app: CatalogApp, activity: dict[str, Any], *, tries: int = len(RETRY_PAUSES)) -> BotAnswer:
        """
        Post an activity and give back the bot's answer; tried again while the bot is not there or answers 5xx.

        Without an endpoint there is no bot to wait for.
        """
        answer = BotAnswer(0)
        for pause in RETRY_PAUSES[:tries] if self._addresses.bot else ():
            await asyncio.sleep(pause)
            answer = await self._attempt(app, activity)
            if 0 < answer.status < 500:
                break
        return answer

    def _later(self, app: CatalogApp, activity: dict[str, Any]) -> None:
        if not self._addresses.bot:
            return
        flight = ExitStack()
        # From this moment on, not from when the task gets its turn: the clock must not move in between.
        flight.enter_context(self._clock.in_flight())
        task = asyncio.ensure_future(self.send(app, activity))
        self._tasks.add(task)

        def ended(_: object) -> None:
            self._tasks.discard(task)
            flight.close()

        task.add_done_callback(ended)

    def stop(self) -> None:
        """Give up what is on its way."""
        for task in self._tasks:
            task.cancel()

    async def _attempt(self, app: CatalogApp, activity: dict[str, Any]) -> BotAnswer:
        body = json.dumps(activity, ensure_ascii=False).encode()
        headers = {"Content-Type": "application/json; charset=utf-8", "Authorization": f"Bearer {self._token(app)}"}
        started_at, began = self._clock.now(), time.perf_counter()
        url = self._addresses.bot
        status, received = 0, httpx.Headers()
        content = b""
        try:
            response = await self._connections().post(url, content=body, headers=headers)
            status, received, content = response.status_code, response.headers, response.content
        except httpx.HTTPError:
            pass
        self._traffic.record(
            started_at=started_at,
            milliseconds=round((time.perf_counter() - began) * 1000, 3),
            app="teams",
            method="POST",
            url=url,
            request_headers=list(headers.items()),
            request_body=body,
            status=status,
            response_headers=list(received.items()),
            response_body=content,
        )
        try:
            return BotAnswer(status, json.loads(content) if content else None)
        except ValueError:
            return BotAnswer(status)

    def _connections(self) -> httpx.AsyncClient:
        if self._client is None:
            # Nothing is kept open, so nothing needs to be closed: a killed service leaves no half connection.
            limits = httpx.Limits(max_keepalive_connections=0)
            self._client = httpx.AsyncClient(timeout=BOT_TIMEOUT, limits=limits, trust_env=False, verify=False)  # noqa: S501
        return self._client

    def _token(self, app: CatalogApp) -> str:
        # Real time, as the library of the bot compares with the machine's clock.
        now = int(time.time())
        claims = {
            "iss": ISSUER,
            "aud": app.bot_id,
            "serviceurl": f"{self._addresses.base_url}/connector",
            "iat": now,
            "nbf": now,
            "exp": now + TOKEN_LIFETIME,
        }
        return jwt.encode(claims, signing_key(), algorithm="RS256", headers={"kid": KEY_ID})

"""The Bot connector: what the bot's service address answers, below /connector."""

import json
import math
from collections.abc import Awaitable, Callable, Mapping
from typing import TYPE_CHECKING, Any

import jwt
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import BaseRoute, Route

from sandbox.catalog import CatalogApp
from sandbox.chats import THREAD, Chat, Message
from sandbox.directory import User
from sandbox.outgoing import ISSUER, published_keys
from sandbox.teams import Team
from sandbox.throttling import Bucket

if TYPE_CHECKING:
    from sandbox.app import Sandbox
    from sandbox.tenant import Tenant

CARD = "application/vnd.microsoft.card.adaptive"
MOST_BYTES = 100 * 1024
"""Of a whole message, counted as UTF-16."""

_PER_CONVERSATION = ((7, 1), (8, 2), (60, 30), (1800, 3600))
SEND = tuple(Bucket(f"bot-send-{s}", n, s, ("conversation",), area="bot") for n, s in _PER_CONVERSATION)
CREATE = tuple(Bucket(f"bot-create-{s}", n, s, ("conversation",), area="bot") for n, s in _PER_CONVERSATION)
READ = tuple(Bucket(f"bot-read-{s}", 2 * n, s, ("conversation",), area="bot") for n, s in _PER_CONVERSATION)
ALL = Bucket("bot", 50, 1, area="bot")


class ConnectorError(Exception):
    """A refusal in the connector's form."""

    def __init__(self, status: int, code: str, message: str, *, retry_after: int | None = None) -> None:
        super().__init__(f"{status} {code}: {message}")
        self.status = status
        self.code = code
        self.message = message
        self.headers = {} if retry_after is None else {"Retry-After": str(retry_after)}


def routes(sandbox: "Sandbox") -> list[BaseRoute]:
    """Everything below /connector."""
    calls = _Connector(sandbox)
    at = "/connector/v3/conversations"
    one = f"{at}/{{conversation}}"
    return [
        Route("/connector/.well-known/openidconfiguration", calls.metadata, methods=["GET"]),
        Route("/connector/.well-known/keys", calls.keys, methods=["GET"]),
        Route(at, _refusing(calls.create), methods=["POST"]),
        Route(f"{one}/activities", _refusing(calls.post), methods=["POST"]),
        Route(f"{one}/activities/{{activity}}", _refusing(calls.reply), methods=["POST"]),
        Route(f"{one}/activities/{{activity}}", _refusing(calls.update), methods=["PUT"]),
        Route(f"{one}/members", _refusing(calls.members), methods=["GET"]),
        Route(f"{one}/pagedmembers", _refusing(calls.paged_members), methods=["GET"]),
        Route(f"{one}/members/{{member}}", _refusing(calls.member), methods=["GET"]),
        Route("/connector/v3/teams/{team}", _refusing(calls.team), methods=["GET"]),
        Route("/connector/v3/teams/{team}/conversations", _refusing(calls.channels), methods=["GET"]),
        Route("/connector/{rest:path}", calls.not_played, methods=["GET", "POST", "PUT", "PATCH", "DELETE"]),
    ]


Endpoint = Callable[[Request], Awaitable[Response]]


def _refusing(endpoint: Endpoint) -> Endpoint:
    async def call(request: Request) -> Response:
        try:
            return await endpoint(request)
        except ConnectorError as error:
            body = {"error": {"code": error.code, "message": error.message}}
            return JSONResponse(body, error.status, headers=error.headers)

    return call


class _Connector:
    def __init__(self, sandbox: "Sandbox") -> None:
        self._sandbox = sandbox

    @property
    def _tenant(self) -> "Tenant":
        return self._sandbox.tenant

    # ------------------------------------------------------------------------------------------------------------- keys

    async def metadata(self, request: Request) -> Response:
        base = f"{str(request.base_url).rstrip('/')}/connector"
        return JSONResponse(
            {
                "issuer": ISSUER,
                "jwks_uri": f"{base}/.well-known/keys",
                "id_token_signing_alg_values_supported": ["RS256"],
            }
        )

    async def keys(self, request: Request) -> Response:
        return JSONResponse(published_keys())

    async def not_played(self, request: Request) -> Response:
        message = f"The sandbox does not play {request.method} {request.url.path}"
        return JSONResponse({"error": {"code": "notImplemented", "message": message}}, 501)

    # ---------------------------------------------------------------------------------------------------------- posting

    async def create(self, request: Request) -> Response:
        app = self._app(request)
        body = await _object(request)
        self._check_parameters(app, body)
        if body.get("isGroup"):
            return self._new_thread(app, body)
        user = self._one_member(body)
        self._draw(app, CREATE, user.id)
        self._must_reach(app, user)
        chat = self._tenant.chats.personal(user, app)
        made = {"id": chat.id}
        if body.get("activity") is not None:
            made["activityId"] = self._post(chat, body["activity"]).id
        return JSONResponse(made, 201)

    def _check_parameters(self, app: CatalogApp, body: Mapping[str, Any]) -> None:
        data = _mapping(body.get("channelData"))
        named = {body.get("tenantId"), _mapping(data.get("tenant")).get("id")} - {None}
        if named - {self._tenant.id} or (not named and not body.get("isGroup")):
            raise _bad("Incorrect conversation creation parameters: the tenant is missing or another.")
        if _mapping(body.get("bot")).get("id", f"28:{app.bot_id}") not in (f"28:{app.bot_id}", app.bot_id):
            raise _bad("Incorrect conversation creation parameters: bot is not the caller.")

    def _one_member(self, body: Mapping[str, Any]) -> User:
        members = body.get("members")
        if not isinstance(members, list) or len(members) != 1 or not isinstance(members[0], dict):
            raise _bad("Incorrect conversation creation parameters: one member is needed.")
        if members[0].get("aadObjectId") or not isinstance(members[0].get("id"), str):
            raise _bad("Bad format of conversation ID: the member is named by id.")
        user = self._tenant.chats.user_of(members[0]["id"])
        if user is None or user.found_at > self._tenant.clock.now():
            raise _bad("Invalid user identity in provided tenant.")
        return user

    def _new_thread(self, app: CatalogApp, body: Mapping[str, Any]) -> Response:
        channel_id = _mapping(_mapping(body.get("channelData")).get("channel")).get("id")
        if not isinstance(channel_id, str):
            raise _bad("Incorrect conversation creation parameters: a group conversation needs a channel.")
        self._draw(app, CREATE, channel_id)
        chat = self._channel(app, channel_id)
        if body.get("activity") is None:
            raise _bad("Activity is required to start a thread.")
        message = self._post(chat, body["activity"])
        return JSONResponse({"id": message.conversation, "activityId": message.id}, 201)

    async def post(self, request: Request) -> Response:
        return await self._send(request, "")

    async def reply(self, request: Request) -> Response:
        return await self._send(request, request.path_params["activity"])

    async def _send(self, request: Request, reply_to: str) -> Response:
        app = self._app(request)
        conversation = request.path_params["conversation"]
        activity = await _object(request)
        self._draw(app, SEND, conversation)
        chat, root = self._conversation(app, conversation)
        root = root or (reply_to if chat.team_id else "")
        if (root and chat.find(root) is None) or (reply_to and chat.find(reply_to) is None):
            raise _not_found("Activity not found.")
        if activity.get("type") == "typing":
            return JSONResponse({"id": self._tenant.new_id("activity")}, 201)
        return JSONResponse({"id": self._post(chat, activity, root).id}, 201)

    async def update(self, request: Request) -> Response:
        app = self._app(request)
        conversation = request.path_params["conversation"]
        activity = await _object(request)
        self._draw(app, SEND, conversation)
        chat, _ = self._conversation(app, conversation)
        message = chat.find(request.path_params["activity"])
        if message is None or message.sender:
            raise _not_found("Activity not found.")
        self._tenant.chats.edit(message, **_content(activity))
        return JSONResponse({"id": message.id})

    def _post(self, chat: Chat, activity: Any, root: str = "") -> Message:
        return self._tenant.chats.post(chat, root=root, **_content(activity))

    # ----------------------------------------------------------------------------------------------------------- asking

    async def members(self, request: Request) -> Response:
        return JSONResponse(self._roster(request))

    async def paged_members(self, request: Request) -> Response:
        roster = self._roster(request)
        try:
            size = int(request.query_params.get("pageSize", 200))
            start = int(request.query_params.get("continuationToken") or 0)
        except ValueError:
            raise _bad("Invalid page.") from None
        page: dict[str, Any] = {"members": roster[start : start + size]}
        if start + size < len(roster):
            page["continuationToken"] = str(start + size)
        return JSONResponse(page)

    async def member(self, request: Request) -> Response:
        wanted = request.path_params["member"]
        for shown in self._roster(request):
            if wanted in (shown["id"], shown["aadObjectId"], shown["userPrincipalName"]):
                return JSONResponse(shown)
        raise ConnectorError(404, "MemberNotFoundInConversation", "Member not found in the conversation.")

    def _roster(self, request: Request) -> list[dict[str, Any]]:
        app = self._app(request)
        conversation = request.path_params["conversation"]
        self._draw(app, READ, conversation)
        chat, _ = self._conversation(app, conversation)
        tenant = self._tenant
        if chat.user_id:
            return [self._account(tenant.directory.users[chat.user_id])]
        return [self._account(user) for user, _ in tenant.teams.roster(tenant.teams.teams[chat.team_id])]

    def _account(self, user: User) -> dict[str, Any]:
        given, _, surname = user.name.rpartition(" ")
        return {
            "id": self._tenant.chats.member_id(user.id),
            "name": user.name,
            "aadObjectId": user.id,
            "objectId": user.id,
            "givenName": given,
            "surname": surname,
            "email": user.mail,
            "userPrincipalName": user.upn,
            "tenantId": self._tenant.id,
            "userRole": "guest" if user.guest else "user",
        }

    async def team(self, request: Request) -> Response:
        team = self._team(request)
        group = self._tenant.teams.group(team)
        return JSONResponse({"id": request.path_params["team"], "name": group.name, "aadGroupId": team.id})

    async def channels(self, request: Request) -> Response:
        found = self._team(request).channels.values()
        shown = [channel for channel in found if channel.kind == "standard"]
        return JSONResponse({"conversations": [{"id": each.id, "name": each.name} for each in shown]})

    def _team(self, request: Request) -> Team:
        app = self._app(request)
        team_id = request.path_params["team"]
        self._draw(app, READ, team_id)
        for team in self._tenant.chats.teams_with(app):
            if team_id == team.id or team_id in team.channels:
                return team
        raise _not_in_roster()

    # -------------------------------------------------------------------------------------------------- what is allowed

    def _app(self, request: Request) -> CatalogApp:
        """The app whose bot calls; refuses whoever is none, and whoever calls too often."""
        scheme, _, token = request.headers.get("authorization", "").partition(" ")
        try:
            if scheme.lower() != "bearer":
                raise jwt.InvalidTokenError
            client_id = self._tenant.issuer.client_of(token.strip(), (ISSUER,))
        except jwt.InvalidTokenError:
            raise _unauthorized() from None
        identity = self._tenant.identities.get(client_id)
        app = next((each for each in self._tenant.catalog.apps.values() if each.bot_id == client_id), None)
        if identity is None or not identity.enabled or app is None:
            raise _unauthorized()
        return app

    def _draw(self, app: CatalogApp, buckets: tuple[Bucket, ...], conversation: str) -> None:
        draws = tuple(bucket() for bucket in (ALL, *buckets))
        names = {"conversation": conversation}
        refusal = self._tenant.throttle.draw(draws, app=app.id, args=names, now=self._tenant.clock.now())
        if refusal:
            wait = max(1, math.ceil(refusal.retry_after))
            raise ConnectorError(429, "TooManyRequests", "API calls quota exceeded!", retry_after=wait)

    def _conversation(self, app: CatalogApp, conversation: str) -> tuple[Chat, str]:
        chat_id, _, root = conversation.partition(THREAD)
        if self._tenant.chats.channel(chat_id):
            return self._channel(app, chat_id), root
        chat = self._tenant.chats.chats.get(chat_id)
        if chat is None or root:
            raise _not_found("The conversation was not found.")
        self._must_reach(app, self._tenant.directory.users.get(chat.user_id))
        return chat, ""

    def _channel(self, app: CatalogApp, channel_id: str) -> Chat:
        found = self._tenant.chats.channel(channel_id)
        if found is None:
            raise _not_found("The channel was not found.")
        team, channel = found
        if team not in self._tenant.chats.teams_with(app) or channel.kind != "standard":
            raise _not_in_roster()
        return self._tenant.chats.of_channel(team, channel)

    def _must_reach(self, app: CatalogApp, user: User | None) -> None:
        if user is None or not self._tenant.chats.reaches(app, user):
            raise _not_in_roster()
        if user.id in self._tenant.chats.blocked:
            raise ConnectorError(403, "MessageWritesBlocked", "Thread is blocked from message writes by the user.")


def _unauthorized() -> ConnectorError:
    return ConnectorError(401, "Unauthorized", "Authorization has been denied for this request.")


def _not_in_roster() -> ConnectorError:
    return ConnectorError(403, "BotNotInConversationRoster", "The bot is not part of the conversation roster.")


def _not_found(message: str) -> ConnectorError:
    return ConnectorError(404, "ConversationNotFound", message)


def _bad(message: str) -> ConnectorError:
    return ConnectorError(400, "BadSyntax", message)


def _mapping(value: Any) -> Mapping[str, Any]:
    return value if isinstance(value, dict) else {}


async def _object(request: Request) -> dict[str, Any]:
    try:
        body = json.loads(await request.body())
    except ValueError:
        raise _bad("The body is not JSON.") from None
    if not isinstance(body, dict):
        raise _bad("The body must be an object.")
    return body


def _content(activity: Any) -> dict[str, Any]:
    """What a message holds; refuses what is too large or no message."""
    if not isinstance(activity, dict) or activity.get("type") != "message":
        raise _bad("The activity must be a message.")
    if len(json.dumps(activity, ensure_ascii=False).encode("utf-16-le")) > MOST_BYTES:
        raise ConnectorError(413, "MessageSizeTooBig", "Message size too large.")
    attachments = activity.get("attachments") or []
    text = activity.get("text") or ""
    if not isinstance(attachments, list) or not isinstance(text, str) or not (attachments or text):
        raise _bad("A message needs text or attachments.")
    if len(attachments) > 1:
        raise ConnectorError(501, "notImplemented", "The sandbox shows one attachment a message.")
    card = None
    for attachment in map(_mapping, attachments):
        card = attachment.get("content")
        if attachment.get("contentType") != CARD or not isinstance(card, dict) or card.get("type") != "AdaptiveCard":
            raise _bad("The attachment is no Adaptive Card.")
    return {"summary": str(activity.get("summary") or ""), "text": text, "card": card}

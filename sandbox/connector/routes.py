"""Calls of bots to the connector, below /connector."""

import json
from collections.abc import Callable, Mapping
from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import BaseRoute, Route

from sandbox.connector.admission import CREATE, READ, SEND, Admission
from sandbox.connector.errors import ConnectorError, bad_request, not_found, not_in_roster
from sandbox.connector.model import CARD_CONTENT_TYPE, Chat, Post, member_id
from sandbox.connector.outgoing import ISSUER, published_keys
from sandbox.connector.state import Chats
from sandbox.directory.model import User
from sandbox.protocol.wire import Endpoint
from sandbox.teams.catalog import CatalogApp
from sandbox.teams.model import Team

MAX_MESSAGE_BYTES = 100 * 1024
"""Of a whole message, counted as UTF-16."""


def routes(admission: Callable[[], Admission]) -> list[BaseRoute]:
    """Return all routes below /connector; *admission* gives the one of the tenant that is played now."""
    messages, rosters = _Messages(admission), _Rosters(admission)
    at = "/connector/v3/conversations"
    one = f"{at}/{{conversation}}"
    return [
        Route("/connector/.well-known/openidconfiguration", metadata, methods=["GET"]),
        Route("/connector/.well-known/keys", keys, methods=["GET"]),
        Route(at, _refusing(messages.create), methods=["POST"]),
        Route(f"{one}/activities", _refusing(messages.post), methods=["POST"]),
        Route(f"{one}/activities/{{activity}}", _refusing(messages.reply), methods=["POST"]),
        Route(f"{one}/activities/{{activity}}", _refusing(messages.update), methods=["PUT"]),
        Route(f"{one}/members", _refusing(rosters.members), methods=["GET"]),
        Route(f"{one}/pagedmembers", _refusing(rosters.paged_members), methods=["GET"]),
        Route(f"{one}/members/{{member}}", _refusing(rosters.member), methods=["GET"]),
        Route("/connector/v3/teams/{team}", _refusing(rosters.team), methods=["GET"]),
        Route("/connector/v3/teams/{team}/conversations", _refusing(rosters.channels), methods=["GET"]),
        Route("/connector/{rest:path}", not_played, methods=["GET", "POST", "PUT", "PATCH", "DELETE"]),
    ]


def _refusing(endpoint: Endpoint) -> Endpoint:
    async def call(request: Request) -> Response:
        try:
            return await endpoint(request)
        except ConnectorError as error:
            body = {"error": {"code": error.code, "message": error.message}}
            return JSONResponse(body, error.status, headers=error.headers)

    return call


class _Calls:
    """Calls to the connector, each let in or refused by the tenant as it is then."""

    def __init__(self, admission: Callable[[], Admission]) -> None:
        self._current = admission

    @property
    def _admission(self) -> Admission:
        return self._current()

    @property
    def _chats(self) -> Chats:
        return self._current().chats


class _Messages(_Calls):
    """Calls that post and edit."""

    async def create(self, request: Request) -> Response:
        app = self._admission.app(request)
        body = await _object(request)
        self._check_parameters(app, body)
        if body.get("isGroup"):
            return self._new_thread(app, body)
        user = self._one_member(body)
        self._admission.draw(app, CREATE, user.id)
        self._admission.check_reach(app, user)
        chat = self._chats.personal(user, app)
        made = {"id": chat.id}
        if body.get("activity") is not None:
            made["activityId"] = self._post(chat, body["activity"]).id
        return JSONResponse(made, 201)

    def _check_parameters(self, app: CatalogApp, body: Mapping[str, Any]) -> None:
        data = _mapping(body.get("channelData"))
        named = {body.get("tenantId"), _mapping(data.get("tenant")).get("id")} - {None}
        if named - {self._chats.ids.tenant_id} or (not named and not body.get("isGroup")):
            raise bad_request("Incorrect conversation creation parameters: the tenant is missing or another.")
        if _mapping(body.get("bot")).get("id", f"28:{app.bot_id}") not in (f"28:{app.bot_id}", app.bot_id):
            raise bad_request("Incorrect conversation creation parameters: bot is not the caller.")

    def _one_member(self, body: Mapping[str, Any]) -> User:
        members = body.get("members")
        if not isinstance(members, list) or len(members) != 1 or not isinstance(members[0], dict):
            raise bad_request("Incorrect conversation creation parameters: one member is needed.")
        if members[0].get("aadObjectId") or not isinstance(members[0].get("id"), str):
            raise bad_request("Bad format of conversation ID: the member is named by id.")
        user = self._chats.user_of(members[0]["id"])
        if user is None or user.found_at > self._chats.clock.now():
            raise bad_request("Invalid user identity in provided tenant.")
        return user

    def _new_thread(self, app: CatalogApp, body: Mapping[str, Any]) -> Response:
        channel_id = _mapping(_mapping(body.get("channelData")).get("channel")).get("id")
        if not isinstance(channel_id, str):
            raise bad_request("Incorrect conversation creation parameters: a group conversation needs a channel.")
        self._admission.draw(app, CREATE, channel_id)
        chat = self._admission.channel(app, channel_id)
        if body.get("activity") is None:
            raise bad_request("Activity is required to start a thread.")
        message = self._post(chat, body["activity"])
        return JSONResponse({"id": message.conversation, "activityId": message.id}, 201)

    async def post(self, request: Request) -> Response:
        return await self._send(request, "")

    async def reply(self, request: Request) -> Response:
        return await self._send(request, request.path_params["activity"])

    async def _send(self, request: Request, reply_to: str) -> Response:
        app = self._admission.app(request)
        conversation = request.path_params["conversation"]
        activity = await _object(request)
        self._admission.draw(app, SEND, conversation)
        chat, root = self._admission.conversation(app, conversation)
        root = root or (reply_to if chat.team_id else "")
        if (root and chat.find(root) is None) or (reply_to and chat.find(reply_to) is None):
            raise not_found("Activity not found.")
        if activity.get("type") == "typing":
            return JSONResponse({"id": self._chats.ids.new("activity")}, 201)
        return JSONResponse({"id": self._post(chat, activity, root).id}, 201)

    async def update(self, request: Request) -> Response:
        app = self._admission.app(request)
        conversation = request.path_params["conversation"]
        activity = await _object(request)
        self._admission.draw(app, SEND, conversation)
        chat, _ = self._admission.conversation(app, conversation)
        message = chat.find(request.path_params["activity"])
        if message is None or message.sender:
            raise not_found("Activity not found.")
        self._chats.edit(message, **_content(activity))
        return JSONResponse({"id": message.id})

    def _post(self, chat: Chat, activity: Any, root: str = "") -> Post:
        return self._chats.post(chat, root=root, **_content(activity))


class _Rosters(_Calls):
    """Calls that ask for people, teams and channels."""

    async def members(self, request: Request) -> Response:
        return JSONResponse(self._roster(request))

    async def paged_members(self, request: Request) -> Response:
        roster = self._roster(request)
        try:
            size = int(request.query_params.get("pageSize", 200))
            start = int(request.query_params.get("continuationToken") or 0)
        except ValueError:
            raise bad_request("Invalid page.") from None
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
        app = self._admission.app(request)
        conversation = request.path_params["conversation"]
        self._admission.draw(app, READ, conversation)
        chat, _ = self._admission.conversation(app, conversation)
        if chat.user_id:
            return [self._account(self._chats.directory.users[chat.user_id])]
        teams = self._chats.teams
        return [self._account(user) for user, _ in teams.rosters.of(teams.teams[chat.team_id])]

    def _account(self, user: User) -> dict[str, Any]:
        given, _, surname = user.name.rpartition(" ")
        return {
            "id": member_id(user.id),
            "name": user.name,
            "aadObjectId": user.id,
            "objectId": user.id,
            "givenName": given,
            "surname": surname,
            "email": user.mail,
            "userPrincipalName": user.upn,
            "tenantId": self._chats.ids.tenant_id,
            "userRole": "guest" if user.guest else "user",
        }

    async def team(self, request: Request) -> Response:
        team = self._team(request)
        group = self._chats.teams.group(team)
        return JSONResponse({"id": request.path_params["team"], "name": group.name, "aadGroupId": team.id})

    async def channels(self, request: Request) -> Response:
        found = self._team(request).channels.values()
        shown = [channel for channel in found if channel.kind == "standard"]
        return JSONResponse({"conversations": [{"id": each.id, "name": each.name} for each in shown]})

    def _team(self, request: Request) -> Team:
        app = self._admission.app(request)
        team_id = request.path_params["team"]
        self._admission.draw(app, READ, team_id)
        for team in self._chats.teams.teams_with(app):
            if team_id == team.id or team_id in team.channels:
                return team
        raise not_in_roster()


async def metadata(request: Request) -> Response:
    """Tell where the keys of the Bot Framework are."""
    base = f"{str(request.base_url).rstrip('/')}/connector"
    return JSONResponse(
        {
            "issuer": ISSUER,
            "jwks_uri": f"{base}/.well-known/keys",
            "id_token_signing_alg_values_supported": ["RS256"],
        }
    )


async def keys(request: Request) -> Response:
    """Publish the keys of the Bot Framework."""
    return JSONResponse(published_keys())


async def not_played(request: Request) -> Response:
    """Answer 501 for all that the connector here does not know."""
    message = f"The sandbox does not play {request.method} {request.url.path}"
    return JSONResponse({"error": {"code": "notImplemented", "message": message}}, 501)


def _mapping(value: Any) -> Mapping[str, Any]:
    return value if isinstance(value, dict) else {}


async def _object(request: Request) -> dict[str, Any]:
    try:
        body = json.loads(await request.body())
    except ValueError:
        raise bad_request("The body is not JSON.") from None
    if not isinstance(body, dict):
        raise bad_request("The body must be an object.")
    return body


def _content(activity: Any) -> dict[str, Any]:
    """Return summary, text and card of a message; refuse an activity that is too large or no message."""
    if not isinstance(activity, dict) or activity.get("type") != "message":
        raise bad_request("The activity must be a message.")
    if len(json.dumps(activity, ensure_ascii=False).encode("utf-16-le")) > MAX_MESSAGE_BYTES:
        raise ConnectorError(413, "MessageSizeTooBig", "Message size too large.")
    attachments = activity.get("attachments") or []
    text = activity.get("text") or ""
    if not isinstance(attachments, list) or not isinstance(text, str) or not (attachments or text):
        raise bad_request("A message needs text or attachments.")
    if len(attachments) > 1:
        raise ConnectorError(501, "notImplemented", "The sandbox shows one attachment a message.")
    card = None
    for attachment in map(_mapping, attachments):
        card = attachment.get("content")
        if (
            attachment.get("contentType") != CARD_CONTENT_TYPE
            or not isinstance(card, dict)
            or card.get("type") != "AdaptiveCard"
        ):
            raise bad_request("The attachment is no Adaptive Card.")
    return {"summary": str(activity.get("summary") or ""), "text": text, "card": card}

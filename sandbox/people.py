"""The people of the tenant as control calls: what each of them sees, and what they do."""

from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING, Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import BaseRoute, Route

from sandbox.chats import Chat, Message
from sandbox.client import Client, Refused
from sandbox.clock import stamp
from sandbox.directory import User
from sandbox.environment import service_environment
from sandbox.exchange.events import Event
from sandbox.exchange.mail import Mail
from sandbox.routing import GraphError

if TYPE_CHECKING:
    from sandbox.app import Sandbox
    from sandbox.tenant import Tenant

Endpoint = Callable[[Request], Awaitable[Response]]


def routes(sandbox: "Sandbox") -> list[BaseRoute]:
    """Below /_sandbox/people, and /_sandbox/environment."""
    calls = _People(sandbox)
    one = "/_sandbox/people/{email}"
    return [
        Route("/_sandbox/environment", calls.environment, methods=["GET"]),
        Route("/_sandbox/people", calls.everybody, methods=["GET"]),
        *(Route(f"{one}/{call.__name__}", _refusing(call), methods=["GET"]) for call in _reads(calls)),
        *(Route(f"{one}/{call.__name__}", _refusing(call), methods=["POST"]) for call in _acts(calls)),
    ]


def _reads(calls: "_People") -> tuple[Endpoint, ...]:
    return (calls.chats, calls.mail, calls.calendar)


def _acts(calls: "_People") -> tuple[Endpoint, ...]:
    return (calls.act, calls.say, calls.respond, calls.block)


def _refusing(endpoint: Endpoint) -> Endpoint:
    async def call(request: Request) -> Response:
        try:
            return await endpoint(request)
        except Refused as error:
            return JSONResponse(error.body, error.status)
        except GraphError as error:
            return JSONResponse({"error": error.message}, error.status)
        except (ValueError, KeyError, TypeError) as error:
            return JSONResponse({"error": f"{type(error).__name__}: {error}"}, 400)

    return call


class _People:
    def __init__(self, sandbox: "Sandbox") -> None:
        self._sandbox = sandbox

    @property
    def _tenant(self) -> "Tenant":
        return self._sandbox.tenant

    async def environment(self, request: Request) -> Response:
        return JSONResponse(service_environment(self._sandbox, str(request.base_url).rstrip("/")))

    async def everybody(self, request: Request) -> Response:
        return JSONResponse(everybody(self._tenant))

    # ---------------------------------------------------------------------------------------------------------- reading

    async def chats(self, request: Request) -> Response:
        user = self._tenant.directory.user_by_mail(request.path_params["email"])
        seen = self._tenant.chats.seen_by(user) if user else []
        return JSONResponse([chat_json(self._tenant, chat, user) for chat in seen if user])

    async def mail(self, request: Request) -> Response:
        return JSONResponse([mail_json(mail) for mail in self._tenant.exchange.inbox(request.path_params["email"])])

    async def calendar(self, request: Request) -> Response:
        events = self._tenant.exchange.calendar(request.path_params["email"])
        return JSONResponse([event_json(self._tenant, event) for event in events])

    # ----------------------------------------------------------------------------------------------------------- acting

    async def act(self, request: Request) -> Response:
        body = await request.json()
        self._know_base(request)
        answer = await Client(self._tenant, self._user(request)).press(
            str(body["conversation"]),
            str(body["activity"]),
            verb=body.get("verb"),
            title=body.get("title"),
            data=body.get("data") or {},
        )
        return JSONResponse(answer)

    async def say(self, request: Request) -> Response:
        text = str((await request.json())["text"])
        self._know_base(request)
        return JSONResponse(await Client(self._tenant, self._user(request)).say(text))

    async def respond(self, request: Request) -> Response:
        body = await request.json()
        self._tenant.exchange.respond(request.path_params["email"], str(body["event"]), str(body["response"]))
        return JSONResponse({"event": body["event"], "response": body["response"]})

    async def block(self, request: Request) -> Response:
        user, blocked = self._user(request), (await request.json())["blocked"]
        if not isinstance(blocked, bool):
            raise TypeError("blocked must be true or false")
        (self._tenant.chats.blocked.add if blocked else self._tenant.chats.blocked.discard)(user.id)
        return JSONResponse({"blocked": blocked})

    def _user(self, request: Request) -> User:
        user = self._tenant.directory.user_by_mail(request.path_params["email"])
        if user is None:
            raise Refused(404, error="Nobody with that address has an account.")
        return user

    def _know_base(self, request: Request) -> None:
        self._tenant.base_url = str(request.base_url).rstrip("/")


# --------------------------------------------------------------------------------------------------------- what is seen


def everybody(tenant: "Tenant") -> list[dict[str, Any]]:
    """All accounts, and the addresses outside that are known or have had mail."""
    accounts = {user.mail.lower(): user for user in tenant.directory.users.values()}
    found = [
        {"email": user.mail, "name": user.name, "kind": "guest" if user.guest else "member", "redeemed": user.redeemed}
        for user in accounts.values()
    ]
    names = {person.email.lower(): person.name for person in tenant.seed.people}
    outside = sorted({*names, *tenant.exchange.addresses()} - set(accounts))
    return found + [{"email": each, "name": names.get(each, each), "kind": "outside"} for each in outside]


def chat_json(tenant: "Tenant", chat: Chat, user: User) -> dict[str, Any]:
    """A chat or channel as *user* sees it."""
    team = tenant.teams.teams.get(chat.team_id)
    return {
        "conversation": chat.id,
        "kind": "channel" if team else "personal",
        "team": tenant.teams.group(team).name if team else None,
        "channel": team.channels[chat.id].name if team else None,
        "messages": [message_json(tenant, message, user) for message in chat.messages],
    }


def message_json(tenant: "Tenant", message: Message, user: User | None = None) -> dict[str, Any]:
    """A message, with what *user* alone sees of it."""
    sender = tenant.directory.mail_of(message.sender) if message.sender else "bot"
    return {
        "activity": message.id,
        "thread": message.conversation,
        "from": sender,
        "sent_at": stamp(message.sent_at),
        "summary": message.summary,
        "text": message.text,
        "card": message.card,
        "edited": message.edited,
        "private_card": message.private.get(user.id) if user else None,
    }


def mail_json(mail: Mail) -> dict[str, Any]:
    """A mail as its reader sees it."""
    return {
        "id": mail.id(immutable=True),
        "from": mail.sender.email,
        "subject": mail.subject,
        "html": mail.body.content,
        "kind": mail.kind,
        "sent_at": stamp(mail.sent_at) if mail.sent_at else None,
    }


def event_json(tenant: "Tenant", event: Event) -> dict[str, Any]:
    """An event as the owner of the calendar sees it."""
    now = tenant.clock.now()
    return {
        "id": event.id(immutable=True),
        "subject": event.subject,
        "start": stamp(event.start),
        "end": stamp(event.end),
        "organizer": event.organizer.email,
        "is_organizer": event.is_organizer,
        "location": str(event.location.get("displayName") or ""),
        "join_url": event.join_url if event.join_ready_at and event.join_ready_at <= now else None,
        "html": event.shown_body(now).content,
        "response": event.response,
        "cancelled": event.cancelled,
        "attendees": [{"email": each.address.email, "response": each.response} for each in event.attendees],
    }

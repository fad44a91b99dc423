"""The people of the tenant as control calls: what each of them sees, and what they do."""

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import BaseRoute, Route

from sandbox.directory.model import User
from sandbox.people.client import Client, Refused
from sandbox.people.showing import chat_json, event_json, everybody, mail_json
from sandbox.protocol.errors import GraphError
from sandbox.protocol.wire import Endpoint
from sandbox.tenant.cloud import Cloud
from sandbox.tenant.state import Tenant


def routes(cloud: Cloud) -> list[BaseRoute]:
    """Return the calls below /_sandbox/people."""
    calls = _People(cloud)
    one = "/_sandbox/people/{email}"
    return [
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
    def __init__(self, cloud: Cloud) -> None:
        self._cloud = cloud

    @property
    def _tenant(self) -> Tenant:
        return self._cloud.tenant

    async def everybody(self, request: Request) -> Response:
        return JSONResponse(everybody(self._tenant))

    # ---------------------------------------------------------------------------------------------------------- reading

    async def chats(self, request: Request) -> Response:
        user = self._tenant.directory.user_by_mail(request.path_params["email"])
        seen = self._tenant.chats.seen_by(user) if user else []
        return JSONResponse([chat_json(self._tenant, chat, user) for chat in seen if user])

    async def mail(self, request: Request) -> Response:
        return JSONResponse(
            [mail_json(mail) for mail in self._tenant.exchange.mailboxes.inbox(request.path_params["email"])]
        )

    async def calendar(self, request: Request) -> Response:
        events = self._tenant.exchange.calendars.of(request.path_params["email"])
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
        self._tenant.exchange.calendars.respond(request.path_params["email"], str(body["event"]), str(body["response"]))
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
        self._tenant.addresses.base_url = str(request.base_url).rstrip("/")

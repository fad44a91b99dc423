"""The sandbox as one ASGI application: Graph, managed identity, connector, views and control calls."""

import asyncio
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from functools import lru_cache
from pathlib import Path

import jwt
from starlette.applications import Starlette
from starlette.routing import Route

from sandbox.connector import routes as connector
from sandbox.control import routes as control
from sandbox.graph.batch import parts_of
from sandbox.graph.dispatch import MAILBOX_CALLS, answer, mailbox_of, too_many_at_once
from sandbox.graph.operations import ROUTER
from sandbox.people import routes as people
from sandbox.protocol.faults import Cut, Rule, Seen, lost, told
from sandbox.protocol.request import GRAPH, STORAGE, GraphRequest
from sandbox.protocol.wire import (
    Answer,
    Incoming,
    Receive,
    Scope,
    Send,
    answer_of,
    ask,
    cut,
    first_of,
    gone,
    incoming,
    read_body,
    tell,
)
from sandbox.signin import routes as signin
from sandbox.tenant.cloud import Cloud
from sandbox.tenant.state import Tenant
from sandbox.views import routes as views

FAULT_PREFIXES = (f"{GRAPH}/", "/beta/", STORAGE, "/connector/")
RECORDED_PREFIXES = (*FAULT_PREFIXES, "/msi/")


class Sandbox:
    """The ASGI application. *folder* is the seed, the product's own programme when left out."""

    def __init__(self, *, latency: str = "none", folder: Path | None = None) -> None:
        self.cloud = cloud = Cloud(latency=latency, folder=folder)
        self._mailbox_calls: Counter[tuple[str, str]] = Counter()
        self._connector = connector.routes(lambda: cloud.tenant.admission)
        kinds = {each.template for each in ROUTER} | {each.path for each in self._connector if isinstance(each, Route)}
        self._inner = Starlette(
            routes=[
                *control.routes(cloud, kinds),
                *self._connector,
                *people.routes(cloud),
                *signin.routes(cloud),
                *views.routes(cloud),
                *control.not_played(),
            ]
        )

    @property
    def tenant(self) -> Tenant:
        """The tenant that is played now."""
        return self.cloud.tenant

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or scope["path"].startswith("/_sandbox/clock"):
            await self._inner(scope, receive, send)
            return
        with self.cloud.clock.in_flight():
            if scope["path"].startswith(RECORDED_PREFIXES):
                await self._exchange(scope, receive, send)
            else:
                await self._inner(scope, receive, send)

    async def _exchange(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer and record one request, with whatever fault is due."""
        started_at, began = self.cloud.clock.now(), time.perf_counter()
        body = await read_body(receive)
        if body is None:
            return
        request = incoming(scope, body)
        self.tenant.addresses.base_url = request.base_url
        app = self._name_of(request)
        rule, parts = self._faults_of(request, app) if request.path.startswith(FAULT_PREFIXES) else (None, {})
        is_cut = rule is not None and rule.do == "reset"
        with self._mailbox_call(app, request):
            try:
                answered = await self._with_fault(rule, app, request, receive, parts)
            except Cut:
                answered, is_cut = None, True
        self.cloud.traffic.record(
            started_at=started_at,
            milliseconds=round((time.perf_counter() - began) * 1000, 3),
            app=app,
            method=request.method,
            url=request.url,
            request_headers=request.pairs,
            request_body=request.body,
            status=answered.status if answered else 0,
            response_headers=answered.pairs if answered else [],
            response_body=_recordable(request, answered),
            note=rule.do if rule else ", ".join(f"{part.do} in {number}" for number, part in parts.items()),
        )
        if answered:
            await tell(send, answered)
        elif is_cut:
            await cut(receive)

    def _faults_of(self, request: Incoming, app: str) -> tuple[Rule | None, dict[str, Rule]]:
        """Return the rule for a request, and those for the parts of a $batch. A part that is held holds the whole."""
        path = request.path.removeprefix(GRAPH)
        rule = self.cloud.faults.meet(
            Seen(method=request.method, path=request.path, template=self._kind(request), app=app)
        )
        parts: dict[str, Rule] = {}
        for part in parts_of(path, request.body) if rule is None else ():
            found = ROUTER.find(part.method, part.path)
            template = found[0].template if found else ""
            met = self.cloud.faults.meet_part(Seen(method=part.method, path=part.path, template=template, app=app))
            if met and met.do == "hold":
                return met, parts
            if met:
                parts[part.id] = met
        return rule, parts

    def _kind(self, request: Incoming) -> str:
        """Return the template that a request's operation is registered under, here or at the connector."""
        found = ROUTER.find(request.method, request.path.removeprefix(GRAPH))
        if found:
            return found[0].template
        return next(
            (
                route.path
                for route in self._connector
                if isinstance(route, Route)
                and request.method in (route.methods or ())
                and route.path_regex.match(request.path)
            ),
            "",
        )

    async def _with_fault(
        self, rule: Rule | None, app: str, request: Incoming, receive: Receive, parts: dict[str, Rule]
    ) -> Answer | None:
        """Return the answer that goes out; None when the connection is cut or the client gone."""
        if rule is None:
            return await self._answer(app, request, parts)
        if rule.do == "status" and rule.phase == "before":
            return answer_of(told(rule))
        if rule.phase == "before" and rule.do == "reset":
            return None
        if rule.phase == "before" and rule.do == "hold" and not await self._held(rule, app, request, receive):
            return None
        answered = await self._answer(app, request, parts)
        if rule.do == "status" and rule.phase == "after":
            return answer_of(told(rule))
        if rule.do == "lose_answer":
            return answer_of(lost())
        if rule.phase == "after" and rule.do == "reset":
            return None
        if rule.phase == "after" and rule.do == "hold" and not await self._held(rule, app, request, receive):
            return None
        return answered

    async def _held(self, rule: Rule, app: str, request: Incoming, receive: Receive) -> bool:
        """Wait until the request is released; False when its client hung up instead."""
        held = self.cloud.faults.hold(request.method, request.path, app, rule.phase)
        try:
            return await first_of(held.released.wait(), gone(receive)) == 0
        finally:
            self.cloud.faults.let_go(held)

    async def _answer(self, app: str, request: Incoming, parts: dict[str, Rule]) -> Answer:
        """Answer a request that meets no fault."""
        if not request.path.startswith((f"{GRAPH}/", STORAGE)):
            return await ask(self._inner, request)
        graph = GraphRequest(
            method=request.method,
            path=request.path.removeprefix(GRAPH),
            query=request.query,
            headers=request.headers,
            raw=request.body,
            base_url=request.base_url,
            faults=parts,
        )
        mailbox = mailbox_of(graph.path)
        if mailbox is not None:
            # A call to Exchange takes long enough for others that were sent with it to arrive meanwhile.
            for _ in range(3):
                await asyncio.sleep(0)
            if self._mailbox_calls[app, mailbox] > MAILBOX_CALLS:
                return answer_of(too_many_at_once(self.tenant))
        return answer_of(answer(self.tenant, graph))

    @contextmanager
    def _mailbox_call(self, app: str, request: Incoming) -> Iterator[None]:
        """Count the calls that are under way to one mailbox, held ones included."""
        mailbox = mailbox_of(request.path.removeprefix(GRAPH))
        if mailbox is None:
            yield
            return
        self._mailbox_calls[app, mailbox] += 1
        try:
            yield
        finally:
            self._mailbox_calls[app, mailbox] -= 1

    def _name_of(self, request: Incoming) -> str:
        """Return the name of the calling identity for the record; nothing is checked here."""
        client_id = _claimed(request.headers.get("authorization", "").partition(" ")[2])
        if client_id is None:
            client_id = request.query.partition("client_id=")[2].partition("&")[0]
        identity = self.tenant.identities.get(client_id)
        return identity.name if identity else ""


@lru_cache(maxsize=256)
def _claimed(token: str) -> str | None:
    """Return the client id in a token, None when it is no token."""
    try:
        claims = jwt.decode(token, options={"verify_signature": False})
    except jwt.InvalidTokenError:
        return None
    return str(claims.get("appid", ""))


def _recordable(request: Incoming, answered: Answer | None) -> bytes:
    """Return the bytes of an answer that may be kept: never a token."""
    if answered is None or request.path.startswith("/msi/"):
        return b""
    return answered.body


def create_sandbox(*, latency: str = "none", folder: Path | None = None) -> Sandbox:
    """Create the stand-in for Microsoft 365; *latency* is none, fast or real, *folder* the seed."""
    return Sandbox(latency=latency, folder=folder)

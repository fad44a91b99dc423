"""Requests and answers as whole values, and what can be done to a connection."""

import asyncio
import json
from collections.abc import Awaitable, Callable, MutableMapping
from dataclasses import dataclass, field
from typing import Any

from starlette.requests import Request
from starlette.responses import Response

from sandbox.protocol.reply import Reply
from sandbox.protocol.request import Headers

Scope = MutableMapping[str, Any]
ASGIMessage = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[ASGIMessage]]
Send = Callable[[ASGIMessage], Awaitable[None]]
ASGIApp = Callable[[Scope, Receive, Send], Awaitable[None]]
Pairs = list[tuple[str, str]]
Endpoint = Callable[[Request], Awaitable[Response]]


@dataclass(kw_only=True)
class Incoming:
    """A request that was read to its end; *path* is decoded."""

    scope: Scope
    method: str
    path: str
    query: str
    pairs: Pairs
    headers: Headers
    body: bytes
    base_url: str

    @property
    def url(self) -> str:
        raw = self.scope.get("raw_path", self.path.encode()).decode("latin-1").partition("?")[0]
        return f"{self.base_url}{raw}{'?' + self.query if self.query else ''}"


@dataclass(kw_only=True)
class Answer:
    status: int
    pairs: Pairs = field(default_factory=list)
    body: bytes = b""


def incoming(scope: Scope, body: bytes) -> Incoming:
    """Return a request as one value."""
    pairs = [(name.decode("latin-1"), value.decode("latin-1")) for name, value in scope["headers"]]
    headers = Headers(pairs)
    return Incoming(
        scope=scope,
        method=scope["method"],
        path=scope["path"],
        query=scope["query_string"].decode("latin-1"),
        pairs=pairs,
        headers=headers,
        body=body,
        base_url=_origin(headers),
    )


def _origin(headers: Headers) -> str:
    """Return scheme and host that the client asked for, as a proxy in front of the sandbox tells them."""
    host = headers.get("x-forwarded-host") or headers.get("host", "127.0.0.1")
    return f"{headers.get('x-forwarded-proto', 'http')}://{host}"


async def read_body(receive: Receive) -> bytes | None:
    """Read the body; None when the client went away before its end."""
    parts: list[bytes] = []
    while True:
        message = await receive()
        if message["type"] == "http.disconnect":
            return None
        parts.append(message.get("body", b""))
        if not message.get("more_body"):
            return b"".join(parts)


async def gone(receive: Receive) -> None:
    """Return when the client has hung up. Only after its body was read."""
    while (await receive())["type"] != "http.disconnect":
        pass


async def first_of(*awaitables: Awaitable[Any]) -> int:
    """Wait for whichever ends first, end the others, and say which it was."""
    tasks = [asyncio.ensure_future(each) for each in awaitables]
    try:
        await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
        return next(number for number, task in enumerate(tasks) if task.done())
    finally:
        for task in tasks:
            task.cancel()


def answer_of(reply: Reply) -> Answer:
    """Return a reply as it goes over the wire."""
    pairs = list(reply.headers.items())
    if reply.body is None:
        body = b""
    elif isinstance(reply.body, bytes):
        body = reply.body
        pairs.append(("content-type", reply.content_type))
    else:
        body = json.dumps(reply.body, ensure_ascii=False).encode()
        pairs.append(("content-type", f"{reply.content_type}; odata.metadata=minimal; charset=utf-8"))
    return Answer(status=reply.status, pairs=[*pairs, ("content-length", str(len(body)))], body=body)


async def ask(app: ASGIApp, request: Incoming) -> Answer:
    """Put a request that was read to an ASGI application and take its whole answer."""
    answer = Answer(status=500)
    parts: list[bytes] = []
    messages = iter([{"type": "http.request", "body": request.body, "more_body": False}])

    async def receive() -> ASGIMessage:
        message = next(messages, None)
        return message or await asyncio.get_running_loop().create_future()

    async def send(message: ASGIMessage) -> None:
        if message["type"] == "http.response.start":
            answer.status = message["status"]
            answer.pairs = [(name.decode("latin-1"), value.decode("latin-1")) for name, value in message["headers"]]
        elif message["type"] == "http.response.body":
            parts.append(message.get("body", b""))

    await app(request.scope, receive, send)
    answer.body = b"".join(parts)
    return answer


async def tell(send: Send, answer: Answer) -> None:
    """Send an answer."""
    headers = [(name.lower().encode("latin-1"), value.encode("latin-1")) for name, value in answer.pairs]
    await send({"type": "http.response.start", "status": answer.status, "headers": headers})
    await send({"type": "http.response.body", "body": answer.body})


async def cut(receive: Receive) -> None:
    """Close the connection without an answer. The server's own transport is needed: ASGI knows no such message."""
    transport = getattr(getattr(receive, "__self__", None), "transport", None)
    if transport is None:
        raise RuntimeError("A connection can be cut only where uvicorn serves it")
    transport.abort()
    await gone(receive)

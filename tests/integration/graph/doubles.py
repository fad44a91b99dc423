"""A Graph whose answers the test decides, over a transport instead of a socket."""

import json
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from typing import Any

import httpx
import respx

from engine.gathering import Gathering
from engine.units import EngineClock
from integration.allow_list import AllowList
from integration.graph.client import Graph, Request
from integration.retry import Call
from tests.clocks import StillClock

URL = "https://graph.test/v1.0"
NOW = datetime(2026, 9, 1, 10, tzinfo=UTC)


class OneToken:
    """Tokens that tell which of them is asked for; `refusal` is raised instead when it is set."""

    def __init__(self) -> None:
        self.asked: list[tuple[str, bool]] = []
        self.refusal: Exception | None = None

    async def token(self, client_id: str, scope: str, *, fresh: bool = False) -> str:
        self.asked.append((scope, fresh))
        if fresh and self.refusal is not None:
            raise self.refusal
        return f"{client_id}-{'fresh' if fresh else 'token'}"


class Double:
    """A Graph client, what it was asked, and the clock it sleeps by."""

    def __init__(
        self,
        *,
        allow_list: AllowList | None = None,
        gathering: Gathering | None = None,
        clock: EngineClock | None = None,
    ) -> None:
        self.router = respx.Router(assert_all_called=False)
        self.clock = clock or StillClock(NOW)
        self.tokens = OneToken()
        self.lose_batches = 0
        """How many more batches are done without an answer coming through."""
        self.leave_out = 0
        """How many parts each batch's answer leaves out, from its first on."""
        self.batches: list[int] = []
        """How many parts each batch had; its parts are answered as calls of their own."""
        transport = httpx.MockTransport(self._answer)
        self.graph = Graph(
            *(URL, "hands", self.tokens, self.clock),
            gathering=gathering,
            transport=transport,
            allow_list=allow_list,
        )

    def on(self, method: str, path: str, *answers: httpx.Response | Exception) -> respx.Route:
        """Answer calls to *path* with *answers* one after the other, the last one for ever."""

        def endless() -> Iterator[httpx.Response | Exception]:
            yield from answers
            while True:
                yield answers[-1]

        return self.router.route(method=method, url__startswith=URL + path).mock(side_effect=endless())

    async def _answer(self, request: httpx.Request) -> httpx.Response:
        if not request.url.path.endswith("/$batch"):
            return await self.router.async_handler(request)
        parts = json.loads(request.content)["requests"]
        self.batches.append(len(parts))
        answers = [await self._part(part) for part in reversed(parts[self.leave_out :])]
        if self.lose_batches:
            self.lose_batches -= 1
            raise httpx.ReadError("lost")
        return httpx.Response(200, json={"responses": answers})

    async def _part(self, part: dict[str, Any]) -> dict[str, Any]:
        inner = httpx.Request(part["method"], URL + part["url"], headers=part.get("headers"), json=part.get("body"))
        found = await self.router.async_handler(inner)
        body = found.json() if found.content else None
        return {"id": part["id"], "status": found.status_code, "headers": dict(found.headers), "body": body}

    @staticmethod
    def request(method: str, call: Call) -> Request:
        """A write to /teams."""
        return Request(action="try it", address=lambda sdk: sdk.teams, method=method, call=call, body={})

    @property
    def requests(self) -> Sequence[httpx.Request]:
        return [call.request for call in self.router.calls]

    def waited(self) -> float:
        return (self.clock.now() - NOW).total_seconds()


def answer(status: int, body: Any = None, **headers: str) -> httpx.Response:
    names = {name.replace("_", "-"): value for name, value in headers.items()}
    return (
        httpx.Response(status, json=body, headers=names) if body is not None else httpx.Response(status, headers=names)
    )


def error(status: int, code: str, message: str = "No.", **headers: str) -> httpx.Response:
    inner = {"request-id": "inner-id", "date": "2026-09-01T10:00:00"}
    return answer(status, {"error": {"code": code, "message": message, "innerError": inner}}, **headers)

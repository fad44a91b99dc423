"""The client of `benchmarks.answers`: leads at their forms and cards, and the part of Microsoft that a Door asks."""

import asyncio
import json
import time
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from typing import Protocol
from urllib.parse import urlencode

HOST = "127.0.0.1"
WARM_UP = 30
"""Answers to each Door before the time is taken: it reads the programme and fetches the keys at the first."""
IDLE = 3.0
"""Seconds after which a connection is not used again: a Door closes it soon."""
BOT, TENANT = "3a7c0a51-5f0e-4a55-8a3e-6f6a3a6d0004", "11111111-2222-4333-8444-555555555555"


class Door(Protocol):
    """A process that takes answers."""

    @property
    def port(self) -> int: ...


@dataclass(frozen=True, kw_only=True)
class Job:
    """A request, and what answers it: a token of the form, or the account of whoever presses the card's button."""

    request: str
    token: str
    account: str


class Client:
    """Sends what is due when it is due, as lean as it can be: it runs on the Doors' processors."""

    def __init__(self, doors: Sequence[Door], jobs: Sequence[Job], service_url: str, *, sent: int = 0) -> None:
        """*sent*: the number of answers that another client sent before, each of which has words of its own."""
        self._doors = doors
        self._jobs = jobs
        self._service_url = service_url
        self._token = _bot_token(service_url)
        self._free: dict[int, list[tuple[float, asyncio.StreamReader, asyncio.StreamWriter]]] = {}
        """Open connections by port, and since when each is not used."""
        self._sent = sent
        self.log: list[tuple[str, str]] = []
        """Acknowledged answers: the request, and the words that were written."""
        self.times: list[float] = []

    async def warm_up(self, door: Door) -> None:
        for _ in range(WARM_UP):
            await self._answer(door, *self._next())

    async def run(self, rate: int, seconds: int) -> None:
        """Leave at fixed times."""
        began, running = time.perf_counter() + 0.5, set[asyncio.Task[None]]()
        for number in range(rate * seconds):
            due = began + number / rate
            if (wait := due - time.perf_counter()) > 0:
                await asyncio.sleep(wait)
            task = asyncio.create_task(self._timed(self._doors[number % len(self._doors)], due))
            running.add(task)
            task.add_done_callback(running.discard)
        await asyncio.wait(set(running), timeout=60) if running else None

    async def close(self) -> None:
        """Close what is open."""
        for _, _, writer in (each for free in self._free.values() for each in free):
            writer.close()
            with suppress(OSError):
                await writer.wait_closed()

    async def _timed(self, door: Door, due: float) -> None:
        try:
            await self._answer(door, *self._next())
        except (OSError, asyncio.IncompleteReadError):
            # The Door died with it: nobody was told that it is stored.
            return
        self.times.append((time.perf_counter() - due) * 1000)

    def _next(self) -> tuple[bytes, Job, str]:
        job, words = self._jobs[self._sent % len(self._jobs)], f"Svar nummer {self._sent}"
        self._sent += 1
        fields = {"light": "green", "done": words, "next": "Vi går videre.", "indicator:antall": str(self._sent % 90)}
        return (self._form(job, fields) if job.token else self._card(job, fields)), job, words

    async def _answer(self, door: Door, request: bytes, job: Job, words: str) -> None:
        status, body = await self._ask(door.port, request)
        if status != 200 or (not job.token and b'"statusCode":200' not in body):
            raise RuntimeError(f"status {status}: {body[:300]!r}")
        self.log.append((job.request, words))

    def _form(self, job: Job, fields: Mapping[str, str]) -> bytes:
        return post(f"/svar/{job.token}", urlencode(fields).encode(), "application/x-www-form-urlencoded")

    def _card(self, job: Job, fields: Mapping[str, str]) -> bytes:
        data = {**fields, "request_id": job.request}
        activity = {
            "type": "invoke",
            "name": "adaptiveCard/action",
            "id": str(self._sent),
            "channelId": "msteams",
            "serviceUrl": self._service_url,
            "from": {"id": "29:1", "aadObjectId": job.account},
            "conversation": {"id": f"a:{job.account}", "conversationType": "personal", "tenantId": TENANT},
            "channelData": {"tenant": {"id": TENANT}},
            "replyToId": "1",
            "value": {
                "action": {"type": "Action.Execute", "verb": "answer_status", "data": data},
                "trigger": "manual",
            },
        }
        body = json.dumps(activity).encode()
        return post("/api/messages", body, "application/json", f"Authorization: Bearer {self._token}\r\n")

    async def _ask(self, port: int, request: bytes) -> tuple[int, bytes]:
        free = self._free.setdefault(port, [])
        while free and time.perf_counter() - free[0][0] > IDLE:
            free.pop(0)[2].close()
        reader, writer = free.pop()[1:] if free else await asyncio.open_connection(HOST, port)
        try:
            writer.write(request)
            head = await reader.readuntil(b"\r\n\r\n")
            length = next(line for line in head.lower().split(b"\r\n") if line.startswith(b"content-length:"))
            body = await reader.readexactly(int(length.partition(b":")[2]))
        except BaseException:
            writer.close()
            raise
        free.append((time.perf_counter(), reader, writer))
        return int(head[9:12]), body


def door_settings(teams: str) -> dict[str, str]:
    """Return the settings of a Door that asks *teams* for the keys of tokens."""
    return {
        "VAREUNGE_PART": "door",
        "VAREUNGE_BOT_ID": BOT,
        "VAREUNGE_APP_ID": BOT,
        "VAREUNGE_TENANT_ID": TENANT,
        "VAREUNGE_GRAPH_URL": f"{teams}/v1.0",
        "VAREUNGE_BOT_SERVICE_URL": f"{teams}/connector",
        "VAREUNGE_BOT_METADATA_URL": f"{teams}/openidconfiguration",
        "VAREUNGE_AUTHORITY_URL": teams,
        "VAREUNGE_PUBLIC_URL": f"http://{HOST}",
    }


class QueueServer:
    """A storage queue that takes every message at once, as one that others' work does not slow down; it counts them."""

    def __init__(self) -> None:
        self.messages = 0
        self.url = ""

    @asynccontextmanager
    async def serving(self) -> AsyncIterator["QueueServer"]:
        """Serve at `url`, whose signature lets everybody in."""
        async with await asyncio.start_server(self._answer, HOST, 0) as server:
            self.url = f"http://{HOST}:{server.sockets[0].getsockname()[1]}/account?sig=none"
            yield self

    async def _answer(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with suppress(asyncio.IncompleteReadError, ConnectionError):
            while True:
                head = (await reader.readuntil(b"\r\n\r\n")).lower()
                length = next(line for line in head.split(b"\r\n") if line.startswith(b"content-length:"))
                await reader.readexactly(int(length.partition(b":")[2]))
                self.messages += 1
                writer.write(b"HTTP/1.1 201 Created\r\nContent-Length: 0\r\n\r\n")
                await writer.drain()
        writer.close()


def post(path: str, body: bytes, kind: str, more: str = "") -> bytes:
    """Return a request as it goes over the line."""
    head = f"POST {path} HTTP/1.1\r\nHost: {HOST}\r\nContent-Type: {kind}\r\nContent-Length: {len(body)}\r\n{more}\r\n"
    return head.encode() + body


def _bot_token(service_url: str) -> str:
    """Return a token of the Bot Framework, as good for an hour as the real one's."""
    import jwt

    from sandbox.connector.outgoing import ISSUER, KEY_ID, signing_key

    now = int(time.time())
    claims = {"iss": ISSUER, "aud": BOT, "serviceurl": service_url, "nbf": now - 60, "exp": now + 3600}
    return jwt.encode(claims, signing_key(), "RS256", headers={"kid": KEY_ID})


@asynccontextmanager
async def published_keys_server() -> AsyncIterator[str]:
    """Serve the part of Microsoft that a Door asks: for the keys that tokens are checked with."""
    from sandbox.connector.outgoing import ISSUER, published_keys

    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        path = (await reader.readuntil(b"\r\n\r\n")).split()[1]
        metadata = {"issuer": ISSUER, "jwks_uri": f"{address}/keys", "id_token_signing_alg_values_supported": ["RS256"]}
        body = json.dumps(published_keys() if path.endswith(b"/keys") else metadata).encode()
        head = f"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: {len(body)}\r\n"
        writer.write(f"{head}Connection: close\r\n\r\n".encode() + body)
        await writer.drain()
        writer.close()

    server = await asyncio.start_server(answer, HOST, 0)
    address = f"http://{HOST}:{server.sockets[0].getsockname()[1]}"
    async with server:
        yield address

"""Looks around from where the service runs: its own address from outside, providers of sign-in, database, telemetry."""

import ssl
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

import httpx
from sqlalchemy import Connection
from sqlalchemy.exc import SQLAlchemyError

from integration.database.connection import Database
from integration.database.sqlite import CannotOpen
from integration.redirects import NoRedirects
from integration.unit_queue import UnitQueue
from workflows.errors import Transient
from workflows.operations.surroundings import AddressSeen, IssuerSeen, QueueSeen, ReadySeen

TIME_LIMIT = 10.0
PATIENCE = 60.0
"""Seconds that a Door is given that may have to start first."""
TRACK = "/v2.1/track"
"""Path below the endpoint of Application Insights that the exporter posts to."""


class HTTPSurroundings:
    """The workflows' `Surroundings`. *transport* is for tests."""

    def __init__(
        self,
        database: Database,
        *,
        queue: UnitQueue | None = None,
        transport: httpx.AsyncBaseTransport | None = None,
    ) -> None:
        self._database = database
        self._queue = queue
        self._transport = transport

    async def address(self, url: str) -> AddressSeen:
        """Ask whether we can work and, without a token, the bot's endpoint. Raises Transient when nobody answers."""
        async with self._client(f"look at {url}") as http:
            ready = await http.get(_readyz(url))
            bot = await http.post(f"{url.rstrip('/')}/api/messages", json={"type": "message", "channelId": "msteams"})
        return AddressSeen(ready=_ready_seen(ready), bot=bot.status_code, certificate_ends=_certificate_end(ready))

    async def ready(self, url: str) -> ReadySeen:
        """Ask whether the service at *url* can work. Raises Transient when nobody answers."""
        async with self._client(f"ask {url} whether it is ready", PATIENCE) as http:
            return _ready_seen(await http.get(_readyz(url)))

    async def issuer(self, url: str) -> IssuerSeen:
        """Read a provider's metadata. Raises Transient when it does not answer, or with something else."""
        async with self._client(f"read the metadata of {url}") as http:
            answer = (await http.get(f"{url.rstrip('/')}/.well-known/openid-configuration")).raise_for_status()
            issuer = str(answer.json()["issuer"])
        return IssuerSeen(issuer=issuer, clock=_moment(answer.headers.get("date")))

    async def database(self) -> tuple[str, tuple[int, ...]]:
        """Return the database's kind and version, as its driver tells them; Transient when it does not answer."""
        try:
            return await self._database.look(_version)
        except (SQLAlchemyError, CannotOpen) as exc:
            raise Transient("ask the database for its version", type(exc).__name__) from exc

    async def queue(self) -> QueueSeen | None:
        """Return the queue's depths; None where there is none. Raises Transient when it does not answer."""
        if self._queue is None:
            return None
        waiting, given_up = await self._queue.depths()
        return QueueSeen(waiting=waiting, given_up=given_up)

    async def telemetry(self, url: str) -> None:
        """Ask the place that telemetry is sent to, and send it nothing. Raises Transient when it does not answer."""
        async with self._client(f"reach {url}") as http:
            # It takes what is posted, and answers a question with a refusal.
            if (answer := await http.get(f"{url.rstrip('/')}{TRACK}")).is_server_error:
                answer.raise_for_status()

    @asynccontextmanager
    async def _client(self, action: str, seconds: float = TIME_LIMIT) -> AsyncIterator[httpx.AsyncClient]:
        transport = NoRedirects(self._transport or httpx.AsyncHTTPTransport())
        try:
            async with httpx.AsyncClient(transport=transport, timeout=seconds) as http:
                yield http
        except (httpx.HTTPError, KeyError, TypeError, ValueError) as exc:
            raise Transient(action, type(exc).__name__) from exc


def _readyz(url: str) -> str:
    return f"{url.rstrip('/')}/readyz"


def _ready_seen(answer: httpx.Response) -> ReadySeen:
    """Read an answer; where something else than the service answers, the status alone says anything."""
    try:
        told = answer.json()
    except ValueError:
        told = None
    missing = told.get("missing") if isinstance(told, dict) else None
    return ReadySeen(status=answer.status_code, missing=missing if isinstance(missing, str) else "")


def _version(connection: Connection) -> tuple[str, tuple[int, ...]]:
    dialect = connection.dialect
    return dialect.name, tuple(part for part in dialect.server_version_info or () if isinstance(part, int))


def _certificate_end(answer: httpx.Response) -> datetime | None:
    """Return the end of the certificate by which an answer came; None where the line was not encrypted."""
    stream = answer.extensions.get("network_stream")
    connection = None if stream is None else stream.get_extra_info("ssl_object")
    certificate = None if connection is None else connection.getpeercert()
    if not certificate:
        return None
    return datetime.fromtimestamp(ssl.cert_time_to_seconds(certificate["notAfter"]), UTC)


def _moment(header: str | None) -> datetime | None:
    try:
        return None if header is None else parsedate_to_datetime(header)
    except ValueError:
        return None

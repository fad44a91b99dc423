"""
The storage queue through which the Functions host learns which unit is due: it spreads, scales, retries and sets aside.

A message names a unit and is no more than a hint; the row in the database is the truth. A lost message is found by the
timer, a doubled one finds nothing to do.
"""

import asyncio
import importlib
import json
import time
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from typing import TYPE_CHECKING
from urllib.request import getproxies
from xml.sax.saxutils import escape

import structlog

from config.signs import is_storable
from workflows.errors import Invalid, OutsideError, Transient
from workflows.ports.units import Clock, DueUnit

if TYPE_CHECKING:
    import aiohttp

    from integration.identity import Identities

QUEUE = "units"
POISON = f"{QUEUE}-poison"
"""Queue into which the host puts a message that it gave up."""
LONGEST_HIDDEN = timedelta(days=7)
"""The longest that a queue hides a message. What is due later gets its message from the timer, shortly before."""
TIME_TO_LIVE = timedelta(days=14)
"""Longer than a message is hidden; left to itself, the queue would drop it just then."""
AT_ONCE = 16
"""Messages on their way at the same time, of one process."""
ANSWER_WITHIN = 5
"""Seconds that the queue may take to answer."""
LONGEST_KEY = 200
"""Signs of a unit's key. A longer one names no unit, and neither does one with a sign that a database does not take."""
REST = 30.0
"""Seconds for which nothing is announced to a queue that did not answer: what nobody takes would pile up here."""
SCOPE = "https://storage.azure.com/.default"
VERSION = "2021-12-02"
"""Version of the queue's interface (Put Message, Get Queue Metadata)."""
CREATED, OK = 201, 200

log = structlog.get_logger()


class UnitQueue:
    """
    Sends a message for each unit that becomes due. Close it when the process ends.

    Speaks to the queue's interface itself: Azure's client takes some five times as long for a message, half as long as
    the answer that the message is about. Nothing is asked of the queue, and nothing imported for it, before the first
    message.
    """

    def __init__(self, url: str, client_id: str, clock: Clock) -> None:
        """*url*: the account's address. *client_id*: the identity that sends, unless the address has a signature."""
        base, _, self._signature = url.partition("?")
        self._base = base.rstrip("/")
        self._client_id = client_id
        self._clock = clock
        self._session: aiohttp.ClientSession | None = None
        self._identities: Identities | None = None
        self._turns = asyncio.Semaphore(AT_ONCE)
        self._sending: set[asyncio.Task[None]] = set()
        self._rests_until = 0.0

    def announce(self, units: Sequence[DueUnit]) -> None:
        """
        Send the messages of *units* beside what the caller does; call it after the commit that made them due.

        No one who gives an answer waits for the queue, and nothing fails with it: what is lost here the timer finds.
        """
        if time.monotonic() < self._rests_until:
            return
        task = asyncio.get_running_loop().create_task(self._announce(units))
        self._sending.add(task)
        task.add_done_callback(self._sending.discard)

    async def settle(self) -> None:
        """Wait until what was announced is sent, or was given up."""
        while self._sending:
            await asyncio.wait(self._sending)

    async def send(self, units: Sequence[DueUnit], *, not_before: timedelta = timedelta()) -> None:
        """
        Send the messages of *units*, hidden until they are due, and for *not_before* at least.

        What is due later than a queue can hide is left to the timer. Raises Transient when the queue does not take one;
        those behind it are not tried.
        """
        now = self._clock.now()
        near = [unit for unit in units if unit.due_at - now <= LONGEST_HIDDEN]
        try:
            async with asyncio.TaskGroup() as group:
                for unit in near:
                    group.create_task(self._send(unit, max(unit.due_at - now, not_before, timedelta())))
        except* Transient as errors:
            raise errors.exceptions[0] from None

    async def depths(self) -> tuple[int, int]:
        """Return how many messages wait, hidden ones too, and how many the host gave up. Raises Transient."""
        waiting, given_up = [await self._depth(name) for name in (QUEUE, POISON)]
        return waiting, given_up

    async def close(self) -> None:
        """Send what is on its way, and close the connections."""
        await self.settle()
        if self._session is not None:
            await self._session.close()
        if self._identities is not None:
            await self._identities.close()

    async def _announce(self, units: Sequence[DueUnit]) -> None:
        try:
            await self.send(units)
        except Transient:
            self._rests_until = time.monotonic() + REST
            for task in self._sending - {asyncio.current_task()}:
                task.cancel()

    async def _send(self, unit: DueUnit, hidden: timedelta) -> None:
        # Whole seconds, and never before: a message that comes too early finds nothing to do.
        seconds = -(-hidden // timedelta(seconds=1))
        query = f"visibilitytimeout={seconds}&messagettl={int(TIME_TO_LIVE.total_seconds())}&timeout={ANSWER_WITHIN}"
        text = escape(message_for(unit.key))
        body = f"<QueueMessage><MessageText>{text}</MessageText></QueueMessage>".encode()
        try:
            async with self._turns:
                await self._ask("POST", f"{QUEUE}/messages", query, CREATED, body)
        except Transient as exc:
            log.warning("queue.not_sent", unit=unit.key, error=exc.reason)
            raise

    async def _depth(self, name: str) -> int:
        told = await self._ask("GET", name, f"comp=metadata&timeout={ANSWER_WITHIN}", OK)
        return int(told.get("x-ms-approximate-messages-count", 0))

    async def _ask(
        self, method: str, path: str, query: str, expected: int, body: bytes | None = None
    ) -> Mapping[str, str]:
        """Return the headers of the queue's answer. Raises Transient for any other than *expected*, and for none."""
        await self._open()
        import aiohttp

        action = "send a unit's message" if body else "look at the queue"
        address = "?".join((f"{self._base}/{path}", "&".join(filter(None, (query, self._signature)))))
        headers = {"x-ms-version": VERSION, "x-ms-date": format_datetime(datetime.now(UTC), usegmt=True)}
        try:
            if self._identities is not None:
                headers["Authorization"] = f"Bearer {await self._identities.token(self._client_id, SCOPE)}"
            try:
                response = await self._exchange(method, address, headers, body)
            except (aiohttp.ServerDisconnectedError, aiohttp.ClientOSError):
                # The service closes a connection that nobody used for a while. A doubled message does nothing.
                response = await self._exchange(method, address, headers, body)
        except (aiohttp.ClientError, TimeoutError) as exc:
            raise Transient(action, f"the queue did not answer ({type(exc).__name__})") from exc
        except OutsideError as exc:
            raise Transient(action, exc.reason) from exc
        if response.status != expected:
            code = response.headers.get("x-ms-error-code", "")
            raise Transient(action, f"the queue answered {response.status} {code}".strip())
        return response.headers

    async def _exchange(
        self, method: str, address: str, headers: Mapping[str, str], body: bytes | None
    ) -> "aiohttp.ClientResponse":
        assert self._session is not None, "opened before anything is asked"
        from yarl import URL

        # A signature is signs of its own, not to be written in another way.
        url = URL(address, encoded=True)
        async with self._session.request(method, url, headers=headers, data=body, allow_redirects=False) as response:
            await response.read()
        return response

    async def _open(self) -> None:
        if self._session is None:
            # A fifth of a second to import: beside the loop, on which somebody may wait for an answer.
            await asyncio.to_thread(_import_client, with_identity=not self._signature)
        if self._session is None:
            import aiohttp

            # Told to look for a proxy, aiohttp looks again for each message.
            limit, by_proxy = aiohttp.ClientTimeout(total=ANSWER_WITHIN), "https" in getproxies()
            self._session = aiohttp.ClientSession(timeout=limit, trust_env=by_proxy)
            if not self._signature:
                from integration.identity import Identities

                self._identities = Identities()


def _import_client(*, with_identity: bool) -> None:
    importlib.import_module("aiohttp")
    if with_identity:
        importlib.import_module("azure.identity.aio")


def message_for(key: str) -> str:
    """Return the message that names a unit. In ASCII: a queue takes some control signs and never gives them back."""
    return json.dumps({"unit": key})


def unit_in(message: bytes) -> str:
    """Return the key of the unit that a message names. Raises Invalid for a message that is none of ours."""
    try:
        content = json.loads(message)
    except (ValueError, RecursionError):
        content = None
    key = content.get("unit") if isinstance(content, dict) else None
    if not isinstance(key, str) or not 0 < len(key) <= LONGEST_KEY or not is_storable(key):
        raise Invalid("read a unit's message", 'expected {"unit": KEY}')
    return key

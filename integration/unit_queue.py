"""
The storage queue through which the Functions host learns which unit is due: it spreads, scales, retries and sets aside.

A message names a unit and is no more than a hint; the row in the database is the truth. A lost message is found by the
timer, a doubled one finds nothing to do.
"""

import asyncio
import json
from collections.abc import Sequence
from contextlib import suppress
from datetime import datetime, timedelta
from functools import partial
from typing import TYPE_CHECKING

import structlog

from config.signs import is_storable
from workflows.errors import Invalid, Transient
from workflows.ports.units import Clock, DueUnit

if TYPE_CHECKING:
    from azure.identity.aio import ManagedIdentityCredential
    from azure.storage.queue.aio import QueueClient

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

log = structlog.get_logger()


class UnitQueue:
    """
    Sends a message for each unit that becomes due. Close it when the process ends.

    Nothing is asked of the queue, and its client is not imported, before the first message.
    """

    def __init__(self, url: str, client_id: str, clock: Clock) -> None:
        """*url*: the account's address. *client_id*: the identity that sends, unless the address has a signature."""
        self._url = url
        self._client_id = client_id
        self._clock = clock
        self._client: QueueClient | None = None
        self._credential: ManagedIdentityCredential | None = None
        self._turns = asyncio.Semaphore(AT_ONCE)
        self._sending: set[asyncio.Task[None]] = set()

    def announce(self, units: Sequence[DueUnit]) -> None:
        """
        Send the messages of *units* beside what the caller does; call it after the commit that made them due.

        No one who gives an answer waits for the queue, and nothing fails with it: what is lost here the timer finds.
        """
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

        What is due later than a queue can hide is left to the timer. Raises Transient when the queue does not answer.
        """
        now = self._clock.now()
        near = [unit for unit in units if unit.due_at - now <= LONGEST_HIDDEN]
        sent = await asyncio.gather(*(self._send(unit, now, not_before) for unit in near), return_exceptions=True)
        for error in sent:
            if isinstance(error, BaseException):
                raise error

    async def depths(self) -> tuple[int, int]:
        """Return how many messages wait, hidden ones too, and how many the host gave up. Raises Transient."""
        from azure.core.exceptions import AzureError

        try:
            waiting, given_up = [await self._depth(name) for name in (QUEUE, POISON)]
        except AzureError as exc:
            raise Transient("look at the queue", type(exc).__name__) from exc
        return waiting, given_up

    async def close(self) -> None:
        """Send what is on its way, and close the connections."""
        await self.settle()
        if self._client is not None:
            await self._client.close()
        if self._credential is not None:
            await self._credential.close()

    async def _announce(self, units: Sequence[DueUnit]) -> None:
        with suppress(Transient):
            await self.send(units)

    async def _send(self, unit: DueUnit, now: datetime, not_before: timedelta) -> None:
        from azure.core.exceptions import AzureError, ServiceRequestError

        hidden = max(unit.due_at - now, not_before, timedelta())
        # Whole seconds, and never before: a message that comes too early finds nothing to do.
        seconds = -(-hidden // timedelta(seconds=1))
        try:
            async with self._turns:
                queue = await self._queue()
                send = partial(
                    queue.send_message,
                    message_for(unit.key),
                    visibility_timeout=seconds,
                    time_to_live=int(TIME_TO_LIVE.total_seconds()),
                    timeout=ANSWER_WITHIN,
                )
                try:
                    await send()
                except ServiceRequestError:
                    # The service closes a connection that nobody used for a while. A doubled message does nothing.
                    await send()
        except AzureError as exc:
            log.warning("queue.not_sent", unit=unit.key, error=type(exc).__name__)
            raise Transient("send a unit's message", f"the queue did not take it: {type(exc).__name__}") from exc

    async def _queue(self) -> "QueueClient":
        if self._client is None:
            # A third of a second to import: beside the loop, on which somebody may wait for an answer.
            from_identity, from_url = await asyncio.to_thread(_import_client)
        if self._client is None:
            if "?" not in self._url:
                self._credential = from_identity(client_id=self._client_id, retry_total=0)
            self._client = self._connect(from_url, QUEUE)
        return self._client

    def _connect(self, client: "type[QueueClient]", name: str) -> "QueueClient":
        # No waiting between tries: the timer is the next one. It would hold up what a message is about.
        return client(
            self._url.rstrip("/"),
            name,
            credential=self._credential,
            retry_total=0,
            connection_timeout=ANSWER_WITHIN,
            read_timeout=ANSWER_WITHIN,
        )

    async def _depth(self, name: str) -> int:
        async with self._connect(type(await self._queue()), name) as queue:
            return (await queue.get_queue_properties(timeout=ANSWER_WITHIN)).approximate_message_count or 0


def _import_client() -> "tuple[type[ManagedIdentityCredential], type[QueueClient]]":
    from azure.identity.aio import ManagedIdentityCredential
    from azure.storage.queue.aio import QueueClient

    return ManagedIdentityCredential, QueueClient


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
